/// Content of a request's body that waits for the handler.
struct BodyInbox {
    enum Taken {
        case piece([UInt8])
        case end
        case nothingYet
    }

    /// Up to this size pieces are joined.
    private static let joinedPieces = 4 << 10

    private var pieces: [[UInt8]] = []
    private var first = 0
    private var hasEnded = false
    private var failure: RequestError?

    /// Whether a reader has to wait.
    var hasNothing: Bool { first == pieces.count && !hasEnded && failure == nil }

    /// Adds a piece; small ones are joined, so that a body in chunks of one octet takes no more memory than another.
    mutating func append(_ piece: [UInt8]) {
        if first < pieces.count, pieces[pieces.count - 1].count + piece.count <= Self.joinedPieces {
            pieces[pieces.count - 1].append(contentsOf: piece)
        } else {
            pieces.append(piece)
        }
    }

    mutating func end() {
        hasEnded = true
    }

    /// What has come can still be taken; after it comes the error.
    mutating func fail(_ error: RequestError) {
        failure = error
    }

    /// Takes the oldest piece.
    mutating func take() throws(Problem) -> Taken {
        if first < pieces.count {
            let piece = pieces[first]
            pieces[first] = []
            first += 1
            if first == pieces.count {
                pieces.removeAll(keepingCapacity: true)
                first = 0
            }
            return .piece(piece)
        }
        if let failure { throw failure.problem }
        return hasEnded ? .end : .nothingYet
    }
}
