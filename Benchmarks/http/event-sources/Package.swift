// swift-tools-version: 6.2
import PackageDescription

/// The same small answer by way of two kinds of events: `run.py --only events` compares them.
let package = Package(
    name: "event-sources",
    targets: [
        .target(name: "CEpoll"),
        .executableTarget(
            name: "event-sources", dependencies: ["CEpoll"], swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
