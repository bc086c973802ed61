import HTTPTypes
import Testing

@testable import HTTPServer

struct AcceptTests {
    private static let offered = ["application/json", "text/csv", "application/x-ndjson"]

    private func preferred(_ values: String...) -> String? {
        var fields = HTTPFields()
        fields[values: .accept] = values
        return fields.preferredMediaType(of: Self.offered)
    }

    @Test(arguments: [
        ("*/*", "application/json"), ("text/csv", "text/csv"), ("TEXT/CSV", "text/csv"), ("text/*", "text/csv"),
        ("text/csv, application/json", "application/json"), ("text/csv, application/json;q=0.9", "text/csv"),
        ("text/csv;q=0.5, */*;q=0.1", "text/csv"), ("application/json;q=0, */*", "text/csv"),
        ("application/*;q=0.5, application/x-ndjson", "application/x-ndjson"), ("text/csv;q=1.000", "text/csv"),
        (" text/csv ; q=0.3 ,\tapplication/json ; q=0.2", "text/csv"), ("text/csv;q=0.001", "text/csv"),
        ("text/html;level=\"a,b\", text/csv", "text/csv"), (", ,text/csv,", "text/csv"),
        ("text/csv;charset=utf-8", "text/csv"), ("text/csv; charset=\"UTF-8\"", "text/csv"),
        ("text/csv; header=present", "text/csv"),
    ])
    func theGreatestWeightWins(value: String, expected: String) {
        #expect(preferred(value) == expected)
    }

    @Test(arguments: [
        "text/html", "text/csv;q=0", "image/*", "*/*;q=0", "text/csv;header=absent", "text/csv;charset=latin1",
    ])
    func nilWhenNothingIsAccepted(value: String) {
        #expect(preferred(value) == nil)
    }

    @Test func theFirstOfferWhenThereIsNothingToGoBy() {
        #expect(HTTPFields().preferredMediaType(of: Self.offered) == "application/json")
        #expect(preferred("") == "application/json")
        #expect(preferred("nonsense") == "application/json")
        #expect(HTTPFields().preferredMediaType(of: []) == nil)
    }

    @Test func severalFieldsAreOneList() {
        #expect(preferred("text/csv;q=0.4", "application/x-ndjson;q=0.6") == "application/x-ndjson")
    }

    @Test func parametersOfAnOfferMustMatchThoseOfTheRange() {
        var fields = HTTPFields()
        fields[.accept] = "text/csv;header=present"
        #expect(fields.preferredMediaType(of: ["text/csv; header=present"]) != nil)
        #expect(fields.preferredMediaType(of: ["text/csv; header=absent"]) == nil)
    }

    @Test(arguments: [("0", 0), ("1", 1000), ("0.5", 500), ("0.123", 123), ("1.000", 1000), ("0.", 0)])
    func weightsAreThousandths(text: String, expected: Int) {
        #expect(MediaRange.weight(text) == expected)
    }

    @Test(arguments: ["", "2", "1.1", "-1", "0.1234", "0,5", ".5", "1.001", "0x", "+1"])
    func otherWeightsAreNone(text: String) {
        #expect(MediaRange.weight(text) == nil)
    }
}

struct PreferencesTests {
    private func preferences(_ values: String...) -> Preferences {
        var fields = HTTPFields()
        fields[values: .prefer] = values
        return Preferences(fields)
    }

    @Test func waitAndRespondAsyncAreRead() {
        #expect(preferences("respond-async, wait=10") == Preferences(wait: 10, respondAsync: true))
        #expect(preferences("WAIT = \"5\"") == Preferences(wait: 5))
        #expect(preferences("wait=0") == Preferences(wait: 0))
        #expect(preferences("return=minimal; foo=\"a,b\", wait=3; x") == Preferences(wait: 3))
        #expect(preferences("wait=1", "respond-async") == Preferences(wait: 1, respondAsync: true))
        #expect(Preferences(HTTPFields()) == Preferences())
    }

    @Test func theFirstOfTwoCounts() {
        #expect(preferences("wait=1, wait=2").wait == 1)
    }

    @Test(arguments: ["wait", "wait=", "wait=-1", "wait=+1", "wait=1.5", "wait=abc", "await=5", "=5", ""])
    func whatIsNoNumberOfSecondsIsIgnored(value: String) {
        #expect(preferences(value).wait == nil)
    }

    @Test func aNumberBeyondAnyIntIsTheGreatest() {
        #expect(preferences("wait=99999999999999999999").wait == .max)
    }
}
