import Foundation
import HTTPServer
import PointFormats

extension DecodingOptions {
    /// Types that say nothing of the format: the bytes tell, or the part of a form.
    ///
    /// `curl -F` calls every `.txt` plain text, and browsers on a machine with Excel every `.csv` Excel's.
    private static let undeclaredTypes: Set = [
        "", "application/octet-stream", "multipart/form-data", "application/gzip", "application/x-gzip",
        "application/zstd", "text/plain", "application/vnd.ms-excel",
    ]

    /// Takes what the `Content-Type` of a body, or of a form's part, says.
    ///
    /// - Returns: the format that it names; nil where the bytes decide.
    /// - Throws: `Problem` 415 for a type that is not read.
    mutating func declare(_ contentType: String?) throws -> PointFormat? {
        guard let contentType else { return nil }
        let essence = contentType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        if Self.undeclaredTypes.contains(essence) { return nil }
        if essence == "application/x-www-form-urlencoded" {
            formEncodedHint = true
            return nil
        }
        if essence == "text/tab-separated-values", delimiter == nil { delimiter = 0x09 }
        if let error = PointFormat.refusal(ofMediaType: contentType) { throw Problem(error) }
        guard let format = PointFormat(mediaType: contentType) else {
            throw Problem.unsupportedMediaType(essence, supported: PointFormat.mediaTypes)
        }
        return format
    }
}
