import PointFormats

/// Tells users of columns that the type of the numbers rounds visibly: integers that it has no number for, such as
/// 20230001 in single precision, and narrow ranges far from 0, such as times in seconds since 1970.
enum PrecisionWarning {
    /// No integer type of a table reaches further, so that what does is a quantity and no name of something.
    private static let largestInteger = 0x1p64

    /// What stands in each of the sentences, behind the column's name and the precision.
    private static let mark = " precision, in steps of "

    /// Whether `text` is such a sentence, which is true of the rows it was made for only.
    static func isOne(_ text: String) -> Bool { text.hasPrefix("column ") && text.contains(mark) }

    /// A sentence where a column is rounded to steps of more than a thousandth of its range, or holds integers only,
    /// some of them beyond those that the type tells apart; nil for all others.
    ///
    /// - Parameter areIntegers: whether all numbers of the column, as they are kept, are integers.
    static func sentence(
        column: String, minimum: Double, maximum: Double, areIntegers: Bool, type: NumberType = .float32
    ) -> String? {
        let largest = max(minimum.magnitude, maximum.magnitude)
        let digits = type == .float32 ? Float.significandBitCount : Double.significandBitCount
        let exact = Double(sign: .plus, exponent: digits + 1, significand: 1)
        guard largest >= exact else { return nil }
        let step = type == .float32 ? Double(Float(largest).ulp) : largest.ulp
        let range = maximum - minimum
        let isCoarse = step > range / 1_000
        guard isCoarse || areIntegers && largest <= largestInteger else { return nil }
        let steps = Int(exactly: step).map(String.init) ?? "\(step)"
        let width = type == .float32 ? "single" : "double"
        var text = "column \(column) is kept in \(width)\(mark)\(steps)"
        text += " at its largest numbers"
        if areIntegers && largest <= largestInteger {
            text += ": integers beyond \(Int(exact)) may be rounded"
        }
        if isCoarse { text += ", which is coarse beside its range of \(range)" }
        let wider = type == .float32 ? "pass dtype=float64, " : ""
        return text + "; \(wider)name it as id_column if it identifies rows, or subtract a constant from it first"
    }
}
