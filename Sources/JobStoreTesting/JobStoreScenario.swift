import JobStore

/// Something that a job store must do, whatever it keeps its jobs in.
///
/// ```swift
/// @Test(arguments: JobStoreScenario.all)
/// func theDriverKeepsTheContract(_ scenario: JobStoreScenario) async throws {
///     try await scenario.run(on: StoreUnderTest("mine") { settings in try MyStore(now: { settings.clock.now }) })
/// }
/// ```
/// A scenario throws ``Unexpected`` at the first thing that is not as it should be.
public struct JobStoreScenario: Sendable, CustomStringConvertible {
    /// Says what must be so.
    public let description: String
    private let body: @Sendable (StoreUnderTest) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (StoreUnderTest) async throws -> Void) {
        description = name
        self.body = body
    }

    /// Runs the scenario on a fresh store of a driver.
    public func run(on driver: StoreUnderTest) async throws { try await body(driver) }

    /// All that a driver must pass.
    public static let all: [JobStoreScenario] =
        SubmissionScenarios.all + ClaimingScenarios.all + OrderScenarios.all + LeaseScenarios.all
        + CancellationScenarios.all + RecoveryScenarios.all + ResultScenarios.all + ModelScenarios.all
        + ListingScenarios.all + RetentionScenarios.all + AgreementScenarios.all
}

/// Something was not as a scenario demands.
public struct Unexpected: Error, CustomStringConvertible {
    /// Where, and what.
    public let description: String
}

/// Demands that something is so.
func expect(
    _ isSo: Bool, _ comment: @autoclosure () -> String = "expectation failed", file: StaticString = #fileID,
    line: Int = #line
) throws {
    if !isSo { throw Unexpected(description: "\(file):\(line): \(comment())") }
}

/// Demands that there is a value.
func require<Value>(_ value: Value?, file: StaticString = #fileID, line: Int = #line) throws -> Value {
    guard let value else { throw Unexpected(description: "\(file):\(line): nothing is there") }
    return value
}

/// Demands a store error of one code, and gives it back for a look at its message.
@discardableResult
func expectError(
    _ code: JobStoreError.Code, file: StaticString = #fileID, line: Int = #line, _ body: () async throws -> Void
) async throws -> JobStoreError {
    do {
        try await body()
    } catch let error as JobStoreError where error.code == code {
        return error
    } catch {
        throw Unexpected(description: "\(file):\(line): expected \(code), found \(error)")
    }
    throw Unexpected(description: "\(file):\(line): expected \(code), found no error")
}
