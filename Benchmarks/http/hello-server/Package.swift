// swift-tools-version: 6.2
import PackageDescription

/// Our server with a small answer, as a program to be timed.
let package = Package(
    name: "hello-server",
    dependencies: [
        .package(name: "attention-clustering", path: "../../.."),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "hello-server",
            dependencies: [
                .product(name: "HTTPServer", package: "attention-clustering"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
