import Testing

extension Answer {
    /// Expects a problem document (RFC 9457) that is complete and says what it should.
    func expectProblem(
        _ status: Int, _ type: String, mentions text: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(self.status == status, "\(self.text)", sourceLocation: sourceLocation)
        #expect(mediaType == "application/problem+json", sourceLocation: sourceLocation)
        let problem = try json()
        #expect(problem["status"]?.int == status, sourceLocation: sourceLocation)
        #expect(problem["type"]?.string == "/problems/\(type)", sourceLocation: sourceLocation)
        #expect(problem["title"]?.string?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(problem["detail"]?.string?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(problem["request_id"]?.string == self["X-Request-Id"], sourceLocation: sourceLocation)
        #expect(self["X-Request-Id"] != nil, sourceLocation: sourceLocation)
        if let text {
            #expect(self.text.contains(text), "\(self.text) does not say \"\(text)\"", sourceLocation: sourceLocation)
        }
    }
}
