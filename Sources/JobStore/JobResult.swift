public import Foundation

/// The result of a succeeded job, without its rows; those are read chunk by chunk.
public struct JobResult: Sendable, Equatable {
    /// Whatever the worker wrote as summary, in full.
    public let summary: Data
    /// Whatever the worker wrote as model, in full; stays readable here until the job goes, even if the model is
    /// deleted before.
    public let model: Data
    /// How many chunks of rows there are, numbered from 0.
    public let chunkCount: Int

    /// A result.
    public init(summary: Data, model: Data, chunkCount: Int) {
        self.summary = summary
        self.model = model
        self.chunkCount = chunkCount
    }

    /// The largest chunk that a store takes, in bytes: 2 MiB.
    ///
    /// Chunks are meant to be about 1 MiB: a reader holds one at a time, and a write holds up other writers only
    /// briefly.
    public static let maximumChunkBytes = 2 << 20

    /// Refuses chunks that no driver takes.
    static func validateChunk(index: Int, bytes: Int) throws(JobStoreError) {
        guard index >= 0 else {
            throw .invalidArgument("chunk \(index) has no place: chunks are numbered from 0")
        }
        guard bytes <= maximumChunkBytes else {
            throw .invalidArgument(
                "chunk \(index) has \(bytes) bytes; split it into chunks of at most \(maximumChunkBytes)")
        }
    }
}

/// A model that a succeeded job left behind.
public struct StoredModel: Sendable, Equatable, Identifiable {
    /// The id that the worker gave it.
    public let id: String
    /// The job that made it; that job may have been deleted since.
    public let job: String
    /// Whose job that was.
    public let tenant: String
    /// When it was stored.
    public let createdAt: Date
    /// When it is forgotten: when its job expires, whether that still exists or not; nil for never.
    public let expiresAt: Date?
    /// Whatever the worker wrote.
    public let content: Data

    /// A model.
    public init(id: String, job: String, tenant: String = "", createdAt: Date, expiresAt: Date?, content: Data) {
        self.id = id
        self.job = job
        self.tenant = tenant
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.content = content
    }
}

/// A page of models, newest first.
public struct ModelPage: Sendable, Equatable {
    /// The models of this page.
    public let models: [StoredModel]
    /// Where the next page begins; nil at the end; opaque and stable like ``JobPage/nextCursor``.
    public let nextCursor: String?

    /// A page.
    public init(models: [StoredModel], nextCursor: String?) {
        self.models = models
        self.nextCursor = nextCursor
    }
}
