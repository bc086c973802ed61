import Testing

@testable import ClusterService

@Suite struct WebhookURLTests {
    @Test func anAddressIsTakenApart() throws {
        let url = try WebhookURL("https://hooks.example.com:8443/a/b?c=d")
        #expect(url.isSecure && url.host == "hooks.example.com" && url.port == 8443)
        #expect(url.target == "/a/b?c=d" && url.authority == "hooks.example.com:8443")
        let plain = try WebhookURL("HTTP://example.com")
        #expect(!plain.isSecure && plain.port == 80 && plain.target == "/" && plain.authority == "example.com")
        #expect(try WebhookURL("https://example.com?x=1").target == "/?x=1")
        #expect(try WebhookURL("https://[2606:4700::1111]:444/").host == "2606:4700::1111")
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "//example.com", "https://", "https:///path",
        "https://user@example.com", "https://user:pass@example.com", "https://example.com@10.0.0.1/",
        "https://example.com#x", "https://exa mple.com", "https://example.com\r\nHost: x",
        "https://example.com:0/", "https://example.com:65536/", "https://example.com:/",
        "https://example.com:+80/", "https://example.com:8x/", "https://[::1", "https://[nothing]/",
        "https://[::1]x/", "https://\u{FF41}.com/", "https://a\\b.com/", "https://a%2eb/",
    ])
    func whatIsUnusualIsRefused(text: String) {
        #expect(throws: WebhookURL.Fault.self) { try WebhookURL(text) }
        #expect(throws: WebhookURL.Fault.self) {
            try WebhookURL("https://example.com/" + String(repeating: "a", count: 2_048))
        }
    }

    @Test(arguments: ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "::1"])
    func addressesAreSeenHoweverTheyAreWritten(host: String) {
        let found = WebhookConnection.literalAddresses(host)
        #expect(!found.isEmpty && found.allSatisfy { !AddressGuard().permits($0) })
    }

    @Test func aNameIsNoAddress() throws {
        #expect(WebhookConnection.literalAddresses("localhost").isEmpty)
        for address in ["http://Hooks.Example.com./a", "https://hooks.example.com:8443/"] {
            #expect(try WebhookURL(address).receiver == "hooks.example.com")
        }
    }
}
