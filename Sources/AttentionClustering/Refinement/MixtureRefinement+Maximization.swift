extension MixtureRefinement {
    /// The mixture of the partition that a rule makes.
    func mixture(ofPartition scores: TileScores) throws -> Mixture {
        let sums = try attention.hard(scores)
        let start = mixture(of: sums)
        guard secondMoments != .none else { return start }
        let squares = try attention.hard(scores, about: start.centroids, collecting: secondMoments)
        return maximized(squares, from: start)
    }

    /// The mixture of this kind that another mixture's responsibilities make.
    func mixture(from other: Mixture) throws -> Mixture {
        guard other.covariances.kind != kind else { return other }
        let sums = try attention.soft(other.scores, about: other.centroids, collecting: secondMoments)
        return sums.map { maximized($0, from: other) } ?? other
    }

    /// The mixture of the partition by nearest centroid.
    func nearest(_ centroids: Matrix) throws -> Mixture {
        let equal = [Double](repeating: 1 / Double(centroids.rows), count: centroids.rows)
        let sums = try attention.hard(.nearest(centroids), about: centroids, collecting: secondMoments)
        return maximized(sums, from: Mixture(centroids: centroids, weights: equal, covariances: .spherical(1)))
    }

    /// The mixture of a partition's sums; of the spherical kind where sums hold no second moments.
    func mixture(of sums: ClusterSums) -> Mixture {
        let d = moments.mean.count
        let centroids = means(sums, fallback: nil)
        if kind == .tied {
            return Mixture(
                centroids: centroids, weights: weights(sums), covariances: .tied(within(centroids, sums.counts)))
        }
        let projected = projected(centroids)
        // Σ‖x − c_label‖² = N·total variance − Σ n_k‖c_k − mean‖²
        let between = (0..<sums.counts.count).reduce(0.0) { total, k in
            total + sums.counts[k] * squaredDistance(centroids.row(k), moments.mean)
        }
        let n = attention.rows.totalWeight
        let spread = max(0, moments.totalVariance - (between - moved(sums, centroids, projected)) / n) / Double(d)
        return Mixture(centroids: projected, weights: weights(sums), covariances: .spherical(floored(spread)))
    }

    /// The mixture of the sums of attention to `old`'s centroids; unlike ``mixture(of:)`` exact for tight clusters, too.
    func maximized(_ sums: ClusterSums, from old: Mixture) -> Mixture {
        let centroids = means(sums, fallback: old.centroids)
        return Mixture(
            centroids: projected(centroids), weights: old.isBalanced ? old.weights : weights(sums),
            covariances: covariances(sums, from: old.centroids, to: centroids), isBalanced: old.isBalanced)
    }

    private func covariances(_ sums: ClusterSums, from old: Matrix, to new: Matrix) -> Covariances {
        let (k, d) = (sums.counts.count, moments.mean.count)
        switch kind {
        case .spherical:
            // Σ r‖x − m‖² = Σ r‖x − c‖² − Σ n_k‖m − c‖² for the means m, and likewise for means put on the sphere.
            let change = moved(sums, new, old) - moved(sums, new, projected(new))
            return .spherical(
                floored(max(0, sums.scatter - change) / (attention.rows.totalWeight * Double(d))))
        case .tied:
            return .tied(within(new, sums.counts))
        case .diagonal:
            return .diagonal(
                Matrix(
                    rowVectors: (0..<k).map { cluster in
                        let count = sums.counts[cluster]
                        let sample = (0..<d).map { j in
                            let step = new[cluster, j] - old[cluster, j]
                            return count > 1e-9 ? max(0, sums.squares[cluster * d + j] / count - step * step) : 0
                        }
                        return prior.variances(sample, count: count)
                    }))
        case .full:
            return .full(
                (0..<k).map { cluster in
                    let count = sums.counts[cluster]
                    return prior.covariance(scatter(sums, cluster, from: old, to: new), count: count)
                })
        }
    }

    /// S_k = Σ r(x − c)(x − c)ᵀ/n_k − (c' − c)(c' − c)ᵀ.
    private func scatter(_ sums: ClusterSums, _ k: Int, from old: Matrix, to new: Matrix) -> Matrix {
        let d = moments.mean.count
        var result = Matrix(rows: d, columns: d)
        guard sums.counts[k] > 1e-9 else { return result }
        let share = 1 / sums.counts[k]
        let step = (0..<d).map { new[k, $0] - old[k, $0] }
        sums.squares.withUnsafeBufferPointer { squares in
            result.withUnsafeMutableValues { values in
                for i in 0..<d {
                    for j in i..<d {
                        let value = squares[k * d * d + i * d + j] * share - step[i] * step[j]
                        values[i * d + j] = value
                        values[j * d + i] = value
                    }
                }
            }
        }
        return result
    }

    private func within(_ centroids: Matrix, _ counts: [Double]) -> Matrix {
        let total = max(counts.reduce(0, +), .leastNormalMagnitude)
        let within = moments.within(centroids, weights: counts.map { $0 / total })
        return prior.covariance(within.covariance ?? .diagonal(within.variances), count: total)
    }

    /// Σ n_k‖a_k − b_k‖².
    private func moved(_ sums: ClusterSums, _ a: Matrix, _ b: Matrix) -> Double {
        (0..<sums.counts.count).reduce(0.0) { total, k in
            var square = 0.0
            for j in 0..<a.columns { square += (a[k, j] - b[k, j]) * (a[k, j] - b[k, j]) }
            return total + sums.counts[k] * square
        }
    }

    /// Centroids put on the unit sphere of data space where rows are directions; a centroid at its centre stays.
    private func projected(_ centroids: Matrix) -> Matrix {
        guard attention.rows.areDirections else { return centroids }
        let frame = attention.rows.frame
        return Matrix(
            rowVectors: centroids.rowVectors.map { row in
                let data = frame.dataValues(row)
                let length = innerProduct(data, data).squareRoot()
                guard length > 1e-9 else { return row }
                return data.enumerated().map { frame.coordinate($1 / length, column: $0) }
            })
    }

    private func means(_ sums: ClusterSums, fallback: Matrix?) -> Matrix {
        let d = moments.mean.count
        var result = Matrix(rows: sums.counts.count, columns: d)
        for k in 0..<sums.counts.count {
            for j in 0..<d {
                result[k, j] =
                    sums.counts[k] > 1e-9 ? sums.sums[k * d + j] / sums.counts[k] : fallback?[k, j] ?? moments.mean[j]
            }
        }
        return result
    }

    private func weights(_ sums: ClusterSums) -> [Double] {
        let floors = sums.counts.map { max($0, Self.weightFloor) }
        let total = floors.reduce(0, +)
        return floors.map { $0 / total }
    }

    private func floored(_ variance: Double) -> Double {
        max(variance, CovariancePrior.varianceFloor * Double(moments.mean.count))
    }
}
