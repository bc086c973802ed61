"""Writes the Arrow files beside this script, which pyarrow and polars made: python make_arrow.py (pip install pyarrow polars).

Every file has the same 5 rows where nothing else is said; the tests know what they hold.
"""
import pathlib
import struct

import polars as pl
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
# Texts that views name: short ones in the cell, long ones in any buffer and order.
VIEWS = pa.array(NAMES, pa.string_view())
stream("view_ids.arrows", pa.table({"key": VIEWS, "x": pa.array(X), "y": pa.array(Y)}), size=3)
LONG_NAMES = ["%s %d" % ("long name" * 3, row) for row in range(4)]
BUFFERS = [(LONG_NAMES[2] + LONG_NAMES[0]).encode(), LONG_NAMES[1].encode() + LONG_NAMES[3].encode()]
PLACES = [(0, len(LONG_NAMES[2])), (1, 0), (0, 0), (1, len(LONG_NAMES[1]))]
CELLS = b"".join(
    struct.pack("<i4sii", len(name), name[:4].encode(), *place) for name, place in zip(LONG_NAMES, PLACES))
VIEWED = pa.Array.from_buffers(
    pa.string_view(), 4, [None, pa.py_buffer(CELLS)] + [pa.py_buffer(buffer) for buffer in BUFFERS])
stream("view_buffers.arrows", pa.table({"x": pa.array(X[:4]), "key": VIEWED, "z": pa.array(X[:4])}))
stream("view_ids_lz4.arrows", pa.table({"x": pa.array(X[:4]), "key": VIEWED}), compression="lz4")
stream(
    "view_latin1.arrows",
    pa.table({"x": pa.array(X[:1]), "key": pa.Array.from_buffers(
        pa.string_view(), 1, [None, pa.py_buffer(struct.pack("<i12s", 1, b"\xe9"))])}))
# Dictionaries: places without a sign, texts that views name, texts added later, more of them than are kept.
stream(
    "view_dictionary.arrows",
    pa.table({"x": pa.array(X), "key": pa.DictionaryArray.from_arrays(pa.array([4, 1, 2, 3, 0], pa.uint8()), VIEWS)}))
KEYS = pa.schema([("key", pa.dictionary(pa.int8(), pa.string())), ("x", pa.float32())])
with pa.ipc.new_stream(
        HERE / "delta_dictionary.arrows", KEYS, options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)) as writer:
    for keys, texts, x in [([0, 1], ["a", "b"], [1, 2]), ([2, 0], ["a", "b", "c"], [3, 4])]:
        writer.write_batch(pa.record_batch(
            [pa.DictionaryArray.from_arrays(pa.array(keys, pa.int8()), texts), pa.array(x, pa.float32())], schema=KEYS))
with pa.ipc.new_stream(HERE / "replaced_dictionary.arrows", KEYS) as writer:
    for texts, x in [(["a", "b"], [1, 2]), (["c", "d"], [3, 4])]:
        writer.write_batch(pa.record_batch(
            [pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), texts), pa.array(x, pa.float32())],
            schema=KEYS))
stream(
    "large_dictionary.arrows",
    pa.table({"x": pa.array([1.0], pa.float32()), "key": pa.DictionaryArray.from_arrays(
        pa.array([0], pa.uint64()), ["x" * 4096] * 4200)}), compression="zstd")
# Polars keeps texts as views, and does not say how long the schema of a file is.
FRAME = pl.DataFrame({"key": NAMES, "x": X, "y": Y}, schema_overrides={"x": pl.Float32, "y": pl.Float64})
for codec in ["uncompressed", "lz4", "zstd"]:
    FRAME.write_ipc(HERE / f"polars_{codec}.arrow", compression=codec)
FRAME.write_ipc_stream(HERE / "polars.arrows", compression="uncompressed")
CATEGORIES = FRAME.with_columns(pl.col("key").cast(pl.Categorical))
CATEGORIES.write_ipc(HERE / "polars_categorical.arrow", compression="uncompressed")
CATEGORIES.write_ipc_stream(HERE / "polars_categorical.arrows", compression="uncompressed")
FRAME.clear().write_ipc(HERE / "polars_empty.arrow", compression="uncompressed")
