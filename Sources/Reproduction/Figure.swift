/// One figure: curves with bands over a common axis, and what each shall show.
struct Figure: Sendable {
    /// A curve with its band.
    struct Series: Sendable {
        let name: String
        let points: [(x: Double, y: Band)]
        /// Drawn as a dashed line: a reference and not a measurement.
        var isReference = false
    }

    /// The file's name without extension.
    let name: String
    let title: String
    let xLabel: String
    let yLabel: String
    var hasLogarithmicY = false
    let series: [Series]

    /// The curves as comma-separated values, one row a point.
    var csv: String {
        var text = "series,\(Self.column(xLabel)),mean,low95,high95\n"
        for line in series {
            for point in line.points {
                text += "\"\(line.name)\",\(point.x),\(point.y.mean),\(point.y.low),\(point.y.high)\n"
            }
        }
        return text
    }

    private static func column(_ label: String) -> String {
        label.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    }
}

/// One line of the table of expected against found.
public struct Finding: Sendable {
    /// What was looked at.
    public let subject: String
    /// What theory or earlier measurements say.
    public let expected: String
    /// What came out here.
    public let found: String
    /// Whether both agree.
    public let holds: Bool
}
