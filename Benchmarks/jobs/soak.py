#!/usr/bin/env python3
"""A steady stream of small jobs that are kept for a short time: prints how large the data are every 10 s.

    soak.py --clusterd .build/release/clusterd [--jobs 100000] [--retention 20s] [--port 8092]

After the time of the retention the sizes must stay where they are.  Needs wrk.
"""
import argparse
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--clusterd", required=True)
parser.add_argument("--jobs", type=int, default=100_000)
parser.add_argument("--retention", default="20s")
parser.add_argument("--port", type=int, default=8092)
parser.add_argument("--directory")
options = parser.parse_args()
sys.argv = [sys.argv[0], "--clusterd", options.clusterd, "--port", str(options.port), "--only", ""]
import run  # noqa: E402  The same service and calls as the benchmark's.

HERE = pathlib.Path(__file__).parent
with tempfile.TemporaryDirectory(dir=options.directory) as directory:
    service = run.Service(directory, "--result-retention", options.retention, "--cluster-retention", options.retention,
                          "--key-lifetime", options.retention, "--gone-lifetime", options.retention)
    run.call("PUT", "/v1/datasets/small", run.points(150, 4))
    load = subprocess.Popen(["wrk", "-t1", "-c16", "-d3600s", "--timeout", "60s", "-s", str(HERE / "submit.lua"),
                             f"http://127.0.0.1:{options.port}/"], stdout=subprocess.DEVNULL)
    begin, done = time.time(), 0
    print("seconds  jobs ended so far  jobs.sqlite MB  log MB  content files  resident MB", flush=True)
    try:
        while done < options.jobs:
            time.sleep(10)
            # Numbers of submission are never used twice, so the newest job's tells how many there were.
            database = sqlite3.connect(f"file:{directory}/jobs.sqlite?mode=ro", uri=True)
            done = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'job'").fetchone()[0]
            database.close()
            size = lambda name: os.path.getsize(f"{directory}/{name}") / 1e6 if os.path.exists(f"{directory}/{name}") else 0
            with open(f"/proc/{service.process.pid}/status") as status:
                resident = next(int(line.split()[1]) / 1e3 for line in status if line.startswith("VmRSS"))
            print(f"{time.time() - begin:7.0f}  {done:17}  {size('jobs.sqlite'):14.1f}  {size('jobs.sqlite-wal'):6.1f}  "
                  f"{len(os.listdir(f'{directory}/datasets/content')):13}  {resident:11.0f}", flush=True)
    finally:
        load.send_signal(signal.SIGINT)
        load.wait()
        service.end()
