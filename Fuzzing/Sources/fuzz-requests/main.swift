import CFuzzer
import Glibc

// fuzz-requests --seeds FOLDER writes recorded messages as a corpus to start from; anything else is libFuzzer's.
if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
    for (number, message) in (RecordedMessages.wellFormed + RecordedMessages.malformed).enumerated() {
        guard let file = fopen("\(CommandLine.arguments[2])/recorded-\(number)", "w") else { exit(1) }
        // The first octet says where the stream is cut.
        let bytes = [UInt8(number * 17)] + octets(message)
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
    exit(0)
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { data, size in
        guard let data, size > 1 else { return 0 }
        FuzzedStream.check(Array(UnsafeBufferPointer(start: data + 1, count: size - 1)), cut: Int(data[0]))
        return 0
    })
