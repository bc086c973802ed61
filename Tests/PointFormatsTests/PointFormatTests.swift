import PointFormats
import Testing

@Suite struct PointFormatTests {
    @Test(arguments: PointFormat.allCases)
    func aFormatIsFoundByItsOwnMediaTypeAndExtension(format: PointFormat) {
        #expect(PointFormat(mediaType: format.mediaType) == format)
        #expect(PointFormat(pathExtension: format.rawValue) == format)
    }

    @Test func mediaTypesAreReadInAnyCaseAndWithoutParameters() {
        #expect(PointFormat(mediaType: "Text/CSV; charset=utf-8") == .csv)
        #expect(PointFormat(mediaType: "text/tab-separated-values") == .csv)
        #expect(PointFormat(mediaType: " application/JSON ;q=0.5") == .json)
        #expect(PointFormat(mediaType: "application/jsonl") == .ndjson)
        #expect(PointFormat.mediaTypes.allSatisfy { PointFormat(mediaType: $0) != nil })
    }

    @Test func unknownMediaTypesAndExtensionsAreNoFormat() {
        for type in ["", ";", "text/html", "application/octet-stream", "application/x-www-form-urlencoded", "csv"] {
            #expect(PointFormat(mediaType: type) == nil, "\(type)")
        }
        #expect(PointFormat(pathExtension: "parquet") == nil)
        #expect(PointFormat.refusal(ofMediaType: "Application/vnd.apache.parquet; x=1")?.code == .unsupported)
        #expect(PointFormat.refusal(ofMediaType: "application/xml") == nil)
        #expect(PointFormat(pathExtension: "TSV") == .csv)
    }
}
