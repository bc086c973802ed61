import AttentionClustering
import Foundation
import HTTPServer
import PointFormats
import Testing

@testable import ClusterService

@Suite struct JobParametersTests {
    /// A value of each parameter that is not its default, as text and as JSON.
    private static let samples: [(name: String, text: String, json: JSONValue)] = [
        ("mode", "in_context", .string("in_context")),
        ("k", "5", .integer(5)),
        ("seed", "18446744073709551615", .unsigned(.max)),
        ("standardize", "true", .bool(true)),
        ("metric", "cosine", .string("cosine")),
        ("robust", "true", .bool(true)),
        ("preprocessing", "none", .string("none")),
        ("solver", "gradient", .string("gradient")),
        ("attention", "softmax", .string("softmax")),
        ("start", "seeds", .string("seeds")),
        ("refinement", "spherical", .string("spherical")),
        ("lambda", "0.25", .number(0.25)),
        ("beta", "2", .number(2)),
        ("rho", "0.75", .number(0.75)),
        ("context_length", "20", .integer(20)),
        ("learning_rate", "0.05", .number(0.05)),
        ("max_steps", "100", .integer(100)),
        ("tolerance", "0.001", .number(0.001)),
        ("max_iterations", "50", .integer(50)),
        ("time_budget_seconds", "2.5", .number(2.5)),
        ("columns", "x,2,z", .array([.string("x"), .integer(2), .string("z")])),
        ("weight_column", "3", .integer(3)),
        ("priority", "-3", .integer(-3)),
        ("labels", "a=1,b=x=y", .object(["a": .string("1"), "b": .string("x=y")])),
    ]

    @Test func thereIsASampleOfEveryParameter() {
        #expect(Self.samples.map(\.name) == JobParameterDefinition.all.map(\.name))
    }

    @Test(arguments: samples.indices)
    func textAndJSONMeanTheSame(index: Int) throws {
        let sample = Self.samples[index]
        let fromText = try JobParameters(text: [(sample.name, sample.text)])
        let fromJSON = try JobParameters(json: [.init(name: sample.name, value: sample.json)])
        #expect(fromText == fromJSON)
        #expect(fromText != JobParameters())
        #expect(fromText.json[sample.name] == sample.json)
    }

    @Test(arguments: [#"{"labels":{"a":"\u0000"}}"#, #"{"labels":{"a\u0000":"x"}}"#, #"{"labels":{"a=b":"x"}}"#])
    func labelsThatCannotBeStoredOrFoundAreRefused(text: String) throws {
        guard case .object(let members) = try JSONValue.parse(text.utf8) else { return }
        let problem = expectProblem(422) { _ = try JobParameters(json: members) }
        #expect(problem?.errors.first?.parameter == "labels")
    }

    @Test func aWholeNumberMayBeWrittenWithAPoint() throws {
        guard case .object(let members) = try JSONValue.parse(#"{"k":3.0,"seed":7e0}"#.utf8) else { return }
        let parameters = try JobParameters(json: members)
        #expect(parameters.fit.clusterCount == 3 && parameters.fit.seed == 7)
    }

    @Test func whatIsStoredIsReadAgain() throws {
        let parameters = try JobParameters(text: Self.samples.map { ($0.name, $0.text) })
        #expect(try JobParameters(storedJSON: parameters.json.text) == parameters)
        #expect(try JobParameters(storedJSON: JobParameters().json.text) == JobParameters())
    }

    @Test func inContextLetsThePointsDecideUnlessToldOtherwise() throws {
        let free = try JobParameters(text: [("mode", "in_context")])
        #expect(free.json["k"] == .string("auto") && free.json["refinement"] == .string("none"))
        #expect(free.inContextOptions.clusterCount == nil)
        let told = try JobParameters(text: [("mode", "in_context"), ("k", "3"), ("refinement", "full"), ("beta", "2")])
        #expect(told.inContextOptions.clusterCount == 3 && told.inContextOptions.refinement == .full)
        #expect(told.inContextOptions.inverseTemperature == .fixed(2))
        #expect(try JobParameters(storedJSON: free.json.text) == free)
    }

    @Test func theNumberOfClustersCanBeLeftToThePoints() throws {
        let parameters = try JobParameters(text: [("k", "auto")])
        #expect(parameters.fixedClusterCount == nil && parameters.json["k"] == .string("auto"))
        #expect(throws: Never.self) { try parameters.check(rows: 1, dimension: 2, isConstant: true) }
    }

    @Test func everyEffectiveValueIsShown() {
        guard case .object(let members) = JobParameters().json else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.name) == JobParameterDefinition.all.map(\.name))
        #expect(JobParameters().json["k"] == .integer(2))
        #expect(JobParameters().json["lambda"] == .string("auto"))
        #expect(JobParameters().json["columns"] == .null)
    }

    @Test(arguments: [
        ("k", "0"), ("k", "1000001"), ("k", "2.0"), ("k", "Auto"), ("seed", "-1"), ("standardize", "yes"),
        ("preprocessing", "Lift"), ("solver", "lloyd"), ("refinement", "round"), ("mode", "context"), ("metric", "l1"),
        ("robust", "maybe"), ("start", "random"), ("beta", "0"), ("lambda", "0"), ("lambda", "Auto"),
        ("rho", "-0.1"), ("context_length", "1"), ("learning_rate", "0"), ("max_steps", "0"), ("tolerance", "1"),
        ("tolerance", "-0.1"), ("max_iterations", "0"), ("time_budget_seconds", "0"), ("columns", ""),
        ("columns", "a,,b"), ("weight_column", ""),
        ("labels", "novalue"), ("labels", "=x"),
        ("labels", "a=1,,b=2"), ("labels", "a=1,a=2"),
    ])
    func badValuesAreRefusedByName(name: String, value: String) {
        let problem = expectProblem(422) { _ = try JobParameters(text: [(name, value)]) }
        #expect(problem?.errors.map(\.parameter) == [name])
        #expect(problem?.detail.contains(name) == true)
    }

    @Test func everyFaultIsListed() {
        let problem = expectProblem(422) {
            _ = try JobParameters(text: [("k", "0"), ("sed", "1"), ("rho", "x"), ("seed", "1"), ("k", "3")])
        }
        #expect(problem?.errors.map(\.parameter) == ["k", "sed", "rho", "k"])
        #expect(problem?.errors[1].detail.contains("did you mean \"seed\"?") == true)
        #expect(problem?.errors[3].detail.contains("twice") == true)
        #expect(problem?.detail.contains("3 more") == true)
    }

    @Test func anUnknownNameFarFromAllListsTheKnownOnes() {
        let problem = expectProblem(422) { _ = try JobParameters(json: [.init(name: "xyzzyxyzzy", value: .null)]) }
        for definition in JobParameterDefinition.all { #expect(problem?.detail.contains(definition.name) == true) }
    }

    @Test func aLongUnknownNameIsCutShort() {
        let name = String(repeating: "n", count: 100_000)
        let problem = expectProblem(422) { _ = try JobParameters(text: [(name, "1")]) }
        #expect((problem?.detail.count ?? .max) < 1_000)
    }

    @Test func nullStandsForNoLimitAndAllColumns() throws {
        let parameters = try JobParameters(json: [
            .init(name: "time_budget_seconds", value: .null), .init(name: "columns", value: .null),
            .init(name: "weight_column", value: .null),
        ])
        #expect(parameters == JobParameters())
    }

    @Test func tagsAreBounded() throws {
        func tags(_ count: Int, _ value: String = "x") -> JSONValue.Member {
            .init(
                name: "labels",
                value: .object((0..<count).map { JSONValue.Member(name: "tag\($0)", value: .string(value)) }))
        }
        #expect(try JobParameters(json: [tags(32)]).labels.count == 32)
        expectProblem(422) { _ = try JobParameters(json: [tags(33)]) }
        #expect(try JobParameters(json: [tags(1, String(repeating: "é", count: 256))]).labels.count == 1)
        expectProblem(422) { _ = try JobParameters(json: [tags(1, String(repeating: "é", count: 257))]) }
    }

    @Test func moreClustersThanPointsAreRefusedByName() throws {
        let parameters = try JobParameters(text: [("k", "4")])
        let problem = expectProblem(422) { try parameters.check(rows: 3, dimension: 2, isConstant: false) }
        #expect(problem?.errors.map(\.parameter) == ["k"])
        try parameters.check(rows: 4, dimension: 2, isConstant: false)
    }

    @Test func identicalPointsMakeOneClusterOnly() throws {
        let two = try JobParameters(text: [("k", "2")])
        let problem = expectProblem(422) { try two.check(rows: 3, dimension: 2, isConstant: true) }
        #expect(problem?.detail.contains("identical") == true)
        try JobParameters(text: [("k", "1")]).check(rows: 3, dimension: 2, isConstant: true)
    }

    @Test func errorsOfTheLibraryNameTheParameterOfTheContract() {
        let error = ClusteringError(.invalidOption, option: "inverseTemperature", detail: "is bad")
        #expect(ParameterFault.problem(error).errors.map(\.parameter) == ["lambda"])
        let place = ParameterFault.problem(ClusteringError(.nonFinite, row: 2, column: 0, detail: "is NaN"))
        #expect(place.errors.first?.line == 3 && place.errors.first?.column == 1)
    }

    @Test func everyOptionOfTheLibraryThatAParameterSetsExists() {
        let options = Set(Mirror(reflecting: FitOptions()).children.compactMap(\.label))
        for definition in JobParameterDefinition.all {
            if let option = definition.option { #expect(options.contains(option), "\(option)") }
        }
    }
}
