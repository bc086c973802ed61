#!/usr/bin/env python3
"""Loads the server with idle and with slow clients and reports memory and availability.

    loads.py [--only idle,slow] [--server PROGRAM] [--connections 10000] [--seconds 10]

idle: so many keep-alive connections that have asked once, beside 1,000 requests a second on others.
slow: slowhttptest's three attacks with 1,000 connections each, while a client asks once a second.
Needs a limit of open files of more than twice the connections, and slowhttptest for `slow`.
"""
import argparse
import os
import pathlib
import re
import resource
import selectors
import socket
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--only", default="idle,slow")
parser.add_argument("--server", default=str(HERE / "hello-server/.build/release/hello-server"))
parser.add_argument("--connections", type=int, default=10000)
parser.add_argument("--seconds", type=int, default=10)
parser.add_argument("--port", type=int, default=18090)
options = parser.parse_args()
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SLOW = {"-H (slow heads)": ["-H", "-i", "5", "-u", "/"], "-B (slow bodies)": ["-B", "-i", "5", "-s", "100000", "-u", "/sink"],
        "-X (slow reading)": ["-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-u", "/big"]}


def connect():
    return socket.create_connection(("127.0.0.1", options.port), timeout=10)


def ask(connection):
    connection.sendall(REQUEST)
    answer = b""
    while b"hello, world" not in answer:
        piece = connection.recv(4096)
        if not piece:
            raise ConnectionError("closed")
        answer += piece


class Server:
    def __enter__(self):
        self.process = subprocess.Popen([options.server, str(options.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.own = 0
        for _ in range(100):
            try:
                with connect() as connection:
                    ask(connection)
                time.sleep(0.2)
                self.own = self.connections()
                return self
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the server does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def resident(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024

    def connections(self):
        """Open descriptors beside those of the server at rest."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd")) - self.own


def steady(rate, seconds):
    """Requests at a rate on 20 connections; the times they took, in ms."""
    connections = [connect() for _ in range(20)]
    waiting = {}
    times = []
    selector = selectors.DefaultSelector()
    for connection in connections:
        selector.register(connection, selectors.EVENT_READ)
    free = list(connections)
    began = time.perf_counter()
    sent = 0
    while time.perf_counter() - began < seconds:
        while free and sent < (time.perf_counter() - began) * rate:
            connection = free.pop()
            connection.sendall(REQUEST)
            waiting[connection] = time.perf_counter()
            sent += 1
        for key, _ in selector.select(timeout=0.0005):
            if b"hello, world" in key.fileobj.recv(4096):
                times.append((time.perf_counter() - waiting.pop(key.fileobj)) * 1000)
                free.append(key.fileobj)
    return times


def idle():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, options.connections * 2 + 1000), hard))
    with Server() as server:
        steady(1000, 1)
        before = server.resident()
        held = []
        for _ in range(options.connections):
            connection = connect()
            ask(connection)
            held.append(connection)
        after = server.resident()
        times = steady(1000, options.seconds)
        print(f"{len(held):,} idle connections: {before / 2**20:.1f} MiB -> {after / 2**20:.1f} MiB, "
              f"{(after - before) / len(held):,.0f} bytes each; beside {len(times) / options.seconds:,.0f} requests/s "
              f"{server.resident() / 2**20:.1f} MiB, median {statistics.median(times):.2f} ms, "
              f"p99 {sorted(times)[len(times) * 99 // 100]:.2f} ms; held at the end: {server.connections():,}",
              flush=True)


def slow():
    for name, arguments in SLOW.items():
        with Server() as server:
            attack = subprocess.Popen(
                ["slowhttptest", "-c", "1000", "-r", "500", "-l", "90", "-p", "3", *arguments[:-2], "-u",
                 f"http://127.0.0.1:{options.port}{arguments[-1]}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            began = time.time()
            slowest, failures, most, gone = 0.0, 0, 0, None
            while time.time() - began < 75:
                start = time.time()
                try:
                    with connect() as connection:
                        ask(connection)
                except OSError:
                    failures += 1
                slowest = max(slowest, time.time() - start)
                open_now = server.connections()
                most = max(most, open_now)
                if most > 500 and open_now < 5:
                    gone = time.time() - began
                    break
                time.sleep(1)
            attack.terminate()
            attack.wait()
            cut = "not all cut in time" if gone is None else f"all cut after {gone:.0f} s"
            print(f"slowhttptest {name}, 1,000 connections: {most:,} open at most, {cut}; a client beside them: "
                  f"{failures} failures, slowest answer {slowest * 1000:.0f} ms", flush=True)


for chosen in options.only.split(","):
    {"idle": idle, "slow": slow}[chosen]()
