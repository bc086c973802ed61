#!/usr/bin/env python3
"""Times the job queue of clusterd: small jobs end to end, and status polls while jobs train.

    run.py --clusterd .build/release/clusterd [--seconds 10] [--only small,polls] [--port 8090]

Needs wrk.  The service and the client share the machine.  Jobs are counted in the database after the service has
ended: what is reported as done is what is stored.
"""
import argparse
import collections
import http.client
import json
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--clusterd", required=True)
parser.add_argument("--seconds", type=int, default=10)
parser.add_argument("--clients", type=int, default=16)
parser.add_argument("--only", default="small,polls")
parser.add_argument("--port", type=int, default=8090)
parser.add_argument("--directory", help="where the data go; its disk is what is timed")
options = parser.parse_args()


def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=60)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, (answer.status, text)
    return json.loads(text) if text else None


def points(rows, columns, seed=1):
    """Three clouds, as CSV."""
    chance = random.Random(seed)
    return "\n".join(
        ",".join(f"{chance.gauss((row % 3) * 6, 1):.4f}" for _ in range(columns)) for row in range(rows)) + "\n"


class Service:
    def __init__(self, directory, *flags):
        self.process = subprocess.Popen(
            [options.clusterd, "serve", "--port", str(options.port), "--data-dir", directory, "--log-level", "warning",
             *flags], stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                call("GET", "/livez")
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("clusterd does not start")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def wrk(path, connections, script=None):
    """A run of wrk: requests, requests a second, p50 and p99 in ms."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{options.seconds}s", "--timeout", "60s", "--latency"]
    if script: command += ["-s", str(HERE / script)]
    text = subprocess.run(command + [f"http://127.0.0.1:{options.port}{path}"], capture_output=True, text=True).stdout
    for line in text.splitlines():
        if "unexpected" in line or "Non-2xx" in line or "Socket errors" in line: print(line)

    def milliseconds(share):
        number, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", text).groups()
        return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]

    return (int(re.search(r"(\d+) requests in", text)[1]), float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
            milliseconds(50), milliseconds(99))


def small(directory):
    service = Service(directory)
    call("PUT", "/v1/datasets/small", points(150, 4))
    for seed in range(3): call("POST", "/v1/jobs", json.dumps({"dataset": "small", "k": 3}), {"Prefer": "wait=10"})
    count, rate, median, tail = wrk("/", options.clients, "submit.lua")
    service.end()
    database = sqlite3.connect(f"{directory}/jobs.sqlite")
    states = collections.Counter(dict(database.execute("SELECT state, COUNT(*) FROM job GROUP BY state")))
    print(f"small jobs: {count} in {options.seconds} s, {rate:.0f} a second with {options.clients} clients, "
          f"p50 {median:.1f} ms, p99 {tail:.1f} ms; in the database: {dict(states)}")


def polls(directory):
    service = Service(directory, "--workers", "2")
    call("PUT", "/v1/datasets/large", points(20_000, 20))
    jobs = [call("POST", "/v1/jobs", json.dumps({
        "dataset": "large", "k": 3, "solver": "gradient", "preprocessing": "none", "tolerance": 0,
        "max_steps": 10_000_000, "seed": seed, "time_budget_seconds": options.seconds + 10}))["id"] for seed in (1, 2)]
    while any(call("GET", f"/v1/jobs/{job}")["state"] != "running" for job in jobs): time.sleep(0.05)
    count, rate, median, tail = wrk(f"/v1/jobs/{jobs[0]}", 32)
    states = [call("GET", f"/v1/jobs/{job}")["state"] for job in jobs]
    for job in jobs: call("POST", f"/v1/jobs/{job}/cancel")
    service.end()
    print(f"status polls: {rate:.0f} a second with 32 clients while 2 jobs train ({', '.join(states)}), "
          f"p50 {median:.2f} ms, p99 {tail:.2f} ms")


for name in filter(None, options.only.split(",")):
    with tempfile.TemporaryDirectory(dir=options.directory) as directory: {"small": small, "polls": polls}[name](directory)
