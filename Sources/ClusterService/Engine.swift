/// The software as it names itself.
public enum Engine {
    /// The version, by semantic versioning.
    public static let version = "0.1.0"
    /// The service's name.
    public static let name = "attention-clustering"
}
