import AttentionClustering
import PointFormats

/// One parameter: its name, how it is read and how it is shown.
struct JobParameterDefinition: Sendable {
    let name: String
    /// The library's option that it sets, by which the library names it in errors.
    let option: String?
    let read: @Sendable (ParameterValue, inout JobParameters) throws -> Void
    let write: @Sendable (JobParameters) -> JSONValue

    /// All parameters, in the order in which they are shown.
    static let all: [JobParameterDefinition] = model + training + limits + selection

    private static let model: [JobParameterDefinition] = [
        .init(
            name: "mode", option: nil,
            read: { $1.mode = try $0.choice(ClusteringMode.self) },
            write: { .string($0.mode.rawValue) }),
        .init(
            name: "k", option: "clusterCount",
            read: { value, parameters in
                if value.isAuto {
                    parameters.fit.clusterCountSelection = .automatic()
                } else {
                    parameters.fit.clusterCount = try value.integer(
                        1...1_000_000, "is a whole number of clusters, at least 1, or auto")
                    parameters.fit.clusterCountSelection = .fixed
                }
            },
            write: { parameters in parameters.fixedClusterCount.map(JSONValue.integer) ?? .string("auto") }),
        .init(
            name: "seed", option: "seed",
            read: { $1.fit.seed = try $0.unsigned("is a whole number from 0 to 18446744073709551615") },
            write: { .unsigned($0.fit.seed) }),
        .init(
            name: "standardize", option: "standardize",
            read: { $1.fit.standardize = try $0.bool() },
            write: { .bool($0.fit.standardize) }),
        .init(
            name: "metric", option: "metric",
            read: { $1.fit.metric = try $0.choice(PointMetric.self) },
            write: { .string($0.fit.metric.rawValue) }),
        .init(
            name: "robust", option: "robust",
            read: { $1.fit.robust = try $0.bool() },
            write: { .bool($0.fit.robust) }),
        .init(
            name: "preprocessing", option: "preprocessing",
            read: { $1.fit.preprocessing = try $0.choice(Preprocessing.self) },
            write: { .string($0.fit.preprocessing.rawValue) }),
        .init(
            name: "solver", option: "solver",
            read: { $1.fit.solver = try $0.choice(Solver.self) },
            write: { .string($0.fit.solver.rawValue) }),
        .init(
            name: "attention", option: "attention",
            read: { $1.fit.attention = try $0.choice(HeadAttention.self) },
            write: { .string($0.fit.attention.rawValue) }),
        .init(
            name: "start", option: "initialization",
            read: { $1.fit.initialization = try $0.choice(Initialization.self) },
            write: { .string($0.fit.initialization.rawValue) }),
        .init(
            name: "refinement", option: "refinement",
            read: { $1.fit.refinement = try $0.choice(Refinement.self) },
            write: { .string($0.fit.refinement.rawValue) }),
    ]

    private static let training: [JobParameterDefinition] = [
        .init(
            name: "lambda", option: "inverseTemperature",
            read: { $1.fit.inverseTemperature = try $0.inverseTemperature() },
            write: { .inverseTemperature($0.fit.inverseTemperature) }),
        .init(
            name: "beta", option: nil,
            read: { $1.contextInverseTemperature = try $0.inverseTemperature() },
            write: { .inverseTemperature($0.contextInverseTemperature) }),
        .init(
            name: "rho", option: "regularization",
            read: { $1.fit.regularization = try $0.number("is a number, at least 0") { $0 >= 0 } },
            write: { .number($0.fit.regularization) }),
        .init(
            name: "context_length", option: "contextLength",
            read: {
                $1.fit.contextLength = try $0.integer(2...1_000_000, "is a whole number of tokens from 2 to 1000000")
            },
            write: { .integer($0.fit.contextLength) }),
        .init(
            name: "learning_rate", option: "learningRate",
            read: { $1.fit.learningRate = try $0.number("is a number above 0") { $0 > 0 } },
            write: { .number($0.fit.learningRate) }),
        .init(
            name: "max_steps", option: "maximumSteps",
            read: { $1.fit.maximumSteps = try $0.integer(1...10_000_000, "is a whole number from 1 to 10000000") },
            write: { .integer($0.fit.maximumSteps) }),
        .init(
            name: "tolerance", option: "tolerance",
            read: { $1.fit.tolerance = try $0.number("is a number from 0 to below 1") { $0 >= 0 && $0 < 1 } },
            write: { .number($0.fit.tolerance) }),
    ]

    private static let limits: [JobParameterDefinition] = [
        .init(
            name: "max_iterations", option: "maximumIterations",
            read: { $1.fit.maximumIterations = try $0.integer(1...1_000_000, "is a whole number from 1 to 1000000") },
            write: { .integer($0.fit.maximumIterations) }),
        .init(
            name: "time_budget_seconds", option: nil,
            read: { value, parameters in
                if case .json(.null) = value { return }
                parameters.timeBudgetSeconds = try value.number("is a number of seconds above 0") { $0 > 0 }
            },
            write: { $0.timeBudgetSeconds.map(JSONValue.number) ?? .null }),
    ]

    private static let selection: [JobParameterDefinition] = [
        .init(
            name: "columns", option: nil,
            read: { value, parameters in
                if case .json(.null) = value { return }
                parameters.columns = try columnSelectors(value)
            },
            write: { parameters in
                guard let columns = parameters.columns else { return .null }
                return .array(columns.map(json))
            }),
        .init(
            name: "weight_column", option: nil,
            read: { value, parameters in
                if case .json(.null) = value { return }
                parameters.weightColumn = try weightColumn(value)
            },
            write: { $0.weightColumn.map(json) ?? .null }),
        .init(
            name: "priority", option: nil,
            read: { $1.priority = try $0.integer(-10...10, "is a whole number from -10 to 10, larger runs first") },
            write: { .integer($0.priority) }),
        .init(
            name: "labels", option: nil,
            read: { $1.labels = try labels($0) },
            write: { parameters in
                .object(
                    parameters.labels.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })
            }),
    ]

    private static func json(_ column: ColumnSelector) -> JSONValue {
        switch column {
        case .name(let name): .string(name)
        case .index(let index): .integer(index)
        }
    }

    /// One column: `w` or `3` in a query, `"w"` or `3` in JSON.
    private static func weightColumn(_ value: ParameterValue) throws(ParameterValue.Mismatch) -> ColumnSelector {
        switch value {
        case .text(let text) where !text.isEmpty: return ColumnSelector(text)
        case .json(.string(let name)) where !name.isEmpty: return .name(name)
        case .json(.integer(let index)) where index >= 0: return .index(index)
        default:
            throw ParameterValue.Mismatch(
                detail: "is the name of a column, or its index from 0; found \(value.shown)")
        }
    }

    /// Columns by name or index: `a,b,3` in a query, `["a","b",3]` in JSON.
    private static func columnSelectors(_ value: ParameterValue) throws(ParameterValue.Mismatch) -> [ColumnSelector] {
        let mismatch = ParameterValue.Mismatch(
            detail: "is a list of column names or indices from 0; found \(value.shown)")
        var selectors: [ColumnSelector] = []
        switch value {
        case .text(let text):
            for name in text.parts(at: ",") {
                guard !name.isEmpty else { throw mismatch }
                selectors.append(ColumnSelector(name))
            }
        case .json(.array(let values)):
            for value in values {
                switch value {
                case .string(let name): selectors.append(.name(name))
                case .integer(let index) where index >= 0: selectors.append(.index(index))
                default: throw mismatch
                }
            }
        default: throw mismatch
        }
        guard !selectors.isEmpty, selectors.count <= 16_384 else { throw mismatch }
        return selectors
    }

    /// Tags: `team=ml,run=7` in a query, an object of strings in JSON; at most 32 of up to 256 characters each side.
    private static func labels(_ value: ParameterValue) throws(ParameterValue.Mismatch) -> [String: String] {
        let mismatch = ParameterValue.Mismatch(
            detail:
                "holds at most 32 different tags, names and values of up to 256 characters, name=value,… in a query or "
                + "an object of strings in JSON; no name holds \"=\", and nothing the character NUL")
        var pairs: [(String, String)] = []
        switch value {
        case .text(""): break
        case .text(let text):
            for pair in text.parts(at: ",") {
                let parts = pair.parts(at: "=", maxSplits: 1)
                guard parts.count == 2 else { throw mismatch }
                pairs.append((parts[0], parts[1]))
            }
        case .json(.object(let members)):
            for member in members {
                guard case .string(let text) = member.value else { throw mismatch }
                pairs.append((member.name, text))
            }
        default: throw mismatch
        }
        guard pairs.count <= 32, Set(pairs.map(\.0)).count == pairs.count,
            pairs.allSatisfy({ name, value in
                !name.isEmpty && name.unicodeScalars.count <= 256 && value.unicodeScalars.count <= 256
                    && !name.utf8.contains(0x3D) && !name.utf8.contains(0) && !value.utf8.contains(0)
            })
        else {
            throw mismatch
        }
        return Dictionary(pairs) { _, last in last }
    }
}
