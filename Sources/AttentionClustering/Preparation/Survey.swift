internal import CKernels

/// The first look at the points: that all values are finite, a centre, and how far columns reach from it.
struct Survey: Sendable {
    /// The median of a sample of each column: robust against outliers, and a value that columns of few values hold.
    let centre: [Float]
    /// Half of max |x − centre| of each column; halved because twice the largest float is infinite.
    let halfReach: [Float]

    private static let sampleRows = 129

    /// - Throws: ``ClusteringError`` with the first row and column that hold a non-finite value.
    init(_ points: Points, passes: RowPasses) throws {
        let centre = Self.sampleMedians(points)
        let d = points.dimension
        let layout = RowLayout(rows: points.count, width: d, partialSize: d)
        let partials = try passes.run(
            layout, abandonable: false, scratch: {}, partial: { Partial(reach: [Float](repeating: 0, count: d)) }
        ) { _, partial, rows in
            guard partial.nonFinite == nil else { return }
            points.withUnsafeValues { values in
                guard let start = values.baseAddress else { return }
                let found = ac_scan(start + rows.lowerBound * d, Int64(rows.count), Int64(d), centre, &partial.reach)
                if found >= 0 { partial.nonFinite = rows.lowerBound * d + Int(found) }
            }
        }
        var reach = [Float](repeating: 0, count: d)
        for partial in partials ?? [] {
            if let index = partial.nonFinite { throw Self.nonFinite(index, of: points) }
            for j in 0..<d { reach[j] = max(reach[j], partial.reach[j]) }
        }
        self.centre = centre
        halfReach = reach
    }

    private struct Partial {
        var reach: [Float]
        var nonFinite: Int?
    }

    private static func sampleMedians(_ points: Points) -> [Float] {
        let rows = min(points.count, sampleRows)
        let chosen = points.gathered((0..<rows).map { Int64($0 * points.count / rows) })
        return chosen.withUnsafeValues { values in
            (0..<points.dimension).map { column in
                var sample = (0..<rows).map { values[$0 * points.dimension + column] }.filter(\.isFinite)
                guard !sample.isEmpty else { return 0 }
                sample.sort()
                return sample[sample.count / 2] + 0  // +0 rather than −0
            }
        }
    }

    /// The look at the same points scaled to unit length, of which each coordinate is within ±1.
    func ofDirections(_ points: Points) -> Survey {
        let rows = FramedRows(points: points, frame: .identity(dimension: points.dimension), areDirections: true)
        let sampled = rows.choosing(
            (0..<min(points.count, Self.sampleRows)).map {
                Int64($0 * points.count / min(points.count, Self.sampleRows))
            })
        let tile = AlignedBuffer<Float>(count: rows.dimension * 144, filledWith: 0)
        sampled.load(0..<sampled.count, into: tile.pointer, stride: 144)
        let centre = (0..<rows.dimension).map { column in
            let sorted = (0..<sampled.count).map { tile[column * 144 + $0] }.sorted()
            return sorted[sorted.count / 2] + 0
        }
        return Survey(centre: centre, halfReach: centre.map { 0.5 + 0.5 * abs($0) })
    }

    private init(centre: [Float], halfReach: [Float]) {
        self.centre = centre
        self.halfReach = halfReach
    }

    static func nonFinite(_ index: Int, of points: Points) -> ClusteringError {
        let (row, column) = index.quotientAndRemainder(dividingBy: points.dimension)
        return ClusteringError(
            .nonFinite, row: row, column: column,
            detail: "Row \(row), column \(column) (both from 0) is infinite or not a number; give a finite value, or "
                + "leave the row out.")
    }

    /// A frame without standardisation: one power of two for all columns.
    func commonFrame() -> CoordinateFrame {
        frame(powers: [Float](repeating: Self.power(for: halfReach.max() ?? 0), count: centre.count))
    }

    /// A frame with a power of two for each column, as standardisation starts from.
    func columnwiseFrame() -> CoordinateFrame { frame(powers: halfReach.map(Self.power(for:))) }

    /// The frame of standardised columns.
    ///
    /// - Parameter deviations: the standard deviations in ``columnwiseFrame()``; columns without are left out.
    func standardizedFrame(deviations: [Double]) -> CoordinateFrame {
        let powers = columnwiseFrame().powers
        let halfReaches = deviations.indices.map { j in
            deviations[j] > 0 ? Float(Double(halfReach[j]) * Double(powers[j]) / deviations[j]) : 0
        }
        let common = Self.power(for: halfReaches.max() ?? 0)
        return CoordinateFrame(
            offsets: centre, powers: powers, scales: deviations.map { $0 > 0 ? Float(Double(common) / $0) : 0 },
            standardized: true, unit: 1 / Double(common))
    }

    private func frame(powers: [Float]) -> CoordinateFrame {
        CoordinateFrame(
            offsets: centre, powers: powers, scales: [Float](repeating: 1, count: centre.count), standardized: false,
            unit: 1 / Double(powers.first ?? 1))
    }

    /// The power of two that maps 2·`halfReach` to about 2^trainingExponent, within the range of normal floats.
    private static func power(for halfReach: Float) -> Float {
        guard halfReach > 0 else { return 1 }
        let exponent = CoordinateFrame.trainingExponent - 1 - Int(halfReach.exponent)
        return Float(sign: .plus, exponent: min(126, max(-126, exponent)), significand: 1)
    }
}
