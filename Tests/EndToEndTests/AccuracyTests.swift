import Foundation
import Testing

extension EndToEnd {
    /// Known classes are found again, by curl, with no seed chosen.
    @Suite struct AccuracyTests {
        @Test func irisIsFoundAgain() async throws {
            try await withService { service in
                let iris = LabelledSet.iris
                let answer = try await service.curl("/v1/cluster?k=3", "--data-binary", "@\(iris.file)")
                let labels = try #require(try answer.json()["assignments"]?.ints)
                #expect(labels.count == 150)
                #expect(adjustedRandIndex(labels, iris.labels) >= 0.72)
            }
        }

        @Test func standardizedBreastCancerIsFoundAgain() async throws {
            try await expectAgreement(of: "breast_cancer_std", with: "k=2&standardize=true", atLeast: 0.65)
        }

        @Test func digitsAreFoundAgain() async throws {
            try await expectAgreement(of: "digits", with: "k=10", atLeast: 0.64)
        }

        private func expectAgreement(of name: String, with query: String, atLeast bound: Double) async throws {
            try await withService { service in
                let set = try LabelledSet.numpy(name)
                let answer = try await service.curl(
                    "/v1/cluster?\(query)", "-H", "Prefer: wait=50", "--data-binary", "@\(set.file)")
                #expect(answer.status == 200)
                let labels = try #require(try answer.json()["assignments"]?.ints)
                #expect(labels.count == set.labels.count)
                #expect(adjustedRandIndex(labels, set.labels) >= bound)
            }
        }

        @Test func theMeasureTellsGoodFromBad() {
            let labels = [0, 0, 0, 1, 1, 1, 2, 2, 2]
            #expect(adjustedRandIndex(labels, labels.map { 2 - $0 }) == 1)
            #expect(adjustedRandIndex(labels, [0, 1, 2, 0, 1, 2, 0, 1, 2]) < 0)
            // scikit-learn's own example: adjusted_rand_score([0, 0, 1, 2], [0, 0, 1, 1]).
            #expect(abs(adjustedRandIndex([0, 0, 1, 2], [0, 0, 1, 1]) - 4 / 7) < 1e-12)
        }
    }
}
