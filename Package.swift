// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target.
///
/// CI turns warnings into errors; a dependent of the library never sees them as such.
let swiftSettings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)])

let package = Package(
    name: "attention-clustering",
    products: [
        .library(name: "AttentionClustering", targets: ["AttentionClustering"]),
        .library(name: "PointFormats", targets: ["PointFormats"]),
        .library(name: "HTTPServer", targets: ["HTTPServer"]),
        .executable(name: "clusterd", targets: ["clusterd"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries and C, only where Swift cannot say it.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CContract"),
        .target(name: "CKernels"),
        .target(name: "CLinux"),

        // The modules; arrows point down the list of dependencies and never back.
        .target(
            name: "AttentionClustering",
            dependencies: ["COpenBLAS", "CKernels"],
            swiftSettings: swiftSettings),
        .target(
            name: "PointFormats",
            dependencies: ["AttentionClustering", "CLZ4", "CZlib", "CZstd"],
            swiftSettings: swiftSettings),
        .target(
            name: "HTTPServer",
            dependencies: [
                "COpenSSL", "CLinux",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "JobStore",
            dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: swiftSettings),
        // What every driver of JobStore must do, for the tests of drivers here and elsewhere.
        .target(name: "JobStoreTesting", dependencies: ["JobStore"], swiftSettings: swiftSettings),
        .target(
            name: "ClusterService",
            dependencies: [
                "AttentionClustering", "CContract", "CKernels", "PointFormats", "HTTPServer", "JobStore",
                "PrometheusMetrics", "COpenSSL", "CLinux",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "PrometheusMetrics", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: swiftSettings),
        .target(name: "Reproduction", dependencies: ["AttentionClustering"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "clusterd",
            dependencies: [
                "ClusterService", "Reproduction",
                "HTTPServer", "PointFormats", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings),

        // Tests mirror Sources; EndToEndTests run the built binary.
        .testTarget(
            name: "AttentionClusteringTests",
            dependencies: ["AttentionClustering"],
            resources: [.copy("Data")],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ReproductionTests", dependencies: ["Reproduction", "AttentionClustering"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PointFormatsTests", dependencies: ["PointFormats"], resources: [.copy("Data")],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: ["PrometheusMetrics", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: swiftSettings),
        .testTarget(name: "HTTPServerTests", dependencies: ["HTTPServer", "COpenSSL"], swiftSettings: swiftSettings),
        .testTarget(
            name: "JobStoreTests",
            dependencies: ["JobStore", "JobStoreTesting", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ClusterServiceTests",
            dependencies: [
                "ClusterService", "AttentionClustering", "PointFormats", "HTTPServer", "JobStore",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["clusterd", "PointFormats", .product(name: "Yams", package: "Yams")],
            swiftSettings: swiftSettings),
    ]
)
