"""Labelled point sets: generated ones, and those a user brings along."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass
class PointSet:
    name: str
    points: Path
    labels: Path
    k: int
    noise_label: int | None = None
    bayes_ari: float | None = None
    sigma: float | None = None
    shares: tuple | None = None

    def truth(self):
        return np.load(self.labels, mmap_mode="r")

    def oracle_ari(self):
        """What EM with known noise and weights comes to from the true labels: a start that nobody has without labels.

        The Bayes rule knows the centroids; with few points a coordinate nobody can estimate them well enough to be
        as good, and this says what can be had.
        """
        from sklearn.metrics import adjusted_rand_score

        note = self.points.parent / "oracle.json"
        if not note.exists():
            points, truth = np.load(self.points), np.asarray(self.truth())
            means = np.stack([points[truth == k].mean(0) for k in range(self.k)])
            bias = np.zeros(self.k) if self.shares is None else self.sigma**2 * np.log(self.shares)
            level = -np.inf
            for _ in range(200):
                scores = (points @ means.T - (means**2).sum(1) / 2 + bias) / self.sigma**2
                top = scores.max(1, keepdims=True)
                weights = np.exp(scores - top)
                sums = weights.sum(1, keepdims=True)
                before, level = level, float((top + np.log(sums)).mean())
                weights /= sums
                if level - before <= 1e-6:
                    break
                means = ((weights.T @ points) / weights.sum(0)[:, None]).astype(np.float32)
            note.write_text(json.dumps(adjusted_rand_score(truth, weights.argmax(1))))
        return json.loads(note.read_text())


# Centroids of unit length in orthonormal directions, equal weights, noise sigma in every coordinate: the paper's
# setting. The sigmas give Bayes ARIs of 0.963, 0.948, 0.993 and 0.860.
GENERATED = [
    dict(n=1_000_000, d=32, k=2, sigma=0.3),
    dict(n=1_000_000, d=64, k=16, sigma=0.25),
    dict(n=100_000, d=768, k=20, sigma=0.2),
    dict(n=10_000_000, d=8, k=4, sigma=0.35),
]


# The paper's experiments: every clustering of these has to be as good as the rule of somebody who knows the mixture, or
# as what EM comes to from the true labels, where 20,000 points are too few to estimate the mixture that well.
PAPER = [dict(n=20_000, d=d, k=k, sigma=sigma) for d in (2, 16, 64, 256) for k in (2, 5, 20) if k <= d
         for sigma in (0.1, 0.3, 0.5, 1.0)]
PAPER += [dict(n=20_000, d=d, k=2, sigma=sigma, shares=(0.9, 0.1)) for d in (2, 16, 64) for sigma in (0.1, 0.3, 0.5)]


def generate(folder, n, d, k, sigma, seed=0, shares=None):
    """Writes X.npy and y.npy once, block by block, and returns the set with the Bayes rule's ARI."""
    from sklearn.metrics import adjusted_rand_score

    name = f"n{n}_d{d}_k{k}_s{sigma}" + ("" if shares is None else "_w" + "-".join(map(str, shares)))
    home = Path(folder) / name
    result = PointSet(name, home / "X.npy", home / "y.npy", k, sigma=sigma, shares=shares)
    note = home / "bayes.json"
    if not note.exists():
        home.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(seed)
        centroids = np.linalg.qr(random.normal(size=(d, k)))[0].T.astype(np.float32)
        points = np.lib.format.open_memmap(result.points, mode="w+", dtype=np.float32, shape=(n, d))
        labels = random.permutation(np.arange(n, dtype=np.int32) % k)
        bias = np.zeros(k)
        if shares is not None:
            labels = random.permutation(np.repeat(np.arange(k, dtype=np.int32), [round(n * s) for s in shares]))
            bias = sigma**2 * np.log(shares)
        best = np.empty(n, np.int32)
        for start in range(0, n, 1 << 16):
            rows = slice(start, min(n, start + (1 << 16)))
            own = labels[rows]
            block = centroids[own] + np.float32(sigma) * random.standard_normal((len(own), d), dtype=np.float32)
            points[rows] = block
            best[rows] = (block @ centroids.T + bias).argmax(1)  # likeliest, for centroids of one length
        points.flush()
        np.save(result.labels, labels)
        note.write_text(json.dumps(adjusted_rand_score(labels, best)))
    result.bayes_ari = json.loads(note.read_text())
    return result


def given(folder):
    """All NAME/X.npy with NAME/y.npy below a folder; manifest.json may give k and the label of noise."""
    folder = Path(folder)
    manifest = folder / "manifest.json"
    entries = {e["name"]: e for e in json.loads(manifest.read_text())} if manifest.exists() else {}
    result = []
    for points in sorted(folder.glob("*/X.npy")):
        name, labels = points.parent.name, points.parent / "y.npy"
        if not labels.exists():
            continue
        entry = entries.get(name, {})
        noise = entry.get("noise_label")
        truth = np.load(labels)
        k = entry.get("k") or len(set(np.unique(truth)) - {noise})
        result.append(PointSet(name, points, labels, int(k), noise))
    return result
