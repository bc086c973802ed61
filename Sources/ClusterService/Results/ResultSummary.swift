import AttentionClustering
import Foundation

/// Everything of a result but what it says of the single points.
struct ResultSummary: Codable, Sendable, Equatable {
    /// The quality figures of a result; nil where one was not computed.
    struct Metrics: Codable, Sendable, Equatable {
        let inertia: Double
        let silhouette: Double?
        let silhouettePoints: Int?
        let daviesBouldin: Double?
        let calinskiHarabasz: Double?
        let objective: Double
        let logLikelihood: Double?
        let bic: Double?
    }

    let k: Int
    let n: Int
    let d: Int
    let columns: [String]
    let centroids: [[Double]]
    let sizes: [Int]
    let weights: [Double]
    let heads: [[Double]]
    let metrics: Metrics
    let iterations: Int
    let stopReason: String
    let seed: UInt64
    let warnings: [String]
    /// Where the centroids began: `heads`, `seeds` or `modes`.
    let start: String
    /// The metric they were refined with, or `none`.
    let refinement: String
    /// Why this number of clusters; nil when it was given.
    let selection: ClusterCountEvidence?
    /// The rows, from 0, that were set aside while clusters were learned.
    let outliers: [Int]
    /// The version of the software that computed it.
    let engine: String

    /// Sums up a clustering.
    ///
    /// - Parameters:
    ///   - warnings: what was found odd about the points before they were clustered.
    ///   - units: how the points were converted before; nil when they were not.
    init(
        _ clustering: Clustering, columns: [String], seed: UInt64, warnings: [String], units: TrainingUnits? = nil
    ) {
        let model = clustering.model
        k = model.clusterCount
        n = clustering.assignments.count
        d = model.dimension
        self.columns = columns
        centroids = units?.outward(model.centroids) ?? model.centroids
        sizes = clustering.sizes
        weights = model.weights
        heads = model.heads
        metrics = Metrics(
            inertia: clustering.metrics.inertia, silhouette: clustering.metrics.silhouette,
            silhouettePoints: clustering.metrics.silhouettePoints,
            daviesBouldin: clustering.metrics.daviesBouldin, calinskiHarabasz: clustering.metrics.calinskiHarabasz,
            objective: clustering.metrics.objective, logLikelihood: clustering.metrics.logLikelihood,
            bic: clustering.metrics.bic)
        iterations = clustering.iterations
        stopReason = clustering.stopReason.rawValue
        self.seed = seed
        self.warnings = warnings + (units?.warnings ?? []) + clustering.warnings
        start = model.start.rawValue
        refinement = model.rule.name
        selection = clustering.selection
        outliers = clustering.outliers
        engine = Engine.version
    }
}

extension ResultSummary {
    /// The members before the per-point columns, in the order of the contract.
    var leadingMembers: [JSONValue.Member] {
        [
            .init(name: "k", value: .integer(k)),
            .init(name: "n", value: .integer(n)),
            .init(name: "d", value: .integer(d)),
        ] + centroidMembers
    }

    /// The centroids and what goes with them.
    var centroidMembers: [JSONValue.Member] {
        [
            .init(name: "columns", value: .array(columns.map(JSONValue.string))),
            .init(name: "centroids", value: Self.matrix(centroids)),
            .init(name: "sizes", value: .array(sizes.map(JSONValue.integer))),
            .init(name: "weights", value: .array(weights.map(JSONValue.number))),
            .init(name: "heads", value: Self.matrix(heads)),
        ]
    }

    /// The members after the per-point columns.
    func trailingMembers(job: String?, model: String?) -> [JSONValue.Member] {
        [
            .init(name: "metrics", value: metrics.json),
            .init(name: "iterations", value: .integer(iterations)),
            .init(name: "stop_reason", value: .string(stopReason)),
            .init(name: "seed", value: .unsigned(seed)),
            .init(name: "start", value: .string(start)),
            .init(name: "refinement", value: .string(refinement)),
            .init(name: "selection", value: selection?.json ?? .null),
            .init(name: "outliers", value: .array(outliers.map(JSONValue.integer))),
            .init(name: "warnings", value: .array(warnings.map(JSONValue.string))),
            .init(name: "model", value: .string(orNull: model)),
            .init(name: "job", value: .string(orNull: job)),
            .init(name: "engine", value: .string(engine)),
        ]
    }

    static func matrix(_ rows: [[Double]]) -> JSONValue {
        .array(rows.map { .array($0.map(JSONValue.number)) })
    }
}

extension ResultSummary.Metrics {
    var json: JSONValue {
        let figures: [(String, Double?)] = [
            ("inertia", inertia), ("silhouette", silhouette), ("davies_bouldin", daviesBouldin),
            ("calinski_harabasz", calinskiHarabasz), ("objective", objective), ("log_likelihood", logLikelihood),
            ("bic", bic),
        ]
        var members: [JSONValue.Member] = figures.compactMap { name, value in
            value.map { .init(name: name, value: .number($0)) }
        }
        if let silhouettePoints {
            members.append(.init(name: "silhouette_points", value: .integer(silhouettePoints)))
        }
        return .object(members)
    }
}

extension AssignmentRule {
    /// The rule as the parameter `refinement` names it.
    var name: String {
        switch self {
        case .heads: Refinement.none.rawValue
        case .centroids(.spherical): Refinement.spherical.rawValue
        case .centroids(.diagonal): Refinement.diagonal.rawValue
        case .centroids(.tied): Refinement.tied.rawValue
        case .centroids(.full): Refinement.full.rawValue
        }
    }
}

extension ClusterCountEvidence {
    var json: JSONValue {
        .object([
            "k": .integer(clusterCount),
            "candidates": .array(
                candidates.map {
                    .object(["k": .integer($0.clusterCount), "bic": .number($0.bic), "icl": .number($0.icl)])
                }),
            "spectral_k": spectralCount.map(JSONValue.integer) ?? .null,
            "plateau_k": plateauCount.map(JSONValue.integer) ?? .null,
            "plateau_span": plateauSpan.map(JSONValue.number) ?? .null,
        ])
    }
}
