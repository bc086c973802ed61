#!/usr/bin/env python3
"""Mixes good, bad, slow and aborting clients, plain and over TLS, and looks for what does not come back.

    soak.py PATH-OF-CLUSTERD [--seconds 300] [--drops 10000] [--port-base 19080]

First so many connections are dropped at random points, then the mix runs. Afterwards the service must be as it was: the
same descriptors and threads, memory within a bound, still answering; and the good clients must have had their answers.
"""
import argparse
import contextlib
import http.client
import os
import pathlib
import random
import shutil
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time

from run import serving_both

CSV = "\n".join(f"{i % 7},{i * 37 % 11}" for i in range(60)).encode()
REQUESTS = [
    b"GET /v1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /v1/cluster?k=2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n" % len(CSV) + CSV,
    b"PUT /v1/datasets/soak HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(CSV) + CSV + b"\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 10,
]
BAD = [b"\x16\x03\x01\x02\x00\x01", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\nHost: localhost\n\n", b"\0" * 100,
       b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello", b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
       b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", b"GET /" + b"a" * 10000]


class Clients:
    # Those whose connections must not fail, by name.
    must_succeed = ("good",)

    def __init__(self, plain, tls, authority, seed=1, pace=0):
        """At least `pace` seconds lie between two rounds of a client."""
        self.pace = pace
        self.ports = (plain, tls)
        self.context = ssl.create_default_context(cafile=authority)
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.counts = {}
        self.faults = []
        self.ends = 0.0

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def fault(self, what):
        with self.lock:
            self.faults.append(what)

    def connect(self, secure, timeout=10):
        plain = socket.create_connection(("127.0.0.1", self.ports[secure]), timeout=timeout)
        return self.context.wrap_socket(plain, server_hostname="localhost") if secure else plain

    def drop(self, secure):
        """Sends part of something, maybe reads a little, and leaves with or without a word."""
        plain = socket.create_connection(("127.0.0.1", self.ports[secure]), timeout=10)
        connection = plain
        with contextlib.suppress(OSError):
            if secure:
                point = self.random.random()
                if point < 0.3:
                    plain.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[:self.random.randrange(11)])
                    return self.leave(plain)
                connection = self.context.wrap_socket(plain, server_hostname="localhost")
            data = self.random.choice(REQUESTS + BAD)
            connection.sendall(data[:self.random.randrange(len(data) + 1)])
            if self.random.random() < 0.3:
                connection.settimeout(0.05)
                connection.recv(self.random.choice((1, 100, 100000)))
        self.leave(connection)

    def leave(self, connection):
        with contextlib.suppress(OSError):
            if self.random.random() < 0.5:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        self.count("dropped")

    def good(self, secure):
        """Answers must be right, one after the other on a connection."""
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        extra = {"context": self.context} if secure else {}
        connection = kind("localhost" if secure else "127.0.0.1", self.ports[secure], timeout=60, **extra)
        for _ in range(20):
            for method, path, body in (("GET", "/v1", None), ("POST", "/v1/cluster?k=2", CSV), ("GET", "/nothing", None),
                                       ("PUT", "/v1/datasets/soak", CSV), ("GET", "/v1/datasets/soak/content", None)):
                connection.request(method, path, body, {"Content-Type": "text/csv"} if body else {})
                answer = connection.getresponse()
                content = answer.read()
                expected = (404,) if path == "/nothing" else (200, 201, 202, 429, 503)
                if answer.status not in expected or not content:
                    self.fault(f"{method} {path}: {answer.status} {content[:80]}")
                self.count("good")
        connection.close()

    def slow(self, secure):
        """Drips a head or a body, or does not read."""
        with self.connect(secure, timeout=40) as connection:
            kind = self.random.randrange(3)
            first = (b"GET / HT", b"POST /v1/cluster?k=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
                     b"GET /v1 HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2000)[kind]
            connection.settimeout(1)
            with contextlib.suppress(OSError):
                connection.sendall(first)
            for _ in range(self.random.randrange(15)):
                time.sleep(0.5)
                with contextlib.suppress(OSError):
                    connection.sendall(b"x")
        self.count("slow")

    def run(self, mix, seconds):
        """Each kind of client plain and over TLS, each in a thread, over and over."""
        self.ends = time.time() + seconds
        threads = [threading.Thread(target=self.worker, args=(what, secure)) for what in mix for secure in (False, True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def worker(self, what, secure):
        while time.time() < self.ends:
            try:
                what(secure)
            except (OSError, http.client.HTTPException) as error:
                if what.__name__ in self.must_succeed:
                    self.fault(f"{what.__name__}: {error!r}")
                self.count("errors")
            time.sleep(self.pace * (1 + self.random.random()))


def state(pid):
    fields = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    # The database's are a pool of one writer and up to five readers, opened as they are needed and kept.
    descriptors = [link for link in links(pid) if "/jobs.sqlite" not in link]
    return {"descriptors": len(descriptors), "threads": int(fields["Threads"]),
            "MiB": int(fields["VmRSS"].split()[0]) // 1024}


def links(pid):
    """What the descriptors of a process stand for."""
    found = []
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(descriptor))
        except OSError:
            pass  # closed meanwhile
    return found


def settled(pid, before, seconds=60):
    """The state once descriptors and threads are back, or what they are when the time is over."""
    end = time.time() + seconds
    while True:
        after = state(pid)
        # Dispatch keeps a few spare threads for a while.
        if after["descriptors"] <= before["descriptors"] + 2 and after["threads"] <= before["threads"] + 4:
            # A file and a log for each of six, the memory that they share, and the lock.
            return after, sum("/jobs.sqlite" in link for link in links(pid)) <= 14
        if time.time() > end:
            return after, False
        time.sleep(0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clusterd")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--drops", type=int, default=10000)
    parser.add_argument("--port-base", type=int, default=19080)
    options = parser.parse_args()
    plain, tls = options.port_base + 10, options.port_base + 11
    folder = pathlib.Path(tempfile.mkdtemp(prefix="soak-"))
    failed = []
    try:
        with serving_both(options.clusterd, folder, "soak", plain, tls) as pid:
            clients = Clients(plain, tls, str(folder / "ca.pem"))
            # Whatever is made once for all, such as threads and caches, is made before the first look.
            clients.run([clients.good] * 4 + [clients.drop], 5)
            time.sleep(5)
            before = state(pid)
            began = time.time()
            for number in range(options.drops):
                clients.drop(number % 4 == 3)
            after, isBack = settled(pid, before)
            print(f"{options.drops} drops in {time.time() - began:.0f} s: {before} -> {after}", flush=True)
            if not isBack or after["MiB"] > before["MiB"] + 48:
                failed.append("not everything came back after the drops")
            if options.seconds > 0:
                clients.run([clients.good] * 2 + [clients.drop] * 2 + [clients.slow] * 6, options.seconds)
                after, isBack = settled(pid, before)
                print(f"mix of {options.seconds:.0f} s, {clients.counts}: {before} -> {after}")
                if not isBack or after["MiB"] > before["MiB"] + 96:
                    failed.append("not everything came back after the mix")
            clients.good(False)
            clients.good(True)
        failed += clients.faults[:20]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for line in failed:
        print(f"FAIL {line}")
    print(f"soak: {'failed' if failed else 'passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
