#!/usr/bin/env python3
"""Keeps every kind of client on a service for long, and reports how its memory, descriptors and disk changed meanwhile.

    endurance.py PATH-OF-CLUSTERD [--seconds 3600] [--pace 0.05] [--csv FILE] [--port-base 19080]

To the mix of soak.py it adds uploads whole and broken off, jobs that are awaited, polled, cancelled or forgotten, event
streams read and left, and results in every shape. What a good client does must succeed, or be refused as the contract
says under load. Results expire after a minute, so that the store reaches its steady state; what still grows then is
printed, for whoever runs it to judge.
"""
import argparse
import csv
import http.client
import json
import pathlib
import random
import shutil
import struct
import sys
import tempfile
import threading
import time

from run import serving_both
from soak import Clients, settled, state

EXPIRY = 60
# What a client must reckon with under load: asked to come back later, or a dataset that a job of another still reads.
BUSY = (409, 429, 503)


def npy(rows, columns, seed):
    """A float32 .npy of two clouds."""
    source = random.Random(seed)
    block = [source.gauss(6 * (row % 2), 1) for row in range(64) for _ in range(columns)]
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode()
            + struct.pack("<%df" % len(block), *block) * (rows // 64))


UPLOADS = [npy(64 * count, 8, count) for count in (10, 200, 1500)]


class EnduranceClients(Clients):
    must_succeed = ("good", "pipeline")
    number = 0

    def ask(self, connection, method, path, body=None, headers=None, expected=(200,)):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status not in expected:
            self.fault(f"{method} {path}: {answer.status} {content[:200]}")
        return answer, content

    def connection(self, secure):
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        extra = {"context": self.context} if secure else {}
        return kind("localhost" if secure else "127.0.0.1", self.ports[secure], timeout=60, **extra)

    def name(self):
        with self.lock:
            self.number += 1
            return f"endurance-{self.number}"

    def pipeline(self, secure):
        """A dataset, a job on it, one of the ways to its end, its result, and nothing left behind."""
        connection, name, body = self.connection(secure), self.name(), self.random.choice(UPLOADS)
        self.ask(connection, "PUT", f"/v1/datasets/{name}", body, {"Content-Type": "application/x-npy"}, (201, *BUSY))
        order = {"dataset": name, "k": self.random.choice((2, 3, 8)), "seed": self.random.randrange(1000)}
        order |= self.random.choice(({}, {"solver": "gradient", "max_iterations": 200}, {"refinement": "full"}))
        answer, content = self.ask(connection, "POST", "/v1/jobs", json.dumps(order),
                                   {"Content-Type": "application/json", "Idempotency-Key": name}, (201, 404, *BUSY))
        if answer.status == 201:
            self.follow(connection, f"/v1/jobs/{json.loads(content)['id']}")
        self.ask(connection, "DELETE", f"/v1/datasets/{name}", expected=(204, 404, *BUSY))
        connection.close()
        self.count("pipelines")

    def follow(self, connection, job):
        way = self.random.random()
        if way < 0.2:
            self.ask(connection, "POST", f"{job}/cancel", b"", expected=(200, 202))
        elif way < 0.4:
            for _ in range(20):
                self.ask(connection, "GET", job)
        elif way < 0.6:
            _, content = self.ask(connection, "GET", f"{job}/events", headers={"Accept": "application/x-ndjson"})
            if b"succeeded" not in content:
                self.fault(f"{job}/events ended without an end: {content[-200:]}")
        for _ in range(100):
            _, content = self.ask(connection, "GET", job, headers={"Prefer": "wait=10"}, expected=(200, *BUSY))
            if json.loads(content).get("state") in ("succeeded", "failed", "cancelled"):
                break
        ended = json.loads(content).get("state")
        if ended not in ("succeeded", "cancelled"):
            self.fault(f"{job}: {ended} {content[:300]}")
        if ended == "succeeded":
            kind = self.random.choice(("application/json", "text/csv", "application/x-ndjson", "application/x-npy",
                                       "application/vnd.apache.arrow.stream"))
            self.ask(connection, "GET", f"{job}/result/assignments", headers={"Accept": kind})
        if way > 0.8:
            self.ask(connection, "DELETE", job, expected=(204,))

    def breaks_off(self, secure):
        """An upload, or a stream of events, that ends in the middle."""
        body = UPLOADS[-1]
        with self.connect(secure, timeout=20) as connection:
            connection.sendall(b"PUT /v1/datasets/broken HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-npy\r\n"
                               b"Content-Length: %d\r\n\r\n" % len(body) + body[:self.random.randrange(len(body))])
        self.count("broken off")

    def leaves_events(self, secure):
        """Starts a longer job and leaves its stream of events after a little."""
        connection = self.connection(secure)
        answer, content = self.ask(connection, "POST", "/v1/cluster?k=4&solver=gradient&max_iterations=2000",
                                   UPLOADS[1], {"Content-Type": "application/x-npy", "Prefer": "respond-async"},
                                   (202, *BUSY))
        connection.close()
        if answer.status != 202:
            return
        job = json.loads(content)["id"]
        with self.connect(secure, timeout=20) as stream:
            stream.sendall(f"GET /v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            stream.recv(self.random.choice((1, 200, 4000)))
            time.sleep(self.random.random() / 2)
        self.count("streams left")


def slope(samples, key):
    """The least-squares change an hour."""
    times, values = [sample["seconds"] / 3600 for sample in samples], [sample[key] for sample in samples]
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((at - middle) ** 2 for at in times)
    return sum((at - middle) * (value - mean) for at, value in zip(times, values)) / spread if spread else 0.0


def size(folder):
    """The MiB of what a folder holds; files may go while they are counted."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            pass
    return total / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clusterd")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--pace", type=float, default=0.05, help="the least seconds between two rounds of a client")
    parser.add_argument("--csv", help="where to write the samples")
    parser.add_argument("--port-base", type=int, default=19080)
    options = parser.parse_args()
    plain, tls = options.port_base + 20, options.port_base + 21
    folder = pathlib.Path(tempfile.mkdtemp(prefix="endurance-"))
    samples, failed = [], []
    try:
        lifetimes = [text for flag in ("result-retention", "cluster-retention", "key-lifetime", "gone-lifetime")
                     for text in (f"--{flag}", f"{EXPIRY}s")]
        with serving_both(options.clusterd, folder, "endurance", plain, tls, *lifetimes) as pid:
            clients = EnduranceClients(plain, tls, str(folder / "ca.pem"), pace=options.pace)
            mix = [clients.good, clients.pipeline, clients.pipeline, clients.drop, clients.breaks_off,
                   clients.leaves_events, clients.slow, clients.slow]
            clients.run(mix, 10)
            time.sleep(5)
            before, began = state(pid), time.time()
            load = threading.Thread(target=clients.run, args=(mix, options.seconds))
            load.start()
            while load.is_alive():
                samples.append({"seconds": time.time() - began, **state(pid), "disk": size(folder / "endurance")})
                load.join(max(1.0, options.seconds / 360))
            after, isBack = settled(pid, before)
            print(f"{options.seconds:.0f} s, {clients.counts}: {before} -> {after}", flush=True)
            if not isBack:
                failed.append("not every descriptor or thread came back")
            # The first expiries, and the caches' first filling, are not growth.
            steady = [sample for sample in samples if sample["seconds"] > min(5 * EXPIRY, options.seconds / 2)] or samples
            for key, unit in (("MiB", "MiB"), ("descriptors", ""), ("threads", ""), ("disk", "MiB")):
                values = [sample[key] for sample in steady]
                print(f"{key}: {slope(steady, key):+.2f} {unit} an hour; from {min(values):.0f} to {max(values):.0f}")
            log = (folder / "endurance.log").read_text()
            if log:
                print(f"the service's log, warnings and worse:\n{log[:3000]}")
        failed += sorted(set(clients.faults))[:20]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if options.csv and samples:
            with open(options.csv, "w", newline="") as file:
                table = csv.DictWriter(file, samples[0])
                table.writeheader()
                table.writerows(samples)
    for line in failed:
        print(f"FAIL {line}")
    print(f"endurance: {'failed' if failed else 'passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
