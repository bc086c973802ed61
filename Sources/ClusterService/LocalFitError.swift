import AttentionClustering
import HTTPServer
import PointFormats

/// Why a clustering on the command line could not be done: places first, as compilers show them.
public struct LocalFitError: Error, Sendable, CustomStringConvertible {
    /// One line a fault, such as `points.csv:3:2: "abc" is not a number`.
    public let description: String

    init(_ error: any Error, path: String) {
        let path = path == "-" ? "standard input" : path
        switch error {
        case let error as FormatError:
            let places = error.places.map { place in
                ([path] + [place.line ?? place.row.map { $0 + 1 }, place.column].compactMap { $0.map(String.init) })
                    .joined(separator: ":") + ": \(place.detail)"
            }
            description = (places + ["\(path): \(error.detail)"]).joined(separator: "\n")
        case let problem as Problem: description = problem.detail
        case let error as ClusteringError: description = "\(path): \(ParameterFault.problem(error).detail)"
        default: description = "\(error)"
        }
    }
}

extension LocalFit {
    /// What went wrong before the file was read, such as a bad parameter.
    public static func describe(_ error: any Error) -> String { (error as? Problem)?.detail ?? "\(error)" }
}
