import PointFormats
import Testing

@Suite struct JSONDocumentTests {
    @Test(arguments: [
        "[[1,2],[3,4]]", " [ [ 1 , 2 ]\n,\r[3,\t4 ] ] \n", #"{"points":[[1,2],[3,4]]}"#, #"{"data":[[1,2],[3,4]]}"#,
        #"[{"x":1,"y":2},{"y":4,"x":3}]"#, #"{"points":[{"x":1,"y":2},{"x":3,"y":4}]}"#, "[[1.0,2e0],[0.3E+1,40e-1]]",
        #"{"index":[null,[1,{"b":"]"}]],"data":[[1,2],[3,4]],"columns":["x","y"]}"#,
        #"{"columns":null,"points":[[1,2],[3,4]]}"#, "\u{FEFF}[[1,2],[3,4]]",
    ])
    func everyShapeOfDocumentGivesTheSamePoints(text: String) {
        for format in [nil, PointFormat.json] {
            let outcome = decode(text, format)
            #expect(outcome.values == [1, 2, 3, 4])
            #expect(outcome.summary?.format == .json)
        }
    }

    @Test(arguments: [
        #"{"columns":["x","y"],"index":[0],"data":[[1,2]]}"#, #"{"data":[[1,2]],"columns":["x","y"]}"#,
        #"{"points":[[1,2]],"columns":["\u0078","y"]}"#, #"[{"x":1,"y":2}]"#,
    ])
    func namesComeBeforeOrBehindOrWithTheNumbers(text: String) {
        #expect(decode(text).summary?.schema == PointSchema(columns: ["x", "y"], dimension: 2))
    }

    @Test func pandasDefaultColumnsAreNumbers() {
        #expect(decode(#"{"columns":[0,1.5],"data":[[1,2]]}"#).summary?.schema.columns == ["0", "1.5"])
    }

    @Test func escapesInNamesAreResolved() {
        let text = #"{"columns":["\"\\\/\b\f\n\r\t","\u00e9\uD83D\uDE00é"],"points":[[1,2]]}"#
        #expect(decode(text).summary?.schema.columns == ["\"\\/\u{8}\u{C}\n\r\t", "é😀é"])
    }

    @Test func columnsAreChosenByNameOrIndex() {
        let byName = decodingOptions { $0.columns = [.name("y"), .name("x")] }
        let text = #"{"columns":["x","t","y"],"points":[[1,"a",2],[3,{"deep":[1]},4],[5,null,6]]}"#
        #expect(decode(text, nil, byName).values == [2, 1, 4, 3, 6, 5])
        #expect(decode(text, nil, byName).summary?.schema.columns == ["y", "x"])
        let byIndex = decodingOptions { $0.columns = [.index(2)] }
        #expect(decode(text, nil, byIndex).values == [2, 4, 6])
        #expect(decode(#"[["a",true,7],[[],{},8]]"#, nil, byIndex).values == [7, 8])
        let behind = decode(#"{"points":[[1,"a",2]],"columns":["x","t","y"]}"#, nil, byIndex)
        #expect(behind.summary?.schema.columns == ["y"])
        let records = #"[{"t":"a","x":1,"y":2},{"y":4,"x":3,"extra":[]}]"#
        #expect(decode(records, nil, byName).values == [2, 1, 4, 3])
    }

    @Test func columnsThatAreNotThereAreRefused() {
        let third = decodingOptions { $0.columns = [.index(2)] }
        #expect(decode("[[1,2],[3,4]]", nil, third).error?.detail == "there is no column 2. The columns are 0 to 1.")
        let named = decodingOptions { $0.columns = [.name("z")] }
        #expect(decode(#"[{"x":1}]"#, nil, named).error?.detail.contains("The columns are \"x\"") == true)
        #expect(decode("[[1,2]]", nil, named).error?.detail.contains("no names") == true)
        let late = decode(#"{"points":[[1,2]],"columns":["x","z"]}"#, nil, named).error
        #expect(late?.detail.contains("Put it in front") == true)
    }

    @Test(arguments: ["[]", " [ ] ", #"{"points":[]}"#, #"{"columns":["x"],"data":[]}"#, #"{"columns":["x"]}"#, "{}"])
    func aDocumentWithoutPointsHasNoRows(text: String) {
        #expect(decode(text).error?.code == .noRows)
        #expect(decode(text, .json).error?.code == .noRows)
    }

    @Test func aMissingMemberIsNamed() {
        #expect(decode(#"{"columns":["x"]}"#).error?.detail.contains("no \"points\"") == true)
    }

    @Test(arguments: ["[1,2,3]", "[1]", " [ -1.5 ]"])
    func aFlatArrayIsRefusedWithAFix(text: String) {
        for format in [nil, PointFormat.json] {
            let error = decode(text, format).error
            #expect(error?.code == .unprocessable)
            #expect(error?.detail.contains("[[1],[2],[3]]") == true)
        }
    }

    @Test func boundsOnColumnsHold() {
        let bounded = decodingOptions { $0.maximumColumns = 2 }
        #expect(decode("[[1,2]]", nil, bounded).values == [1, 2])
        #expect(decode("[[1,2,3]]", nil, bounded).error?.code == .tooLarge)
        #expect(decode(#"[{"x":1,"y":2,"z":3}]"#, nil, bounded).error?.code == .tooLarge)
        #expect(decode(#"{"columns":["x","y","z"]}"#, nil, bounded).error?.code == .tooLarge)
    }
}
