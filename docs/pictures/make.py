#!/usr/bin/env python3
"""Draws docs/pictures/mixture.svg from a real run: docs/pictures/make.py [.build/release/clusterd]

1,200 points of five Gaussians of different size and shape go through `clusterd fit - -k 5`; the picture shows what went
in and what came out. Standard library only; the same points and, with the same binary, the same picture every time.
"""

import json
import math
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
COLOURS = ["#3366cc", "#dc7633", "#2e9e6b", "#a64ca6", "#b8900b"]
PANEL, MARGIN, GAP, HEAD = 380, 14, 16, 30

#          centre       long  short  turned  points
CLUSTERS = [
    ((2.2, 2.0), 1.10, 0.28, 35, 380),
    ((6.3, 2.1), 0.45, 0.45, 0, 300),
    ((4.6, 4.7), 0.90, 0.25, -20, 240),
    ((8.4, 4.9), 0.30, 0.95, 10, 160),
    ((1.9, 5.2), 0.35, 0.35, 0, 120),
]


def points():
    source = random.Random(7)
    for (x, y), long, short, degrees, count in CLUSTERS:
        turn = math.radians(degrees)
        for _ in range(count):
            a, b = source.gauss(0, long), source.gauss(0, short)
            yield x + a * math.cos(turn) - b * math.sin(turn), y + a * math.sin(turn) + b * math.cos(turn)


def dots(places, colour, opacity):
    """One path of round dots: a line of no length a point."""
    path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places)
    return f'<path d="{path}" stroke="{colour}" stroke-opacity="{opacity}" stroke-width="4" stroke-linecap="round"/>'


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else str(HERE.parents[1] / ".build/release/clusterd")
    data = list(points())
    random.Random(1).shuffle(data)
    text = "x,y\n" + "".join(f"{x:.4f},{y:.4f}\n" for x, y in data)
    command = [binary, "fit", "-", "-k", str(len(CLUSTERS))]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    result = json.loads(run.stdout)

    left, right = min(x for x, _ in data), max(x for x, _ in data)
    low, high = min(y for _, y in data), max(y for _, y in data)
    scale = min((PANEL - 2 * MARGIN) / (right - left), (PANEL - 2 * MARGIN) / (high - low))
    height = round((high - low) * scale) + 2 * MARGIN

    def place(point, panel):
        x = panel * (PANEL + GAP) + MARGIN + (point[0] - left) * scale
        return x, HEAD + height - MARGIN - (point[1] - low) * scale

    parts = []
    for panel, title in enumerate(["in: 1,200 points", f"out: labels, and {result['k']} centroids with their sizes"]):
        x = panel * (PANEL + GAP)
        frame = f'x="{x + 0.5}" y="{HEAD + 0.5}" width="{PANEL - 1}" height="{height - 1}" rx="6"'
        parts.append(f'<rect {frame} fill="#fff" stroke="#d0d0d0"/>')
        parts.append(f'<text x="{x + 2}" y="{HEAD - 10}" fill="#777">{title}</text>')
    parts.append(dots([place(each, 0) for each in data], "#555555", 0.45))
    for cluster in range(result["k"]):
        own = [row for row, label in enumerate(result["assignments"]) if label == cluster]
        sure = [place(data[row], 1) for row in own if result["confidence"][row] >= 0.9]
        unsure = [place(data[row], 1) for row in own if result["confidence"][row] < 0.9]
        parts.append(dots(sure, COLOURS[cluster], 0.55))
        parts.append(dots(unsure, COLOURS[cluster], 0.2))
    for cluster, centroid in enumerate(result["centroids"]):
        x, y = place(centroid, 1)
        disc = f'cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{COLOURS[cluster]}"'
        parts.append(f'<circle {disc} stroke="#fff" stroke-width="2"/>')
        parts.append(
            f'<text x="{x + 9:.1f}" y="{y - 8:.1f}" fill="#222" stroke="#fff" stroke-width="3" paint-order="stroke"'
            f' font-weight="bold">{result["sizes"][cluster]}</text>'
        )
    width = 2 * PANEL + GAP
    size = f'width="{width}" height="{HEAD + height}" viewBox="0 0 {width} {HEAD + height}"'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}'
        ' font-family="Helvetica, Arial, sans-serif" font-size="13" fill="none">\n' + "\n".join(parts) + "\n</svg>\n"
    )
    (HERE / "mixture.svg").write_text(svg)
    print(f"sizes {result['sizes']}, true {[each[-1] for each in CLUSTERS]}, metric {result['refinement']}")


if __name__ == "__main__":
    main()
