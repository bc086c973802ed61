/// A model in the making: clusters can still be put in another order.
struct ModelDraft {
    var mixture: Mixture
    var heads: TrainedHeads?
    /// Whether points go to heads and not to centroids.
    let usesHeads: Bool
    let start: StartKind
    let frame: CoordinateFrame
    let options: FitOptions

    /// The order of clusters by falling size, ties by centroid; nil when they are in it.
    func order(sizes: [Int]) -> [Int]? {
        let rows = mixture.centroids.rowVectors
        let order = sizes.indices.sorted { a, b in
            if sizes[a] != sizes[b] { return sizes[a] > sizes[b] }
            if rows[a] != rows[b] { return rows[a].lexicographicallyPrecedes(rows[b]) }
            return a < b
        }
        return order == Array(sizes.indices) ? nil : order
    }

    /// Sorted by mixing weight, which is nearly the order of sizes.
    func orderedByWeight() -> ModelDraft {
        ordered(mixture.weights.indices.sorted { (-mixture.weights[$0], $0) < (-mixture.weights[$1], $1) })
    }

    func ordered(_ order: [Int]) -> ModelDraft {
        var result = self
        result.mixture = mixture.ordered(order)
        result.heads = heads?.ordered(order)
        return result
    }

    func model() -> ClusterModel {
        let centroids = mixture.centroids.rowVectors.map(frame.dataValues)
        return ClusterModel(
            clusterCount: mixture.clusterCount, dimension: mixture.centroids.columns, centroids: centroids,
            weights: usesHeads ? heads?.weights ?? mixture.weights : mixture.weights,
            heads: start == .heads ? heads?.heads ?? [] : [],
            lift: start == .heads ? heads?.lift : nil,
            rule: usesHeads ? .heads : .centroids(QueryKeyMetric(mixture.covariances, unit: frame.unit)),
            frame: frame,
            start: start, options: options)
    }
}
