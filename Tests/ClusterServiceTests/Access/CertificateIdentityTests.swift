import Testing

@testable import ClusterService

@Suite struct CertificateIdentityTests {
    @Test(
        arguments: [
            ("CN=etl,O=Example", "CN=etl,O=Example"), ("subject= CN=etl,O=Example ", "CN=etl,O=Example"),
            ("CN=two words,O=Example", "CN=two words,O=Example"), (#"CN=ends in a blank\ "#, #"CN=ends in a blank\ "#),
            (#"CN=a\, b"#, #"CN=a\, b"#), ("DNS:ETL.example", "DNS:etl.example"),
            ("uri:spiffe://A/b", "URI:spiffe://A/b"),
            ("2.5.4.3=etl", "2.5.4.3=etl"),
        ])
    func anIdentityIsReadAsCertificatesHaveIt(text: String, identity: String) {
        #expect(CertificateIdentity.parse(text) == identity)
    }

    @Test(
        arguments: [
            "", " ", "etl", "O = Example, CN = etl", "O=Example, CN=etl", "CN=etl+ OU=x", "DNS:", "DNS:a b", "URI:a b",
            "CN=é", "=etl", "CN=",
        ])
    func whatNoCertificateIsCalledIsRefused(text: String) {
        #expect(CertificateIdentity.parse(text) == nil)
    }
}
