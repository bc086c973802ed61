import Foundation

/// Models, recovery and expiry of ``InMemoryJobStore``.
extension MemoryTables {
    func modelPage(tenant: String?, below bound: Int64, limit: Int) -> ModelPage {
        let found = models.values.filter {
            $0.sequence < bound && !$0.isWithdrawn && tenant ?? $0.model.tenant == $0.model.tenant
        }
        .sorted { $0.sequence > $1.sequence }
        let page = found.prefix(limit)
        let more = found.count > page.count
        return ModelPage(
            models: page.map(\.model),
            nextCursor: more ? page.last.map { PageCursor(sequence: $0.sequence).text } : nil)
    }

    mutating func deleteModel(_ id: String) -> Bool {
        guard let entry = models[id], !entry.isWithdrawn else { return false }
        if jobs[entry.model.job] == nil {
            models[id] = nil
        } else {
            models[id]?.isWithdrawn = true
        }
        return true
    }

    var datasetVersionsInUse: Set<String> {
        Set(jobs.values.map(\.job).filter(\.needsDataset).map(\.datasetVersion))
    }

    mutating func recover(at now: Date) -> RecoveryReport {
        let latest = now.advanced(by: Job.longestPause)
        for (id, entry) in jobs where entry.job.availableAt ?? latest > latest { jobs[id]?.job.availableAt = latest }
        return takeBack(at: now) { $0.state.isHeld }
    }

    mutating func reclaim(at now: Date) -> RecoveryReport {
        takeBack(at: now) { $0.leaseExpiresAt ?? .distantFuture <= now }
    }

    private mutating func takeBack(at now: Date, where isLost: (Job) -> Bool) -> RecoveryReport {
        var report = RecoveryReport()
        for var entry in jobs.values.sorted(by: { $0.sequence < $1.sequence }) where isLost(entry.job) {
            _ = entry.job.apply(.workerLost, at: now)
            report.add(entry.job)
            report.droppedChunks += entry.chunks.count
            entry.chunks = [:]
            jobs[entry.job.id] = entry
        }
        return report
    }

    mutating func expire(at now: Date) -> ExpiryReport {
        var report = ExpiryReport()
        let isDue = { (date: Date?) in date.map { $0 <= now } ?? false }
        let due = jobs.values.filter { isDue($0.job.expiresAt) }
            .sorted { ($0.job.expiresAt ?? now, $0.sequence) < ($1.job.expiresAt ?? now, $1.sequence) }
        let dueModels = models.values.filter { isDue($0.model.expiresAt) }.sorted { $0.sequence < $1.sequence }
        for entry in due {
            remove(entry)
            tombstones[entry.job.id] = Tombstone(expiredAt: now, tenant: entry.job.tenant)
        }
        for entry in dueModels {
            models[entry.model.id] = nil
            if !entry.isWithdrawn {
                tombstones[entry.model.id] = Tombstone(expiredAt: now, tenant: entry.model.tenant)
            }
        }
        report.jobs = due.map(\.job.id)
        report.models = dueModels.filter { !$0.isWithdrawn }.map(\.model.id)
        report.freedDatasetVersions = Set(due.map(\.job.datasetVersion))
            .subtracting(datasetVersionsInUse)
        keys = keys.filter { $0.value.expiresAt > now }
        tombstones = tombstones.filter { $0.value.expiredAt.advanced(by: tombstoneLifetime) > now }
        return report
    }
}
