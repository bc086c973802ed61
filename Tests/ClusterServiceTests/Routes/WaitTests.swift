import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct WaitTests {
    private let limits = ServiceLimits()

    private func wait(_ preference: String?) -> Wait {
        var headers: HTTPFields = [:]
        headers[.prefer] = preference
        return Wait(headers, limits, defaultWait: .seconds(10))
    }

    @Test func withoutPreferenceTheDefaultCounts() {
        #expect(wait(nil).duration == .seconds(10) && wait(nil).applied == nil)
        #expect(wait("return=minimal").duration == .seconds(10) && wait("return=minimal").applied == nil)
        #expect(wait("wait=soon").duration == .seconds(10))
    }

    @Test func aWaitIsGrantedUpToTheLongest() {
        #expect(wait("wait=0").duration == .zero && wait("wait=0").applied == "wait=0")
        #expect(wait("wait=60").duration == .seconds(60))
        #expect(wait("wait=61").duration == .seconds(60) && wait("wait=61").applied == "wait=60")
        #expect(wait("wait=99999999999999999999").duration == .seconds(60))
    }

    @Test func respondAsyncMeansAtOnceUnlessAWaitIsGiven() {
        #expect(wait("respond-async").duration == .zero && wait("respond-async").applied == "respond-async")
        #expect(wait("respond-async, wait=5").duration == .seconds(5))
    }
}
