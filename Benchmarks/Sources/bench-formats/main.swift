import Foundation
import PointFormats

// bench-formats parse FILE FORMAT REPEATS     feeds a PointDecoder as the service does, in pieces of 128 KiB
// bench-formats jsondecoder FILE REPEATS      Foundation's JSONDecoder on [[Double]]
// bench-formats exact COUNT [FILE]            numbers at random, and those of a file, beside strtof and strtod
//
// Each prints one line of JSON; parse and jsondecoder {"seconds": [of each repeat], "numbers": …, "sum": …}.
do {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.count) {
    case ("parse", 4):
        guard let format = PointFormat(rawValue: arguments[2]) else { throw BenchError("no format \(arguments[2])") }
        let run = try DecodingRun(path: arguments[1], format: format, repeats: Int(arguments[3]) ?? 1)
        print(try run.json())
    case ("jsondecoder", 3):
        print(try DecodingRun(foundation: arguments[1], repeats: Int(arguments[2]) ?? 1).json())
    case ("exact", 2), ("exact", 3):
        var check = ExactnessCheck()
        try check.run(random: Int(arguments[1]) ?? 0, path: arguments.count > 2 ? arguments[2] : nil)
        print(try check.json())
        if check.differences > 0 { exit(1) }
    default:
        throw BenchError("usage: bench-formats parse FILE FORMAT REPEATS | jsondecoder FILE REPEATS | exact N [FILE]")
    }
} catch {
    FileHandle.standardError.write(Data("bench-formats: \(error)\n".utf8))
    exit(1)
}

/// Why a run could not be made.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
