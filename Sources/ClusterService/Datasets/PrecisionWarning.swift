/// Tells users of columns that single precision rounds visibly, such as times in seconds since 1970.
enum PrecisionWarning {
    /// A sentence where a column is rounded to steps of more than a thousandth of its range; nil for all others.
    static func sentence(column: String, minimum: Float, maximum: Float) -> String? {
        let largest = max(minimum.magnitude, maximum.magnitude)
        let range = Double(maximum) - Double(minimum)
        guard largest >= 0x1p24, Double(largest.ulp) > range / 1_000 else { return nil }
        return "column \(column) is kept in single precision, in steps of \(largest.ulp), which is coarse beside its "
            + "range of \(range); subtract a constant from it first"
    }
}
