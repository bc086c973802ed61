import HTTPTypes
import Testing

@testable import HTTPServer

struct ConnectionStateMachineTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func request(_ text: String, then act: (inout ConnectionStateMachine) -> Void = { _ in })
        -> MachineFixture
    {
        var fixture = MachineFixture()
        fixture.receive(text)
        act(&fixture.machine)
        return fixture
    }

    // MARK: Persistence

    @Test func pipelinedRequestsAreTakenOneAtATime() {
        var fixture = MachineFixture()
        #expect(fixture.receive(Self.get + Self.get).count == 1)
        #expect(!fixture.machine.wantsInput)
        fixture.respond()
        #expect(fixture.machine.wantsInput)
        #expect(fixture.receive(Self.get).count == 1)
        #expect(fixture.machine.requests == 2)
    }

    @Test func theLastRequestThatAConnectionMayHaveClosesIt() {
        var limits = ServerLimits()
        limits.requestsPerConnection = 2
        var fixture = MachineFixture(limits: limits)
        fixture.receive(Self.get)
        #expect(
            fixture.machine.startResponse(status: 200, length: .known(0), asksClose: false)?.keepsConnection == true)
        _ = fixture.machine.endResponse()
        _ = fixture.machine.endExchange(at: MachineFixture.begin)
        fixture.receive(Self.get)
        #expect(
            fixture.machine.startResponse(status: 200, length: .known(0), asksClose: false)?.keepsConnection == false)
    }

    @Test(arguments: ["Connection: close", "connection: x, CLOSE"])
    func aClientMayAskForTheClose(field: String) {
        var fixture = request("GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
        #expect(fixture.respond() == .wait)
        #expect(fixture.stateName == "finishing")
    }

    @Test func aHandlerMayAskForTheClose() {
        var fixture = request(Self.get)
        fixture.respond(asksClose: true)
        #expect(fixture.stateName == "finishing")
    }

    @Test(arguments: [408, 413, 431]) func someStatusesClose(status: Int) {
        var fixture = request(Self.get)
        fixture.respond(status: status)
        #expect(fixture.stateName == "finishing")
    }

    @Test func aHalfClosedClientIsAnsweredAndThenClosed() {
        var fixture = request(Self.get)
        #expect(fixture.machine.endOfInput(at: MachineFixture.begin) == .wait)
        #expect(fixture.respond() == .wait)
        #expect(fixture.machine.outputDrained(at: MachineFixture.begin) == .close(reset: false))
    }

    @Test func aClosingAnswerIsFollowedByALinger() {
        var fixture = request("bad\r\n")
        #expect(fixture.machine.outputDrained(at: MachineFixture.seconds(1)) == .shutdownWrite)
        #expect(fixture.receive(String(repeating: "x", count: 100_000)).isEmpty)
        #expect(fixture.machine.deadline == MachineFixture.seconds(3))
        #expect(fixture.machine.endOfInput(at: MachineFixture.seconds(2)) == .close(reset: false))
    }

    // MARK: Bodies

    @Test func contentComesWhereItStandsInTheOctets() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
        #expect(fixture.receive("hel") == [.content(0..<3, isLast: false)])
        #expect(fixture.receive("lo" + Self.get) == [.content(0..<2, isLast: true)])
        #expect(!fixture.machine.wantsInput)
    }

    @Test func aChunkedBodyEndsWithoutContent() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(fixture.receive("2\r\nab\r\n0\r\n\r\n") == [.content(3..<5, isLast: false), .bodyEnd])
    }

    @Test func trailersComeWithTheEndOfTheBody() throws {
        let name = try #require(HTTPField.Name("X-Sum"))
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        fixture.receive("0\r\nX-Su")
        #expect(fixture.receive("m: 1\r\nHost: b\r\n\r\n") == [.bodyEnd])
        #expect(fixture.machine.trailers.fields == [name: "1"])
    }

    @Test func aBrokenBodyFailsTheReadsAndClosesAfterTheAnswer() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        guard case .bodyFailed(.malformed) = fixture.receive("zz\r\n").first else {
            Issue.record("the body did not fail")
            return
        }
        fixture.respond()
        #expect(fixture.stateName == "finishing")
    }

    @Test func aBodyThatBreaksAfterTheAnswerBeganStillCloses() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        _ = fixture.machine.startResponse(status: 200, length: .known(0), asksClose: false)
        fixture.receive("zz\r\n")
        _ = fixture.machine.endResponse()
        _ = fixture.machine.endExchange(at: MachineFixture.begin)
        #expect(fixture.stateName == "finishing")
    }

    @Test func readingStopsWhileTheHandlerDoesNotAndGoesOnAtHalf() {
        var limits = ServerLimits()
        limits.bufferedBody = 100
        var fixture = MachineFixture(limits: limits)
        fixture.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        fixture.receive(String(repeating: "x", count: 100))
        #expect(!fixture.machine.wantsInput)
        fixture.machine.consumeBody(49, at: MachineFixture.begin)
        #expect(!fixture.machine.wantsInput)
        fixture.machine.consumeBody(1, at: MachineFixture.begin)
        #expect(fixture.machine.wantsInput)
    }

    @Test func theBodysTimeStandsStillWhileTheServerDoesNotRead() {
        var limits = ServerLimits()
        limits.bufferedBody = 100
        var fixture = MachineFixture(limits: limits)
        fixture.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        #expect(fixture.machine.deadline == MachineFixture.seconds(30))
        fixture.receive(String(repeating: "x", count: 100), at: MachineFixture.seconds(10))
        #expect(fixture.machine.deadline == nil)
        fixture.machine.consumeBody(100, at: MachineFixture.seconds(500))
        // 20 s were left, and 100 bytes have earned a millisecond.
        #expect(fixture.machine.deadline == MachineFixture.seconds(520.001))
    }

    @Test func aBodyMustKeepALeastRate() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
        for second in 1...60 {
            fixture.receive(String(repeating: "x", count: 64 << 10), at: MachineFixture.seconds(Double(second)))
            fixture.machine.consumeBody(64 << 10, at: MachineFixture.seconds(Double(second)))
        }
        #expect(fixture.machine.deadline == MachineFixture.seconds(90))
        #expect(fixture.machine.expire(at: MachineFixture.seconds(90)) == .bodyFailed(.bodyTimeout))
    }

    // MARK: Early answers

    @Test func aShortRestOfABodyIsDrainedToKeepTheConnection() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 262144\r\n\r\n")
        fixture.respond()
        #expect(fixture.stateName == "draining")
        #expect(fixture.receive(String(repeating: "x", count: 262_144)).isEmpty)
        #expect(fixture.stateName == "awaiting")
        #expect(fixture.receive(Self.get).count == 1)
    }

    @Test func aLongRestOfABodyClosesTheConnection() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n")
        let plan = fixture.machine.startResponse(status: 200, length: .known(0), asksClose: false)
        #expect(plan?.keepsConnection == false)
    }

    @Test func aChunkedRestIsDrainedUpToTheAllowance() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "8000\r\n" + String(repeating: "x", count: 32 << 10) + "\r\n"
        var short = request(head)
        short.respond()
        short.receive(String(repeating: chunk, count: 7) + "0\r\n\r\n")
        #expect(short.stateName == "awaiting")
        var long = request(head)
        long.respond()
        long.receive(String(repeating: chunk, count: 9))
        #expect(long.stateName == "finishing")
    }

    @Test func aMalformedRestOfABodyClosesTheConnection() {
        var fixture = request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        fixture.respond()
        fixture.receive("zz\r\n" + Self.get)
        #expect(fixture.stateName == "finishing")
        #expect(fixture.machine.requests == 1)
    }

    // MARK: 100-continue

    private static let expecting =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"

    @Test func aHundredIsSentAtTheFirstReadOnly() {
        var fixture = request(Self.expecting)
        #expect(fixture.machine.deadline == nil)
        #expect(fixture.machine.requestBody(at: MachineFixture.seconds(1)) == true)
        #expect(fixture.machine.requestBody(at: MachineFixture.seconds(1)) == false)
        #expect(fixture.machine.deadline == MachineFixture.seconds(31))
    }

    @Test func noHundredIsSentOnceTheBodyComes() {
        var fixture = request(Self.expecting)
        fixture.receive("h")
        #expect(fixture.machine.requestBody(at: MachineFixture.begin) == false)
    }

    @Test func noHundredIsSentAfterTheAnswerBegan() {
        var fixture = request(Self.expecting)
        _ = fixture.machine.startResponse(status: 401, length: .known(0), asksClose: false)
        #expect(fixture.machine.requestBody(at: MachineFixture.begin) == false)
    }

    @Test func anAnswerInPlaceOfTheHundredClosesForTheBodyMayComeOrNot() {
        var fixture = request(Self.expecting)
        let plan = fixture.machine.startResponse(status: 401, length: .known(0), asksClose: false)
        #expect(plan?.keepsConnection == false)
    }

    // MARK: Deadlines

    @Test func theHeadsTimeIsAbsolute() {
        var fixture = MachineFixture()
        fixture.receive("GET", at: MachineFixture.seconds(4))
        #expect(fixture.machine.deadline == MachineFixture.seconds(10), "the first counts from the connection on")
        fixture.receive(" / HTTP/1.1\r\nHost: a\r\n", at: MachineFixture.seconds(9))
        #expect(fixture.machine.deadline == MachineFixture.seconds(10))
        #expect(fixture.machine.expire(at: MachineFixture.seconds(9.9)) == .wait)
        #expect(fixture.machine.expire(at: MachineFixture.seconds(10)) == .refuse(.headTimeout, isHead: false))
    }

    @Test func theTimeOfALaterHeadCountsFromItsFirstOctet() {
        var fixture = request(Self.get)
        fixture.respond(at: MachineFixture.seconds(1))
        fixture.receive("\r\nG", at: MachineFixture.seconds(20))
        #expect(fixture.machine.deadline == MachineFixture.seconds(30))
        fixture.receive("ET", at: MachineFixture.seconds(29))
        #expect(fixture.machine.deadline == MachineFixture.seconds(30))
    }

    @Test func theFirstHeadsTimeCountsFromTheEndOfTheHandshake() {
        var fixture = MachineFixture(isSecure: true)
        fixture.machine.handshakeEnded(at: MachineFixture.seconds(3))
        fixture.receive("G", at: MachineFixture.seconds(5))
        #expect(fixture.machine.deadline == MachineFixture.seconds(13))
    }

    @Test func anIdleConnectionHasHalfAMinuteAndAFreshOneTheTimeOfAHead() {
        var fixture = MachineFixture()
        #expect(fixture.machine.deadline == MachineFixture.seconds(10))
        fixture.receive(Self.get)
        #expect(fixture.machine.deadline == nil)
        fixture.respond(at: MachineFixture.seconds(5))
        #expect(fixture.machine.deadline == MachineFixture.seconds(35))
        fixture.receive("\r\n", at: MachineFixture.seconds(20))
        #expect(fixture.machine.deadline == MachineFixture.seconds(35))
    }

    @Test func writingMovesTheStallsDeadlineAndDrainingEndsIt() {
        var fixture = request(Self.get)
        fixture.machine.outputBlocked(taken: 1 << 20, at: MachineFixture.seconds(1))
        fixture.machine.outputBlocked(taken: 0, at: MachineFixture.seconds(20))
        #expect(fixture.machine.deadline == MachineFixture.seconds(31))
        fixture.machine.outputBlocked(taken: 1 << 20, at: MachineFixture.seconds(30))
        #expect(fixture.machine.deadline == MachineFixture.seconds(60))
        #expect(fixture.machine.outputDrained(at: MachineFixture.seconds(40)) == .wait)
        #expect(fixture.machine.deadline == nil)
    }

    @Test func aReaderThatDripsIsCutOffThoughItNeverStalls() {
        var fixture = request(Self.get)
        var second = 0.0
        fixture.machine.outputBlocked(taken: 0, at: MachineFixture.begin)
        while second < 100, fixture.machine.expire(at: MachineFixture.seconds(second)) == .wait {
            second += 1
            fixture.machine.outputBlocked(taken: 100, at: MachineFixture.seconds(second))
        }
        // 30 s of grace, and 100 of the 4,096 bytes of each second earn a little more.
        #expect(second == 31)
        #expect(fixture.machine.isClosed)
    }

    @Test func aReaderThatKeepsTheLeastRateIsNotCutOff() {
        var fixture = request(Self.get)
        for second in 1...1000 {
            fixture.machine.outputBlocked(taken: 4 << 10, at: MachineFixture.seconds(Double(second)))
            #expect(fixture.machine.expire(at: MachineFixture.seconds(Double(second) + 0.5)) == .wait)
        }
    }

    // MARK: Stopping

    @Test func stoppingLeavesASlowHeadLittleTime() {
        var fixture = MachineFixture(.readingHead)
        _ = fixture.machine.stop(at: MachineFixture.seconds(1))
        #expect(fixture.machine.deadline == MachineFixture.seconds(3))
        #expect(fixture.machine.expire(at: MachineFixture.seconds(3)) == .refuse(.headTimeout, isHead: false))
    }

    @Test func stoppingLeavesASlowBodyLittleTimeAndAFastOneItsRate() {
        var fixture = MachineFixture(.receivingBody)
        _ = fixture.machine.stop(at: MachineFixture.seconds(1))
        #expect(fixture.machine.deadline == MachineFixture.seconds(3))
        #expect(fixture.machine.expire(at: MachineFixture.seconds(3)) == .bodyFailed(.bodyTimeout))
        var fast = request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        _ = fast.machine.stop(at: MachineFixture.seconds(1))
        fast.receive(String(repeating: "x", count: 64 << 10), at: MachineFixture.seconds(2))
        #expect(fast.machine.deadline == MachineFixture.seconds(4))
    }

    @Test func stoppingLeavesABodyThatIsYetToBeAskedForLittleTime() {
        var fixture = MachineFixture(.expectingContinue)
        _ = fixture.machine.stop(at: MachineFixture.begin)
        _ = fixture.machine.requestBody(at: MachineFixture.seconds(20))
        #expect(fixture.machine.deadline == MachineFixture.seconds(22))
    }

    @Test func stoppingLeavesASlowReaderLittleTime() {
        var fixture = MachineFixture(.responded)
        fixture.machine.outputBlocked(taken: 1, at: MachineFixture.begin)
        _ = fixture.machine.stop(at: MachineFixture.seconds(1))
        _ = fixture.machine.endExchange(at: MachineFixture.seconds(1))
        #expect(fixture.machine.deadline == MachineFixture.seconds(3))
        fixture.machine.outputBlocked(taken: 1, at: MachineFixture.seconds(2.9))
        #expect(fixture.machine.expire(at: MachineFixture.seconds(3.1)) == .close(reset: true))
    }

    @Test func stoppingAnswersWhatHasBegunAndThenCloses() {
        var fixture = MachineFixture(.readingHead)
        _ = fixture.machine.stop(at: MachineFixture.begin)
        fixture.receive("TP/1.1\r\nHost: a\r\n\r\n")
        let plan = fixture.machine.startResponse(status: 200, length: .known(0), asksClose: false)
        #expect(plan?.keepsConnection == false)
    }

    @Test func stoppingLeavesAClientTheAnswerItIsStillReading() {
        var fixture = MachineFixture(.awaiting)
        fixture.machine.outputBlocked(taken: 1, at: MachineFixture.begin)
        #expect(fixture.machine.stop(at: MachineFixture.begin) == .wait)
        #expect(fixture.stateName == "finishing")
        #expect(fixture.machine.outputDrained(at: MachineFixture.begin) == .shutdownWrite)
    }

    @Test func stoppingAfterTheAnswerBeganClosesAllTheSame() {
        var fixture = MachineFixture(.responded)
        _ = fixture.machine.stop(at: MachineFixture.begin)
        _ = fixture.machine.endExchange(at: MachineFixture.begin)
        #expect(fixture.stateName == "finishing")
    }

    // MARK: Responses

    @Test func aResponseIsExactlyAsLongAsAnnounced() {
        var fixture = request(Self.get)
        _ = fixture.machine.startResponse(status: 200, length: .known(5), asksClose: false)
        #expect(fixture.machine.writeContent(3) == true)
        #expect(fixture.machine.endResponse() == false)
        #expect(fixture.machine.writeContent(3) == false)
        #expect(fixture.machine.writeContent(2) == true)
        #expect(fixture.machine.endResponse() == true)
        #expect(fixture.machine.writeContent(1) == false)
    }

    @Test func aHandlerThatReturnsWithinItsResponseBreaksTheConnectionOff() {
        var fixture = MachineFixture(.responding)
        #expect(fixture.machine.endExchange(at: MachineFixture.begin) == .close(reset: true))
    }

    @Test(arguments: [
        ("HEAD / HTTP/1.1\r\nbad\r\n\r\n", true), ("HEAD /a b HTTP/1.1\r\n", true), ("HEAD / HTTP/9.9\r\n", true),
        ("HEAD /\(String(repeating: "x", count: 20_000))", true), ("HEADER / HTTP/9.9\r\n", false),
        ("head / HTTP/9.9\r\n", false), ("GET / HTTP/9.9\r\n", false),
    ])
    func aRefusalOfHeadIsKnownToBeOne(text: String, expected: Bool) {
        var fixture = MachineFixture()
        guard case .refuse(_, let isHead)? = fixture.receive(text).first else {
            Issue.record("not refused")
            return
        }
        #expect(isHead == expected)
    }
}
