"""A clusterd of its own to upload to, and the bodies whose memory is watched."""

import os
import socket
import subprocess
import sys
import tempfile
import time


class Clusterd:
    """The service on a free port, with its data in a folder beside the bodies that goes at the end."""

    def __init__(self, program, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.folder = tempfile.TemporaryDirectory(dir=folder)
        self.process = subprocess.Popen(
            [program, "serve", "--port", str(port), "--data-dir", self.folder.name, "--log-level", "error",
             "--workers", "1"], stdout=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            if subprocess.run(["curl", "-sf", "-o", "/dev/null", self.url + "/v1"]).returncode == 0:
                return self
            time.sleep(0.05)
        raise RuntimeError("clusterd does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def put(self, name, arguments):
        subprocess.run(["curl", "-sSf", "-o", "/dev/null", "-X", "PUT", *arguments, self.dataset(name)], check=True)

    def put_file(self, name, path, type_name):
        """Sends a file as a client does that costs little itself: the kernel copies it to the socket."""
        host, port = self.url[7:].split(":")
        size = os.path.getsize(path)
        head = f"PUT /v1/datasets/{name} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {type_name}\r\n"
        with socket.create_connection((host, int(port))) as connection, open(path, "rb") as file:
            connection.sendall(f"{head}Content-Length: {size}\r\nConnection: close\r\n\r\n".encode())
            connection.sendfile(file)
            answer = connection.makefile("rb").read()
        if not answer.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(answer.decode(errors="replace"))

    def put_from(self, command, name, type_name):
        """Sends what a shell command writes; the status of the answer."""
        curl = f"curl -s -o /dev/null -w '%{{http_code}}' -T - -H 'Content-Type: {type_name}' {self.dataset(name)}"
        run = subprocess.run(["bash", "-c", f"{command} | {curl}"], capture_output=True, text=True)
        return int(run.stdout or 0)

    def delete(self, name):
        subprocess.run(["curl", "-sSf", "-o", "/dev/null", "-X", "DELETE", self.dataset(name)], check=True)

    def dataset(self, name):
        return f"{self.url}/v1/datasets/{name}"

    def memory(self, field):
        """A figure of /proc/PID/status in KiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field))

    def reset_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")


def bodies(folder, size):
    """Name, command that writes the body, media type and expected status of each body of about `size` bytes."""
    writer = f"{sys.executable} {os.path.abspath(__file__)}"
    for kind, type_name in [
        ("csv", "text/csv"), ("json", "application/json"), ("ndjson", "application/x-ndjson"),
        ("npy", "application/x-npy"), ("fortran", "application/x-npy"),
        ("arrow", "application/vnd.apache.arrow.stream"),
    ]:
        yield kind, f"{writer} {kind} {size}", type_name, 201
    yield "gzip", f"{writer} csv {size} | gzip -1", "text/csv", 201
    yield "zstd", f"{writer} csv {size} | zstd -1 -q", "text/csv", 201
    # A row of zeros again and again: less than 1 MB of zstd, which unpacks to more than the service takes.
    yield "zstd-bomb", f"{writer} zeros {2 * size} | zstd -q", "text/csv", 413


def write(kind, size):
    """Writes a body: one block of rows again and again."""
    import numpy as np

    out = sys.stdout.buffer
    x = np.random.default_rng(1).standard_normal((8_192, 16), np.float32)
    lines = [",".join(f"{value:.5f}" for value in row) for row in x.tolist()]
    if kind == "arrow":
        import pyarrow as pa

        batch = pa.record_batch([pa.array(column) for column in x.T], names=[f"x{i}" for i in range(16)])
        with pa.ipc.new_stream(out, batch.schema) as stream:
            for _ in range(max(1, size // batch.nbytes)):
                stream.write_batch(batch)
        return
    if kind in ("npy", "fortran"):
        rows = size // 64 // len(x) * len(x)
        np.lib.format.write_array_header_1_0(
            out, {"descr": "<f4", "fortran_order": kind == "fortran", "shape": (rows, 16)})
        block, left = x.tobytes(), rows * 64
        while left > 0:
            out.write(block)
            left -= len(block)
        return
    if kind == "zeros":
        block = b"0,0,0,0,0,0,0,0\n" * 65_536
    elif kind == "csv":
        block = ("\n".join(lines) + "\n").encode()
    elif kind == "ndjson":
        block = "".join(f"[{line}]\n" for line in lines).encode()
    else:
        block = "".join(f"[{line}],\n" for line in lines).encode()
        out.write(b"[")
    for _ in range(max(1, size // len(block))):
        out.write(block)
    if kind == "json":
        out.write(b"[" + lines[0].encode() + b"]]")


if __name__ == "__main__":
    try:
        write(sys.argv[1], int(sys.argv[2]))
    except BrokenPipeError:
        sys.stderr.close()
