"""Times the readers of points beside their peers, uploads beside cp, and watches the service's memory.

bench.py [parse] [put] [memory] [exact]: all of them by default; each prints what should hold and whether it does.
Every program runs by itself on one core (taskset); times of parse are CPU seconds, the best of --repeats.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time

import data
import server

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "../.build/release/bench-formats")
FAILED = []


def row(job, figure, target, holds):
    print(f"{job:<44} {figure:<40} {target:<26} {'holds' if holds else 'MISSED'}", flush=True)
    if not holds:
        FAILED.append(job)


def pinned(core, *command):
    run = subprocess.run(["taskset", "-c", str(core), *command], check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def parse(options):
    for digits in (5, 17):
        csv, document = data.make_text(options.data, options.size, digits)
        ours, peers = {}, {}
        for name, path in [("csv", csv), ("json", document)]:
            run = pinned(options.core, PROGRAM, "parse", path, name, str(options.repeats))
            ours[name] = min(run["seconds"])
        peers["JSONDecoder"] = min(pinned(options.core, PROGRAM, "jsondecoder", document, "1")["seconds"])
        for peer, path in [("orjson", document), ("pandas", csv), ("pyarrow", csv)]:
            command = [sys.executable, os.path.join(HERE, "peers.py"), peer, path, str(options.repeats)]
            peers[peer] = min(pinned(options.core, *command)["seconds"])
        for name, path, targets in [
            ("json", document, [("JSONDecoder", 12), ("orjson", 5)]), ("csv", csv, [("pandas", 2), ("pyarrow", 1)])
        ]:
            rate = os.path.getsize(path) / ours[name] / 1e6
            for peer, target in targets:
                ratio = peers[peer] / ours[name]
                row(
                    f"{name}, {digits} digits, beside {peer}", f"{rate:.0f} MB/s, {ratio:.2f} x as fast",
                    f"at least {target} x", ratio >= target)


def put(options):
    """1 GB of .npy: cp and sync of the same file, then PUT until the answer, which comes when it is durable."""
    path = data.make_npy(options.data, options.npy)
    copies, puts = [], []
    with server.Clusterd(options.clusterd, options.data) as service:
        for _ in range(options.repeats):
            copy = os.path.join(options.data, "copy.npy")
            start = time.monotonic()
            shutil.copyfile(path, copy)
            subprocess.run(["sync", copy], check=True)
            copies.append(time.monotonic() - start)
            os.remove(copy)
            start = time.monotonic()
            service.put_file("npy", path, "application/x-npy")
            puts.append(time.monotonic() - start)
            service.delete("npy")
    share = min(copies) / min(puts)
    rate = options.npy / min(puts) / 1e6
    row("npy PUT", f"{rate:.0f} MB/s, {100 * share:.0f}% of cp + sync ({min(copies):.2f} s)", "at least 60%", share >= 0.6)


def memory(options):
    """Bodies of 2 GB, made while they are sent; the peak above what the idle service has."""
    size = options.memory
    for name, command, type_name, status in server.bodies(options.data, size):
        if options.bodies and name not in options.bodies:
            continue
        with server.Clusterd(options.clusterd, options.data) as service:
            service.put("warm", ["-H", "Content-Type: text/csv", "--data-binary", "1,2\n3,4\n"])
            idle = service.memory("VmRSS")
            service.reset_peak()
            found = service.put_from(command, name, type_name)
            peak = (service.memory("VmHWM") - idle) / 1024
            row(
                f"{name} of {size / 1e9:.1f} GB", f"{peak:.0f} MiB above idle, answered {found}",
                f"at most 64 MiB, {status}", peak <= 64 and found == status)


def exact(options):
    hard = data.make_hard(options.data)
    found = pinned(options.core, PROGRAM, "exact", str(options.numbers), hard)
    row(
        "exact", f"{found['differences']} of {found['numbers']} differ from C", "none of any",
        found["differences"] == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", nargs="*", default=["parse", "put", "memory", "exact"])
    parser.add_argument("--data", default=os.path.join(HERE, "../.data/formats"))
    parser.add_argument("--clusterd", default=os.path.join(HERE, "../../.build/release/clusterd"))
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--size", type=int, default=100_000_000, help="bytes of text")
    parser.add_argument("--npy", type=int, default=1_000_000_000, help="bytes of .npy")
    parser.add_argument("--memory", type=int, default=2_000_000_000, help="bytes of a body whose memory is watched")
    parser.add_argument("--bodies", nargs="+", help="only these bodies of memory, such as csv or zstd-bomb")
    parser.add_argument("--numbers", type=int, default=10_000_000)
    options = parser.parse_args()
    os.makedirs(options.data, exist_ok=True)
    print(next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).strip())
    for job in options.jobs:
        {"parse": parse, "put": put, "memory": memory, "exact": exact}[job](options)
    sys.exit(f"missed: {', '.join(FAILED)}" if FAILED else 0)


if __name__ == "__main__":
    main()
