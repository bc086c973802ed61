import PointFormats
import Testing

/// Whether the first line of CSV is names or a point, where numbers stand in it.
@Suite struct CSVHeaderTests {
    private func read(_ text: String, _ change: (inout DecodingOptions) -> Void = { _ in }) -> Outcome {
        decode(text, .csv, decodingOptions(change))
    }

    private func byIndex(_ options: inout DecodingOptions) { options.identifierColumn = .index(0) }

    @Test(arguments: [
        "alice,0,1\nbob,5,4\ncarol,1,1\ndave,5,5\n", "2020-01-01,1,2\n2020-01-02,3,4\n", "p1,2019,2020\np2,5,6\n",
        "at,2019,2020\nde,2017,2018\n", "ann,1.5,2.5\n7,3,4\n", "alice,0,1\n", "a,0,1\n",
    ])
    func aLineOfNumbersBesideAnIdentifierIsAPoint(text: String) {
        let outcome = read(text, byIndex)
        #expect(outcome.error == nil && outcome.summary?.schema.columns == nil, "\(outcome)")
        #expect(outcome.summary?.rows == text.split(separator: "\n").count, "\(outcome)")
    }

    @Test func whatIsInDoubtSaysWhatToDo() {
        #expect(read("alice,0,1\nbob,5,4\n", byIndex).summary?.warnings.first?.contains("header=present") == true)
        #expect(read("country,2019,2020\nat,1,2\n", byIndex).summary?.warnings.first?.contains("header=absent") == true)
        #expect(read("2020-01-01,1,2\n2020-01-02,3,4\n", byIndex).summary?.warnings == [])
        #expect(read("id,0,1\na,5,6\n", byIndex).summary?.warnings == [])
    }

    @Test(arguments: [
        ("country,2019,2020\nat,1,2\nde,2,2\nfr,9,9\n", ["2019", "2020"]), ("id,0,1\nann,5,6\nbob,7,8\n", ["0", "1"]),
        (",0,1\nann,5,6\n", ["0", "1"]), (",2019,2020\nann,5,6\n", ["2019", "2020"]),
        ("customer,5,6\n1,2,3\n2,3,4\n", ["5", "6"]), ("when,x,1\nmon,5,6\n", ["x", "1"]),
    ])
    func aLineThatNamesColumnsIsAHeader(text: String, names: [String]) {
        let outcome = read(text, byIndex)
        #expect(outcome.summary?.schema.columns == names, "\(outcome)")
    }

    @Test func aNameThatIsAskedForMakesAHeader() {
        let named = read("who,0,1\nann,5,6\nbob,7,8\n") { $0.identifierColumn = .name("who") }
        #expect(named.summary?.schema.columns == ["0", "1"] && named.values == [5, 6, 7, 8])
        let years = read("2019,2020\n5,6\n") { $0.columns = [.index(2020)] }
        #expect(years.values == [6], "\(years)")
    }

    @Test func rowsBehindOthersAreNamesOnlyWhereTheyCannotBeAPoint() {
        func behind(_ text: String, _ names: [String]) -> Outcome {
            read(text) {
                $0.identifierColumn = .index(0)
                $0.continuedColumns = names
            }
        }
        #expect(behind("alice,0,1\nbob,5,4\n", ["x1", "x2", "id"]).summary?.rows == 2)
        #expect(behind("id,2019,2020\nbob,5,4\n", ["2019", "2020", "id"]).summary?.rows == 1)
        #expect(behind("customer,2019,2020\nbob,5,4\n", ["x1", "x2", "id"]).summary?.rows == 2)
        #expect(behind("id,x,y\nbob,5,4\n", ["x1", "x2", "id"]).summary?.schema.columns == ["x", "y"])
    }

    @Test func theKnownNamesAreAHeaderAlsoWhereTheyAreNumbers() {
        let continued = read("2019,2020\n3,4\n") { $0.continuedColumns = ["2019", "2020"] }
        #expect(continued.values == [3, 4] && continued.summary?.warnings.count == 1, "\(continued)")
        let preferred = read("2020,2019\n3,4\n") { $0.preferredColumns = ["2019", "2020"] }
        #expect(preferred.values == [4, 3], "\(preferred)")
        let point = read("2019,2021\n3,4\n") { $0.continuedColumns = ["2019", "2020"] }
        #expect(point.values == [2019, 2021, 3, 4])
    }

    @Test func numbersThatAreAllNamesAreNames() {
        func chosen(_ text: String, _ indices: [Int]) -> [String]? {
            read(text) { $0.columns = indices.map { .index($0) } }.summary?.schema.columns
        }
        #expect(chosen(",0,1\n7,5,6\n8,7,8\n", [0, 1]) == ["0", "1"])
        #expect(chosen(",0,1\n7,5,6\n8,7,8\n", [1, 2]) == ["0", "1"], "2 is no name")
        #expect(chosen("a,0,b\n7,5,6\n8,7,8\n", [0, 2]) == ["a", "b"])
    }

    @Test func defaultNamesAreTakenInAnyOrder() {
        func read(_ text: String) -> Outcome { self.read(text) { $0.defaultColumns = ["x1", "x2"] } }
        #expect(read("x2,x1\n1,2\n").values == [2, 1])
        #expect(read("b,a\n1,2\n").values == [1, 2])
        #expect(read("x2,x1,y\n1,2,3\n").values == [1, 2, 3])
    }

    @Test func columnsOfOneNameAreWarnedOf() {
        #expect(read("x,x\n1,2\n").summary?.warnings.first?.contains("\"x_2\"") == true)
        #expect(read("x,y\n1,2\n").summary?.warnings == [])
    }
}
