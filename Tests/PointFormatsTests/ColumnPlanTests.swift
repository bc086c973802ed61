import Testing

@testable import PointFormats

@Suite struct ColumnPlanTests {
    private func plan(
        _ selectors: [ColumnSelector]?, names: [String]? = ["a", "b", "c"], width: Int? = 3
    ) -> Result<ColumnPlan, FormatError> {
        Result { () throws(FormatError) in
            try ColumnPlan(selectors, names: names, width: width, limit: 10)
        }
    }

    private func detail(_ result: Result<ColumnPlan, FormatError>) -> String? {
        if case .failure(let error) = result { error.detail } else { nil }
    }

    @Test func withoutASelectionEveryCellCountsInOrder() throws {
        let plan = try plan(nil).get()
        #expect(plan.dimension == nil)
        #expect((0..<5).map(plan.slot) == [0, 1, 2, 3, 4])
        #expect(plan.select(["a", "b"]) == ["a", "b"])
    }

    @Test func aSelectionSetsTheOrderOfTheCoordinates() throws {
        let plan = try plan([.name("c"), .index(0)]).get()
        #expect(plan.dimension == 2)
        #expect((0..<4).map(plan.slot) == [1, ColumnPlan.skipped, 0, ColumnPlan.skipped])
        #expect(plan.select(["a", "b", "c"]) == ["c", "a"])
        #expect(plan.select(nil) == nil)
    }

    @Test func anIndexPastTheEndMayBeAName() throws {
        let plan = try plan([.index(2024)], names: ["2023", "2024"], width: 2).get()
        #expect(plan.slot(1) == 0)
    }

    @Test func indicesAreEnoughWhenTheWidthIsUnknown() throws {
        #expect(try plan([.index(7)], names: nil, width: nil).get().slot(7) == 0)
        #expect(detail(plan([.index(10)], names: nil, width: nil))?.contains("at most") == true)
    }

    @Test func mistakesSayWhatThereIs() {
        #expect(detail(plan([.name("x")])) == #"there is no column "x". The columns are "a", "b", "c"."#)
        #expect(detail(plan([.index(3)])) == #"there is no column 3. The columns are "a", "b", "c"."#)
        #expect(detail(plan([.index(3)], names: nil)) == "there is no column 3. The columns are 0 to 2.")
        #expect(detail(plan([.index(1)], names: nil, width: 1))?.hasSuffix("The only column is 0.") == true)
        #expect(detail(plan([.name("x")], names: nil))?.contains("have no names. Use 0-based indices") == true)
        #expect(detail(plan([.name("a"), .index(0)]))?.contains("names column 0 twice") == true)
        #expect(detail(plan([.index(-1)]))?.contains("there is no column -1") == true)
        #expect(detail(plan([]))?.contains("columns is empty") == true)
        #expect(detail(plan([.name("a")], names: ["a", "a"], width: 2))?.contains("several columns") == true)
    }

    @Test func manyNamesAreCutShort() throws {
        let names = (0..<100).map { "c\($0)" }
        let message = try #require(detail(plan([.name("x")], names: names, width: 100)))
        #expect(message.hasSuffix("\"c19\" and 80 more."))
    }

    @Test func textBecomesAnIndexWhenItIsAllDigits() {
        #expect(ColumnSelector("12") == .index(12))
        #expect(ColumnSelector("x") == .name("x"))
        #expect(ColumnSelector("-1") == .name("-1"))
        #expect(ColumnSelector("") == .name(""))
        #expect(ColumnSelector("99999999999999999999") == .name("99999999999999999999"))
    }

    @Test func aNameThatStandsTwiceIsMadeUnique() throws {
        func names(_ header: String, id: Int? = nil) throws -> [String]? {
            let width = header.split(separator: ",").count
            let row = (0..<width).map(String.init).joined(separator: ",")
            let options = decodingOptions { $0.identifierColumn = id.map(ColumnSelector.index) }
            return decode(Array("\(header)\n\(row)\n\(row)\n".utf8), .csv, options).summary?.schema.columns
        }
        #expect(try names("x,y") == ["x", "y"])
        #expect(try names("x,x,y,x") == ["x", "x_2", "y", "x_3"])
        #expect(try names("x,x,x_2") == ["x", "x_3", "x_2"])
        #expect(try names("x,x,y", id: 0) == ["x_2", "y"])
    }
}
