"""What schemas cannot say of a request, for schemathesis: bodies that are points, and values that belong to them.

A schema says that `columns` is a list of names; that the names are those of the body's header it cannot say. Requests
that are meant to be valid are made so here. What is meant to be refused stays as schemathesis made it.
"""

import base64
import gzip
import hashlib
import json
import os
import uuid

import schemathesis
from hypothesis import strategies as st

# What the service itself made of the points below, in the formats that take more than a few lines to write.
SAMPLES = os.environ["SAMPLES"]
# The dataset that run.py stores first: the rows of POINTS under the names x and y.
DATASET = "points.csv"
NAMES = ["x", "y"]
POINTS = [[0, 0], [0, 1], [1, 0], [9, 9], [9, 8], [8, 9], [-7, 5], [-7, 6]]

POINT_OPERATIONS = {"cluster", "createDataset", "putDataset", "appendRows", "assignPoints"}

LINES = b"x,y\n" + b"".join(b"%d,%d\n" % tuple(row) for row in POINTS)

def sample(name):
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read()


# What is sent of a type when schemathesis has no bytes for it.
SENT = {
    "application/x-npy": sample("npy"),
    "application/x-ndjson": b"".join(json.dumps(dict(zip(NAMES, row))).encode() + b"\n" for row in POINTS),
    "application/vnd.apache.arrow.stream": sample("arrow"),
    "application/vnd.apache.arrow.file": sample("arrow"),
    "text/tab-separated-values": LINES.replace(b",", b"\t"),
}

COORDINATES = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)


def lines(separator):
    def text(rows):
        # POINTS come along: some parameters need a few that differ.
        return "".join(separator.join(map(repr, row)) + "\n" for row in [*POINTS, *rows])

    rows = st.lists(st.tuples(COORDINATES, COORDINATES), max_size=8)
    return rows.map(lambda rows: (separator.join(NAMES) + "\n" + text(rows)).encode())


CSV = lines(",")
NDJSON = st.lists(st.tuples(COORDINATES, COORDINATES), max_size=8).map(
    lambda rows: b"".join(json.dumps(dict(zip(NAMES, row))).encode() + b"\n" for row in [*POINTS, *rows])
)
schemathesis.openapi.media_type("text/csv", CSV)
schemathesis.openapi.media_type("text/tab-separated-values", lines("\t"))
schemathesis.openapi.media_type("application/x-ndjson", NDJSON)
schemathesis.openapi.media_type("application/octet-stream", CSV)
schemathesis.openapi.media_type("application/x-npy", st.just(sample("npy")))
schemathesis.openapi.media_type("application/vnd.apache.arrow.stream", st.just(sample("arrow")))
schemathesis.openapi.media_type("application/vnd.apache.arrow.file", st.just(sample("arrow")))

def is_positive(case):
    return case.meta is None or case.meta.generation.mode.is_positive


def operation_of(case):
    return case.operation.definition.raw.get("operationId")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Gives the examples of lines as bytes, as all bodies of their type are here."""
    for content in raw_schema["components"]["requestBodies"]["Points"]["content"].values():
        for example in content.get("examples", {}).values():
            if isinstance(example["value"], str):
                example["value"] = example["value"].encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    if not is_positive(case):
        return
    operation = operation_of(case)
    if operation in POINT_OPERATIONS:
        fit_points(case, kwargs)
        pack(case, kwargs)
    if operation == "createJob" and isinstance(case.body, dict):
        case.body.pop("weight_column", None)
        fit_job(case.body)
    # A page token is one that the list gave out.
    (case.query or {}).pop("page_token", None)
    headers = case.headers or {}
    # A client names a request by a key that it has used for no other.
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = f'"{uuid.uuid4()}"'


def fit_points(case, kwargs):
    """Makes what is said of the body true of it."""
    query = case.query or {}
    if case.media_type == "application/json":
        case.body = document(case.body)
    elif case.media_type == "multipart/form-data":
        case.body = {"file": LINES.decode()}
    elif case.media_type == "application/x-www-form-urlencoded" or not isinstance(case.body, bytes):
        # curl says the first of any bytes, of which schemathesis would make a form; and it takes parts of answers.
        kwargs["data"] = SENT.get(case.media_type, LINES)
    # Whether there is a header and what separates the cells are matters of the bytes.
    query.pop("header", None)
    query.pop("delimiter", None)
    if "columns" in query:
        has_names = case.media_type != "application/x-npy" and not isinstance(case.body, list)
        query["columns"] = "x,y" if has_names else "0,1"
    # An id has to be in the body, and in all or none of a dataset's rows.
    query.pop("id_column", None)
    # A column of weights has to be there beside the columns of the points, and to hold no negative number.
    query.pop("weight_column", None)
    if "k" in query and query["k"] != "auto":
        query["k"] = 1 + int(query["k"]) % 4
    if query.get("metric") == "cosine":
        query.pop("standardize", None)
        query.pop("refinement", None)
    # No name twice.
    if "labels" in query:
        query["labels"] = ",".join({text.split("=")[0]: text for text in query["labels"].split(",")}.values())
    # Ten million steps are allowed, but nobody waits for them here.
    if operation_of(case) == "cluster":
        query["time_budget_seconds"] = 0.2


def document(value):
    """The points of a JSON document in a rectangle of numbers that single precision holds."""
    if not isinstance(value, dict):
        return POINTS
    changed = {"columns": NAMES}
    if "index" in value:
        changed["index"] = [str(number) for number in range(len(POINTS))]
    return changed | {name: POINTS for name in ("points", "data") if name in value}


def pack(case, kwargs):
    """Sends the body packed as its Content-Encoding says, and with the digest of what is sent."""
    headers = case.headers or {}
    names = {name.lower(): name for name in headers}
    coding, digest = names.get("content-encoding"), names.get("content-digest")
    body = kwargs.get("data", case.body)
    if coding and headers[coding] in ("gzip", "x-gzip") and isinstance(body, bytes):
        body = kwargs["data"] = gzip.compress(body)
    elif coding and headers[coding] != "identity":
        del headers[coding]
    if digest and isinstance(body, bytes):
        headers[digest] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def fit_job(body):
    body["dataset"] = DATASET
    body["time_budget_seconds"] = 0.2
    if body.get("columns") is not None:
        body["columns"] = NAMES
    if isinstance(body.get("k"), (int, float)):
        body["k"] = 1 + int(body["k"]) % 4
    if body.get("webhook") is not None:
        # A name that no resolver knows (RFC 2606): nobody is called.
        body["webhook"]["url"] = "https://receiver.invalid/hook"
