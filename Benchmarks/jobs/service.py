"""A clusterd of its own for a measurement: started on a free data directory, talked to with the standard library."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


class Service:
    def __init__(self, binary, port, *arguments):
        self.port = port
        self.directory = tempfile.mkdtemp(prefix="clusterd-bench-")
        self.log = open(os.path.join(self.directory, "log"), "w")
        self.command = [binary, "serve", "--port", str(port), "--data-dir", os.path.join(self.directory, "data"),
                        "--log-level", "warning", *arguments]
        self.start()

    def start(self):
        """Starts the process and waits until it is ready."""
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=self.log)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        deadline = time.monotonic() + 30
        while True:
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                self.connection.close()
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit(f"clusterd does not start: {open(self.log.name).read()}")
            time.sleep(0.05)

    def call(self, method, path, body=None, headers=None):
        """Status and body of an answer."""
        if isinstance(body, dict):
            body, headers = json.dumps(body), {"Content-Type": "application/json", **(headers or {})}
        try:
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            raise OSError(f"no answer to {method} {path}")

    def json(self, method, path, body=None):
        status, text = self.call(method, path, body)
        if status >= 300:
            sys.exit(f"{method} {path}: {status} {text[:400]}")
        return json.loads(text) if text else None

    def put_points(self, name, array):
        """Stores a NumPy array as a dataset."""
        import numpy

        path = os.path.join(self.directory, name + ".npy")
        numpy.save(path, array)
        with open(path, "rb") as file:
            status, text = self.call("PUT", f"/v1/datasets/{name}", file, {"Content-Type": "application/x-npy"})
        os.unlink(path)
        if status not in (200, 201):
            sys.exit(f"cannot store {name}: {status} {text[:400]}")

    def memory(self):
        """Resident bytes of the process."""
        with open(f"/proc/{self.process.pid}/status") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        return 0

    def kill_and_start(self):
        """Ends the process as a crash does, and starts it anew on the same data."""
        self.process.kill()
        self.process.wait()
        self.connection.close()
        self.start()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)
