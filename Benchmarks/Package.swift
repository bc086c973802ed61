// swift-tools-version: 6.2
import PackageDescription

/// Programs that time the library beside its peers; apart from the main package, which nobody should build them with.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "attention-clustering", path: "..")],
    targets: [
        .executableTarget(
            name: "bench-fit",
            dependencies: [.product(name: "AttentionClustering", package: "attention-clustering")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "bench-formats",
            dependencies: [.product(name: "PointFormats", package: "attention-clustering")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
