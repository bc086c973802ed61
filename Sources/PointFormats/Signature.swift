/// The first bytes of a format that is recognised but not read, and what to send instead.
struct Signature: Sendable {
    let bytes: [UInt8]
    let name: String
    let fix: String

    private init(_ bytes: [UInt8], _ name: String, _ fix: String) {
        self.bytes = bytes
        self.name = name
        self.fix = fix
    }

    /// Whether `start`, the start of a body or all of it, is of this format.
    ///
    /// A magic number of letters may also be a CSV's first word, such as a column `PAR1`: then a delimiter or a line
    /// end follows.
    func matches(_ start: [UInt8], isWhole: Bool) -> Bool {
        guard start.starts(with: bytes) else { return false }
        guard isPrintable else { return true }
        guard start.count > bytes.count else { return isWhole }
        return !Array(",;|\t \r\n".utf8).contains(start[bytes.count])
    }

    /// Whether `start`, which matches, goes on as no text does.
    func isUnlikelyText(_ start: [UInt8]) -> Bool {
        guard isPrintable else { return true }
        return start.dropFirst(bytes.count).first.map { $0 < 0x20 || $0 > 0x7E } ?? false
    }

    /// Whether text can start so.
    private var isPrintable: Bool { bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F } }

    /// The error that refuses a body of this format.
    var error: FormatError {
        FormatError(
            code: .unsupported, detail: "the body is \(name), which is not read here. \(fix)",
            places: [.init(byte: 0, detail: "the first bytes are those of \(name)")])
    }

    /// The start of NumPy's `.npy`.
    static let numpy: [UInt8] = [0x93] + Array("NUMPY".utf8)

    private static let columnarFix =
        "Send the numbers as CSV, JSON, Arrow or .npy, such as with pandas: df.to_csv(\"points.csv\", index=False)."
    private static let parquetFix =
        "Convert it on the way: duckdb -c \"COPY (FROM 'points.parquet') TO '/dev/stdout' (FORMAT csv)\" "
        + "| curl --data-binary @- 'http://127.0.0.1:8080/v1/cluster?k=3', or in Python: "
        + "pyarrow.feather.write_feather(pyarrow.parquet.read_table(\"points.parquet\"), \"points.arrow\")."

    /// Parquet, which is refused by its first bytes and by its media type alike.
    static let parquet = Signature(Array("PAR1".utf8), "Apache Parquet", parquetFix)

    /// The start of an Arrow IPC file, padded to eight bytes.
    static let arrowFile = Array("ARROW1\0\0".utf8)
    /// The start of each message of an Arrow IPC stream.
    static let arrowMessage: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
    private static let pickleFix = "Pickles are never read; send .npy (numpy.save) or CSV."
    private static let utf8Fix = "Save it as UTF-8, such as with: iconv -f UTF-16 -t UTF-8."

    private static let utf32Fix = "Save it as UTF-8, such as with: iconv -f UTF-32 -t UTF-8."

    static let unsupported = [
        parquet,
        Signature(
            Array("FEA1".utf8), "Feather V1",
            "Write Feather V2, which is Arrow: pyarrow.feather.write_feather(table, \"points.arrow\")."),
        Signature([0x1F, 0x8B], "gzip", "Send it with the header Content-Encoding: gzip, or unpack it first."),
        Signature(
            [0x28, 0xB5, 0x2F, 0xFD], "zstd", "Send it with the header Content-Encoding: zstd, or unpack it first."),
        Signature([0xFD] + Array("7zXZ".utf8), "xz", "Unpack it first, or pack it with gzip or zstd instead."),
        Signature(Array("BZh".utf8), "bzip2", "Unpack it first, or pack it with gzip or zstd instead."),
        Signature(
            [0x50, 0x4B, 0x03, 0x04], "a zip archive (.npz and .xlsx are such)",
            "Send one array as .npy (numpy.save), or a sheet saved as CSV."),
        Signature([0x80, 0x02], "a Python pickle", pickleFix),
        Signature([0x80, 0x03], "a Python pickle", pickleFix),
        Signature([0x80, 0x04, 0x95], "a Python pickle", pickleFix),
        Signature([0x80, 0x05, 0x95], "a Python pickle", pickleFix),
        Signature([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook (.xls)", "Save the sheet as CSV."),
        Signature(Array("Obj\u{1}".utf8), "Apache Avro", columnarFix),
        Signature(
            Array("SQLite format 3\0".utf8), "an SQLite database",
            "Export the table: sqlite3 -header -csv points.db 'SELECT x, y FROM points'."),
        Signature([0x89] + Array("HDF".utf8), "HDF5", columnarFix),
        // In front of UTF-16, whose mark its own starts with.
        Signature([0xFF, 0xFE, 0x00, 0x00], "UTF-32 text", utf32Fix),
        Signature([0x00, 0x00, 0xFE, 0xFF], "UTF-32 text", utf32Fix),
        Signature([0xFF, 0xFE], "UTF-16 text", utf8Fix),
        Signature([0xFE, 0xFF], "UTF-16 text", utf8Fix),
    ]
}
