"""Writes the Arrow files beside this script, which pyarrow made: python make_arrow.py (pip install pyarrow).

Every file has the same 5 rows where nothing else is said; the tests know what they hold.
"""
import pathlib

import pyarrow as pa
import pyarrow.feather as feather

HERE = pathlib.Path(__file__).parent / "arrow"
HERE.mkdir(exist_ok=True)
X = [0.5, -1.25, 3.0, 1e-3, 65504.0]
Y = [0, 1, 2, 3, 100]
NAMES = ["a", "b,\"c\"", "", "é", "e" * 40]
POINTS = pa.table({"x": pa.array(X, pa.float32()), "y": pa.array(Y, pa.float64())})


def stream(name, table, size=None, **options):
    options = pa.ipc.IpcWriteOptions(**options)
    with pa.ipc.new_stream(HERE / name, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=size)


def file(name, table, size=None, **options):
    options = pa.ipc.IpcWriteOptions(**options)
    with pa.ipc.new_file(HERE / name, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=size)


stream("points.arrows", POINTS)
stream("batches.arrows", POINTS, size=2)
stream("v4.arrows", POINTS, metadata_version=pa.ipc.MetadataVersion.V4)
file("points.arrow", POINTS)
file("batches.arrow", POINTS, size=2)
feather.write_feather(POINTS, HERE / "lz4.feather", compression="lz4")
feather.write_feather(POINTS, HERE / "zstd.feather", compression="zstd")
LONG = pa.table({"x": pa.array([i % 7 for i in range(3000)], pa.float32()), "y": pa.array(range(3000), pa.int32())})
for codec in ["lz4", "zstd"]:
    stream(f"long_{codec}.arrows", LONG, compression=codec)
stream(
    "types.arrows",
    pa.table({
        "i1": pa.array([-128, 0, 1, 2, 127], pa.int8()),
        "i2": pa.array([-32768, 0, 1, 2, 32767], pa.int16()),
        "i4": pa.array([-(2**31), 0, 1, 2, 2**31 - 1], pa.int32()),
        "i8": pa.array([-(2**63), 0, 1, 2, 2**63 - 1], pa.int64()),
        "u1": pa.array([0, 0, 1, 2, 255], pa.uint8()),
        "u2": pa.array([0, 0, 1, 2, 65535], pa.uint16()),
        "u4": pa.array([0, 0, 1, 2, 2**32 - 1], pa.uint32()),
        "u8": pa.array([0, 0, 1, 2, 2**64 - 1], pa.uint64()),
        "f2": pa.array(X[:3] + [0.25, 2.0], pa.float16()),
        "f4": pa.array(X, pa.float32()),
        "f8": pa.array(X, pa.float64()),
        "b": pa.array([True, False, False, True, True], pa.bool_()),
    }),
)
LISTS = pa.FixedSizeListArray.from_arrays(pa.array([float(i) / 2 for i in range(15)], pa.float32()), 3)
stream("lists.arrows", pa.table({"embedding": LISTS}))
stream("lists_ids.arrows", pa.table({"embedding": LISTS, "key": pa.array(NAMES)}))
stream("ids.arrows", pa.table({"key": pa.array(NAMES), "x": pa.array(X), "y": pa.array(Y)}), size=3)
stream(
    "large_ids.feather", pa.table({"x": pa.array(X), "key": pa.array(NAMES, pa.large_string()), "y": pa.array(Y)}),
    compression="lz4",
)
stream("number_ids.arrows", pa.table({"id": pa.array([7, -1, 0, 2**40, 5], pa.int64()), "x": X, "y": Y}))
# Columns of every kind between the two that are wanted.
stream(
    "others.arrows",
    pa.table({
        "n": pa.nulls(5),
        "t": pa.array(NAMES),
        "v": pa.array(NAMES, pa.string_view()),
        "x": pa.array(X, pa.float32()),
        "bin": pa.array([b"1", b"", None, b"2", b"3"], pa.binary()),
        "list": pa.array([[1.0], [], None, [2.0, 3.0], [4.0]], pa.list_(pa.float32())),
        "struct": pa.array([{"p": 1, "q": "x"}] * 5),
        "dict": pa.array(["u", "v", "u", "u", "v"]).dictionary_encode(),
        "map": pa.array([[("k", 1)]] * 5, pa.map_(pa.string(), pa.int32())),
        "dense": pa.UnionArray.from_dense(
            pa.array([0, 1, 0, 1, 0], pa.int8()), pa.array([0, 0, 1, 1, 2], pa.int32()),
            [pa.array([1, 2, 3]), pa.array(["a", "b"])]),
        "sparse": pa.UnionArray.from_sparse(pa.array([0, 1, 0, 1, 0], pa.int8()), [pa.array(Y), pa.array(NAMES)]),
        "ts": pa.array([0, 1, None, 2, 3], pa.timestamp("us")),
        "dec": pa.array([1, 2, 3, 4, 5], pa.decimal128(10, 2)),
        "ree": pa.RunEndEncodedArray.from_arrays(pa.array([2, 5], pa.int32()), pa.array([1.0, 2.0])),
        "lists": LISTS,
        "y": pa.array(Y, pa.float64()),
    }),
)
stream("nulls.arrows", pa.table({"x": pa.array(X), "y": pa.array([0, None, 2, None, 100])}), size=4)
stream("null_ids.arrows", pa.table({"key": pa.array(["a", None, "c", "d", "e"]), "x": pa.array(X)}))
stream("null_lists.arrows", pa.table({"e": pa.array([[1.0, 2.0], [3.0, None]], pa.list_(pa.float32(), 2))}))
stream("nan.arrows", pa.table({"x": pa.array(X), "y": pa.array([0, 1, float("nan"), float("inf"), 1e39])}))
stream("dictionary.arrows", pa.table({"x": pa.array(X), "kind": pa.array(["u", "v", "u", "u", "v"]).dictionary_encode()}))
stream("empty.arrows", POINTS.slice(0, 0))
