import AttentionClustering
import Foundation
import JobStore

/// A job as clients see it.
struct JobView {
    let job: Job
    /// How far it is, while it runs here.
    let progress: ProgressBoard.Entry?
    /// How far it had come when it went back to the queue; 0 where it has not run.
    var restingFraction = 0.0
    /// Whether it has been cancelled and the store could not be told yet.
    var isCancelPending = false
    /// How the news of its end get to the client, where it asked for them.
    var webhook: Webhook?

    /// What stands in the entity tag: it changes whenever what a client sees changes.
    var entityTag: String {
        let tries = webhook.map { ".\($0.attempts)" } ?? ""
        return "\(job.revision).\(progress?.version ?? 0)\(tries)\(state == job.state ? "" : ".c")"
    }

    /// Where the job stands for those who ask.
    private var state: JobState { isCancelPending && !job.state.isTerminal ? .cancelling : job.state }

    /// The entity tag as a field value.
    var entityTagText: String { "\"\(entityTag)\"" }

    /// The job object of the contract.
    var json: JSONValue {
        JSONValue.object([
            "id": .string(job.id),
            "state": .string(state.rawValue),
            "done": .bool(job.state.isTerminal),
            "created_at": Timestamp.json(job.createdAt),
            "started_at": Timestamp.json(progress?.beganAt ?? job.startedAt),
            "finished_at": Timestamp.json(job.finishedAt),
            "expires_at": Timestamp.json(job.expiresAt),
            "dataset": .string(orNull: job.dataset.map { TenantName.parts(of: $0).name }),
            "dataset_etag": .string(orNull: job.datasetETag),
            "labels": .object(
                job.labels.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) }),
            "params": .encoded(job.parameters),
            "progress": progressJSON,
            "attempt": .integer(job.attempt),
            "stop_reason": .string(orNull: job.stopReason),
            "error": job.error.map(Self.embedded) ?? .null,
            "model": .string(orNull: job.model),
            "webhook": webhook?.json ?? .null,
        ]).with(tenant: job.tenant)
    }

    /// The job object as webhooks post it: what they say of themselves would differ from one attempt to the next.
    var postedJSON: JSONValue {
        guard case .object(let members) = json else { return json }
        return .object(members.filter { $0.name != "webhook" })
    }

    private var progressJSON: JSONValue {
        guard let progress else {
            let isOver = job.state == .succeeded
            return .object([
                "phase": .string(job.state.isTerminal ? "done" : "queued"),
                "fraction": .number(isOver ? 1 : Self.shown(restingFraction)),
                "iteration": .null, "objective": .null, "eta_seconds": isOver ? .number(0) : .null,
            ])
        }
        let rest = progress.remainingSeconds(now: .now)
        return .object([
            "phase": .string(progress.phase.rawValue),
            "fraction": .number(Self.shown(progress.fraction)),
            "iteration": .integer(progress.iteration),
            "objective": progress.objective.map(JSONValue.number) ?? .null,
            "eta_seconds": rest.map { .number(($0 * 10).rounded() / 10) } ?? .null,
        ])
    }

    /// A fraction as it is shown, in thousandths.
    static func shown(_ fraction: Double) -> Double { (fraction * 1000).rounded(.down) / 1000 }

    /// JSON text that was stored, as a part of the answer.
    private static func embedded(_ text: String) -> JSONValue {
        (try? JSONValue.parse(Data(text.utf8))) ?? .null
    }
}
