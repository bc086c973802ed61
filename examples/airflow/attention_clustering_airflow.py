"""Clustering in an Airflow DAG, without holding a worker while the service computes.

    from attention_clustering_airflow import AttentionClusteringOperator

    cluster = AttentionClusteringOperator(
        task_id="cluster", url="http://clusterd:8080", dataset="customers.csv", k=8, parameters={"seed": 7})

The operator submits the job and defers; a trigger polls it; the job's id, model and sizes become the task's result.
Needs Airflow 2.7 or newer and attention_clustering.py beside it. Without Airflow the file can still be imported, with
stand-ins for its few base classes, which is how its tests run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

from attention_clustering import Client, Job, JobFailed, Problem

try:
    try:
        from airflow.sdk import BaseOperator  # Airflow 3
    except ImportError:
        from airflow.models import BaseOperator  # Airflow 2
    from airflow.exceptions import AirflowException
    from airflow.triggers.base import BaseTrigger, TriggerEvent
except ImportError:

    class AirflowException(Exception):  # type: ignore[no-redef]
        """Stand-in."""

    class BaseOperator:  # type: ignore[no-redef]
        """Stand-in."""

        def __init__(self, task_id: str, **_: Any) -> None:
            self.task_id = task_id

        def defer(self, **arguments: Any) -> None:
            raise NotImplementedError("deferring needs Airflow")

    class BaseTrigger:  # type: ignore[no-redef]
        """Stand-in."""

    class TriggerEvent:  # type: ignore[no-redef]
        """Stand-in."""

        def __init__(self, payload: Any) -> None:
            self.payload = payload


class AttentionClusteringOperator(BaseOperator):  # type: ignore[misc]
    """Clusters a stored dataset and waits for the result without a worker.

    A task that is tried again finds the job of its last try when that still runs or has succeeded, and starts a new one
    when it failed or the dataset has changed meanwhile.
    """

    template_fields = ("dataset", "parameters")

    def __init__(
        self,
        *,
        url: str,
        dataset: str,
        k: int | str | None = None,
        parameters: dict[str, Any] | None = None,
        api_key: str | None = None,
        poll_seconds: float = 5,
        timeout: timedelta | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.url = url
        self.dataset = dataset
        self.k = k
        self.parameters = parameters or {}
        self.api_key = api_key
        self.poll_seconds = poll_seconds
        self.timeout = timeout

    def execute(self, context: Any) -> Any:
        client = Client(self.url, self.api_key)
        job = self._submit(client, context)
        if job.done:
            return self._summary(client, job)
        trigger = JobTrigger(self.url, job.id, self.api_key, self.poll_seconds)
        self.defer(trigger=trigger, method_name="execute_complete", timeout=self.timeout)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        if event["state"] == "lost":
            raise AirflowException(f"{event['job']}: {event['detail']}")
        client = Client(self.url, self.api_key)
        return self._summary(client, client.job(event["job"]))

    def _submit(self, client: Client, context: Any) -> Job:
        instance = context["ti"]
        digest = client.dataset(self.dataset).digest
        place = [instance.dag_id, instance.task_id, instance.run_id, getattr(instance, "map_index", -1), digest]
        key = hashlib.sha256(json.dumps([place, self.k, self.parameters], sort_keys=True).encode()).hexdigest()
        while True:
            job = client.submit(self.dataset, self.k, idempotency_key=key, **self.parameters)
            if job.state not in ("failed", "cancelled"):
                return job
            key = hashlib.sha256(f"{key} after {job.id}".encode()).hexdigest()

    def _summary(self, client: Client, job: Job) -> dict[str, Any]:
        """What goes to XCom: little, because the labels of all points do not belong there."""
        try:
            document = client.result(job).raw
        except JobFailed as failure:
            raise AirflowException(str(failure)) from failure
        return {"job": job.id} | {name: document[name] for name in ("model", "k", "sizes", "metrics", "warnings")}


class JobTrigger(BaseTrigger):  # type: ignore[misc]
    """Polls a job until it is done and fires once.

    The event holds `job`, `state` and `detail`. A service that cannot be reached is asked again, for `patience` polls
    in a row; then, or when it no longer knows the job, the state is "lost".
    """

    def __init__(
        self, url: str, job: str, api_key: str | None = None, poll_seconds: float = 5, patience: int = 60
    ) -> None:
        super().__init__()
        self.url = url
        self.job = job
        self.api_key = api_key
        self.poll_seconds = poll_seconds
        self.patience = patience

    def serialize(self) -> tuple[str, dict[str, Any]]:
        names = ("url", "job", "api_key", "poll_seconds", "patience")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    def ask(self) -> Job:
        """One poll; short and without retries of its own, because it borrows a thread of the triggerer."""
        return Client(self.url, self.api_key, timeout=10, retries=0).job(self.job)

    async def run(self, sleep: Callable[[float], Any] = asyncio.sleep) -> AsyncIterator[TriggerEvent]:
        failures = 0
        while True:
            pause = self.poll_seconds
            try:
                job = await asyncio.to_thread(self.ask)
                failures = 0
                if job.done:
                    detail = job.error.get("detail", "") if job.error else ""
                    yield self._event(job.state, detail)
                    return
            except Problem as problem:
                if problem.status in (401, 403, 404, 410):
                    yield self._event("lost", problem.detail)
                    return
                failures, pause, reason = failures + 1, max(pause, problem.retry_after or 0), str(problem)
            except Exception as error:
                failures, reason = failures + 1, str(error) or type(error).__name__
            if failures >= self.patience:
                yield self._event("lost", reason)
                return
            await sleep(pause)

    def _event(self, state: str, detail: str) -> TriggerEvent:
        return TriggerEvent({"job": self.job, "state": state, "detail": detail})
