import Foundation
import Testing

/// Recorded cases from a JSON file of the tests' data.
func recordedCases<Case: Decodable>(_ file: String, as type: Case.Type = Case.self) throws -> [Case] {
    let folder = try #require(Bundle.module.url(forResource: "Data", withExtension: nil))
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appendingPathComponent(file)))
}
