public import HTTPTypes

/// What is wrong with a request, as the client is told it (RFC 9457, problem details).
///
/// Thrown from a handler it becomes the response, in `application/problem+json`.
public struct Problem: Error, Sendable {
    /// A place in the request where something is wrong.
    public struct Place: Sendable, Hashable {
        /// The line of the content, from 1.
        public var line: Int?

        /// The column of the line, or of the table, from 1.
        public var column: Int?

        /// The name of a parameter, of a member or of a header field.
        public var parameter: String?

        /// What is wrong there and how to put it right.
        public var detail: String

        /// Creates a place.
        public init(line: Int? = nil, column: Int? = nil, parameter: String? = nil, detail: String) {
            self.line = line
            self.column = column
            self.parameter = parameter
            self.detail = detail
        }
    }

    /// The status of the response.
    public var status: HTTPResponse.Status

    /// The kind of problem, a relative reference such as `/problems/no-such-job`.
    public var type: String

    /// The kind of problem in a few words, the same for each occurrence.
    public var title: String

    /// What is wrong this time and how to put it right.
    public var detail: String

    /// The places where something is wrong; the first 20 are rendered.
    public var errors: [Place]

    /// Further members of the object, such as `limit_bytes`.
    public var members: [String: ProblemValue]

    /// Header fields of the response, such as `Allow` or `Retry-After`.
    public var headers: HTTPFields

    /// Creates a problem.
    public init(
        _ status: HTTPResponse.Status, type: String, title: String, detail: String, errors: [Place] = [],
        members: [String: ProblemValue] = [:], headers: HTTPFields = [:]
    ) {
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.errors = errors
        self.members = members
        self.headers = headers
    }

    /// The response that tells the client.
    public func response(requestID: String) -> Response {
        var fields: HTTPFields = [.contentType: "application/problem+json"]
        fields.append(contentsOf: headers)
        return Response(status: status, headers: fields, body: .bytes(json(requestID: requestID)))
    }
}

/// The value of a further member of a ``Problem``.
public enum ProblemValue: Sendable, Hashable {
    /// A whole number.
    case integer(Int)

    /// A text.
    case string(String)

    /// A list of texts, such as what is supported.
    case strings([String])

    /// A truth value.
    case boolean(Bool)
}
