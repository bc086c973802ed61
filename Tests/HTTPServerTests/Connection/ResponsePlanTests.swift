import Testing

@testable import HTTPServer

struct ResponsePlanTests {
    private func plan(
        _ length: ResponseLength, status: Int = 200, isHead: Bool = false, minorVersion: Int = 1, mayKeep: Bool = true
    ) -> ResponsePlan {
        ResponsePlan(status: status, length: length, isHead: isHead, minorVersion: minorVersion, mayKeep: mayKeep)
    }

    @Test func knownLengthsAreStatedAndUnknownOnesChunked() {
        #expect(plan(.known(5)).framing == .length(5))
        #expect(plan(.unknown).framing == .chunked)
        #expect(plan(.unknown).keepsConnection)
    }

    @Test func anUnknownLengthForHTTP10EndsWithTheConnection() {
        let plan = plan(.unknown, minorVersion: 0)
        #expect(plan.framing == .untilClose)
        #expect(!plan.keepsConnection)
        #expect(!plan.statesKeepAlive)
    }

    @Test(arguments: [204, 304, 100]) func someStatusesHaveNoContent(status: Int) {
        for length in [ResponseLength.known(5), .unknown] {
            #expect(plan(length, status: status).framing == .none)
            #expect(!plan(length, status: status).sendsContent)
        }
    }

    @Test func headHasTheFieldsOfGetAndNoContent() {
        #expect(plan(.known(5), isHead: true).framing == .length(5))
        #expect(plan(.unknown, isHead: true).framing == .chunked)
        #expect(!plan(.known(5), isHead: true).sendsContent)
        #expect(plan(.unknown, isHead: true, minorVersion: 0).keepsConnection)
    }

    @Test func onlyHTTP10IsToldThatAConnectionPersists() {
        #expect(plan(.known(5), minorVersion: 0).statesKeepAlive)
        #expect(!plan(.known(5)).statesKeepAlive)
        #expect(!plan(.known(5), minorVersion: 0, mayKeep: false).statesKeepAlive)
    }
}
