"""The real service, started for the tests, and a server that says what a test wants it to say."""

import http.server
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("CLUSTERD", str(REPOSITORY / ".build/release/clusterd"))


class ServiceTestCase(unittest.TestCase):
    """Tests beside one service, with its data in a folder that goes away."""

    @classmethod
    def setUpClass(cls):
        if not os.access(BINARY, os.X_OK):
            raise RuntimeError(f"{BINARY} is missing: make build, or name the binary in CLUSTERD")
        folder = tempfile.TemporaryDirectory(prefix="clusterd-client-")
        cls.addClassCleanup(folder.cleanup)
        cls.process = subprocess.Popen(
            [BINARY, "serve", "--port", "0", "--data-dir", folder.name + "/data", "--log-level", "error"],
            stdout=subprocess.PIPE, text=True, cwd=folder.name,
        )
        cls.addClassCleanup(cls._stop)
        line = cls.process.stdout.readline()
        found = re.search(r"http://\S+?:\d+", line)
        if not found:
            raise RuntimeError(f"the service did not start: {line!r}")
        cls.url = found[0]

    @classmethod
    def _stop(cls):
        cls.process.terminate()
        cls.process.wait(30)
        cls.process.stdout.close()


class ScriptedServer:
    """Answers each request with the next of its steps, and keeps what it was asked.

    A step is (status, headers, body), or "drop" to close the connection without an answer.
    """

    def __init__(self, *steps):
        self.requests = []
        remaining = list(steps)
        script = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                script.requests.append((self.command, self.path, dict(self.headers), body))
                step = remaining.pop(0)
                if step == "drop":
                    self.close_connection = True
                    return
                status, headers, text = step
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text)), "Connection": "close"}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
