extension Matrix: CheckpointValue {
    init(from reader: inout CheckpointReader) throws(FitCheckpointError) {
        let (rows, columns) = (try reader.int(), try reader.int())
        let values = try reader.doubles()
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, count == values.count else { throw FitCheckpointError("a matrix has another shape") }
        self.init(rows: rows, columns: columns, values: values)
    }

    func write(to writer: inout CheckpointWriter) {
        writer.write(UInt64(rows))
        writer.write(UInt64(columns))
        writer.write(values)
    }

    var checkpointSize: Int { 24 + 8 * values.count }
}

extension Covariances: CheckpointValue {
    init(from reader: inout CheckpointReader) throws(FitCheckpointError) {
        switch try reader.uint32() {
        case 0: self = .spherical(try reader.double())
        case 1: self = .diagonal(try Matrix(from: &reader))
        case 2: self = .tied(try Matrix(from: &reader))
        case 3:
            var matrices: [Matrix] = []
            for _ in 0..<(try reader.count(of: 24)) { matrices.append(try Matrix(from: &reader)) }
            self = .full(matrices)
        default: throw FitCheckpointError("covariances are of no kind")
        }
    }

    func write(to writer: inout CheckpointWriter) {
        switch self {
        case .spherical(let variance):
            writer.write(UInt32(0))
            writer.write(variance)
        case .diagonal(let variances):
            writer.write(UInt32(1))
            variances.write(to: &writer)
        case .tied(let matrix):
            writer.write(UInt32(2))
            matrix.write(to: &writer)
        case .full(let matrices):
            writer.write(UInt32(3))
            writer.write(UInt64(matrices.count))
            for matrix in matrices { matrix.write(to: &writer) }
        }
    }

    var checkpointSize: Int {
        switch self {
        case .spherical: 12
        case .diagonal(let matrix), .tied(let matrix): 4 + matrix.checkpointSize
        case .full(let matrices): matrices.reduce(12) { $0 + $1.checkpointSize }
        }
    }

    /// Whether these are covariances of `k` clusters in `d` coordinates.
    func fits(clusters k: Int, dimension d: Int) -> Bool {
        switch self {
        case .spherical: true
        case .diagonal(let variances): variances.rows == k && variances.columns == d
        case .tied(let matrix): matrix.rows == d && matrix.columns == d
        case .full(let matrices): matrices.count == k && matrices.allSatisfy { $0.rows == d && $0.columns == d }
        }
    }
}

extension MixtureRefinement.Outcome: CheckpointValue {
    init(from reader: inout CheckpointReader) throws(FitCheckpointError) {
        let (centroids, weights) = (try Matrix(from: &reader), try reader.doubles())
        self.init(
            mixture: Mixture(
                centroids: centroids, weights: weights, covariances: try Covariances(from: &reader),
                isBalanced: try reader.bool()))
        history = try reader.doubles()
        logLikelihood = try reader.double()
        converged = try reader.bool()
    }

    // Nothing is recorded of a fit that was told to finish, so `finished` is false.
    func write(to writer: inout CheckpointWriter) {
        mixture.centroids.write(to: &writer)
        writer.write(mixture.weights)
        mixture.covariances.write(to: &writer)
        writer.write(mixture.isBalanced)
        writer.write(history)
        writer.write(logLikelihood)
        writer.write(converged)
    }

    var checkpointSize: Int {
        34 + mixture.centroids.checkpointSize + 8 * mixture.weights.count + mixture.covariances.checkpointSize
            + 8 * history.count
    }

    /// Whether a refinement of `start` could have come to this.
    func isContinuation(of start: Mixture) -> Bool {
        let (k, d) = (start.centroids.rows, start.centroids.columns)
        return mixture.centroids.rows == k && mixture.centroids.columns == d && mixture.weights.count == k
            && mixture.covariances.kind == start.covariances.kind && mixture.covariances.fits(clusters: k, dimension: d)
    }
}

extension HeadTraining: CheckpointValue {
    init(from reader: inout CheckpointReader) throws(FitCheckpointError) {
        self.init(heads: try Matrix(from: &reader), history: try reader.doubles(), converged: try reader.bool())
        cutSteps = try reader.int()
        if try reader.bool() { best = (try reader.double(), try Matrix(from: &reader)) }
    }

    func write(to writer: inout CheckpointWriter) {
        heads.write(to: &writer)
        writer.write(history)
        writer.write(converged)
        writer.write(UInt64(cutSteps))
        writer.write(best != nil)
        guard let best else { return }
        writer.write(best.value)
        best.heads.write(to: &writer)
    }

    var checkpointSize: Int { 34 + 2 * heads.checkpointSize + 8 * history.count }

    /// Whether training from `start` could have come to this.
    func isContinuation(of start: Matrix) -> Bool {
        func hasShape(_ matrix: Matrix) -> Bool { matrix.rows == start.rows && matrix.columns == start.columns }
        return hasShape(heads) && (best.map { hasShape($0.heads) } ?? true)
    }
}

/// What trying a number of clusters came to: nothing where a cluster stayed empty.
struct ClusterCountTrial: CheckpointValue {
    let candidate: ClusterCountEvidence.Candidate?

    init(_ candidate: ClusterCountEvidence.Candidate?) {
        self.candidate = candidate
    }

    init(from reader: inout CheckpointReader) throws(FitCheckpointError) {
        guard try reader.bool() else {
            candidate = nil
            return
        }
        candidate = .init(clusterCount: try reader.int(), bic: try reader.double(), icl: try reader.double())
    }

    func write(to writer: inout CheckpointWriter) {
        writer.write(candidate != nil)
        guard let candidate else { return }
        writer.write(UInt64(candidate.clusterCount))
        writer.write(candidate.bic)
        writer.write(candidate.icl)
    }

    var checkpointSize: Int { 25 }
}
