"""Writes the files beside this one: python make.py, with what requirements.txt names.

Each holds one of two tables of 5 points x, y, z: `full`, of doubles that need all their digits, or `whole`, of whole
numbers that every type holds. NAME.bits holds the doubles of a table as hexadecimal bits, one a line, row after row.
"""

import os
import random
import struct
from decimal import Decimal, getcontext

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

os.chdir(os.path.dirname(os.path.abspath(__file__)))
NAMES = ["x", "y", "z"]
FAMOUS = """
    2.2250738585072011e-308 2.2250738585072012e-308 2.2250738585072014e-308 2.2250738585072019e-308
    1.7976931348623157e308 1.7976931348623158e308 4.9406564584124654e-324 2.4703282292062327e-324
    2.4703282292062328e-324 5e-324 1e-323 9007199254740991 9007199254740992 9007199254740993 9007199254740995
    9007199254740993.0000000000000000000000000000001 1e23 8.5e22 9.5e21 1e22 123456789012345678e-17 6.9294956446009195e15
    3.5844466002796428e298 7.3177701707893310e15 1448997445238699 3.0540412000000003e-36 5.708990770823839e-5
    17976931348623158e292 0.000001 1090544144181609348671888949248 10905441441816093505 1.00000005960464477550
    4503599627370496.5 4503599627475353.5 9007199254740993 9214843084008499 30078505129381147446200
    1777820000000000000001 5e-320 2.2250738585072009e-308 1.4012984643e-45 7.0064923216240854e-46 3.4028234664e38
    3.4028235677973366e38 8.37377e9 45913141877270640000.0 7.2057594037927933e16 7.2057594037927936e16
    1.0000000000000001110223024625156540423631668090820312500001 1.00000000000000011102230246251565404236316680908203125
    1.00000000000000011102230246251565404236316680908203124
""".split()
full = np.random.default_rng(7).standard_normal((5, 3)) * [1.0, 1e-7, 1e12]
full[0] = [0.1, -2.5e-8, 123456789012.34567]
whole = np.array([[1, 2, 3], [100, 0, 7], [12, 90, 45], [64, 127, 1], [5, 6, 8]], float)
tables = {"full": full, "whole": whole}

for name, table in tables.items():
    with open(f"{name}.bits", "w") as file:
        file.writelines(f"{struct.unpack('<Q', struct.pack('<d', value))[0]:016x}\n" for value in table.flat)

# NumPy
np.save("full.f8.npy", full)
np.save("full.f8-fortran.npy", np.asfortranarray(full))
np.save("full.f8-big.npy", full.astype(">f8"))
for kind in ["f2", "f4", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">f2", ">f4", ">i2", ">i4", ">i8", ">u4"]:
    np.save(f"whole.{kind.replace('>', 'big-')}.npy", whole.astype(kind))
np.save("whole.i2-fortran.npy", np.asfortranarray(whole.astype("i2")))
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(f"full.version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, full, version=version)
np.savetxt("full.savetxt.csv", full, delimiter=",")
np.savetxt("full.savetxt-spaces.csv", full)
np.savetxt("whole.savetxt.tsv", whole, delimiter="\t", fmt="%d", header="x\ty\tz", comments="")

# pandas
frame = pd.DataFrame(full, columns=NAMES)
frame.to_csv("full.pandas.csv", index=False)
frame.to_csv("full.pandas-semicolon.csv", index=False, sep=";", lineterminator="\r\n", encoding="utf-8-sig")
frame.set_axis(["a", "b, c", 'd"e', "f", "g"]).to_csv("full.pandas-id.csv", index_label="id")
# Up to 15 decimals is the most that pandas writes in JSON.
pd.DataFrame(whole, columns=NAMES).to_json("whole.pandas-split.json", orient="split")
pd.DataFrame(whole, columns=NAMES).to_json("whole.pandas-records.json", orient="records", indent=1)
pd.DataFrame(whole, columns=NAMES).to_json("whole.pandas-lines.ndjson", orient="records", lines=True)
pd.DataFrame(whole, columns=NAMES).to_json("whole.pandas-values.json", orient="values")

# pyarrow
pyarrow.csv.write_csv(pa.table(dict(zip(NAMES, full.T))), "full.pyarrow.csv")

# DuckDB
database = duckdb.connect()
database.register("points", frame)
database.register("wholes", pd.DataFrame(whole, columns=NAMES))
database.execute("COPY points TO 'full.duckdb.csv' (FORMAT csv)")
database.execute("COPY points TO 'full.duckdb-quoted.csv' (FORMAT csv, FORCE_QUOTE *, DELIMITER '|')")
database.execute("COPY points TO 'full.duckdb.ndjson' (FORMAT json)")
database.execute("COPY points TO 'full.duckdb.json' (FORMAT json, ARRAY true)")

# Numbers that are hard to round: midpoints of neighbouring doubles and floats, exactly and a far digit beside them, and
# numbers that were found in bug reports about readers.
getcontext().prec = 1_200
generator = random.Random(1)
with open("hard-numbers.txt", "w") as file:
    file.writelines(f"{number}\n" for number in FAMOUS)
    for number in range(420):
        if number % 2:
            bits, power = generator.getrandbits(52) | 1 << 52, generator.choice([-1074, -1060, -500, -60, -52, 0, 60, 900])
            bits >>= generator.choice([0, 0, 0, 20])
        else:
            bits, power = generator.getrandbits(23) | 1 << 23, generator.choice([-149, -140, -60, -23, 0, 40, 103])
            bits >>= generator.choice([0, 0, 0, 9])
        middle = Decimal(2 * bits + 1) * Decimal(2) ** (power - 1)
        far = Decimal((0, (1,), middle.adjusted() - min(len(middle.as_tuple().digits) + 2, 760)))
        file.write(f"{[middle, middle + far, middle - far][number % 3]:e}\n")
