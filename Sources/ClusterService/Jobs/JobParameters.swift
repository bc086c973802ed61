public import AttentionClustering
import HTTPServer
import HTTPTypes
public import PointFormats

/// What a job is asked to do: every effective value, from the query of `/v1/cluster` or the JSON of `/v1/jobs`.
public struct JobParameters: Sendable, Equatable {
    /// How clusters are found.
    public var mode = ClusteringMode.heads
    /// How the library is to fit.
    public var fit = FitOptions()
    /// The inverse temperature of softmax attention in mode ``ClusteringMode/inContext``.
    public var contextInverseTemperature = InverseTemperature.automatic
    /// The seconds of work after which the result so far is given; nil for no limit.
    public var timeBudgetSeconds: Double?
    /// The columns to use, by name or index from 0; nil for all.
    public var columns: [ColumnSelector]?
    /// The column that says what each point counts for, by name or index from 0; nil when each counts for one.
    public var weightColumn: ColumnSelector?
    /// Where the job stands in the queue: larger runs first.
    public var priority = 0
    /// Free tags of the job.
    public var labels: [String: String] = [:]

    /// Default values.
    public init() {}

    /// Reads parameters that came as text, such as the fields of a query.
    ///
    /// - Throws: `Problem` 422 that lists every unknown name (with the nearest known one) and every bad value.
    public init(text fields: [(name: String, value: String)]) throws {
        try self.init(fields.map { ($0.name, ParameterValue.text($0.value)) })
    }

    /// Reads parameters that came as the members of a JSON object.
    ///
    /// - Throws: `Problem` 422, as ``init(text:)``.
    init(json members: [JSONValue.Member]) throws {
        try self.init(members.map { ($0.name, ParameterValue.json($0.value)) })
    }

    private init(_ fields: [(String, ParameterValue)]) throws {
        self.init()
        var faults: [ParameterFault] = []
        var seen: Set<String> = []
        for (name, value) in fields {
            do {
                guard seen.insert(name).inserted else { throw ParameterFault(name, "is given twice; give it once") }
                guard let definition = JobParameterDefinition.all.first(where: { $0.name == name }) else {
                    throw ParameterFault.unknown(name, among: JobParameterDefinition.all.map(\.name))
                }
                do {
                    try definition.read(value, &self)
                } catch let message as ParameterValue.Mismatch {
                    throw ParameterFault(name, message.detail)
                }
            } catch let fault as ParameterFault {
                faults.append(fault)
            }
        }
        if let weightColumn, columns?.contains(weightColumn) == true {
            faults.append(ParameterFault("weight_column", "is among columns, too; name it once"))
        }
        if !faults.isEmpty { throw ParameterFault.problem(faults) }
        if mode == .inContext {
            // Its own defaults: the points say how many clusters there are, and the modes stand as they are.
            if !seen.contains("k") { fit.clusterCountSelection = .automatic() }
            if !seen.contains("refinement") { fit.refinement = .none }
        }
    }

    /// Every effective value, as clients see it.
    var json: JSONValue {
        .object(JobParameterDefinition.all.map { .init(name: $0.name, value: $0.write(self)) })
    }

    /// Checks the values against the points they are for, before anything is accepted.
    ///
    /// - Throws: `Problem` 422 naming the parameter and the fix.
    func check(rows: Int, dimension: Int, isConstant: Bool) throws {
        do {
            if mode == .inContext { try inContextOptions.validate() }
            try fit.validate(count: rows, dimension: dimension)
        } catch {
            throw ParameterFault.problem(error)
        }
        if isConstant, let count = fixedClusterCount, count > 1 {
            throw ParameterFault.problem([
                ParameterFault(
                    "k",
                    "all \(rows) points are identical in single precision, so there is nothing to tell apart: "
                        + "check the columns, subtract a constant from large numbers, or use k=1")
            ])
        }
    }
}

/// A parameter that cannot be used, and what to do about it.
struct ParameterFault: Error {
    let name: String
    let detail: String

    init(_ name: String, _ detail: String) {
        self.name = name
        self.detail = detail
    }

    /// A name nobody knows, with the nearest known one.
    static func unknown(_ name: String, among known: [String]) -> ParameterFault {
        let shown = String(name.prefix(64))
        let advice =
            SpellingSuggestion.nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
            ?? (known.isEmpty ? "this operation takes none" : "known are \(known.joined(separator: ", "))")
        return ParameterFault(shown, "unknown parameter \"\(shown)\"; \(advice)")
    }

    /// Name and detail as one sentence.
    private var sentence: String {
        if detail.hasPrefix("unknown parameter") { return detail }
        let isPredicate = ["is ", "holds "].contains { detail.hasPrefix($0) }
        return isPredicate ? "\(name) \(detail)" : "\(name): \(detail)"
    }

    /// The answer to a request with these faults.
    static func problem(_ faults: [ParameterFault]) -> Problem {
        let first = faults.first?.sentence ?? ""
        return Problem(
            .unprocessableContent, type: "/problems/invalid-parameter", title: "A parameter cannot be used",
            detail: faults.count > 1 ? "\(first) (and \(faults.count - 1) more)" : first,
            errors: faults.map { Problem.Place(parameter: $0.name, detail: $0.detail) })
    }

    /// The answer where the library refused options or points.
    static func problem(_ error: ClusteringError) -> Problem {
        guard let option = error.option else {
            return Problem(
                .unprocessableContent, type: "/problems/invalid-points", title: "The points cannot be clustered",
                detail: error.detail,
                errors: [
                    Problem.Place(
                        line: error.row.map { $0 + 1 }, column: error.column.map { $0 + 1 }, detail: error.detail)
                ])
        }
        let name = JobParameterDefinition.all.first { $0.option == option }?.name ?? option
        return problem([ParameterFault(name, error.detail)])
    }
}

extension JobParameters {
    /// Reads what ``json`` wrote when the job was accepted.
    init(storedJSON text: String) throws {
        guard case .object(let members) = try JSONValue.parse(text.utf8) else { throw JSONTypeMismatch() }
        try self.init(json: members)
    }

    private struct JSONTypeMismatch: Error {}
}
