import Foundation
import Testing

extension EndToEnd {
    /// Rows put behind those of a dataset, and what HEAD says of it.
    @Suite struct AppendTests {
        /// Appends slowly while a quick append comes between.
        private func appendSlowly(
            _ service: ClusterdService, _ arguments: String = "", during change: () async throws -> Void
        ) async throws -> String {
            let rows = "\(service.address)/v1/datasets/plane/rows?id_column=2&header=absent"
            let slow = Task {
                try await Command.bash(
                    "(printf '5,6,c\\n'; sleep 1; printf '7,8,d\\n') "
                        + "| curl -s -X POST -H 'Content-Type: text/csv' \(arguments) "
                        + "-w '%{http_code}' -T - '\(rows)'"
                ).run()
            }
            try await Task.sleep(for: .milliseconds(300))
            try await change()
            return try await slow.value.text
        }

        private func put(_ service: ClusterdService) async throws -> String {
            let answer = try await service.curl(
                "/v1/datasets/plane?id_column=2&header=absent", "-X", "PUT", "-H", "Content-Type: text/csv",
                "--data-binary",
                "1,2,a\n3,4,b\n")
            return try #require(answer["ETag"])
        }

        @Test func ofAppendsAtTheSameTimeAllSucceed() async throws {
            try await withService { service in
                _ = try await put(service)
                let answer = try await appendSlowly(service) {
                    let quick = try await service.curl(
                        "/v1/datasets/plane/rows?id_column=2&header=absent", "-H", "Content-Type: text/csv",
                        "--data-binary",
                        "9,9,e\n")
                    #expect(quick.status == 200)
                }
                #expect(answer.hasSuffix("200"), "\(answer)")
                let content = try await service.curl("/v1/datasets/plane/content?format=csv").text
                let rows = content.split(separator: "\n").dropFirst().map { $0.split(separator: ",").sorted() }
                #expect(rows.map { $0.joined() } == ["12a", "34b", "99e", "56c", "78d"])
            }
        }

        @Test func anAppendToWhatWasSeenIsRefusedWhereItHasChanged() async throws {
            try await withService { service in
                let tag = try await put(service)
                let answer = try await appendSlowly(service, "-H 'If-Match: \(tag)'") {
                    _ = try await service.curl(
                        "/v1/datasets/plane/rows?id_column=2&header=absent", "-H", "Content-Type: text/csv",
                        "--data-binary",
                        "9,9,e\n")
                }
                #expect(answer.hasSuffix("412") && answer.contains("/problems/precondition-failed"), "\(answer)")
                #expect(try await service.curl("/v1/datasets/plane").json()["rows"] == 3)
            }
        }

        @Test func anAppendToADatasetThatGotOtherColumnsIsRefused() async throws {
            try await withService { service in
                _ = try await put(service)
                let answer = try await appendSlowly(service) {
                    try await service.put(Data("1\n2\n".utf8), as: "plane")
                }
                #expect(answer.hasSuffix("409") && answer.contains("/problems/dataset-changed"), "\(answer)")
                #expect(try await service.curl("/v1/datasets/plane").json()["rows"] == 2)
            }
        }

        @Test func headTellsWhatGetWouldSend() async throws {
            try await withService { service in
                try await service.put(Data("1,2\n3,4\n".utf8), as: "plane")
                for target in ["/v1/datasets/plane", "/v1/datasets/plane/content?format=npy"] {
                    let whole = try await service.curl(target)
                    let head = try await service.curl(target, "-I")
                    #expect(head.status == 200 && head.body.isEmpty || head.text.hasPrefix("HTTP/1.1 200"))
                    for field in ["ETag", "Content-Type", "Content-Length", "Accept-Ranges"] {
                        #expect(head[field] == whole[field], "\(field) of \(target)")
                    }
                    #expect(head["Content-Length"] == "\(whole.body.count)", "\(target)")
                    let tag = try #require(head["ETag"])
                    #expect(try await service.curl(target, "-I", "-H", "If-None-Match: \(tag)").status == 304)
                }
                #expect(try await service.curl("/v1/datasets/none", "-I").status == 404)
            }
        }
    }
}
