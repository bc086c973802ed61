"""A client of the Attention Clustering service, over the standard library alone.

    from attention_clustering import Client

    client = Client("http://127.0.0.1:8080")
    clustering = client.cluster([[0, 0], [0, 1], [9, 9], [9, 8]], k=2)
    clustering.labels, clustering.centroids

Points may be a pandas DataFrame, a NumPy array, rows of numbers, the path of a file or the bytes of one. With NumPy
installed results are arrays, without it lists. A client may be shared between threads: each call has a connection of
its own.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import random
import ssl
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO, Union
from urllib.parse import quote, urlencode, urlsplit

__all__ = ["Assignment", "Client", "Clustering", "Dataset", "Job", "JobFailed", "JobTimeout", "Problem"]
__version__ = "0.1.0"

Points = Any
"""A DataFrame, an array, rows of numbers, a path (`os.PathLike`) or `bytes` in a format that the service reads."""

Numbers = Any
"""A NumPy array where NumPy is installed, else a list."""

_Body = Union[bytes, "os.PathLike[str]", None]
_RETRIED = frozenset({429, 502, 503, 504})
_LONGEST_WAIT = 60.0
_LONGEST_BACKOFF = 30.0


class Problem(Exception):
    """What the service refused, and how to put it right (RFC 9457)."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.type: str = document.get("type", "about:blank")
        self.title: str = document.get("title", http.client.responses.get(status, ""))
        self.detail: str = document.get("detail", self.title)
        self.errors: list[dict[str, Any]] = list(document.get("errors", []))
        """Where, as far as it is known: objects with `detail` and some of `line`, `column`, `parameter`."""
        self.request_id: str | None = document.get("request_id")
        self.limit_bytes: int | None = document.get("limit_bytes")
        self.retry_after = retry_after
        """Seconds after which trying again makes sense, where the service said so."""
        super().__init__(self._text())

    def _text(self) -> str:
        lines = [f"{self.status} {self.title}: {self.detail}"]
        for error in self.errors:
            place = ", ".join(f"{name} {error[name]}" for name in ("line", "column", "parameter") if name in error)
            lines.append(f"  {place}: {error['detail']}" if place else f"  {error['detail']}")
        if self.request_id:
            lines.append(f"  request {self.request_id}")
        return "\n".join(lines)


class JobFailed(Exception):
    """The job ended without a result: it failed or was cancelled."""

    def __init__(self, job: Job) -> None:
        self.job = job
        detail = job.error.get("detail") if job.error else None
        super().__init__(f"{job.id} {job.state}" + (f": {detail}" if detail else ""))


class JobTimeout(TimeoutError):
    """The job was not done in time; it goes on, and `job` can be waited for again."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"{job.id} is {job.state} ({job.fraction:.0%} done) and was not waited for any longer")


@dataclass(frozen=True)
class Dataset:
    """Stored points."""

    name: str
    rows: int
    dimension: int
    columns: list[str]
    digest: str
    warnings: list[str]
    raw: dict[str, Any] = field(repr=False)
    """All that the service said."""


@dataclass(frozen=True)
class Job:
    """A training in the background, as it stood when the service was asked."""

    id: str
    state: str
    """`queued`, `running`, `cancelling`, `succeeded`, `failed` or `cancelled`."""
    done: bool
    phase: str
    fraction: float
    model: str | None
    error: dict[str, Any] | None
    raw: dict[str, Any] = field(repr=False)
    """All that the service said."""


@dataclass(frozen=True)
class Assignment:
    """The cluster of each point, in the order of the points."""

    labels: Numbers
    distances: Numbers
    """How far each point is from its centroid."""
    confidence: Numbers
    """The responsibility of the point's cluster, 0 to 1."""
    ids: list[str] | None
    points: Points = field(default=None, repr=False, compare=False)

    def frame(self) -> Any:
        """The DataFrame that was sent, or a new one, with the columns `cluster`, `distance` and `confidence` added."""
        import pandas

        added = {"cluster": self.labels, "distance": self.distances, "confidence": self.confidence}
        if _is_frame(self.points):
            return self.points.assign(**added)
        return pandas.DataFrame(added, index=self.ids)


@dataclass(frozen=True)
class Clustering(Assignment):
    """The result of a clustering; cluster 0 is the largest."""

    k: int = 0
    columns: list[str] = field(default_factory=list)
    centroids: Numbers = None
    sizes: Numbers = None
    weights: Numbers = None
    heads: Numbers = None
    metrics: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    outliers: list[int] = field(default_factory=list)
    job: str | None = None
    model: str | None = None
    """What `Client.assign` takes to label new points."""
    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """All that the service said."""


class Client:
    """A service at one address.

    `timeout` is for connecting and for each silence of the service, in seconds. A call that may be repeated without
    harm is tried up to `retries` times more when the connection breaks or the service answers 429, 502, 503 or 504,
    after the time that `Retry-After` asks for, else after `backoff`, twice that, and so on, with jitter.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        api_key: str | None = None,
        *,
        timeout: float = 30,
        retries: int = 5,
        backoff: float = 0.5,
        context: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the address of a service begins with http:// or https://; found {url!r}")
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._prefix = parts.path.rstrip("/")
        self._context = (context or ssl.create_default_context()) if parts.scheme == "https" else None
        self._api_key = api_key
        self._timeout = timeout
        self._retries = retries
        self._backoff = backoff
        self._sleep = sleep

    # One call.

    def cluster(
        self,
        points: Points,
        k: int | str | None = None,
        *,
        timeout: float | None = None,
        idempotency_key: str | None = None,
        **parameters: Any,
    ) -> Clustering:
        """Clusters points and waits for the result; `timeout` seconds at most, for ever when it is None.

        `k` is a number or "auto". Parameters are those of `POST /v1/cluster`: seed, standardize, columns, id_column, …
        Raises `Problem` when the service refuses, `JobFailed` and `JobTimeout`.
        """
        deadline = _Deadline(timeout)
        body, kind, reading = _encoded(points)
        headers = {
            "Idempotency-Key": idempotency_key or str(uuid.uuid4()),
            "Prefer": f"wait={deadline.wait()}",
            "Accept": "application/json",
        }
        query = {**reading, "k": k, **parameters}
        status, _, answer = self._call("POST", "/v1/cluster", query, body, kind, headers, wait=deadline.wait())
        if status == 200:
            return _clustering(json.loads(answer), points)
        job = self.wait(_job(json.loads(answer)), timeout=deadline.left())
        return self.result(job, points)

    # Datasets.

    def upload(self, points: Points, name: str | None = None, **reading: Any) -> Dataset:
        """Stores points under a name, in place of what it stood for; a path's own name, or a new one, if None.

        How a CSV file is read may be said: header, delimiter, columns, id_column.
        """
        if name is None:
            name = os.path.basename(points) if isinstance(points, os.PathLike) else f"points-{uuid.uuid4().hex}"
        body, kind, known = _encoded(points)
        return _dataset(self._json("PUT", _path("datasets", name), {**known, **reading}, body, kind))

    def append(self, name: str, points: Points, **reading: Any) -> Dataset:
        """Puts rows behind those of a dataset.

        Rows must not come twice, so a broken connection is not tried again: it raises, and `dataset(name).rows` tells.
        """
        body, kind, known = _encoded(points)
        path = _path("datasets", name) + "/rows"
        return _dataset(self._json("POST", path, {**known, **reading}, body, kind, repeatable=False))

    def datasets(self) -> list[Dataset]:
        """All datasets, by name."""
        return [_dataset(each) for each in self._json("GET", "/v1/datasets")["datasets"]]

    def dataset(self, name: str) -> Dataset:
        """Describes a dataset."""
        return _dataset(self._json("GET", _path("datasets", name)))

    def download(self, name: str, format: str = "csv") -> bytes:
        """The points of a dataset as csv, json, ndjson or npy."""
        return self._call("GET", _path("datasets", name) + "/content", {"format": format})[2]

    def delete_dataset(self, name: str) -> None:
        """Deletes a dataset that no unfinished job uses."""
        self._call("DELETE", _path("datasets", name))

    # Jobs.

    def submit(
        self,
        dataset: str | Dataset,
        k: int | str | None = None,
        *,
        idempotency_key: str | None = None,
        **parameters: Any,
    ) -> Job:
        """Starts training on a dataset, in the background. The same `idempotency_key` never starts it twice."""
        name = dataset.name if isinstance(dataset, Dataset) else dataset
        fields = {"dataset": name, "k": k, **parameters}
        body = json.dumps({key: value for key, value in fields.items() if value is not None}).encode()
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return _job(self._json("POST", "/v1/jobs", None, body, "application/json", headers))

    def job(self, job: str | Job) -> Job:
        """How a job stands."""
        return _job(self._json("GET", _path("jobs", _id(job))))

    def jobs(self, *, state: str | None = None, dataset: str | None = None, label: str | None = None) -> Iterator[Job]:
        """Jobs, newest first; `state` as "running,queued", `label` as "name=value"."""
        query = {"state": state, "dataset": dataset, "label": label, "page_size": 1000, "page_token": None}
        while True:
            page = self._json("GET", "/v1/jobs", query)
            yield from (_job(each) for each in page["jobs"])
            query["page_token"] = page["next_page_token"]
            if not query["page_token"]:
                return

    def wait(self, job: str | Job, timeout: float | None = None) -> Job:
        """Waits until a job is done, whether it succeeded or not; raises `JobTimeout` after `timeout` seconds."""
        deadline = _Deadline(timeout)
        while True:
            asked = time.monotonic()
            wait = deadline.wait()
            headers = {"Prefer": f"wait={wait}"}
            _, answered, answer = self._call("GET", _path("jobs", _id(job)), headers=headers, wait=wait)
            current = _job(json.loads(answer))
            if current.done:
                return current
            if deadline.passed():
                raise JobTimeout(current)
            # The service holds the answer back; should it not, such as while it stops, this must not spin.
            if time.monotonic() - asked < min(1.0, wait):
                self._sleep(_retry_after(answered.get("Retry-After")) or 1.0)

    def result(self, job: str | Job, points: Points = None) -> Clustering:
        """The result of a job that is done; `points` are what `Clustering.frame` adds its columns to."""
        if isinstance(job, Job) and job.state in ("failed", "cancelled"):
            raise JobFailed(job)
        return _clustering(self._json("GET", _path("jobs", _id(job)) + "/result", {"format": "json"}), points)

    def cancel(self, job: str | Job) -> Job:
        """Stops a job; one that has ended stays as it is."""
        return _job(self._json("POST", _path("jobs", _id(job)) + "/cancel"))

    def delete_job(self, job: str | Job) -> None:
        """Forgets a finished job and its result."""
        self._call("DELETE", _path("jobs", _id(job)))

    # Models.

    def assign(self, model: str | Clustering, points: Points, **reading: Any) -> Assignment:
        """Labels new points with what a job learned."""
        name = model.model if isinstance(model, Clustering) else model
        if not name:
            raise ValueError("this clustering has no model")
        body, kind, known = _encoded(points)
        query = {**known, **reading, "format": "json"}
        document = self._json("POST", _path("models", name) + "/assign", query, body, kind)
        return Assignment(points=points, **_per_point(document))

    def delete_model(self, model: str | Clustering) -> None:
        """Deletes a model; the result of its job stays."""
        self._call("DELETE", _path("models", (model.model if isinstance(model, Clustering) else model) or ""))

    # The service.

    def info(self) -> dict[str, Any]:
        """Name, version, formats, limits and defaults."""
        document: dict[str, Any] = self._json("GET", "/v1")
        return document

    def ready(self) -> bool:
        """Whether the service takes work now; False when it cannot be reached."""
        try:
            self._once("GET", f"{self._prefix}/readyz", None, {}, self._timeout)
            return True
        except (Problem, OSError, http.client.HTTPException):
            return False

    # HTTP.

    def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: _Body = None,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
    ) -> Any:
        return json.loads(self._call(method, path, query, body, kind, headers, repeatable=repeatable)[2])

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: _Body = None,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
        wait: float = 0,
        repeatable: bool = True,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One call, tried again where that helps. A call is repeatable when doing it twice is the same as once."""
        target = self._prefix + path + _query(query)
        fields = {"User-Agent": f"attention-clustering-python/{__version__}", **(headers or {})}
        if kind:
            fields["Content-Type"] = kind
        if self._api_key:
            fields["Authorization"] = f"Bearer {self._api_key}"
        attempt = 0
        while True:
            pause: float | None = None
            try:
                return self._once(method, target, body, fields, self._timeout + wait)
            except Problem as problem:
                if problem.status not in _RETRIED or attempt >= self._retries:
                    raise
                if not repeatable and problem.status in (502, 504):
                    raise  # a proxy gave up, but the service may have done it
                pause = problem.retry_after
            except ssl.SSLCertVerificationError:
                raise
            except (OSError, http.client.HTTPException):
                if not repeatable or attempt >= self._retries:
                    raise
            longest = min(self._backoff * 2**attempt, _LONGEST_BACKOFF)
            jitter = random.uniform(0.5, 1) * longest
            self._sleep(jitter if pause is None else min(pause, _LONGEST_WAIT) + jitter * 0.1)
            attempt += 1

    def _once(
        self, method: str, target: str, body: _Body, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        connection: http.client.HTTPConnection
        if self._context is not None:
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._context)
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        source: BinaryIO | bytes | None = open(body, "rb") if isinstance(body, os.PathLike) else body
        try:
            fields = dict(headers)
            if isinstance(body, os.PathLike):
                fields["Content-Length"] = str(os.path.getsize(body))
            try:
                connection.request(method, target, body=source, headers=fields)
            except (BrokenPipeError, ConnectionResetError):
                # A refusal may come before the body has been sent whole; it says more than the broken pipe.
                response = connection.getresponse()
            else:
                response = connection.getresponse()
            answer = response.read()
            answered = dict(response.getheaders())
            if response.status >= 300:
                raise Problem(response.status, _document(answer), _retry_after(answered.get("Retry-After")))
            return response.status, answered, answer
        finally:
            connection.close()
            if source is not None and not isinstance(source, bytes):
                source.close()


class _Deadline:
    """A point in time, or none."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end

    def wait(self) -> int:
        """Whole seconds to ask the service to wait for."""
        left = self.left()
        # Rounded up, so that a fraction of a second is not asked for as wait=0 over and over.
        return int(_LONGEST_WAIT) if left is None else min(int(_LONGEST_WAIT), int(-(-left // 1)))


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def _is_frame(points: Points) -> bool:
    """Whether it is a DataFrame, without importing pandas, which takes its time, for somebody who does not use it."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(points, pandas.DataFrame)


def _encoded(points: Points) -> tuple[_Body, str, dict[str, Any]]:
    """The body, its media type, and what the service has to know to read it."""
    if isinstance(points, (bytes, bytearray, memoryview)):
        return bytes(points), "application/octet-stream", {}
    if isinstance(points, os.PathLike):
        return points, "application/octet-stream", {}
    if isinstance(points, str):
        raise TypeError("points given as a str are ambiguous: a path is a pathlib.Path, the text of a file is bytes")
    if _is_frame(points):
        # CSV and not .npy, because the names of the columns have to come along.
        return points.to_csv(index=False).encode(), "text/csv", {"header": "present", "delimiter": "comma"}
    numpy = _numpy()
    if numpy is not None and (isinstance(points, numpy.ndarray) or hasattr(points, "__array__")):
        array = numpy.asarray(points)
        if array.dtype.kind == "c":
            raise TypeError("points are complex; stack their real and imaginary parts as columns")
        if array.dtype.kind not in "iuf" or array.dtype.itemsize > 8 or array.dtype == numpy.float16:
            array = array.astype(numpy.float64)
        buffer = io.BytesIO()
        numpy.lib.format.write_array(buffer, array, allow_pickle=False)
        return buffer.getvalue(), "application/x-npy", {}
    if isinstance(points, Iterable):
        rows = [list(row) for row in points]
        return json.dumps(rows, allow_nan=False).encode(), "application/json", {}
    raise TypeError(f"cannot send a {type(points).__name__}: give a DataFrame, an array, rows, a path or bytes")


def _array(values: Sequence[Any], dtype: str) -> Numbers:
    numpy = _numpy()
    return values if numpy is None else numpy.asarray(values, dtype=dtype)


def _per_point(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "labels": _array(document["assignments"], "int32"),
        "distances": _array(document["distances"], "float64"),
        "confidence": _array(document["confidence"], "float64"),
        "ids": document.get("ids"),
    }


def _clustering(document: dict[str, Any], points: Points) -> Clustering:
    return Clustering(
        points=points,
        k=document["k"],
        columns=document["columns"],
        centroids=_array(document["centroids"], "float64"),
        sizes=_array(document["sizes"], "int64"),
        weights=_array(document["weights"], "float64"),
        heads=_array(document["heads"], "float64"),
        metrics=document["metrics"],
        warnings=document["warnings"],
        outliers=document["outliers"],
        job=document["job"],
        model=document["model"],
        raw=document,
        **_per_point(document),
    )


def _dataset(document: dict[str, Any]) -> Dataset:
    columns = [column["name"] for column in document["columns"]]
    return Dataset(
        document["name"], document["rows"], document["dimension"], columns,
        document["digest"], document["warnings"], document,
    )


def _job(document: dict[str, Any]) -> Job:
    progress = document["progress"]
    return Job(
        document["id"], document["state"], document["done"], progress["phase"], progress["fraction"],
        document["model"], document["error"], document,
    )


def _id(job: str | Job) -> str:
    return job.id if isinstance(job, Job) else job


def _path(noun: str, name: str) -> str:
    return f"/v1/{noun}/{quote(name, safe='')}"


def _query(parameters: Mapping[str, Any] | None) -> str:
    """A query string as the service reads it: true, a,b and name=value,name=value."""

    def text(value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Mapping):
            return ",".join(f"{name}={each}" for name, each in value.items())
        if isinstance(value, (list, tuple)):
            return ",".join(str(each) for each in value)
        return str(value)

    pairs = {name: text(value) for name, value in (parameters or {}).items() if value is not None}
    return "?" + urlencode(pairs) if pairs else ""


def _document(answer: bytes) -> dict[str, Any]:
    """The problem document, or what a proxy in between said instead."""
    try:
        document = json.loads(answer)
    except ValueError:
        return {"detail": answer[:500].decode("utf-8", "replace").strip()} if answer.strip() else {}
    return document if isinstance(document, dict) else {}


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait: the field holds them, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
