import Testing

@testable import HTTPServer

struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1", 8080, "127.0.0.1:8080"), ("255.255.255.255", 0, "255.255.255.255:0"), ("::1", 80, "[::1]:80"),
        ("::", 1, "[::]:1"), ("2001:DB8:0:0::1", 65_535, "[2001:db8::1]:65535"), ("::ffff:10.1.2.3", 5, "10.1.2.3:5"),
    ])
    func addressesAreReadAndWritten(host: String, port: Int, expected: String) throws {
        let address = try #require(SocketAddress(host: host, port: port))
        #expect(address.description == expected)
        #expect(address.port == port)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::g", "[::1]"])
    func otherTextsAreNotAddresses(host: String) {
        #expect(SocketAddress(host: host, port: 1) == nil)
    }

    @Test func portsAreChecked() {
        #expect(SocketAddress(host: "127.0.0.1", port: -1) == nil)
        #expect(SocketAddress(host: "127.0.0.1", port: 65_536) == nil)
    }

    @Test(arguments: ["10.1.2.3", "2001:db8::1"]) func theSystemsFormIsTheSameAddress(host: String) throws {
        let address = try #require(SocketAddress(host: host, port: 443))
        let copy = address.withSocketAddress { pointer, _ in SocketAddress(pointer) }
        #expect(copy == address)
    }
}
