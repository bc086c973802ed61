import Foundation
import Testing

@testable import ClusterService

@Suite struct AccessKeyTests {
    @Test func aKeyIsPrintedOnceAndOnlyItsHashIsStored() throws {
        let directory = try TemporaryDirectory()
        let file = KeyFile(directory: "\(directory.path)/data")
        let (record, key) = try file.create(name: "etl", scope: .write)
        #expect(key.wholeMatch(of: #/ack_[0-9a-f]{16}_[0-9a-f]{64}/#) != nil)
        #expect(key.hasPrefix("ack_\(record.id)_"))
        let secret = try #require(AccessKey.parts(of: key)?.secret)
        let stored = try String(contentsOfFile: file.path, encoding: .utf8)
        #expect(!stored.contains(secret))
        let permissions = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        let found = try #require(try file.keys().first)
        #expect(found.holds(secret))
        #expect(found.tenant == "etl" && found.scope == .write && found.name == "etl")
        for wrong in ["", "0", String(secret.dropLast()), secret + "0", String(repeating: "0", count: 64)] {
            #expect(!found.holds(wrong[...]))
        }
    }

    @Test func twoKeysOfOneNameHaveNothingInCommon() throws {
        let directory = try TemporaryDirectory()
        let file = KeyFile(directory: directory.path)
        let first = try file.create(name: "a", scope: .read)
        let second = try file.create(name: "a", scope: .read)
        #expect(first.key != second.key && first.record.salt != second.record.salt)
        #expect(try file.keys().map(\.id) == [first.record.id, second.record.id])
    }

    @Test(arguments: ["", "a b", "a@b", ".hidden", "ü", String(repeating: "x", count: 65)])
    func namesThatCannotBePartsOfFileNamesAreRefused(name: String) throws {
        let directory = try TemporaryDirectory()
        let file = KeyFile(directory: directory.path)
        #expect(throws: AccessFileError.self) { try file.create(name: name, scope: .read) }
        #expect(throws: AccessFileError.self) { try file.create(name: "a", scope: .read, tenant: name) }
        #expect(try file.keys().isEmpty)
    }

    @Test func revokingIsForGoodAndNeedsAKnownID() throws {
        let directory = try TemporaryDirectory()
        let file = KeyFile(directory: directory.path)
        let (record, key) = try file.create(name: "a", scope: .read)
        let revoked = try file.revoke(record.id)
        #expect(!revoked.isGood(at: Date()))
        #expect(try file.revoke(key) == file.keys().first)
        #expect(throws: AccessFileError.self) { try file.revoke("0000000000000000") }
    }

    @Test func whatIsNoKeyHasNoParts() {
        for text in ["", "ack", "ack__", "ack_1_2", "abc_0123456789abcdef_" + String(repeating: "0", count: 64)] {
            #expect(AccessKey.parts(of: text) == nil, "\(text)")
        }
    }

    @Test func datasetsOfTenantsAreKeptApart() {
        #expect(TenantName.key("a.csv", of: "") == "a.csv")
        #expect(TenantName.key("a.csv", of: "t") == "t@a.csv")
        #expect(TenantName.parts(of: "t@a.csv") == ("t", "a.csv"))
        #expect(TenantName.parts(of: "a.csv") == ("", "a.csv"))
        // A name is no way into another tenant.
        #expect(TenantName.key("t@a.csv", of: "") != "t@a.csv")
        #expect(TenantName.key("a.csv", of: "t") != TenantName.key("t@a.csv", of: ""))
    }
}
