@testable import HTTPServer

/// What a parser made of a stream of octets: the requests in it with their bodies, and how it ended.
struct ParsedStream: Equatable {
    struct Message: Equatable {
        var head: RequestHead
        var body: [UInt8] = []
        var isComplete = false
    }

    var messages: [Message] = []
    var error: RequestError?

    /// Feeds a parser, and the decoders of the bodies it announces, with pieces of a stream.
    init(_ pieces: [ArraySlice<UInt8>], limits: ServerLimits = ServerLimits()) {
        var parser = RequestParser(limits: limits)
        var decoder: BodyDecoder?
        var trailers = TrailerFields()
        for piece in pieces {
            let bytes = Array(piece)
            var position = 0
            while position < bytes.count {
                do throws(RequestError) {
                    try read(bytes, &position, &parser, &decoder, &trailers, limits)
                } catch {
                    self.error = error
                    return
                }
            }
        }
    }

    private mutating func read(
        _ bytes: [UInt8], _ position: inout Int, _ parser: inout RequestParser, _ decoder: inout BodyDecoder?,
        _ trailers: inout TrailerFields, _ limits: ServerLimits
    ) throws(RequestError) {
        if var body = decoder {
            if let content = try body.decode(bytes.span, from: &position, &trailers) {
                messages[messages.count - 1].body += bytes[content]
            }
            messages[messages.count - 1].isComplete = body.isComplete
            decoder = body.isComplete ? nil : body
        } else if let head = try parser.parse(bytes.span, from: &position) {
            decoder = BodyDecoder(head.framing, limits: limits)
            messages.append(Message(head: head, isComplete: decoder == nil))
        }
    }

    init(_ stream: [UInt8], limits: ServerLimits = ServerLimits()) {
        self.init([stream[...]], limits: limits)
    }

    init(_ text: String, limits: ServerLimits = ServerLimits()) {
        self.init(octets(text), limits: limits)
    }

    /// The only message, when there is exactly one and nothing is wrong.
    var only: Message? { messages.count == 1 && error == nil ? messages[0] : nil }
}
