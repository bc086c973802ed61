import Logging
import Testing

@testable import HTTPServer

struct ServerLimitsTests {
    /// Reads every stored property by reflection, so that none is added without a name.
    @Test func everyLimitHasANameOfItsOwn() {
        #expect(Set(ServerLimits.settings.map(\.name)).count == Mirror(reflecting: ServerLimits()).children.count)
    }

    @Test(arguments: ServerLimits.settings.map(\.name)) func everyLimitCanBeSetByItsName(name: String) throws {
        let setting = try #require(ServerLimits.settings.first { $0.name == name })
        var limits = ServerLimits()
        try setting.set("77", in: &limits)
        switch setting.value(in: limits) {
        case .count(let count): #expect(count == 77)
        case .seconds(let seconds): #expect(seconds == 77)
        }
        let changed = ServerLimits.settings.filter { $0.value(in: limits) != $0.value(in: ServerLimits()) }
        #expect(changed.map(\.name) == [name])
    }

    @Test func timesHaveFractions() throws {
        var limits = ServerLimits()
        try ServerLimits.settings.first { $0.name == "head_timeout_seconds" }?.set("2.5", in: &limits)
        #expect(limits.headTimeout == .milliseconds(2_500))
    }

    @Test(arguments: [
        ("backlog", ""), ("backlog", "0"), ("backlog", "-1"), ("backlog", "+5"), ("backlog", "1.5"), ("backlog", "1e3"),
        ("backlog", "99999999999999999999"), ("backlog", " 5"), ("idle_timeout_seconds", "0"),
        ("idle_timeout_seconds", "inf"), ("idle_timeout_seconds", "nan"), ("idle_timeout_seconds", "1e9"),
        ("idle_timeout_seconds", "99999999999"), ("idle_timeout_seconds", "1.2.3"), ("idle_timeout_seconds", "-1"),
    ])
    func whatIsNoValueIsRefusedAndNamed(name: String, text: String) throws {
        let setting = try #require(ServerLimits.settings.first { $0.name == name })
        var limits = ServerLimits()
        let error = #expect(throws: LimitSettingError.self) { try setting.set(text, in: &limits) }
        #expect(error?.description.hasPrefix(name) == true)
        #expect(limits == ServerLimits())
    }

    @Test func theSystemGrantsNoMoreThanItHas() {
        var limits = ServerLimits()
        limits.connections = .max
        limits.connectionsPerAddress = .max
        limits.backlog = .max
        let granted = limits.granted(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(granted.connections < .max)
        #expect(granted.connectionsPerAddress == granted.connections)
        #expect(granted.backlog < 1 << 32)
    }
}
