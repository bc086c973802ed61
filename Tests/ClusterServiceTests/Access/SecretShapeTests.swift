import Foundation
import Testing

@testable import ClusterService

@Suite struct SecretShapeTests {
    @Test func keysAndTokensAreKnownWhereverTheyAre() throws {
        let directory = try TemporaryDirectory()
        let key = try KeyFile(directory: directory.path).create(name: "a", scope: .read).key
        for text in [
            key, "Bearer:\(key)", "/v1/\(key)/x", String(key.dropLast(20)), SampleTokens.good[0].token,
            key.uppercased(), key.replacing("_", with: "-"), key.replacing("_", with: "%5F"),
            "/v1/datasets/%61\(key.dropFirst())",
        ] {
            #expect(SecretShape.isIn(text), "\(text)")
        }
    }

    @Test(
        arguments: [
            "", "0af7651916cd43dd8448eb211c80319c", UUID().uuidString, "ack_1", "back_pack_0123456789abcdef",
            "eyJhbGciOi",
            "Root=1-67891233-abcdef012345678912345678", "/v1/datasets/back_up.csv",
            String(repeating: "0af7651916cd43dd", count: 4), "/v1/datasets/100%25%ZZ",
        ])
    func otherIDsAndPathsAreNot(text: String) {
        #expect(!SecretShape.isIn(text))
    }
}
