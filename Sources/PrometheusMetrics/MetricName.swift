/// Names and label values as the Prometheus text format has them.
enum MetricName {
    /// `text` with every character that a metric or label name may not have replaced by `_`.
    static func sanitized(_ text: String) -> String {
        var name = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
            case "0"..."9":
                if index == 0 { name += "_" }
                name.unicodeScalars.append(scalar)
            default: name += "_"
            }
        }
        return name.isEmpty ? "_" : name
    }

    /// The name of a counter, which ends in `_total`.
    static func counter(_ text: String) -> String {
        let name = sanitized(text)
        return name.hasSuffix("_total") ? name : name + "_total"
    }

    /// `{a="1",b="2"}` with values escaped, or nothing where there are no labels.
    static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\(sanitized($0))=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
