/// What a fit knows about its points before it trains: the frame and the moments in it.
struct Preparation: Sendable {
    /// The rows that clusters are learned from.
    let rows: FramedRows
    /// The rows that are labelled.
    let allRows: FramedRows
    let moments: Moments
    /// The rows that are labelled, but not learned from.
    var outliers: [Int] = []
    var warnings: [String] = []

    var frame: CoordinateFrame { rows.frame }

    init(rows: FramedRows, moments: Moments) {
        self.rows = rows
        allRows = rows
        self.moments = moments
    }

    private init(_ all: FramedRows, choice: [Int64]?, moments: Moments) {
        rows = all.choosing(choice)
        allRows = all
        self.moments = moments
    }

    init(_ points: Points, weights: PointWeights? = nil, options: FitOptions, passes: RowPasses) throws {
        passes.meter.at(.preparing, 0, to: 0.05)
        let isCosine = options.metric == .cosine
        let given = try Survey(points, passes: passes)
        let survey = isCosine ? given.ofDirections(points) : given
        let screen =
            options.robust
            ? try OutlierScreen(points, areDirections: isCosine, seed: options.seed, passes: passes) : nil
        let kept = screen?.kept(of: points.count)
        let choice = weights?.positive(kept) ?? kept
        passes.meter.at(.preparing, 0.05, to: 0.1)
        let plain = FramedRows(
            points: points, frame: options.standardize ? survey.columnwiseFrame() : survey.commonFrame(),
            areDirections: isCosine, weights: weights)
        let moments = try Moments(plain.choosing(choice), passes: passes, withCovariance: options.needsCovariance)
        if options.standardize {
            let frame = survey.standardizedFrame(deviations: moments.variances.map { $0.squareRoot() })
            self.init(
                FramedRows(points: points, frame: frame, weights: weights), choice: choice,
                moments: moments.scaled(by: frame.scales.map(Double.init)))
        } else {
            self.init(plain, choice: choice, moments: moments)
        }
        outliers = screen?.outliers ?? []
        if screen?.foundTooMany == true {
            warnings.append(
                "More than one point in a hundred lies far from the others, so none was set aside; leave robust off, "
                    + "or ask for more clusters.")
        }
    }
}
