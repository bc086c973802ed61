import Testing

@testable import ClusterService

@Suite struct SpellingSuggestionTests {
    private let known = ["k", "seed", "standardize", "time_budget_seconds"]

    @Test(arguments: [
        ("sede", "seed"), ("standardise", "standardize"), ("time_budget_secs", "time_budget_seconds"), ("K", "k"),
        ("standardize", "standardize"),
    ])
    func suggestsTheNearestName(name: String, suggestion: String) {
        #expect(SpellingSuggestion.nearest(to: name, among: known) == suggestion)
    }

    @Test func aShortNameIsNotGuessed() {
        #expect(SpellingSuggestion.nearest(to: "foo", among: ["rho", "k"]) == nil)
    }

    @Test(arguments: ["xyzzyxyzzy", "clusters", ""])
    func suggestsNothingForWhatIsNoSlip(name: String) {
        #expect(SpellingSuggestion.nearest(to: name, among: ["standardize", "refinement"]) == nil)
    }

    @Test func suggestsNothingWhereNothingIsKnown() {
        #expect(SpellingSuggestion.nearest(to: "k", among: []) == nil)
    }

    @Test(arguments: [
        ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("ab", "ba", 1),
        ("sede", "seed", 1),
    ])
    func distanceCountsEditsAndSwaps(first: String, second: String, distance: Int) {
        #expect(SpellingSuggestion.distance(Array(first.utf8), Array(second.utf8)) == distance)
        #expect(SpellingSuggestion.distance(Array(second.utf8), Array(first.utf8)) == distance)
    }

    @Test func aLongNameCostsNoMoreThanAShortOne() {
        let name = String(repeating: "s", count: 1_000_000)
        #expect(SpellingSuggestion.nearest(to: name, among: known) == nil)
    }
}
