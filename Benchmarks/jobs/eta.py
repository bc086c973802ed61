#!/usr/bin/env python3
"""How far the time left that a running job shows can be trusted.

    python3 Benchmarks/jobs/eta.py --clusterd .build/release/clusterd [--only gradient] [--kill-at 0.5]

Needs NumPy. Watches whole runs and prints, for the moments at which the fraction was 0.2 and more and at least half a
second was left, by what factor the time left was wrong: the median, the worst, and the share within a factor of three.
With --kill-at the process is killed at that fraction and started anew; what is printed is of the time after that.
"""

import argparse
import statistics
import time

import numpy

from service import Service

CASES = {
    "k=8": ((1_000_000, 32), {"k": 8}),
    "k=8 spherical": ((1_000_000, 32), {"k": 8, "refinement": "spherical"}),
    "k=auto": ((1_000_000, 32), {"k": "auto"}),
    "gradient": ((1_000_000, 32), {"k": 8, "solver": "gradient"}),
    "k=100": ((300_000, 64), {"k": 100}),
    "in context": ((300_000, 64), {"mode": "in_context"}),
}


def points(shape, seed=1):
    generator = numpy.random.default_rng(seed)
    centres = generator.normal(size=(8, shape[1])).astype("float32") * 0.7
    array = generator.standard_normal(size=shape, dtype="float32")
    array += centres[generator.integers(0, 8, shape[0])]
    return array


def watch(service, dataset, parameters, kill_at):
    """What was shown when: seconds, phase, fraction, time left."""
    job = service.json("POST", "/v1/jobs", {"dataset": dataset, **parameters})["id"]
    shown, began, before = [], None, 0
    while True:
        answer = service.json("GET", f"/v1/jobs/{job}")
        now = time.monotonic()
        if answer["state"] == "running" and began is None:
            began = now
        if answer["done"]:
            return shown, now - (began or now), answer["state"]
        progress = answer["progress"]
        assert progress["fraction"] >= before, f"the fraction fell from {before} to {progress['fraction']}"
        before = progress["fraction"]
        if kill_at is not None and before >= kill_at:
            service.kill_and_start()
            shown, began, kill_at = [], None, None
            continue
        if began:
            shown.append((now - began, progress["phase"], progress["fraction"], progress["eta_seconds"]))
        time.sleep(0.02)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clusterd", default=".build/release/clusterd")
    parser.add_argument("--port", type=int, default=18_472)
    parser.add_argument("--only", action="append", help="a case; may be given again")
    parser.add_argument("--kill-at", type=float, help="a fraction")
    parser.add_argument("--trace", action="store_true", help="print what was shown, ten times a run")
    options = parser.parse_args()
    service = Service(options.clusterd, options.port, "--workers", "1", "--checkpoint-interval", "1")
    stored = set()
    try:
        for name in options.only or CASES:
            shape, parameters = CASES[name]
            dataset = "x".join(map(str, shape))
            if dataset not in stored:
                service.put_points(dataset, points(shape))
                stored.add(dataset)
            shown, total, state = watch(service, dataset, parameters, options.kill_at)
            factors = []
            for seconds, _, fraction, left in shown:
                truth = total - seconds
                if fraction >= 0.2 and truth >= 0.5 and left is not None:
                    factors.append(max(left / truth, truth / max(left, 1e-3)))
            phases = {}
            for (seconds, phase, fraction, _), after in zip(shown, shown[1:] + [(total, "", 1, 0)]):
                first = phases.setdefault(phase, [0, fraction, fraction])
                first[0] += after[0] - seconds
                first[2] = after[2]
            stages = "  ".join(f"{phase} {took:.1f} s to {end:.2f}" for phase, (took, _, end) in phases.items())
            verdict = "too short to tell"
            if factors:
                within = sum(factor <= 3 for factor in factors) / len(factors)
                verdict = f"wrong by {statistics.median(factors):.2f} (median), {max(factors):.2f} (worst), within 3: {within:.0%}"
            print(f"{name:14} {dataset:12} {state} in {total:.1f} s; {verdict}\n    {stages}", flush=True)
            if options.trace:
                for line in shown[:: max(1, len(shown) // 10)]:
                    print("    ", line)
    finally:
        service.stop()


if __name__ == "__main__":
    main()
