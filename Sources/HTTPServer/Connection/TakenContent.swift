/// What a handler that lends memory for a request's body gets.
enum TakenContent {
    /// So many bytes were read into the memory.
    case filled(Int)
    /// What waited for the handler, if anything did.
    case waiting(BodyInbox.Taken)
}
