import Foundation
import Testing

extension EndToEnd {
    /// What happens when the disk has no room.
    @Suite struct StorageTests {
        /// Starts a service whose files may have 4 MiB, sends it more and less, and shows what is stored in between.
        ///
        /// A write beyond `ulimit -f` fails as one beyond the disk's end does, once its signal is ignored.
        private static let script = """
            set -eu
            seq 1000000 | awk '{print $1","$1}' > points
            trap '' XFSZ
            ulimit -f 4096
            "$PROGRAM_UNDER_TEST" serve --port 0 --data-dir data > output 2> errors &
            service=$!
            trap 'kill -9 $service 2> errors || true' EXIT
            for _ in $(seq 300); do grep -q 'listens on' output && break; sleep 0.1; done
            url=$(grep -o 'http://127[0-9.:]*' output | head -1)
            curl -s -o answer -w '%{http_code}\\n' -T points "$url/v1/datasets/large"
            grep -o '/problems/[a-z-]*' answer
            find data/datasets -type f | wc -l
            printf '1,2\\n3,4\\n' | curl -s -o answer -w '%{http_code}\\n' -T - "$url/v1/datasets/small"
            find data/datasets -type f | wc -l
            curl -s -o answer -w '%{http_code}\\n' -X POST -T points "$url/v1/datasets/small/rows"
            grep -o '/problems/[a-z-]*' answer
            find data/datasets -type f | wc -l
            curl -s "$url/v1/datasets/small" | grep -o '"rows":[0-9]*'
            """

        @Test func aFullDiskIsSaidAndLeavesNothing() async throws {
            let directory = try TemporaryDirectory()
            var command = Command.bash("export PROGRAM_UNDER_TEST='\(ClusterdBinary.path)'\n" + Self.script)
            command.directory = directory.path
            let result = try await command.run()
            let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            #expect(
                lines == [
                    "507", "/problems/storage-full", "0", "201", "2", "507", "/problems/storage-full", "2",
                    "\"rows\":2",
                ], "\(result)")
        }
    }
}
