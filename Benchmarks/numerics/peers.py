"""One peer on one set, in a process of its own: peers.py METHOD X.npy K REPEATS LABELS prints a line of JSON."""

import json
import sys
import time
import warnings

import numpy as np

PATIENCE = 60.0  # repeats end early once they have taken this many seconds together


def kmeans(x, k, starts):
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=starts, random_state=0).fit(x).labels_


def minibatch(x, k):
    from sklearn.cluster import MiniBatchKMeans

    return MiniBatchKMeans(k, random_state=0).fit(x).labels_


def mixture(x, k):
    from sklearn.mixture import GaussianMixture

    return GaussianMixture(k, random_state=0).fit(x).predict(x)


def faiss_kmeans(x, k):
    import faiss

    faiss.omp_set_num_threads(1)
    model = faiss.Kmeans(x.shape[1], k, seed=1234)
    model.train(x)
    return model.index.search(x, 1)[1][:, 0]


METHODS = {
    "kmeans10": lambda x, k: kmeans(x, k, 10),
    "kmeans1": lambda x, k: kmeans(x, k, 1),
    "minibatch": minibatch,
    "gmm": mixture,
    "faiss": faiss_kmeans,
}


def memory(field):
    with open("/proc/self/status") as status:
        return next((int(line.split()[1]) for line in status if line.startswith(field)), 0)


def main():
    method, path, k, repeats, output = sys.argv[1:6]
    warnings.simplefilter("ignore")
    x = np.ascontiguousarray(np.load(path), np.float32)
    METHODS[method](np.ascontiguousarray(x[: max(256, 4 * int(k))]), min(int(k), len(x)))  # imports and warms up
    cpu, wall, extra = [], [], 0.0
    for repeat in range(int(repeats)):
        before = memory("VmRSS")
        with open("/proc/self/clear_refs", "w") as peak:
            peak.write("5")
        started, clock = time.process_time(), time.perf_counter()
        labels = METHODS[method](x, int(k))
        cpu.append(time.process_time() - started)
        wall.append(time.perf_counter() - clock)
        if repeat == 0:
            extra = (memory("VmHWM") - before) / 1024
        if sum(cpu) > PATIENCE:
            break
    np.asarray(labels, np.int32).tofile(output)
    print(json.dumps({"cpu": cpu, "wall": wall, "extra_mib": extra}))


if __name__ == "__main__":
    main()
