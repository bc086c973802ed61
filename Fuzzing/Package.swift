// swift-tools-version: 6.2
import PackageDescription

/// The parser under libFuzzer; `make fuzz` builds it with the flags that this needs.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "attention-clustering", path: "..")],
    targets: [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz-requests",
            dependencies: ["CFuzzer", .product(name: "HTTPServer", package: "attention-clustering")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
