/// Expectations over the tokens that the closed-form risk is made of; MODEL section 2 of the documentation.
///
/// With p = Uᵀx, r = UᵀSx, q = ‖p‖², t = ⟨p, r⟩, w = ‖x‖² and ⟨·⟩ the mean over tokens x of m coordinates; heads U are
/// an m×K matrix, one head a column.
protocol TokenStatistics: Sendable {
    /// S = ⟨xxᵀ⟩, m×m.
    var secondMoment: Matrix { get }
    /// Q = ⟨w·xxᵀ⟩, m×m.
    var weightedSecondMoment: Matrix { get }
    /// ⟨x⟩, m numbers.
    var mean: [Double] { get }

    /// Everything that depends on the heads.
    ///
    /// - Returns: nil when the fit shall finish.
    func responses(to heads: Matrix) throws -> HeadResponses?
    /// Only the expectations of the fixed-point solver.
    ///
    /// - Returns: nil when the fit shall finish.
    func cubes(of heads: Matrix) throws -> HeadCubes?
}

/// Expectations that depend on the heads, for the risk and its gradient.
struct HeadResponses: Sendable {
    /// ⟨q·xpᵀ⟩, ⟨t·xpᵀ⟩, ⟨q·xrᵀ⟩ and ⟨qw·xpᵀ⟩, each m×K.
    var qp, tp, qr, qwp: Matrix
    /// ⟨q²w⟩, ⟨qt⟩ and ⟨q²⟩.
    var q2w, qt, q2: Double
    var cubes: HeadCubes
}

/// Third-order answers of the heads.
struct HeadCubes: Sendable {
    /// ⟨x·(p³)ᵀ⟩, m×K.
    var responses: Matrix
    /// ⟨Σ_k p_k⁴⟩.
    var fourth: Double
}
