import Testing

@testable import ClusterService

@Suite struct AddressGuardTests {
    private func permits(_ text: String, allowing blocks: String...) throws -> Bool {
        let address = try #require(AddressBlock.bytes(text))
        return AddressGuard(allowed: blocks.compactMap(AddressBlock.init)).permits(address)
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fc00::1", "fdff::1", "fe80::1",
        "febf::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:db8::1",
    ])
    func whatOnlyTheMachineOrItsNetworkReachesIsRefused(address: String) throws {
        #expect(try !permits(address))
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
        "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "198.17.255.255",
        "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1", "::ffff:1.1.1.1",
    ])
    func publicAddressesPass(address: String) throws {
        #expect(try permits(address))
    }

    @Test func whatTheOperatorAllowsPassesAndNothingBeside() throws {
        #expect(try permits("10.1.2.3", allowing: "10.1.0.0/16"))
        #expect(try !permits("10.2.0.1", allowing: "10.1.0.0/16"))
        #expect(try permits("::1", allowing: "::1"))
        #expect(try permits("::ffff:127.0.0.1", allowing: "127.0.0.0/8"))
        #expect(try !permits("127.0.0.1", allowing: "::1"))
        #expect(try permits("fd12::7", allowing: "fd00::/8"))
    }

    @Test(arguments: [
        "", "10", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/", "::/129", "host", "1.2.3.4/8/8",
    ])
    func whatIsNoBlockIsRefused(text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test func anythingElseIsNoAddress() {
        #expect(!AddressGuard().permits([]))
        #expect(!AddressGuard().permits([1, 1, 1]))
    }
}
