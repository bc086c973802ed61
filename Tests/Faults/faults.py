#!/usr/bin/env python3
"""Takes the disk and the database away from the running service and gives them back, and sets its clock.

    faults.py --clusterd .build/release/clusterd [--port 8093]

While the database is locked by another process for 5 s, the disk is full, or the data directory may not be written, requests
wait or are answered 503 or 507 with a way out; what was accepted before and meanwhile ends well afterwards, without a
restart.  A disk is full twice: a small tmpfs, where one may be mounted, and for the service alone (disk.c).  The clock
jumps by an hour and back for the service alone (clock.c), while jobs run and wait.  Both files need a C compiler.
"""
import argparse
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--clusterd", required=True)
parser.add_argument("--port", type=int, default=8093)
options = parser.parse_args()
faults = []
compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)


def check(is_so, text):
    if not is_so: faults.append(text)
    print(("ok      " if is_so else "PROBLEM ") + text, flush=True)


def points(rows, columns, seed=1):
    chance = random.Random(seed)
    return "\n".join(
        ",".join(f"{chance.gauss((row % 3) * 6, 1):.4f}" for _ in range(columns)) for row in range(rows)) + "\n"


def endless(**more):
    """A job that does not end by itself."""
    return json.dumps({
        "dataset": "long", "k": 3, "solver": "gradient", "preprocessing": "none", "tolerance": 0,
        "max_steps": 10_000_000} | more)


def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=60)
    connection.request(method, path, body, {"Content-Type": "application/json"} | headers if path == "/v1/jobs" else headers)
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, json.loads(content) if content.startswith(b"{") else content


class Service:
    """A service in a directory of its own; accepted jobs are remembered."""

    running = None

    def __init__(self, directory, user=None, environment={}, flags=()):
        self.directory = f"{directory}/data"
        os.makedirs(self.directory, exist_ok=True)
        if user: os.chown(directory, user, user), os.chown(self.directory, user, user)
        self.accepted = []
        self.log = tempfile.TemporaryFile("w+")
        self.start(user, environment, flags)
        status, answer = call("PUT", "/v1/datasets/small", points(150, 4))
        assert status == 201, answer

    def start(self, user=None, environment={}, flags=()):
        self.process = subprocess.Popen(
            [os.path.abspath(options.clusterd), "serve", "--port", str(options.port), "--data-dir", self.directory,
             "--log-level", "warning", *flags], env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=self.log,
            **({"user": user} if user else {}))
        Service.running = self.process
        for _ in range(200):
            try:
                if call("GET", "/readyz")[0] == 200: break
            except OSError: pass
            time.sleep(0.05)

    def submit(self):
        status, answer = call("POST", "/v1/jobs", json.dumps({"dataset": "small", "k": 3}))
        if status == 201: self.accepted.append(answer["id"])
        return status, answer

    def end(self, name):
        """Every accepted job must have succeeded in this very process."""
        check(self.process.poll() is None, f"{name}: the service still runs")
        deadline = time.time() + 60
        states = {}
        while time.time() < deadline:
            states = {job: call("GET", f"/v1/jobs/{job}")[1]["state"] for job in self.accepted}
            if set(states.values()) <= {"succeeded"}: break
            time.sleep(0.2)
        check(set(states.values()) == {"succeeded"}, f"{name}: all {len(states)} accepted jobs succeeded")
        status, answer = call("POST", "/v1/cluster?k=3", points(100, 3))
        check(status == 200, f"{name}: the service works without a restart ({status})")
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(30) == 0, f"{name}: the service ends well")
        database = sqlite3.connect(f"{self.directory}/jobs.sqlite")
        check(database.execute("PRAGMA integrity_check").fetchall() == [("ok",)], f"{name}: the database is whole")
        database.close()


def locked(directory):
    service = Service(directory)
    database = sqlite3.connect(f"{service.directory}/jobs.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(service.submit())) for _ in range(16)]
    for thread in threads: thread.start()
    time.sleep(1)
    begin = time.time()
    check(call("GET", "/v1/jobs?page_size=1")[0] == 200 and time.time() - begin < 1, "locked: reading goes on")
    time.sleep(4)
    database.execute("COMMIT")
    database.close()
    for thread in threads: thread.join()
    check(all(status == 201 for status, _ in answers), f"locked: 16 submissions waited for 5 s and were accepted")
    service.end("locked")


class SmallDisk:
    """A file system of 24 MiB that is filled and emptied."""

    environment = {}

    def __init__(self, directory): self.directory = directory

    def fill(self):
        """Takes what there is, also what became free since the last time."""
        fill = os.open(f"{self.directory}/fill", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while True: os.write(fill, bytes(4096))
        except OSError: os.close(fill)

    def empty(self): os.unlink(f"{self.directory}/fill")


class RefusedDisk:
    """A file system that refuses the service whatever needs room (disk.c)."""

    def __init__(self, directory):
        self.setting = Setting(directory, "disk.c", "DISK_FULL")
        self.environment = self.setting.environment

    def fill(self): self.setting.set(1)

    def empty(self): self.setting.set(0)


class Setting:
    """A library of ours that is loaded into the service, and the number that it obeys."""

    def __init__(self, directory, source, variable):
        library, path = f"{directory}/{source}.so", f"{directory}/{source}.number"
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", library, str(pathlib.Path(__file__).with_name(source))], check=True)
        self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.environment = {"LD_PRELOAD": library, variable: path}
        self.set(0)

    def set(self, number): os.pwrite(self.file, struct.pack("q", number), 0)


def small_disk(directory):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", directory], capture_output=True).returncode:
        return print("skipped  small disk: none can be mounted here")
    try: full(directory, "small disk", SmallDisk(directory))
    finally: subprocess.run(["umount", "-l", directory])


def refused_disk(directory):
    if not compiler: return print("skipped  full disk: needs a C compiler")
    full(directory, "full disk", RefusedDisk(directory))


def full(directory, name, disk):
    service = Service(directory, environment=disk.environment)
    service.submit()
    assert call("PUT", "/v1/datasets/long", points(2_000, 20))[0] == 201
    long = call("POST", "/v1/jobs", endless())[1]["id"]
    check(call("GET", "/readyz")[0] == 200, f"{name}: with room it is ready")
    disk.fill()
    refused = set()
    for number in range(400):
        status, answer = service.submit()
        if status != 201: refused.add((status, answer.get("type")))
        if len(refused) and number > 20: break
    status, answer = call("PUT", "/v1/datasets/more", points(20_000, 10))
    check(call("POST", f"/v1/jobs/{long}/cancel")[0] == 202, f"{name}: a cancel is admitted")
    check(refused and {status for status, _ in refused} <= {503, 507}, f"{name}: submissions are refused: {refused}")
    check(status in (503, 507), f"{name}: an upload is refused: {status}")
    check(call("GET", "/livez")[0] == 200 and call("GET", f"/v1/jobs/{service.accepted[0]}")[0] == 200,
          f"{name}: reading goes on")
    answers = []
    for _ in range(20):
        disk.fill()
        answers.append(call("GET", "/readyz")[0])
        time.sleep(0.05)
    check(set(answers) == {503}, f"{name}: it is not ready, and stays so: {answers}")
    disk.empty()
    check(call("GET", "/readyz")[0] == 200, f"{name}: with room again it is ready")
    check(service.submit()[0] == 201, f"{name}: with room again submissions are accepted")
    state = call("GET", f"/v1/jobs/{long}", headers={"Prefer": "wait=20"})[1]["state"]
    check(state == "cancelled", f"{name}: what was cancelled ends as such: {state}")
    restarted(service, f"{name}, after kill -9", disk)
    service.end(name)


def restarted(service, name, disk):
    """Killed on a full disk while a job runs, it starts and serves what is there; the job goes on once there is room."""
    job = call("POST", "/v1/jobs", endless(time_budget_seconds=20))[1]["id"]
    service.accepted.append(job)
    for _ in range(200):
        if call("GET", f"/v1/jobs/{job}")[1]["state"] == "running": break
        time.sleep(0.05)
    disk.fill()
    service.process.kill()
    service.process.wait()
    service.start(environment=disk.environment)
    check(service.process.poll() is None, f"{name}: the service starts")
    first = service.accepted[0]
    check(call("GET", f"/v1/jobs/{first}/result")[0] == 200, f"{name}: results are there")
    disk.empty()
    state = None
    for _ in range(6):
        state = call("GET", f"/v1/jobs/{job}", headers={"Prefer": "wait=20"})[1]["state"]
        if state == "succeeded": break
    check(state == "succeeded", f"{name}: with room again the job goes on and ends: {state}")


def unwritable(directory):
    if os.geteuid() != 0: return print("skipped  unwritable: needs root, to run the service as somebody else")
    os.chmod(os.path.dirname(directory), 0o755)
    service = Service(directory, user=65534)
    service.submit()
    content = f"{service.directory}/datasets/content"
    os.chmod(content, 0o500)
    status, answer = call("PUT", "/v1/datasets/other", points(50, 2))
    check(status == 503 and answer["type"] == "/problems/storage-unavailable",
          f"unwritable: an upload is refused: {status} {answer}")
    check(service.submit()[0] == 201, "unwritable: what needs no new file goes on")
    os.chmod(content, 0o700)
    check(call("PUT", "/v1/datasets/other", points(50, 2))[0] == 201, "unwritable: uploads go on afterwards")
    service.end("unwritable")


def clock(directory):
    """An hour forward, back again, and an hour back; retention and leases are far shorter than that."""
    if not compiler: return print("skipped  clock: needs a C compiler")
    offset = Setting(directory, "clock.c", "CLOCK_OFFSET")

    def shift(answer):
        """How far the service's clock is from ours, by its Date."""
        return round((parsedate_to_datetime(answer) - datetime.now(timezone.utc)).total_seconds(), -1)

    def date():
        connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=60)
        connection.request("GET", "/livez")
        return connection.getresponse().getheader("Date")

    service = Service(directory, environment=offset.environment, flags=("--result-retention", "10m"))
    check(call("PUT", "/v1/datasets/long", points(2_000, 20))[0] == 201, "clock: stored")
    first = service.submit()[1]["id"]
    check(call("GET", f"/v1/jobs/{first}", headers={"Prefer": "wait=20"})[1]["state"] == "succeeded", "clock: a job ended")
    for seconds in (3600, 0, -3600):
        name = f"clock {seconds:+} s"
        long = call("POST", "/v1/jobs", endless())[1]["id"]
        waiting = [service.submit()[1]["id"] for _ in range(3)]
        for _ in range(100):
            if call("GET", f"/v1/jobs/{long}")[1]["state"] == "running": break
            time.sleep(0.05)
        offset.set(seconds)
        time.sleep(2.5)
        check(shift(date()) == seconds, f"{name}: the service sees it: {shift(date()):+.0f} s")
        job = call("GET", f"/v1/jobs/{long}")[1]
        check((job["state"], job["attempt"]) == ("running", 1), f"{name}: what runs goes on: {job['state']} {job['attempt']}")
        check(call("GET", f"/v1/jobs/{first}/result")[0] == 200, f"{name}: results stay")
        waiting.append(service.submit()[1]["id"])
        check(call("POST", f"/v1/jobs/{long}/cancel")[0] in (200, 202), f"{name}: a cancel is admitted")
        state = call("GET", f"/v1/jobs/{long}", headers={"Prefer": "wait=20"})[1]["state"]
        check(state == "cancelled", f"{name}: and carried out: {state}")
        begin = time.monotonic()
        states = [call("GET", f"/v1/jobs/{job}", headers={"Prefer": "wait=20"})[1]["state"] for job in waiting]
        check(set(states) == {"succeeded"} and time.monotonic() - begin < 10, f"{name}: what waited ends: {states}")
    service.end("clock")


for test in (locked, small_disk, refused_disk, unwritable, clock):
    directory = tempfile.mkdtemp(prefix="faults-")
    os.makedirs(f"{directory}/d")
    try: test(f"{directory}/d")
    finally:
        if Service.running and Service.running.poll() is None: Service.running.kill()
        shutil.rmtree(directory, ignore_errors=True)
sys.exit(1 if faults else 0)
