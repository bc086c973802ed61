/// Messages as clients send them, and broken ones, for tests of splitting and of fuzzing.
enum RecordedMessages {
    static let curl = """
        GET /v1/jobs/job_1?page_size=10&label=a%20b HTTP/1.1\r
        Host: localhost:8080\r
        User-Agent: curl/7.88.1\r
        Accept: */*\r
        \r

        """

    static let browser = """
        GET / HTTP/1.1\r
        Host: [::1]:8080\r
        Connection: keep-alive\r
        Cache-Control: max-age=0\r
        Upgrade-Insecure-Requests: 1\r
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36\r
        Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r
        Cookie: a=b; c="d e"\r
        If-None-Match: W/"x,y"\r
        \r

        """

    static let post = """
        POST /v1/cluster?k=3 HTTP/1.1\r
        Host: localhost\r
        Content-Type: text/csv\r
        Content-Length: 11\r
        \r
        1,2\r
        3,4\r
        5
        """

    static let chunked = """
        PUT /v1/datasets/points.csv HTTP/1.1\r
        Host: example.org\r
        Transfer-Encoding: chunked\r
        Expect: 100-continue\r
        X-Request-Id: abc-123\r
        Trailer: X-Sum\r
        \r
        5;name="a b;c"\r
        hello\r
        00b ; ext = 1\r
         wide world\r
        0\r
        X-Sum: 1\r
        \r

        """

    static let absolute = "OPTIONS http://example.org HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"

    static let wellFormed = [curl, browser, post, chunked, absolute, curl + post + chunked + "\r\n\r\n" + curl]

    static let malformed = [
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
        "GET / HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}",
        "BREW\r\n\r\n",
    ]
}
