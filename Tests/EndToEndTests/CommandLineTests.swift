import Foundation
import Testing

extension EndToEnd {
    /// `clusterd fit` and the command line itself.
    @Suite struct CommandLineTests {
        private let iris = LabelledSet.iris.file

        private func clusterd(_ arguments: String..., input: Data? = nil) async throws -> Command.Outcome {
            var command = Command(ClusterdBinary.path, arguments)
            command.input = input
            return try await command.run()
        }

        @Test func fitPrintsWhatTheServiceAnswers() async throws {
            try await withService { service in
                for (arguments, query) in [
                    ([], "k=3"), (["--seed", "9"], "k=3&seed=9"), (["--standardize"], "k=3&standardize=true"),
                    (["--columns", "petal_length,3"], "k=3&columns=petal_length,3"),
                    (["--set", "solver=gradient", "--set", "max_steps=50"], "k=3&solver=gradient&max_steps=50"),
                ] as [([String], String)] {
                    for format in ["json", "csv"] {
                        let command = Command(
                            ClusterdBinary.path, ["fit", iris, "-k", "3", "--format", format] + arguments)
                        let outcome = try await command.run()
                        #expect(outcome.status == 0, "\(outcome.errors)")
                        #expect(outcome.errors.isEmpty)
                        let answer = try await service.curl(
                            "/v1/cluster?\(query)&format=\(format)", "--data-binary", "@\(iris)")
                        let text = answer.text.replacing(#/"(job|mdl)_[0-9a-z]+"/#, with: "null")
                        #expect(outcome.text == text, "\(query) as \(format)")
                    }
                }
            }
        }

        @Test func fitReadsAPipe() async throws {
            var command = Command.bash(
                #"cat "$FILE" | "$CLUSTERD_PATH" fit - -k 3 --format csv | tail -n +2 | cut -d, -f5"#)
            command.environment = ["FILE": iris, "CLUSTERD_PATH": ClusterdBinary.path]
            let outcome = try await command.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let labels = outcome.text.split(separator: "\n").compactMap { Int($0) }
            #expect(adjustedRandIndex(labels, LabelledSet.iris.labels) >= 0.72)
        }

        @Test func fitIsQuietWhenItsReaderLeaves() async throws {
            var command = Command.bash(#""$CLUSTERD_PATH" fit "$FILE" -k 3 --format csv | head -n 1"#)
            command.environment = ["FILE": iris, "CLUSTERD_PATH": ClusterdBinary.path]
            let outcome = try await command.run()
            #expect(outcome.text.hasPrefix("sepal_length,"))
            #expect(!outcome.errors.contains("Fatal") && !outcome.errors.contains("crash"), "\(outcome.errors)")
        }

        @Test func fitKeepsDoublePrecisionWhereItIsAsked() async throws {
            let rows = (0..<40).map { "\(20_000_000_001 + $0 % 2 * 40 + $0 / 2 % 5),r\($0)" }
            let input = Data(("x,name\n" + rows.joined(separator: "\n") + "\n").utf8)
            let outcome = try await clusterd(
                "fit", "-", "--dtype", "float64", "--id-column", "name", "--format", "csv", input: input)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
            #expect(lines.count == 40)
            let labels = lines.compactMap { $0.dropFirst(2).first }
            #expect(labels.count == 40 && Set(labels).count == 2)
            #expect(labels.indices.allSatisfy { labels[$0] == labels[$0 % 2] }, "\(outcome.text.prefix(300))")
            #expect(outcome.text.contains("20000000001"), "all digits come back")
        }

        @Test func fitReadsEveryFormat() async throws {
            let points = SamplePoints.blobs(2, of: 20, dimension: 3)
            var outputs: [JSON?] = []
            for body in [points.csv, points.json, points.ndjson, points.npy, points.arrow] {
                let outcome = try await clusterd("fit", "-", input: body)
                #expect(outcome.status == 0, "\(outcome.errors)")
                outputs.append(try JSON(outcome.output)["assignments"])
            }
            #expect(adjustedRandIndex(try #require(outputs[0]?.ints), points.labels) == 1)
            for output in outputs.dropFirst() { #expect(output == outputs[0]) }
        }

        @Test func fitUnpacksItsInputAndKeepsTheIds() async throws {
            let directory = try TemporaryDirectory()
            _ = try directory.write(Data("key,x,y\na,0,0\nb,0,1\nc,9,9\nd,9,8\n".utf8), as: "points.csv")
            var gzip = Command.bash("gzip -k points.csv && zstd -q points.csv 2> /dev/null || true")
            gzip.directory = directory.path
            _ = try await gzip.run()
            for name in ["points.csv", "points.csv.gz"] {
                let outcome = try await clusterd(
                    "fit", "\(directory.path)/\(name)", "--id-column", "key", "--format", "csv")
                #expect(outcome.text.hasPrefix("key,x,y,cluster,distance,confidence\na,0,0,"), "\(outcome.errors)")
            }
            let json = try await clusterd("fit", "\(directory.path)/points.csv.gz", "--id-column", "key")
            #expect(try JSON(json.output)["ids"]?.strings == ["a", "b", "c", "d"])
            let arrow = try await clusterd(
                "fit", "\(directory.path)/points.csv", "--columns", "x,y", "--format", "arrow")
            #expect(arrow.output.starts(with: [0xFF, 0xFF, 0xFF, 0xFF]))
        }

        @Test func resultsDoNotDependOnTheNumberOfThreads() async throws {
            let points = SamplePoints.blobs(4, of: 5_000, dimension: 6, spacing: 3)
            let one = try await clusterd("fit", "-", "-k", "4", "--threads", "1", input: points.npy)
            let three = try await clusterd("fit", "-", "-k", "4", "--threads", "3", input: points.npy)
            #expect(one.status == 0)
            #expect(one.output == three.output)
        }

        @Test func fitNamesThePlaceOfAFault() async throws {
            let outcome = try await clusterd("fit", "-", input: Data("x,y\n1,2\n3,abc\n".utf8))
            #expect(outcome.status == 65)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("standard input:3:2:") && outcome.errors.contains("abc"))
        }

        @Test(
            arguments: [
                (["fit", "-", "-k", "5"], "5 clusters"),
                (["fit", "-", "-k", "none"], "k is a whole number"),
                (["fit", "-", "--set", "solvr=gradient"], "did you mean \"solver\"?"),
                (["fit", "-", "--set", "solver"], "name=value"),
                (["fit", "-", "--format", "xml"], "json, csv"),
                (["fit", "-", "--threads", "0"], "--threads"),
                (["fit", "-", "--columns", "z"], "z"),
                (["fit", "/nonexistent.csv"], "/nonexistent.csv"),
                (["serve", "--port", "70000"], "--port"),
                (["serve", "--workers", "0"], "--workers"),
            ] as [([String], String)])
        func mistakesAreExplained(arguments: [String], text: String) async throws {
            var command = Command(ClusterdBinary.path, arguments)
            command.input = Data("x,y\n1,2\n3,5\n".utf8)
            let outcome = try await command.run()
            #expect((1...127).contains(outcome.status), "\(outcome.status)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains(text), "\(outcome.errors)")
        }

        @Test func helpAndVersionAreThere() async throws {
            let version = try await clusterd("--version")
            #expect(version.status == 0 && version.text.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil)
            let help = try await clusterd("fit", "--help")
            #expect(help.status == 0 && help.text.contains("--standardize"))
            for word in ["--id-column", ".npy or Arrow", "gzip", "json, csv, ndjson, npy, arrow"] {
                #expect(help.text.contains(word), "\(help.text)")
            }
        }
    }
}
