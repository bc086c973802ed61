internal import COpenBLAS

/// BLAS on the calling thread only: passes share rows among threads themselves, which keeps results independent of
/// their number.
enum SerialBLAS {
    private static let configured: Void = openblas_set_num_threads(1)

    static func configure() { _ = configured }
}
