import Foundation
import Yams

/// A file of settings in YAML: `tls_port: 8443`, lists as lists, limits as `limit: {head_timeout_seconds: 5}`.
struct ConfigurationFile {
    /// The values as text, by the settings' names.
    let values: [String: [String]]
    /// Whether there is nothing in it, not even `{}`.
    let isBlank: Bool

    /// Reads a file.
    ///
    /// - Throws: ``ConfigurationFault`` naming the file and the line, and for a name that is none the nearest one.
    init(path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ConfigurationFault(description: "\(path): the file cannot be read")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw ConfigurationFault(description: "\(path): this is not YAML: \(error)")
        }
        isBlank = root.map { $0.null != nil } ?? true
        guard let root, !isBlank else {
            values = [:]
            return
        }
        guard let members = root.mapping else {
            throw ConfigurationFault(description: "\(path): a file of settings has lines such as port: 8080")
        }
        let known = Setting.all.filter { $0.name != Setting.file }
        var values: [String: [String]] = [:]
        for (key, node) in members {
            let place = "\(path), line \(key.mark?.line ?? 1)"
            let name = key.scalar?.string ?? ""
            guard let setting = known.first(where: { $0.key == name }) else {
                throw ConfigurationFault.unknown(name, in: place, among: known.map(\.key))
            }
            guard values[setting.name] == nil else {
                throw ConfigurationFault(description: "\(place): \(name) is there twice")
            }
            guard let texts = Self.texts(node, setting) else {
                throw ConfigurationFault(
                    description: "\(place): \(name) takes \(setting.kind == .list ? "a list" : "one value")")
            }
            values[setting.name] = texts
        }
        self.values = values
    }

    private static func texts(_ node: Node, _ setting: Setting) -> [String]? {
        if let scalar = node.scalar { return [scalar.string] }
        guard setting.kind == .list else { return nil }
        if let members = node.mapping {
            let pairs = members.compactMap { key, value in
                key.scalar.flatMap { key in value.scalar.map { "\(key.string)=\($0.string)" } }
            }
            return pairs.count == members.count ? pairs : nil
        }
        let items = (node.sequence ?? []).compactMap { $0.scalar?.string }
        return items.count == node.sequence?.count ? items : nil
    }
}
