extension ClusterModel {
    /// `assignment` with the rows put right whose coordinates the frame cuts off.
    ///
    /// A frame holds coordinates up to some hundred times those of training. A point beyond is labelled by its
    /// direction from the frame's offset, which decides among clusters that far out, and its distance is measured in
    /// double precision; one too large for single precision is the largest number there is.
    ///
    /// - Complexity: O(N), and O(d·K) for each such row.
    func reaching(_ assignment: Assignment, _ points: Points, passes: RowPasses) throws -> Assignment {
        // A coordinate that was cut off makes a distance of nearly the limit; see where there are such first.
        let suspicious = Double(CoordinateFrame.limit) / 4 * frame.unit
        let rows = assignment.distances.indices.filter {
            Double(assignment.distances[$0]) >= suspicious && largestCoordinate(points[$0]) >= Self.reach
        }
        guard !rows.isEmpty else { return assignment }
        let nearer = try Points(
            values: rows.flatMap { shortened(points[$0]) }, count: rows.count, dimension: dimension)
        let pass = try assignmentPass(FramedRows(points: nearer, frame: frame), passes: passes)
        var (labels, distances, confidence) = (assignment.labels, assignment.distances, assignment.confidence)
        for (index, row) in rows.enumerated() {
            labels[row] = pass.labels[index]
            confidence[row] = pass.confidence[index]
            distances[row] = distance(of: points[row], to: Int(pass.labels[index]))
        }
        return Assignment(labels: labels, distances: distances, confidence: confidence)
    }

    private static let reach = Double(CoordinateFrame.limit)

    private func largestCoordinate(_ point: [Float]) -> Double {
        point.indices.reduce(0) { max($0, frame.coordinate(Double(point[$1]), column: $1).magnitude) }
    }

    /// The point on the way from the frame's offset to `point` at half of what the frame can hold.
    private func shortened(_ point: [Float]) -> [Float] {
        let share = Self.reach / 2 / largestCoordinate(point)
        return point.indices.map { column in
            let offset = Double(frame.offsets[column])
            return Float(offset + (Double(point[column]) - offset) * share)
        }
    }

    /// In data units, or in standard deviations if standardised.
    private func distance(of point: [Float], to cluster: Int) -> Float {
        let square = point.indices.reduce(0.0) { sum, column in
            let difference = Double(point[column]) - centroids[cluster][column]
            let factor =
                frame.standardized ? Double(frame.powers[column]) * Double(frame.scales[column]) * frame.unit : 1
            return sum + difference * factor * difference * factor
        }
        return Float(min(square.squareRoot(), Double(Float.greatestFiniteMagnitude)))
    }
}
