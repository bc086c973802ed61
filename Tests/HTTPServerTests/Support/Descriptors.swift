import Glibc

/// How many descriptors this process has open, as far as sockets and event descriptors go.
func openDescriptors() throws -> Int {
    guard let directory = opendir("/proc/self/fd") else { throw TestClient.Failed(description: "no /proc") }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}
