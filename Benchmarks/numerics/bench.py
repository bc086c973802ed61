#!/usr/bin/env python3
"""Times our fit and labels beside scikit-learn's and FAISS's, one core each, and prints a table and CSV.

  bench.py                      the generated sets
  bench.py --sets FOLDER        every NAME/X.npy with NAME/y.npy below FOLDER as well (repeatable)
  bench.py --scale              how our cost grows with N, d and k, alone
  bench.py --quick              the generated sets with a tenth of the points
  bench.py --check              what gates.py asks for, with exit status 1 where it is missed: the generated sets with
                                one thread and two, the paper's grid, and --sets against a table of --baselines
"""

import argparse
import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import gates
import sets

HERE = Path(__file__).resolve().parent
METHODS = ["ours", "kmeans10", "kmeans1", "minibatch", "gmm", "faiss"]
COLUMNS = ["set", "n", "d", "k", "bayes_ari", "method", "ari", "cpu_s", "wall_s", "extra_mib", "cpu_over_ours"]


def environment():
    """One thread for everybody; OPENBLAS_CORETYPE as it is, for both sides."""
    single = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    return dict(os.environ, **single)


def measure(arguments, method, point_set, repeats, threads=1):
    """The child's figures and labels, or what went wrong as text."""
    core = str(arguments.core) if threads == 1 else f"{arguments.core}-{arguments.core + threads - 1}"
    with tempfile.NamedTemporaryFile(suffix=".labels") as output:
        if method == "ours":
            command = [arguments.fit, str(point_set.points), str(point_set.k), str(repeats), str(threads), output.name]
        else:
            command = [sys.executable, str(HERE / "peers.py"), method, str(point_set.points), str(point_set.k),
                       str(repeats), output.name]
        try:
            done = subprocess.run(["taskset", "-c", core, *command], env=environment(), capture_output=True, text=True,
                                  timeout=arguments.limit)
        except subprocess.TimeoutExpired:
            return None, f"more than {arguments.limit} s"
        if done.returncode:
            return None, (done.stderr.strip().splitlines() or ["failed"])[-1]
        found = json.loads(done.stdout.strip().splitlines()[-1])
        return (found, np.fromfile(output.name, np.int32)), None


def agreement(point_set, labels):
    from sklearn.metrics import adjusted_rand_score

    truth = np.asarray(point_set.truth())
    if point_set.noise_label is not None:
        kept = truth != point_set.noise_label
        truth, labels = truth[kept], labels[kept]
    return adjusted_rand_score(truth, labels)


def compare(arguments, point_set):
    n, d = np.load(point_set.points, mmap_mode="r").shape
    bayes = "" if point_set.bayes_ari is None else f", Bayes ARI {point_set.bayes_ari:.4f}"
    print(f"\n{point_set.name}: N={n}, d={d}, k={point_set.k}{bayes}", flush=True)
    print(f"  {'method':<12}{'ARI':>8}{'CPU s':>10}{'extra MiB':>11}{'CPU/ours':>10}")
    rows, ours = [], None
    for method in arguments.methods:
        found, problem = measure(arguments, method, point_set, arguments.repeats)
        if problem:
            print(f"  {method:<12}{problem}", flush=True)
            continue
        figures, labels = found
        cpu = statistics.median(figures["cpu"])
        ours = cpu if method == "ours" else ours
        ratio = cpu / ours if ours else float("nan")
        ari = agreement(point_set, labels)
        print(f"  {method:<12}{ari:>8.4f}{cpu:>10.3f}{figures['extra_mib']:>11.1f}{ratio:>10.2f}", flush=True)
        rows.append(dict(zip(COLUMNS, [point_set.name, n, d, point_set.k, point_set.bayes_ari, method, ari, cpu,
                                       statistics.median(figures["wall"]), figures["extra_mib"], ratio])))
    return rows


def summarize(rows):
    """Means over the sets that every method finished."""
    methods = sorted({row["method"] for row in rows}, key=METHODS.index)
    by_set = {}
    for row in rows:
        by_set.setdefault(row["set"], {})[row["method"]] = row
    complete = [found for found in by_set.values() if len(found) == len(methods)]
    if len(complete) < 2:
        return
    print(f"\nOver {len(complete)} sets that all finished: mean ARI, and geometric mean of CPU/ours")
    for method in methods:
        ari = statistics.mean(found[method]["ari"] for found in complete)
        ratio = statistics.geometric_mean(max(found[method]["cpu_over_ours"], 1e-9) for found in complete)
        print(f"  {method:<12}{ari:>8.4f}{ratio:>10.2f}")


def scale(arguments):
    base = dict(n=100_000, d=32, k=8)
    axes = {"n": [10_000, 30_000, 100_000, 300_000, 1_000_000], "d": [8, 16, 32, 64, 256], "k": [2, 4, 8, 16, 32]}
    rows = []
    for axis, values in axes.items():
        print(f"\ngrowth with {axis} (else n={base['n']}, d={base['d']}, k={base['k']})")
        print(f"  {axis:>9}{'CPU s':>10}{'2 threads: wall s':>19}{'extra MiB':>11}{'ns/(N·d)':>10}{'ARI':>8}{'Bayes':>8}")
        for value in values:
            shape = dict(base, **{axis: value})
            point_set = sets.generate(arguments.data, **shape, sigma=0.25)
            found, problem = measure(arguments, "ours", point_set, arguments.repeats)
            two, _ = measure(arguments, "ours", point_set, arguments.repeats, threads=2)
            if problem:
                print(f"  {value:>9}  {problem}")
                continue
            figures, labels = found
            cpu = statistics.median(figures["cpu"])
            wall = statistics.median(two[0]["wall"]) if two else float("nan")
            each = 1e9 * cpu / (shape["n"] * shape["d"])
            ari = agreement(point_set, labels)
            print(f"  {value:>9}{cpu:>10.3f}{wall:>19.3f}{figures['extra_mib']:>11.1f}{each:>10.2f}{ari:>8.4f}"
                  f"{point_set.bayes_ari:>8.4f}", flush=True)
            rows.append(dict(axis=axis, **shape, cpu_s=cpu, wall_2_threads_s=wall, extra_mib=figures["extra_mib"],
                             ari=ari, bayes_ari=point_set.bayes_ari))
    return rows


def check(arguments, rows):
    """Everything that gates.py asks for, about rows that were measured already and more."""
    checks = list(gates.generated(rows, arguments.absolute))
    if not arguments.only_given:
        for shape in [] if arguments.quick else sets.GENERATED:
            point_set = sets.generate(arguments.data, **shape)
            walls = []
            for count in (1, 2):
                found, problem = measure(arguments, "ours", point_set, arguments.repeats, threads=count)
                walls.append(float("inf") if problem else min(found[0]["wall"]))
            checks += gates.threads(point_set.name, *walls)
        paper = []
        for shape in sets.PAPER:
            point_set = sets.generate(arguments.data, **shape)
            found = compare(changed(arguments, methods=["ours"], repeats=1), point_set)
            paper += [dict(row, oracle_ari=point_set.oracle_ari()) for row in found]
        checks += gates.paper(paper)
    if arguments.baselines:
        checks += gates.labelled(rows, arguments.baselines)
    return gates.report(checks)


def changed(arguments, **changes):
    return argparse.Namespace(**{**vars(arguments), **changes})


def write(rows, path):
    if not rows:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    print(f"\nwritten to {path}")


def header(arguments):
    import faiss
    import sklearn

    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 platform.machine())
    core = os.environ.get("OPENBLAS_CORETYPE", "not set: OpenBLAS chooses")
    print(f"{model}; one core each (taskset {arguments.core}); OPENBLAS_CORETYPE {core}, the same for both sides")
    print(f"scikit-learn {sklearn.__version__}, FAISS {faiss.__version__}, NumPy {np.__version__}; medians of up to "
          f"{arguments.repeats} repeats; fit and labels of data in memory")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", default=str(HERE.parent / ".build/release/bench-fit"), help="the bench-fit program")
    parser.add_argument("--data", default=str(HERE.parent / ".data"), help="where generated sets are kept")
    parser.add_argument("--results", default=str(HERE.parent / "results"), help="where CSV goes")
    parser.add_argument("--sets", action="append", default=[], help="a folder of NAME/X.npy and NAME/y.npy")
    parser.add_argument("--only-given", action="store_true", help="leave the generated sets out")
    parser.add_argument("--methods", type=lambda text: text.split(","), default=METHODS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a method is given up on a set")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--scale", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--baselines", help="a CSV table of name, kmeans10 and gmm_spherical to check --sets against")
    parser.add_argument("--absolute", action="store_true", help="check CPU seconds, too: they hold on one machine only")
    arguments = parser.parse_args()
    header(arguments)
    results = Path(arguments.results)
    if arguments.scale:
        write(scale(arguments), results / "scale.csv")
        return
    point_sets = []
    if not arguments.only_given:
        share = 10 if arguments.quick else 1
        for shape in sets.GENERATED:
            point_sets.append(sets.generate(arguments.data, **dict(shape, n=shape["n"] // share)))
    for folder in arguments.sets:
        point_sets += sets.given(folder)
    rows = []
    for point_set in point_sets:
        rows += compare(arguments, point_set)
    summarize(rows)
    write(rows, results / "numerics.csv")
    if arguments.check and not check(arguments, rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
