import HTTPServer
import HTTPTypes
import Testing

/// Expects that `body` throws a problem of this status.
///
/// - Returns: the problem.
@discardableResult
func expectProblem(
    _ status: Int, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> Problem? {
    do {
        try body()
        Issue.record("nothing is thrown", sourceLocation: sourceLocation)
    } catch let problem as Problem {
        #expect(problem.status.code == status, "\(problem.detail)", sourceLocation: sourceLocation)
        return problem
    } catch {
        Issue.record("\(error) is no problem that a client could read", sourceLocation: sourceLocation)
    }
    return nil
}
