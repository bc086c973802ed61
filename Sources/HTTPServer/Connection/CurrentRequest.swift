import HTTPTypes

/// The request that a connection is serving; a class, because it is looked at often and large.
final class CurrentRequest {
    let number: Int
    let request: Request
    let exchange: RequestExchange
    let began: Moment

    /// What is wrong with the request's query, found before a handler could run.
    let problem: Problem?
    var hasStarted = false
    var task: Task<Void, Never>?
    var status: HTTPResponse.Status?
    var isChunked = false
    /// Whether the handler takes the body from the socket itself, so that nothing is read ahead of it.
    var readsSocket = false
    var bytesReceived = 0
    var bytesSent = 0

    init(number: Int, request: Request, exchange: RequestExchange, began: Moment, problem: Problem?) {
        self.number = number
        self.request = request
        self.exchange = exchange
        self.began = began
        self.problem = problem
    }
}
