import AttentionClustering
import Foundation

// bench-fit X.npy K [repeats] [threads] [labels-out] [options…]: fits in this process and prints one line of JSON,
// {"cpu": [seconds of each repeat], "wall": […], "extra_mib": …, "iterations": …, "start": …}. Options are a refinement,
// a start, cosine, robust and standardize; K is a number or auto.
do {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3, arguments[2] == "auto" || Int(arguments[2]) != nil else {
        throw BenchError("usage: bench-fit X.npy K [repeats] [threads] [labels-out] [options…]")
    }
    let repeats = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
    let threads = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1
    let points = try NumpyMatrix(path: arguments[1]).points
    var options = FitOptions()
    if let clusterCount = Int(arguments[2]) {
        options.clusterCount = clusterCount
    } else {
        options.clusterCountSelection = .automatic()
    }
    for word in arguments.dropFirst(6) {
        if let refinement = Refinement(rawValue: word) {
            options.refinement = refinement
        } else if let start = Initialization(rawValue: word) {
            options.initialization = start
        } else if word == "cosine" {
            options.metric = .cosine
        } else if word == "robust" {
            options.robust = true
        } else if word == "standardize" {
            options.standardize = true
        } else {
            throw BenchError("there is no option \(word)")
        }
    }

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
