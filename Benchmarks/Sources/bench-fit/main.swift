import AttentionClustering
import Foundation

// bench-fit X.npy K [repeats] [threads] [labels-out] [refinement]: fits in this process and prints one line of JSON,
// {"cpu": [seconds of each repeat], "wall": […], "extra_mib": …, "iterations": …, "start": …}.
do {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3, let clusterCount = Int(arguments[2]) else {
        throw BenchError("usage: bench-fit X.npy K [repeats] [threads] [labels-out] [refinement]")
    }
    let repeats = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
    let threads = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1
    let points = try NumpyMatrix(path: arguments[1]).points
    var options = FitOptions()
    options.clusterCount = clusterCount
    if arguments.count > 6, let refinement = Refinement(rawValue: arguments[6]) { options.refinement = refinement }

    var run = BenchRun()
    for _ in 0..<max(1, repeats) {
        try run.measure { try AttentionHeads.fit(points, options: options, control: FitControl(threads: threads)) }
    }
    if arguments.count > 5, arguments[5] != "-" { try run.writeLabels(to: arguments[5]) }
    print(try run.json())
} catch {
    FileHandle.standardError.write(Data("bench-fit: \(error)\n".utf8))
    exit(1)
}
