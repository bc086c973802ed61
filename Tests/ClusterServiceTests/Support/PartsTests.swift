import PointFormats
import Testing

@testable import ClusterService

@Suite struct PartsTests {
    @Test func emptyPartsAreParts() {
        #expect("a,,b,".parts(at: ",") == ["a", "", "b", ""])
        #expect("".parts(at: ",") == [""])
        #expect("a=b=c".parts(at: "=", maxSplits: 1) == ["a", "b=c"])
    }

    @Test func aSeparatorUnderACombiningMarkStillSeparates() throws {
        #expect("a=\u{1F3FB}x".parts(at: "=") == ["a", "\u{1F3FB}x"])
        let parameters = try JobParameters(text: [("labels", "a=\u{301}x,\u{301}b=y"), ("columns", "a,\u{301}b")])
        #expect(parameters.labels == ["a": "\u{301}x", "\u{301}b": "y"])
        #expect(parameters.columns == [.name("a"), .name("\u{301}b")])
    }
}
