import Testing

/// Everything that runs the built binary, one test at a time so that timings mean something.
@Suite(.serialized) enum EndToEnd {}
