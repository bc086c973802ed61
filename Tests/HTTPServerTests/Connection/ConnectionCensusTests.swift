import Testing

@testable import HTTPServer

struct ConnectionCensusTests {
    private func address(_ text: String) throws -> SocketAddress {
        try #require(SocketAddress(host: text, port: 1))
    }

    private func census(connections: Int = 10, perAddress: Int = 2) -> ConnectionCensus {
        var limits = ServerLimits()
        limits.connections = connections
        limits.connectionsPerAddress = perAddress
        return ConnectionCensus(limits: limits)
    }

    @Test func anAddressMayHaveSoManyConnections() throws {
        let census = census()
        let one = try address("10.0.0.1")
        #expect(census.admit(one) == .served)
        #expect(census.admit(one) == .served)
        #expect(census.admit(one) == .refused)
        #expect(census.admit(try address("10.0.0.2")) == .served)
        census.leave(one)
        #expect(census.admit(one) == .served)
        #expect(census.count == 3)
    }

    @Test func anIPv6NetworkCountsAsOneAddress() throws {
        let census = census()
        #expect(census.admit(try address("2001:db8::1")) == .served)
        #expect(census.admit(try address("2001:db8::2:0:0:2")) == .served)
        #expect(census.admit(try address("2001:db8::3")) == .refused)
        #expect(census.admit(try address("2001:db8:0:1::1")) == .served)
    }

    @Test func everyListenerThatFoundNoRoomIsToldOnceThereIs() throws {
        let census = census(connections: 1, perAddress: 1_000)
        let one = try address("10.0.0.1")
        let told = [Flag(), Flag()]
        let calls = Gathered<Int>()
        for number in 0...ConnectionCensus.surplus(beyond: 1) {
            #expect(census.hasRoom(for: told[0]) { calls.append(-1) } == true)
            #expect(census.admit(one) == (number == 0 ? .served : .surplus))
        }
        for (number, listener) in told.enumerated() {
            for _ in 0..<3 { #expect(census.hasRoom(for: listener) { calls.append(number) } == false) }
        }
        #expect(calls.values.isEmpty)
        census.leave(one)
        #expect(calls.values.sorted() == [0, 1])
    }

    @Test func thoseBeyondTheLimitTakeNoPlaceOfOthers() throws {
        let census = census(connections: 2, perAddress: 1_000)
        let one = try address("10.0.0.1")
        #expect((0..<4).map { _ in census.admit(one) } == [.served, .served, .surplus, .surplus])
        #expect(!census.promote())
        census.leave(one)
        #expect(census.admit(one) == .served)
        census.leave(one)
        #expect(census.promote() && !census.promote())
        census.leave(one, isSurplus: true)
        #expect(census.count == 2 && census.admit(one) == .surplus)
    }

    @Test(arguments: [(1, 2), (10, 2), (64, 8), (16_384, 64)])
    func anEighthIsAcceptedBeyondALimit(limit: Int, surplus: Int) {
        #expect(ConnectionCensus.surplus(beyond: limit) == surplus)
    }

    @Test func emptinessIsWaitedFor() async throws {
        let census = census()
        await census.untilEmpty()
        let one = try address("10.0.0.1")
        #expect(census.admit(one) == .served)
        let waiting = Task { await census.untilEmpty() }
        try await Task.sleep(for: .milliseconds(10))
        census.leave(one)
        await waiting.value
        #expect(census.count == 0)
    }
}
