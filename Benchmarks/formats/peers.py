"""One peer in a process of its own: peers.py orjson|pandas|pyarrow FILE REPEATS prints a line of JSON."""

import gc
import io
import json
import sys
import time


def orjson_numpy(body):
    import numpy as np
    import orjson

    return np.array(orjson.loads(body), np.float32).shape


def pandas_c(body):
    import pandas

    return pandas.read_csv(io.BytesIO(body), engine="c").shape


def pyarrow_csv(body):
    import pyarrow
    import pyarrow.csv

    options = pyarrow.csv.ReadOptions(use_threads=False)
    return pyarrow.csv.read_csv(pyarrow.BufferReader(body), read_options=options).shape


def main():
    read = {"orjson": orjson_numpy, "pandas": pandas_c, "pyarrow": pyarrow_csv}[sys.argv[1]]
    with open(sys.argv[2], "rb") as file:
        body = file.read()
    read(b"[[1,2],[3,4]]" if sys.argv[1] == "orjson" else b"x,y\n1,2\n")  # imports
    gc.disable()
    seconds = []
    for _ in range(int(sys.argv[3])):
        start = time.process_time()
        shape = read(body)
        seconds.append(time.process_time() - start)
    print(json.dumps({"seconds": seconds, "rows": shape[0]}))


if __name__ == "__main__":
    main()
