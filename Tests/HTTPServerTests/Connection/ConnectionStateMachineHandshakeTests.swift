import Testing

@testable import HTTPServer

struct ConnectionStateMachineHandshakeTests {
    @Test func aHandshakeHasItsOwnDeadline() {
        let fixture = MachineFixture(.handshaking)
        #expect(fixture.machine.deadline == MachineFixture.seconds(5))
        #expect(!fixture.machine.wantsInput)
        #expect(!fixture.machine.isBetweenRequests)
    }

    @Test func theTimeForTheFirstHeadBeginsWithTheEndOfTheHandshake() {
        var fixture = MachineFixture(.handshaking)
        #expect(fixture.machine.expire(at: MachineFixture.seconds(4.9)) == .wait)
        fixture.machine.handshakeEnded(at: MachineFixture.seconds(4.9))
        #expect(fixture.machine.deadline == MachineFixture.seconds(14.9))
        #expect(fixture.receive("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n").count == 1)
        #expect(fixture.stateName == "exchange")
    }

    @Test func aSecureConnectionTakesTargetsOfItsOwnSchemeOnly() {
        var fixture = MachineFixture(.handshaking)
        fixture.machine.handshakeEnded(at: MachineFixture.begin)
        let steps = fixture.receive("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(steps == [.refuse(.misdirected, isHead: false)])
    }

    @Test func aRefusedHandshakeLingersSoThatTheAlertIsRead() {
        var fixture = MachineFixture(.handshaking)
        #expect(fixture.machine.handshakeFailed(.refused("x"), at: MachineFixture.seconds(1)) == .shutdownWrite)
        #expect(fixture.machine.deadline == MachineFixture.seconds(3))
        #expect(fixture.machine.expire(at: MachineFixture.seconds(3)) == .close(reset: false))
    }
}
