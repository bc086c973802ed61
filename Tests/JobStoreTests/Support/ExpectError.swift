import JobStore
import Testing

/// Expects a store error of one code, and gives it back for a look at its message.
@discardableResult
func expectError(
    _ code: JobStoreError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> JobStoreError? {
    let error = await #expect(throws: JobStoreError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    return error
}
