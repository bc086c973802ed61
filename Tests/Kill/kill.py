#!/usr/bin/env python3
"""Kills the service again and again under load, and looks at what is left.

    kill.py --clusterd .build/release/clusterd [--kills 20] [--port 8091] [--seed 1] [--keep]

Clients cluster small bodies, start short and long jobs, repeat submissions under their idempotency keys, upload, replace
and delete datasets and cancel jobs, while SIGKILL ends the service at random moments and a new process takes over.  At
the end every job that was answered 201 or 202 must have ended, as the client was told and with one result; no job may
have failed; every key stands for one job; database and stored content must be whole.  Needs nothing but Python.
"""
import argparse
import collections
import hashlib
import http.client
import json
import os
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
parser.add_argument("--kills", type=int, default=20)
parser.add_argument("--port", type=int, default=8091)
parser.add_argument("--seed", type=int, default=int(time.time()))
parser.add_argument("--longest", type=float, default=3.0, help="the longest life of a process in seconds")
parser.add_argument("--keep", action="store_true", help="keep the data directory")
options = parser.parse_args()

over = threading.Event()
lock = threading.Lock()
counts = collections.Counter()
problems = []
accepted = {}  # job id -> kind of load
keys = {}  # idempotency key -> set of job ids
results = {}  # job id -> set of digests of its result
ended = {}  # job id -> set of terminal states that were seen
cancelled = set()  # jobs whose cancel was answered 202


def problem(text):
    with lock: problems.append(text)


def points(rows, columns, seed):
    chance = random.Random(seed)
    return "\n".join(
        ",".join(f"{chance.gauss((row % 3) * 6, 1):.3f}" for _ in range(columns)) for row in range(rows)) + "\n"


def call(method, path, body=None, headers={}, timeout=30):
    """Status, headers and content; None when the service went away."""
    connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=timeout)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 500 and answer.status != 503: problem(f"{method} {path}: {answer.status} {content[:200]}")
        return answer.status, answer.headers, content
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def accept(job, kind):
    with lock:
        accepted.setdefault(job, kind)
        counts[kind] += 1


def see(job, state):
    """A terminal state never changes."""
    if state in ("succeeded", "failed", "cancelled"):
        with lock: ended.setdefault(job, set()).add(state)


def note_result(job, content):
    # What a result says, without what the answer adds.
    with lock: results.setdefault(job, set()).add(hashlib.sha256(content).hexdigest())


def cluster_small(chance):
    answer = call("POST", f"/v1/cluster?k=3&seed={chance.randrange(10**9)}", points(60, 3, chance.random()),
                  {"Prefer": "wait=5"})
    if answer and answer[0] == 200:
        body = json.loads(answer[2])
        accept(body["job"], "cluster")
        see(body["job"], "succeeded")
        note_result(body["job"], answer[2])
    elif answer and answer[0] == 202: accept(json.loads(answer[2])["id"], "cluster")


def submit(chance, kind, parameters, key=None):
    headers = {"Content-Type": "application/json"}
    if key: headers["Idempotency-Key"] = key
    answer = call("POST", "/v1/jobs", json.dumps(parameters), headers)
    if not answer or answer[0] != 201: return None
    job = json.loads(answer[2])
    accept(job["id"], kind)
    if key:
        with lock: keys.setdefault(key, set()).add(job["id"])
    return job["id"]


def short_job(chance):
    job = submit(chance, "short", {"dataset": "small", "k": 3, "seed": chance.randrange(10**9)})
    if job and chance.random() < 0.5:
        answer = call("GET", f"/v1/jobs/{job}", headers={"Prefer": "wait=5"})
        if answer and answer[0] == 200: see(job, json.loads(answer[2])["state"])
        if answer and json.loads(answer[2])["state"] == "succeeded":
            answer = call("GET", f"/v1/jobs/{job}/result")
            if answer and answer[0] == 200: note_result(job, answer[2])


def keyed_job(chance):
    key = f"key-{chance.randrange(10**12)}"
    parameters = {"dataset": "small", "k": 2, "seed": chance.randrange(10**9)}
    for _ in range(chance.randrange(1, 4)): submit(chance, "keyed", parameters, key)


def long_job(chance):
    job = submit(chance, "long", {
        "dataset": "long", "k": 3, "solver": "gradient", "preprocessing": "none", "tolerance": 0,
        "max_steps": 10_000_000, "seed": chance.randrange(10**9), "time_budget_seconds": 1.5})
    if job and chance.random() < 0.6:
        time.sleep(chance.random() * 2)
        answer = call("POST", f"/v1/jobs/{job}/cancel")
        if answer and answer[0] == 202:
            with lock: cancelled.add(job)
        if answer and answer[0] == 200: see(job, json.loads(answer[2])["state"])


def upload(chance):
    name = f"set-{chance.randrange(5)}"
    if chance.random() < 0.2: call("DELETE", f"/v1/datasets/{name}")
    else: call("PUT", f"/v1/datasets/{name}", points(chance.randrange(10, 3_000), 4, chance.random()))


def load(number, actions, pause):
    chance = random.Random(options.seed * 1000 + number)
    while not over.is_set():
        try:
            chance.choice(actions)(chance)
        except Exception as error:  # A broken client is a broken test.
            problem(f"client: {error!r}")
        time.sleep(chance.random() * pause)


def start(directory):
    log = open(os.path.join(directory, "log"), "ab")
    process = subprocess.Popen(
        [options.clusterd, "serve", "--port", str(options.port), "--data-dir", os.path.join(directory, "data"),
         "--log-level", "warning", "--workers", "2"], stdout=subprocess.DEVNULL, stderr=log)
    begin = time.time()
    while time.time() - begin < 30:
        if process.poll() is not None: raise SystemExit(f"the service does not start: see {log.name}")
        if call("GET", "/readyz"): return process
        time.sleep(0.02)
    raise SystemExit("the service does not answer within 30 s")


def check(directory):
    data = os.path.join(directory, "data")
    database = sqlite3.connect(os.path.join(data, "jobs.sqlite"))
    if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]: problem("integrity_check failed")
    if database.execute("PRAGMA foreign_key_check").fetchall(): problem("foreign_key_check failed")
    states = dict(database.execute("SELECT id, state FROM job"))
    for job, kind in accepted.items():
        state = states.get(job)
        if state is None: problem(f"{kind} job {job} was accepted and is lost")
        elif state not in ("succeeded", "cancelled"): problem(f"{kind} job {job} is {state}")
        elif state == "cancelled" and kind != "long": problem(f"{kind} job {job} is cancelled, which nobody asked for")
    for job, seen in ended.items():
        if len(seen | {states.get(job)}) > 1: problem(f"job {job} ended as {seen} and is {states.get(job)}")
    for job, digests in results.items():
        if len(digests) > 1: problem(f"job {job} had {len(digests)} different results")
    for key, jobs in keys.items():
        if len(jobs) > 1: problem(f"key {key} started {len(jobs)} jobs")
    lost = database.execute("SELECT COUNT(*) FROM job WHERE error LIKE '%worker-lost%'").fetchone()[0]
    if lost: problem(f"{lost} jobs failed because their workers were lost")
    whole = database.execute(
        "SELECT COUNT(*) FROM job WHERE state = 'succeeded' AND chunk_count != "
        "(SELECT COUNT(*) FROM result_chunk WHERE result_chunk.job = job.sequence)").fetchone()[0]
    if whole: problem(f"{whole} results lack rows")
    check_content(os.path.join(data, "datasets", "content"))
    return collections.Counter(states.values())


def check_content(directory):
    """Every stored point set has the digest that is its name."""
    for name in os.listdir(directory):
        if not name.endswith(".points"): continue  # Rests of uploads go with the next start.
        with open(os.path.join(directory, name), "rb") as file: content = file.read()
        if digest(content) != name[:-len(".points")]: problem(f"{name} is damaged")


def digest(content):
    """SHA-256 over the rows and what names them, as the service computes it; the layout is DatasetFile's."""
    if content[:8] != b"ACPOINTS": return None
    rows, dimension, offset, length = struct.unpack_from("<4Q", content, 16)
    columns = json.loads(content[offset:offset + length]).get("columns")
    schema = json.dumps({"dimension": dimension, "columns": columns}, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(content[64:64 + 4 * rows * dimension] + schema.encode()).hexdigest()


def main():
    directory = tempfile.mkdtemp(prefix="kill-")
    chance = random.Random(options.seed)
    print(f"seed {options.seed}, data in {directory}", flush=True)
    process = start(directory)
    call("PUT", "/v1/datasets/small", points(150, 4, 1))
    call("PUT", "/v1/datasets/long", points(4_000, 20, 2))
    clients = [([cluster_small, short_job, keyed_job], 0.02), ([cluster_small, short_job, keyed_job], 0.02),
               ([long_job], 1.5), ([upload], 0.1)]
    threads = [threading.Thread(target=load, args=(number, *client)) for number, client in enumerate(clients)]
    for thread in threads: thread.start()
    try:
        for kill in range(options.kills):
            time.sleep(chance.uniform(0.05, options.longest))
            process.kill()
            process.wait()
            process = start(directory)
            if kill % 10 == 9: print(f"{kill + 1} kills, {len(accepted)} jobs accepted", flush=True)
    finally:
        over.set()
        for thread in threads: thread.join()
    finish(process)
    states = check(directory)
    process = start(directory)  # What was left must be good enough to start from.
    process.send_signal(signal.SIGTERM)
    if process.wait(30) != 0: problem("the service does not end well")
    print(f"{options.kills} kills; accepted {len(accepted)} jobs {dict(counts)}, {len(keys)} keys, "
          f"{len(results)} results compared; in the end {dict(states)}")
    for text in problems[:30]: print("PROBLEM:", text)
    if not problems and not options.keep: shutil.rmtree(directory)
    return 1 if problems else 0


def finish(process):
    """Waits until every job has ended, then reads every result of which one was read before, and stops the service."""
    deadline = time.time() + 180
    while time.time() < deadline:
        listed = [call("GET", f"/v1/jobs?state={state}&page_size=1") for state in ("queued", "running", "cancelling")]
        if all(answer and not json.loads(answer[2])["jobs"] for answer in listed): break
        time.sleep(0.2)
    else: problem("jobs do not end within 180 s")
    for job in list(results):
        answer = call("GET", f"/v1/jobs/{job}/result")
        if answer and answer[0] == 200: note_result(job, answer[2])
        else: problem(f"the result of {job} is gone: {answer}")
    process.send_signal(signal.SIGTERM)
    process.wait(30)


if __name__ == "__main__": sys.exit(main())
