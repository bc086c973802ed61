import HTTPTypes
import Testing

@testable import HTTPServer

struct EntityTagTests {
    private func tag(_ opaque: String, isWeak: Bool = false) throws -> EntityTag {
        try #require(EntityTag(opaque, isWeak: isWeak))
    }

    @Test func comparisonIsThatOfRFC9110() throws {
        let rows: [(Bool, String, Bool, String, strong: Bool, weak: Bool)] = [
            (true, "1", true, "1", false, true), (true, "1", true, "2", false, false),
            (true, "1", false, "1", false, true), (false, "1", false, "1", true, true),
        ]
        for (weak1, opaque1, weak2, opaque2, strong, weak) in rows {
            let one = try tag(opaque1, isWeak: weak1)
            let two = try tag(opaque2, isWeak: weak2)
            #expect(one.stronglyMatches(two) == strong)
            #expect(one.weaklyMatches(two) == weak)
        }
    }

    @Test func tagsAreWrittenInQuotes() throws {
        #expect(try tag("abc").description == "\"abc\"")
        #expect(try tag("abc", isWeak: true).description == "W/\"abc\"")
        #expect(EntityTag("a\"b") == nil)
        #expect(EntityTag("a b") == nil)
        #expect(EntityTag("a\r\n") == nil)
    }

    @Test func listsAreRead() throws {
        #expect(EntityTagCondition("*") == .any)
        #expect(EntityTagCondition(" * ") == .any)
        #expect(EntityTagCondition("\"a\"") == .oneOf([try tag("a")]))
        #expect(
            EntityTagCondition("\"a,b\" ,W/\"c\",, \"\"")
                == .oneOf([try tag("a,b"), try tag("c", isWeak: true), try tag("")]))
        #expect(EntityTagCondition("\"a\\\"") == .oneOf([try tag("a\\")]))
    }

    @Test(arguments: ["", "a", "\"a", "w/\"a\"", "W \"a\"", "\"a\" \"b\"", "\"a\";x", "*, \"a\"", ",", "\"a b\"", "W/"])
    func otherListsAreMalformed(value: String) {
        #expect(EntityTagCondition(value) == nil)
    }

    private func outcome(
        _ fields: HTTPFields, current: EntityTag?, method: HTTPRequest.Method = .put
    ) throws -> PreconditionOutcome {
        try fields.precondition(current: current, method: method)
    }

    @Test func ifMatchGuardsAReplacement() throws {
        let current = try tag("1")
        #expect(try outcome([.ifMatch: "\"1\""], current: current) == .proceed)
        #expect(try outcome([.ifMatch: "\"2\", \"1\""], current: current) == .proceed)
        #expect(try outcome([.ifMatch: "\"2\""], current: current) == .failed)
        #expect(try outcome([.ifMatch: "W/\"1\""], current: current) == .failed)
        #expect(try outcome([.ifMatch: "*"], current: current) == .proceed)
        #expect(try outcome([.ifMatch: "*"], current: nil) == .failed)
        #expect(try outcome([:], current: current) == .proceed)
    }

    @Test func ifNoneMatchGuardsACreationAndSavesAReading() throws {
        let current = try tag("1")
        #expect(try outcome([.ifNoneMatch: "*"], current: nil) == .proceed)
        #expect(try outcome([.ifNoneMatch: "*"], current: current) == .failed)
        #expect(try outcome([.ifNoneMatch: "\"1\""], current: current, method: .get) == .notModified)
        #expect(try outcome([.ifNoneMatch: "W/\"1\""], current: current, method: .head) == .notModified)
        #expect(try outcome([.ifNoneMatch: "\"2\""], current: current, method: .get) == .proceed)
    }

    @Test func ifMatchComesFirst() throws {
        let current = try tag("1")
        #expect(try outcome([.ifMatch: "\"2\"", .ifNoneMatch: "\"1\""], current: current, method: .get) == .failed)
    }

    @Test func aMalformedConditionIsA400() throws {
        let problem = try #require(throws: Problem.self) { try outcome([.ifMatch: "abc"], current: nil) }
        #expect(problem.status == .badRequest)
        #expect(problem.errors.first?.parameter == "If-Match")
    }
}
