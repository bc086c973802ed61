/// Returns when `changes` brings one, when `timeout` is over, or when the task is cancelled.
///
/// - Returns: false when the time was over or the task cancelled.
func waitForChange(_ changes: AsyncStream<Void>, timeout: Duration) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
        group.addTask {
            for await _ in changes { return true }
            return false
        }
        group.addTask {
            try? await Task.sleep(for: timeout)
            return false
        }
        let changed = await group.next() ?? false
        group.cancelAll()
        return changed
    }
}
