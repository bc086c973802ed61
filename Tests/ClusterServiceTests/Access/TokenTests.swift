import Foundation
import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct TokenTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func verifier(_ directory: TemporaryDirectory) throws -> TokenVerifier {
        let path = "\(directory.path)/jwks.json"
        try writeFile(path, SampleTokens.keySet)
        return TokenVerifier(
            TokenConfiguration(keySetPath: path, issuer: "https://id.example", audience: "clusterd"), logger: .silent)
    }

    @Test func tokensOfEveryAlgorithmAreGood() throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let verifier = try verifier(directory)
        for (name, token) in SampleTokens.good {
            let claims = try verifier.claims(token, now: Self.now)
            #expect(claims.tenant == "ada" && claims.subject == "svc" && claims.scope == .write, "\(name)")
            // The second time from memory.
            #expect(try verifier.claims(token, now: Self.now) == claims)
        }
    }

    @Test func tokensThatAnythingIsWrongWithAreNot() throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let verifier = try verifier(directory)
        _ = try verifier.claims(SampleTokens.good[0].token, now: Self.now)
        for (name, token) in SampleTokens.bad {
            #expect((try? verifier.claims(token, now: Self.now)) == nil, "\(name)")
        }
    }

    @Test func noBitOfATokenCanBeChanged() throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let verifier = try verifier(directory)
        _ = try verifier.claims(SampleTokens.good[0].token, now: Self.now)
        for (name, token) in SampleTokens.good.prefix(3) {
            let bytes = Array(token.utf8)
            for index in stride(from: 0, to: bytes.count, by: 7) {
                var changed = bytes
                changed[index] = bytes[index] == 0x41 ? 0x42 : 0x41
                let text = String(decoding: changed, as: UTF8.self)
                #expect(text == token || (try? verifier.claims(text, now: Self.now)) == nil, "\(name) at \(index)")
            }
            for text in ["", "..", token + ".", String(token.dropLast()), token + "=", token + "A", " " + token] {
                #expect((try? verifier.claims(text, now: Self.now)) == nil)
            }
        }
    }

    @Test func aTokenEndsAMinuteAfterItsExpiryAlsoFromMemory() throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let verifier = try verifier(directory)
        let token = SampleTokens.good[0].token
        _ = try verifier.claims(token, now: Date(timeIntervalSince1970: 2_000_000_059))
        #expect(throws: AccessRefusal.expired) {
            try verifier.claims(token, now: Date(timeIntervalSince1970: 2_000_000_060))
        }
    }

    @Test(arguments: [
        "{", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#,
        #"{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}"#,
        #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
    ])
    func aSetWithoutAKeyThatSignsIsRefusedAtStart(text: String) throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/jwks.json"
        let configuration = TokenConfiguration(keySetPath: path, issuer: "i", audience: "a")
        #expect(throws: AccessFileError.self) { try configuration.check() }
        try writeFile(path, text)
        #expect(throws: AccessFileError.self) { try configuration.check() }
    }

    @Test(
        arguments: [
            (#""use":"enc""#, false), (#""use":1"#, false), (#""key_ops":["sign"]"#, false), (#""key_ops":[]"#, false),
            (#""key_ops":"verify""#, false), (#""alg":"ES256""#, false), (#""alg":7"#, false),
            (#""key_ops":["sign","verify"]"#, true), (#""use":"sig","key_ops":["verify"],"alg":"EdDSA""#, true),
        ])
    func aKeyIsForWhatItSays(members: String, isGood: Bool) throws {
        let point = "FiYk39RnGAnvoew_HqvtDkouGxAlFAb67_DAokwKF_w"
        let key = try JSONValue.parse(#"{"kty":"OKP","crv":"Ed25519","x":"\#(point)",\#(members)}"#.utf8)
        #expect((TokenPublicKey(key) != nil) == isGood)
    }

    @Test(
        arguments: [
            (#""iss":"https://evil.example""#, "iss is \"https://evil.example\""),
            (#""aud":["x","y"]"#, "aud is [\"x\",\"y\"]"),
            (#""aud":null"#, "aud is null"), (#""sub":"""#, "no sub"), (#""exp":"soon""#, "no exp"),
            (#""exp":1"#, "expired"), (#""nbf":1900000000"#, "nbf"), (#""tenant":"a b""#, "tenant is \"a b\""),
            (#""sub":"auth0|42""#, "sub is \"auth0|42\""), (#""sub":"ada@example.org""#, "a claim \"tenant\""),
            (#""sub":"system:serviceaccount:a:b""#, "no name of a tenant"),
        ])
    func theReasonAgainstAClaimIsNamed(member: String, part: String) throws {
        let good = [#""iss":"i""#, #""aud":"a""#, #""sub":"s""#, #""exp":2000000000"#]
        func claims(_ members: [String]) throws -> TokenClaims {
            let json = try JSONValue.parse("{\(members.joined(separator: ","))}".utf8)
            return try TokenClaims(json, issuer: "i", audience: "a", now: Self.now)
        }
        #expect(try claims(good).tenant == "s")
        let name = member.prefix { $0 != ":" }
        let error = #expect(throws: AccessRefusal.self) {
            try claims(good.filter { !$0.hasPrefix(name) } + [member])
        }
        #expect(error?.reason.contains(part) == true, "\(error?.reason ?? "")")
    }

    @Test func aSubjectThatIsNoNameIsFineBesideATenant() throws {
        let json = try JSONValue.parse(
            #"{"iss":"i","aud":"a","sub":"auth0|42","tenant":"ada","exp":2000000000}"#.utf8)
        let claims = try TokenClaims(json, issuer: "i", audience: "a", now: Self.now)
        #expect(claims.tenant == "ada" && claims.subject == "auth0|42")
    }

    @Test func aTokenSeesItsTenantAndNeedsAScope() async throws {
        let directory = try TemporaryDirectory()
        _ = try verifier(directory)
        let service = try await TenantService {
            $0.tokens = TokenConfiguration(
                keySetPath: "\(directory.path)/jwks.json", issuer: "https://id.example", audience: "clusterd")
        }
        _ = try await service.put("a.csv", service.ada)
        let token: HTTPFields = [.authorization: "Bearer \(SampleTokens.good[2].token)"]
        #expect(try await service.get("/v1/datasets/a.csv", token).status == 200)
        #expect(try await service.get("/v1/datasets/a.csv", service.bob).status == 404)
        let scopeless: HTTPFields = [.authorization: "Bearer \(SampleTokens.withoutScope)"]
        #expect(try await service.get("/v1/datasets/a.csv", scopeless).problem == "insufficient-scope")
        #expect(try await service.get("/v1", [.authorization: "Bearer \(SampleTokens.bad[0].token)"]).status == 401)
        // Beside tokens a key is revoked as ever.
        let id = try #require(service.ada[.authorization]?.split(separator: "_")[1])
        _ = try service.file.revoke(String(id))
        service.test.service.keys.refresh()
        #expect(try await service.get("/v1/datasets/a.csv", service.ada).status == 401)
        #expect(try await service.get("/v1/datasets/a.csv", token).status == 200)
    }
}
