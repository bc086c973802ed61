import Testing

@testable import PointFormats

@Suite struct NumpyErrorTests {
    @Test(arguments: [
        (NumpySamples.objects, "Python objects (\"|O\")"), (NumpySamples.structured, "the array is structured"),
        (NumpySamples.complexNumbers, "complex numbers (\"<c8\")"), (NumpySamples.text, "text (\"<U1\")"),
        (NumpySamples.dates, "dates or durations (\"<M8[D]\")"),
        (NumpySamples.longDoubles, "extended floats (\"<f16\")"),
    ])
    func typesThatAreNoNumbersAreRefusedByName(file: [UInt8], name: String) {
        let error = decode(file).error
        #expect(error?.code == .unprocessable)
        #expect(error?.detail.contains(name) == true, "\(error?.detail ?? "accepted")")
        #expect(error?.detail.contains("numpy.save") == true)
    }

    @Test(arguments: [(NumpySamples.scalar, "shape ()"), (NumpySamples.cube, "shape (1, 2, 2)")])
    func otherRanksAreRefusedWithAFix(file: [UInt8], shape: String) {
        let error = decode(file).error
        #expect(error?.code == .unprocessable)
        #expect(error?.detail.contains(shape) == true)
        #expect(error?.detail.contains("numpy.reshape") == true)
    }

    @Test func noRowsAndNoColumnsAreToldApart() {
        #expect(decode(NumpySamples.noRows).error?.code == .noRows)
        #expect(decode(NumpySamples.noColumns).error?.detail.contains("shape (2, 0)") == true)
    }

    @Test func numbersThatAreNotFiniteNameRowAndColumn() {
        let error = decode(NumpySamples.notFinite).error
        #expect(error?.code == .unprocessable)
        #expect(
            error?.places == [
                .init(column: 1, row: 1, byte: 144, detail: "nan is not a finite number"),
                .init(column: 2, row: 2, byte: 168, detail: "inf is not a finite number"),
            ])
        #expect(error?.detail.hasPrefix("x[1, 0]: nan is not a finite number. ") == true)
        #expect(
            decode(NumpySamples.tooLarge).error?.places
                == [.init(column: 2, row: 0, byte: 136, detail: "the number is too large for 32 bits")])
        #expect(
            decode(NumpySamples.fortranNotFinite).error?.places
                == [.init(column: 2, row: 1, byte: 140, detail: "nan is not a finite number")])
    }

    @Test func filesThatAreCutOrContinueAreRefused() {
        let file = NumpySamples.matrixInt8
        #expect(decode(Array(file.dropLast())).error?.detail.contains("5 of 6 bytes") == true)
        #expect(decode(Array(file.prefix(20))).error?.detail.contains("inside the .npy header") == true)
        let more = decode(file + file).error
        #expect(more?.code == .malformed)
        #expect(more?.places.first?.byte == file.count)
    }

    private func headerError(_ dictionary: String) -> FormatError? {
        do {
            _ = try NumpyHeader(dictionary: Array(dictionary.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } 1",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os')}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), 'x': 1}", "{'descr: '<f4'}", "('descr', '<f4')",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (3, 2)}", "{'descr': '<\\f4'}",
    ])
    func headersThatAreNotAsNumpyWritesThemAreMalformed(dictionary: String) {
        #expect(headerError(dictionary)?.code == .malformed, "\(dictionary)")
        #expect(headerError(dictionary)?.detail.hasPrefix("the .npy header ") == true)
    }

    @Test(arguments: ["<f04", "<f+4", "f4", "<f3", "|f4", "<i16", "", "<", "<f", "<x4", "?"])
    func typesThatDoNotExistAreRefused(descr: String) {
        #expect(throws: FormatError.self) { try NumpyScalar(descr) }
    }

    @Test func unknownVersionsAndLongHeadersAreMalformed() {
        var file = NumpySamples.matrixInt8
        file[6] = 4
        #expect(decode(file).error?.detail.contains("version 4") == true)
        let long = Signature.numpy + [2, 0, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(decode(long, .npy).error?.detail.contains("too long") == true)
    }

    @Test func aFortranArrayBeyondTheBoundIsRefusedBeforeItComes() {
        let bounded = decodingOptions { $0.maximumBufferedBytes = 23 }
        let error = decode(NumpySamples.fortranFloat32, nil, bounded).error
        #expect(error?.code == .tooLarge)
        #expect(error?.detail.contains("ascontiguousarray") == true)
        #expect(decode(NumpySamples.fortranFloat32, nil, decodingOptions { $0.maximumBufferedBytes = 24 }).error == nil)
        #expect(decode(NumpySamples.matrixInt8, nil, bounded).error == nil, "C order is streamed")
    }

    @Test func boundsOnColumnsHold() {
        #expect(
            decode(NumpySamples.matrixInt8, nil, decodingOptions { $0.maximumColumns = 1 }).error?.code == .tooLarge)
    }

    @Test func aHugeAnnouncementTakesNoMemory() {
        var body = Signature.numpy + [1, 0, 70, 0]
        let text = "{'descr': '<f4', 'fortran_order': True, 'shape': (60000000, 4), }"
        body += Array(text.utf8) + Array(repeating: 0x20, count: 69 - text.utf8.count) + [0x0A]
        #expect(decode(body).error?.detail.contains("0 of 960000000 bytes") == true)
    }
}
