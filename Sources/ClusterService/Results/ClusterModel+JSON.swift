import AttentionClustering

extension ClusterModel {
    /// How points are compared with centroids: `heads`, or the precision matrices A_k of the attention scores
    /// −½(x − c_k)ᵀA_k(x − c_k) + ½ log det A_k + log π_k, in one over squared data units (standardised units if
    /// standardised).
    var metricJSON: JSONValue {
        guard case .centroids(let metric) = rule else { return .object(["kind": .string("heads")]) }
        switch metric {
        case .spherical(let precision):
            return .object(["kind": .string("spherical"), "precision": .number(precision)])
        case .diagonal(let precisions):
            return .object(["kind": .string("diagonal"), "precisions": ResultSummary.matrix(precisions)])
        case .tied(let precision):
            return .object(["kind": .string("tied"), "precision": ResultSummary.matrix(precision)])
        case .full(let precisions):
            return .object(["kind": .string("full"), "precisions": .array(precisions.map(ResultSummary.matrix))])
        }
    }

    /// What points go through before they are compared.
    var preprocessingJSON: JSONValue {
        .object([
            "metric": .string(options.metric.rawValue),
            "standardized": .bool(frame.standardized),
            "scales": frame.standardized
                ? .array((0..<dimension).map { .number(Double(frame.reported.powers[$0] * frame.reported.scales[$0])) })
                : .null,
            "start": .string(start.rawValue),
            // y = (directions·(x − mean), 1) for a point x in data units.
            "lift": lift.map { lift in
                .object([
                    "mean": .array((0..<dimension).map { .number(frame.dataValue(lift.mean[$0], column: $0)) }),
                    "directions": ResultSummary.matrix(lift.directions.map(dataDirection)),
                ])
            } ?? .null,
        ])
    }

    /// A direction of the frame as one of data units.
    private func dataDirection(_ direction: [Double]) -> [Double] {
        direction.indices.map { direction[$0] * Double(frame.powers[$0]) * Double(frame.scales[$0]) }
    }
}
