extension TileScores {
    /// Heads' answers as functions of frame coordinates: √π_k·⟨(W(x − mean), 1), μ_k⟩, or ⟨x, μ_k⟩ without lift.
    ///
    /// With an orthonormal frame the lifted answers of a point add up to 1 over the heads: they are its barycentric
    /// coordinates with respect to the cluster centres.
    static func heads(_ heads: [[Double]], weights: [Double], lift: Lift?, frame: CoordinateFrame) -> TileScores {
        var rows: [Float] = []
        var biases: [Float] = []
        for (head, weight) in zip(heads, weights) {
            let (row, bias) = lift.map { lifted(head, weight: weight, lift: $0) } ?? plain(head, frame: frame)
            rows += row
            biases.append(bias)
        }
        return .affine(rows: rows, biases: biases)
    }

    private static func lifted(_ head: [Double], weight: Double, lift: Lift) -> ([Float], Float) {
        let root = weight.squareRoot()
        let shift = innerProduct(head, lift.biases + [1])
        let row = lift.mean.indices.map { column in
            Float(root * zip(head, lift.directions).reduce(0) { $0 + $1.0 * $1.1[column] })
        }
        return (row, Float(root * shift))
    }

    /// Standardised heads see standardised points, which are the frame coordinates; otherwise x = offset + f/power
    /// with one power for all columns, and the answers are multiplied with it.
    private static func plain(_ head: [Double], frame: CoordinateFrame) -> ([Float], Float) {
        let row = head.map(Float.init)
        guard !frame.standardized else { return (row, 0) }
        let shift = zip(head, frame.offsets).reduce(0) { $0 + $1.0 * Double($1.1) } * Double(frame.powers.first ?? 1)
        return (row, Float(shift))
    }
}
