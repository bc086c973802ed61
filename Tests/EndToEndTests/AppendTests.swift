import Foundation
import Testing

extension EndToEnd {
    /// Rows put behind those of a dataset, and what HEAD says of it.
    @Suite struct AppendTests {
        @Test func ofTwoAppendsAtTheSameTimeTheLaterToEndIsRefused() async throws {
            try await withService { service in
                try await service.put(Data("1,2\n3,4\n".utf8), as: "plane")
                let rows = "\(service.address)/v1/datasets/plane/rows"
                let slow = Task {
                    try await Command.bash(
                        "(printf '5,6\\n'; sleep 1; printf '7,8\\n') "
                            + "| curl -s -X POST -H 'Content-Type: text/csv' -w '%{http_code}' -T - \(rows)"
                    ).run()
                }
                try await Task.sleep(for: .milliseconds(300))
                let quick = try await service.curl(
                    "/v1/datasets/plane/rows", "-H", "Content-Type: text/csv", "--data-binary", "9,9\n")
                #expect(quick.status == 200)
                let refused = try await slow.value.text
                #expect(refused.hasSuffix("409") && refused.contains("/problems/dataset-changed"), "\(refused)")
                let dataset = try await service.curl("/v1/datasets/plane").json()
                #expect(dataset["rows"] == 3)
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
