import Foundation

/// A linear or logarithmic axis over a stretch of pixels, with round ticks.
struct Axis: Sendable {
    let isLogarithmic: Bool
    let range: ClosedRange<Double>
    let pixels: (start: Double, end: Double)
    let ticks: [Double]

    init(values: [Double], isLogarithmic: Bool, pixels: (start: Double, end: Double)) {
        self.isLogarithmic = isLogarithmic
        self.pixels = pixels
        let finite = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
        let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        if isLogarithmic {
            // From a round number of one digit to another.
            let round = [1.0, 2, 5]
            func tick(_ index: Int) -> Double {
                let decade = Int((Double(index) / 3).rounded(.down))
                return round[index - 3 * decade] * pow(10, Double(decade))
            }
            var first = 3 * Int(log10(low).rounded(.down))
            while tick(first + 1) <= low { first += 1 }
            var last = first + 1
            while tick(last) < high { last += 1 }
            range = tick(first)...tick(last)
            let all = (first...last).map(tick)
            ticks = all.count > 9 ? all.filter { log10($0).rounded() == log10($0) } : all
        } else {
            let width = max(high - low, max(abs(high), 1e-12) * 1e-6)
            let raw = width / 6
            let magnitude = pow(10, log10(raw).rounded(.down))
            let step = ([1, 2, 2.5, 5, 10].first { $0 * magnitude >= raw } ?? 10) * magnitude
            let (from, to) = ((low / step).rounded(.down), (high / step).rounded(.up))
            range = from * step...max(to, from + 1) * step
            ticks = stride(from: from, through: max(to, from + 1), by: 1).map { $0 * step }
        }
    }

    func position(_ value: Double) -> Double {
        let (low, high) = (range.lowerBound, range.upperBound)
        let clamped = min(high, max(low, value))
        let share = isLogarithmic ? log(clamped / low) / log(high / low) : (clamped - low) / (high - low)
        return pixels.start + share * (pixels.end - pixels.start)
    }

    static func label(_ tick: Double) -> String {
        if tick == 0 { return "0" }
        let size = abs(tick)
        if size >= 1e5 || size < 1e-4 {
            return String(format: "%.0e", tick)
        }
        let text = String(format: "%.6f", tick)
        var end = text.endIndex
        while text[text.index(before: end)] == "0" { end = text.index(before: end) }
        if text[text.index(before: end)] == "." { end = text.index(before: end) }
        return String(text[..<end])
    }
}
