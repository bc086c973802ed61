#!/usr/bin/env python3
"""How long a running job goes on after its cancel was accepted, at the largest sizes, at random moments.

    python3 Benchmarks/jobs/cancel.py --clusterd .build/release/clusterd [--repeats 12] [--only wide]

Needs NumPy, 3 GB of disk and 6 GB of memory. Prints the largest and the median time from the answer to the cancel until
the job is seen as cancelled (polled without pause), for each kind of job.
"""

import argparse
import random
import statistics
import time

import numpy

from service import Service

CASES = {
    "rows": ((2_000_000, 16), {"k": 8}),
    "rows full": ((2_000_000, 16), {"k": 8, "refinement": "full"}),
    "rows auto": ((2_000_000, 16), {"k": "auto"}),
    "rows robust": ((2_000_000, 16), {"k": 8, "robust": True}),
    "rows gradient": ((2_000_000, 16), {"k": 8, "solver": "gradient"}),
    "many clusters": ((2_000_000, 16), {"k": 10_000, "refinement": "spherical"}),
    "wide": ((200_000, 768), {"k": 10}),
    "wide many": ((200_000, 768), {"k": 500}),
    "widest": ((3_000, 16_384), {"k": 5}),
    "widest robust": ((3_000, 16_384), {"k": 20, "robust": True}),
    "in context": ((200_000, 768), {"mode": "in_context"}),
}


def points(shape, seed=1):
    generator = numpy.random.default_rng(seed)
    n, d = shape
    centres = generator.normal(size=(12, d)).astype("float32") * 3
    array = generator.standard_normal(size=shape, dtype="float32")
    array += centres[generator.integers(0, 12, n)]
    return array


def measure(service, dataset, parameters, longest, chance):
    """Seconds from the accepted cancel to its effect; nil where the job had ended before."""
    job = service.json("POST", "/v1/jobs", {"dataset": dataset, **parameters})["id"]
    while service.json("GET", f"/v1/jobs/{job}")["state"] == "queued":
        time.sleep(0.002)
    time.sleep(chance.uniform(0, longest))
    state = service.json("GET", f"/v1/jobs/{job}")
    began = time.monotonic()
    answer = service.json("POST", f"/v1/jobs/{job}/cancel")
    while not answer["done"]:
        answer = service.json("GET", f"/v1/jobs/{job}")
    took = time.monotonic() - began
    service.call("DELETE", f"/v1/jobs/{job}")
    where = f'{state["progress"]["phase"]} {state["progress"]["fraction"]}'
    return (took, where) if answer["state"] == "cancelled" else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clusterd", default=".build/release/clusterd")
    parser.add_argument("--port", type=int, default=18_470)
    parser.add_argument("--repeats", type=int, default=12)
    parser.add_argument("--longest", type=float, default=8, help="the latest moment of a cancel in seconds")
    parser.add_argument("--only", action="append", help="a case; may be given again")
    options = parser.parse_args()
    chance = random.Random(7)
    service = Service(options.clusterd, options.port, "--workers", "1")
    worst = 0
    stored = set()
    try:
        for name in options.only or CASES:
            shape, parameters = CASES[name]
            dataset = "x".join(map(str, shape))
            if dataset not in stored:
                service.put_points(dataset, points(shape))
                stored.add(dataset)
            # Where a run ends sooner, later moments would find nothing to cancel.
            job = service.json("POST", "/v1/jobs", {"dataset": dataset, **parameters})["id"]
            began = time.monotonic()
            while time.monotonic() - began < options.longest:
                if service.json("GET", f"/v1/jobs/{job}")["done"]:
                    break
                time.sleep(0.02)
            longest = time.monotonic() - began
            service.json("POST", f"/v1/jobs/{job}/cancel")
            found = [measure(service, dataset, parameters, longest, chance) for _ in range(options.repeats)]
            times = [one for one in found if one]
            if not times:
                print(f"{name:15} every job ended before it was cancelled")
                continue
            most = max(times)
            worst = max(worst, most[0])
            print(f"{name:15} {dataset:12} cancels {len(times):3}  median {statistics.median(time for time, _ in times):7.3f} s"
                  f"  max {most[0]:7.3f} s ({most[1]})", flush=True)
    finally:
        service.stop()
    print(f"max {worst:.3f} s")


if __name__ == "__main__":
    main()
