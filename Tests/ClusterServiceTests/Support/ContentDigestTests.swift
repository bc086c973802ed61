import Testing

@testable import ClusterService

@Suite struct ContentDigestTests {
    /// FIPS 180-4, the examples of the empty message and of "abc".
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func isSHA256(text: String, digest: String) {
        #expect(ContentDigest.of(Array(text.utf8)) == digest)
    }

    @Test func piecesMakeTheSameDigestAsTheWhole() {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for length in [1, 63, 64, 65, 4_096] {
            var digest = ContentDigest()
            for start in stride(from: 0, to: bytes.count, by: length) {
                bytes[start..<min(start + length, bytes.count)].withUnsafeBytes { digest.update($0) }
            }
            #expect(digest.hexadecimal() == ContentDigest.of(bytes))
        }
    }
}
