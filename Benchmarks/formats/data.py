"""The bodies that are read: about so many bytes of standard normal numbers, 16 a row, as text and as .npy."""

import json
import os
import random
from decimal import Decimal, getcontext

import numpy as np

DIMENSION = 16
COLUMNS = ",".join(f"x{i}" for i in range(DIMENSION))


def text_rows(count, digits):
    """Blocks of rows as lines of CSV, with 5 decimals or with the 17 digits of a double."""
    generator = np.random.default_rng(1)
    done = 0
    while done < count:
        block = generator.standard_normal((min(10_000, count - done), DIMENSION))
        done += len(block)
        write = (lambda x: f"{x:.5f}") if digits == 5 else (lambda x: f"{x:.17g}")
        yield [",".join(map(write, row)) for row in block.tolist()]


def make_text(folder, size, digits):
    """NAME.csv and NAME.json of about `size` bytes; made once."""
    paths = [os.path.join(folder, f"{digits}-{size}.{kind}") for kind in ("csv", "json")]
    if all(map(os.path.exists, paths)):
        return paths
    count = size // (DIMENSION * (8.6 if digits == 5 else 21.2))
    with open(paths[0] + ".new", "w") as csv, open(paths[1] + ".new", "w") as document:
        csv.write(COLUMNS + "\n")
        separator = "["
        for lines in text_rows(int(count), digits):
            csv.write("\n".join(lines) + "\n")
            document.write(separator + ",".join(f"[{line}]" for line in lines))
            separator = ","
        document.write("]")
    for path in paths:
        os.rename(path + ".new", path)
    return paths


def make_npy(folder, size):
    path = os.path.join(folder, f"{size}.npy")
    if not os.path.exists(path):
        x = np.random.default_rng(1).standard_normal((size // (4 * DIMENSION), DIMENSION), np.float32)
        np.save(path, x)
    return path


def make_hard(folder, count=5_000):
    """Midpoints of neighbouring floats and doubles, exactly and one unit of a far digit beside them."""
    path = os.path.join(folder, "hard.txt")
    getcontext().prec = 1_200
    generator = random.Random(1)
    with open(path, "w") as file:
        for number in range(count):
            if number % 2:
                bits, power = generator.getrandbits(52) | 1 << 52, generator.randint(-300, 300)
            else:
                bits, power = generator.getrandbits(23) | 1 << 23, generator.randint(-149, 103)
            middle = Decimal(2 * bits + 1) * Decimal(2) ** (power - 1)
            digits = middle.as_tuple().digits
            beside = middle + Decimal((0, (1,), middle.adjusted() - min(len(digits) + 3, 900)))
            below = middle - Decimal((0, (1,), middle.adjusted() - min(len(digits) + 3, 900)))
            file.write(f"{[middle, beside, below][number % 3]:e}\n")
    return path


if __name__ == "__main__":
    import sys

    os.makedirs(sys.argv[1], exist_ok=True)
    make_hard(sys.argv[1])
    for digits in (5, 17):
        print(json.dumps(make_text(sys.argv[1], int(sys.argv[2]), digits)))
