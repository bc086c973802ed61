import PointFormats
import Testing

/// What `curl -d @file` makes of a file: one line, because it takes all line ends out.
@Suite struct LineEndsStrippedTests {
    private let form = decodingOptions { $0.formEncodedHint = true }

    private func stripped(_ file: String) -> String { file.filter { !$0.isNewline } }

    @Test(arguments: ["x,y\n1,2\n3,4\n", "x,y\n1.5,2.5\n3.5,4.5\n", "a;b\r\n1;2\r\n", "id,x\nann,1\nbob,2\n"])
    func aFileWithNamesIsRecognised(file: String) {
        #expect(decode(stripped(file), nil, form).error == .lineEndsStripped)
        #expect(decode(file, nil, form).error?.code != .lineEndsStripped)
    }

    @Test(arguments: ["1.5,2.5\n3.5,4.5\n", "0.5 -1.5\n-2.5 3.5\n", "1.25\n2.25\n3.25\n"])
    func numbersThatRunTogetherAreRecognisedWithoutAHint(file: String) {
        #expect(decode(stripped(file)).error == .lineEndsStripped)
        #expect(decode(file).error == nil)
    }

    @Test func theErrorNamesTheFix() {
        #expect(FormatError.lineEndsStripped.code == .lineEndsStripped)
        #expect(FormatError.lineEndsStripped.detail.contains("--data-binary"))
        #expect(FormatError.lineEndsStripped.places.first?.line == 1)
    }

    @Test func oneLineOfNumbersIsAPointUnderSuspicion() {
        let outcome = decode("1,23,45,6", nil, form)
        #expect(outcome.values == [1, 23, 45, 6])
        #expect(outcome.summary?.suspectsStrippedLineEnds == true)
        #expect(decode("1,23,45,6").summary?.suspectsStrippedLineEnds == false)
        #expect(decode("1,2\n", nil, form).summary?.suspectsStrippedLineEnds == false)
        #expect(decode("1,2\n3,4", nil, form).summary?.suspectsStrippedLineEnds == false)
    }

    @Test func aLineOfMoreCellsThanColumnsMayHaveBeenMany() {
        let line = stripped(String(repeating: "1,2\n", count: 20))
        for hint in [true, false] {
            let options = decodingOptions {
                $0.maximumColumns = 8
                $0.formEncodedHint = hint
            }
            // Nothing but its width says that it was many lines once.
            let error = decode(line, nil, options).error
            #expect(error?.code == .tooLarge && error?.detail.contains("--data-binary") == true)
            #expect(decode("1.5" + line, nil, options).error?.code == .tooLarge)
            #expect(decode("1.52.5," + line, nil, options).error == .lineEndsStripped)
        }
    }

    @Test func aLineOfMillionsOfCellsIsTooWide() {
        let line = String(repeating: "1,", count: 600_000) + "1\n"
        let error = decode(line, nil, decodingOptions { $0.maximumColumns = 1_000 }).error
        #expect(error?.code == .tooLarge && error?.detail.contains("more than 1000 columns") == true)
    }

    @Test func aLineLongerThanAnyRowIsRecognisedBeforeItEnds() throws {
        var decoder = PointDecoder(format: nil, options: form)
        var sink = PointArray()
        let piece = Array(String(repeating: "0.5,1.25", count: 8_192).utf8)
        let error = #expect(throws: FormatError.self) {
            for _ in 0..<40 { try piece.withUnsafeBytes { try decoder.feed($0, into: &sink) } }
        }
        #expect(error == .lineEndsStripped)
    }

    @Test(arguments: ["2024-01-15,3", "ann,1.5", "x,y", "1,2"])
    func anHonestLineWithoutAHintIsNot(line: String) {
        #expect(decode(line).error?.code != .lineEndsStripped)
    }

    @Test func linesOfJSONSurvive() {
        #expect(decode(stripped("[1,2]\n[3,4]\n"), nil, form).values == [1, 2, 3, 4])
        #expect(decode(stripped("{\"x\":1}\n{\"x\":2}\n"), nil, form).values == [1, 2])
    }
}
