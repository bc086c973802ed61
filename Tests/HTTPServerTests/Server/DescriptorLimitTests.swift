import Testing

@testable import HTTPServer

struct DescriptorLimitTests {
    @Test func connectionsLeaveDescriptorsForTheRest() {
        #expect(DescriptorLimit.connections(under: 20_000, wanted: 8_192) == 8_192)
        #expect(DescriptorLimit.connections(under: 1_024, wanted: 8_192) == 1_024 - 256)
        #expect(DescriptorLimit.connections(under: 40, wanted: 8_192) == 20)
        #expect(DescriptorLimit.connections(under: 1, wanted: 8_192) == 1)
    }

    @Test func thereIsRoomForAFewConnectionsHere() {
        #expect(DescriptorLimit.makeRoom(for: 10) == 10)
        #expect(DescriptorLimit.makeRoom(for: .max) > 10)
    }
}
