import HTTPServer
import Testing

@Suite struct TraceContextTests {
    private static let sample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func aTraceIsReadAndWrittenAsItCame() throws {
        let trace = try #require(TraceContext(Self.sample))
        #expect(trace.traceID == "0af7651916cd43dd8448eb211c80319c" && trace.parentID == "b7ad6b7169203331")
        #expect(trace.flags == "01" && trace.description == Self.sample)
    }

    @Test(arguments: [
        "", "00", sample + "0", sample + "-x", sample.uppercased(), sample.replacing("-01", with: "-0"),
        sample.replacing("00-0af", with: "ff-0af"), "00-" + String(repeating: "0", count: 32) + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", sample.replacing("0af7", with: "0ag7"),
        sample.replacing("-b7", with: "_b7"), sample.replacing("e", with: "é"),
    ])
    func whatIsNoTraceIsNone(text: String) { #expect(TraceContext(text) == nil) }

    @Test func aLaterVersionIsReadAsFarAsItIsKnown() throws {
        let later = "01" + Self.sample.dropFirst(2) + "-more"
        #expect(TraceContext(later)?.description == Self.sample)
        #expect(TraceContext("01" + Self.sample.dropFirst(2) + "more") == nil)
    }

    @Test func aChildHasAPartOfItsOwnInTheSameTrace() throws {
        let trace = try #require(TraceContext(Self.sample))
        let child = trace.child()
        #expect(child.traceID == trace.traceID && child.flags == trace.flags && child.parentID != trace.parentID)
        #expect(TraceContext(child.description) == child)
    }
}
