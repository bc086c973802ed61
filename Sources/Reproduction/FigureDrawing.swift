import Foundation

/// A figure drawn as SVG: axes with ticks, a line and a band for each series, a legend.
struct FigureDrawing {
    let figure: Figure
    private let x: Axis
    private let y: Axis

    private static let size = (width: 760.0, height: 460.0)
    private static let plot = (left: 76.0, right: 560.0, top: 44.0, bottom: 404.0)
    /// Okabe and Ito's colours, which colour-blind readers tell apart.
    private static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
    /// Curves of no more points have a marker at each.
    private static let mostMarkers = 20
    private static let font = "font-family=\"Helvetica, Arial, sans-serif\""

    init(_ figure: Figure) {
        self.figure = figure
        let plot = Self.plot
        x = Axis(
            values: figure.series.flatMap { $0.points.map(\.x) }, isLogarithmic: false, pixels: (plot.left, plot.right))
        let means = figure.series.flatMap { $0.points.map(\.y.mean) }.filter { $0 > 0 }
        let least = 0.5 * (means.min() ?? 0)
        let ends = figure.series.flatMap { $0.points.flatMap { [$0.y.low, $0.y.mean, $0.y.high] } }
        y = Axis(
            values: figure.hasLogarithmicY ? ends.map { max($0, least) } : ends + [0],
            isLogarithmic: figure.hasLogarithmicY, pixels: (plot.bottom, plot.top))
    }

    /// The SVG document.
    var document: String {
        let size = Self.size
        let viewBox = "0 0 \(Int(size.width)) \(Int(size.height))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="\(viewBox)" width="\(Int(size.width))" \
            height="\(Int(size.height))">
            <rect width="100%" height="100%" fill="#ffffff"/>
            \(text(figure.title, (Self.plot.left + Self.plot.right) / 2, 26, size: 15))
            \(axes)
            \(figure.series.indices.map(curve).joined(separator: "\n"))
            \(figure.series.indices.map(legend).joined(separator: "\n"))
            </svg>

            """
    }

    private var axes: String {
        let plot = Self.plot
        var parts: [String] = []
        for tick in x.ticks {
            let at = x.position(tick)
            parts.append(line(at, plot.top, at, plot.bottom, "#e4e4e4"))
            parts.append(line(at, plot.bottom, at, plot.bottom + 5, "#333333"))
            parts.append(text(Axis.label(tick), at, plot.bottom + 19))
        }
        for tick in y.ticks {
            let at = y.position(tick)
            parts.append(line(plot.left, at, plot.right, at, "#e4e4e4"))
            parts.append(line(plot.left - 5, at, plot.left, at, "#333333"))
            parts.append(text(Axis.label(tick), plot.left - 9, at + 4, anchor: "end"))
        }
        parts.append(line(plot.left, plot.bottom, plot.right, plot.bottom, "#333333"))
        parts.append(line(plot.left, plot.top, plot.left, plot.bottom, "#333333"))
        parts.append(text(figure.xLabel, (plot.left + plot.right) / 2, plot.bottom + 42, size: 13))
        let middle = (plot.top + plot.bottom) / 2
        parts.append(
            "<g transform=\"translate(20 \(number(middle))) rotate(-90)\">" + text(figure.yLabel, 0, 0, size: 13)
                + "</g>")
        return parts.joined(separator: "\n")
    }

    private func curve(_ index: Int) -> String {
        let series = figure.series[index]
        let colour = colour(index)
        let middle = series.points.map { place($0.x, $0.y.mean) }
        var parts: [String] = []
        if !series.isReference {
            let upper = series.points.map { place($0.x, $0.y.high) }
            let lower = series.points.reversed().map { place($0.x, $0.y.low) }
            parts.append(
                "<polygon points=\"\((upper + lower).joined(separator: " "))\" fill=\"\(colour)\" "
                    + "fill-opacity=\"0.2\"/>")
        }
        let dashes = series.isReference ? " stroke-dasharray=\"6 4\"" : ""
        parts.append(
            "<polyline points=\"\(middle.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" "
                + "stroke-width=\"1.8\"\(dashes)/>")
        if !series.isReference, middle.count <= Self.mostMarkers { parts += series.points.map { marker($0, colour) } }
        return parts.joined(separator: "\n")
    }

    private func legend(_ index: Int) -> String {
        let at = Self.plot.top + 10 + 22 * Double(index)
        let start = Self.plot.right + 14
        let dashes = figure.series[index].isReference ? " stroke-dasharray=\"6 4\"" : ""
        return line(start, at, start + 24, at, colour(index), width: 2.4, more: dashes)
            + text(figure.series[index].name, start + 30, at + 4, anchor: "start")
    }

    private func marker(_ point: (x: Double, y: Band), _ colour: String) -> String {
        "<circle cx=\"\(number(x.position(point.x)))\" cy=\"\(number(y.position(point.y.mean)))\" r=\"3.5\" "
            + "fill=\"\(colour)\"/>"
    }

    /// References are black, so that they differ from the measurements they lie on.
    private func colour(_ index: Int) -> String {
        let measured = figure.series[..<index].count { !$0.isReference }
        return figure.series[index].isReference ? "#000000" : Self.colours[measured % Self.colours.count]
    }

    private func place(_ a: Double, _ b: Double) -> String { "\(number(x.position(a))),\(number(y.position(b)))" }
    private func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, width: Double = 1, more: String = ""
    ) -> String {
        "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
            + "stroke=\"\(colour)\" stroke-width=\"\(width)\"\(more)/>"
    }

    private func text(_ text: String, _ x: Double, _ y: Double, size: Int = 12, anchor: String = "middle") -> String {
        let escaped = text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        return "<text x=\"\(number(x))\" y=\"\(number(y))\" \(Self.font) font-size=\"\(size)\" fill=\"#222222\" "
            + "text-anchor=\"\(anchor)\">\(escaped)</text>"
    }
}
