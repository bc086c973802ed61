"""The trigger's loop and the operator with stand-ins for Airflow and for the service."""

import asyncio
import pathlib
import sys
import types
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "clients/python"))

import attention_clustering_airflow as example
from attention_clustering import Client, Job, Problem


def job(state="running", name="job_1", error=None):
    done = state in ("succeeded", "failed", "cancelled")
    return Job(name, state, done, "refining", 0.5, "mdl_1" if state == "succeeded" else None, error, {})


def fire(answers, **options):
    """Runs a trigger over scripted polls; gives the events and the pauses between the polls."""
    trigger = example.JobTrigger("http://service", "job_1", **options)
    trigger.ask = mock.Mock(side_effect=answers)
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    async def collect():
        return [event.payload async for event in trigger.run(sleep)]

    return asyncio.run(collect()), pauses


class Trigger(unittest.TestCase):
    def test_it_fires_once_when_the_job_is_done(self):
        events, pauses = fire([job("queued"), job(), job("succeeded")], poll_seconds=3)
        self.assertEqual(events, [{"job": "job_1", "state": "succeeded", "detail": ""}])
        self.assertEqual(pauses, [3, 3])

    def test_a_failure_is_told_with_its_reason(self):
        events, _ = fire([job("failed", error={"detail": "no spread"})])
        self.assertEqual(events, [{"job": "job_1", "state": "failed", "detail": "no spread"}])

    def test_every_kind_of_failed_poll_is_followed_by_a_pause(self):
        busy = Problem(503, {"detail": "draining"}, retry_after=20)
        events, pauses = fire([busy, ConnectionRefusedError(), Problem(500, {}), job("succeeded")])
        self.assertEqual((events[0]["state"], pauses), ("succeeded", [20, 5, 5]))

    def test_patience_ends_after_failures_in_a_row(self):
        gone = ConnectionRefusedError("nobody listens")
        events, pauses = fire([gone, gone, job(), gone, gone, gone], patience=3)
        self.assertEqual(events, [{"job": "job_1", "state": "lost", "detail": "nobody listens"}])
        self.assertEqual(len(pauses), 5)

    def test_a_job_that_is_unknown_is_lost_at_once(self):
        events, pauses = fire([Problem(404, {"detail": "no job has the id"})])
        self.assertEqual((events[0]["state"], pauses), ("lost", []))

    def test_it_survives_being_written_down(self):
        trigger = example.JobTrigger("http://service", "job_1", "key", 3, 7)
        path, arguments = trigger.serialize()
        self.assertEqual(path, "attention_clustering_airflow.JobTrigger")
        self.assertEqual(vars(example.JobTrigger(**arguments)), vars(trigger))


class Operator(unittest.TestCase):
    CONTEXT = {"ti": types.SimpleNamespace(dag_id="dag", task_id="cluster", run_id="run", map_index=-1)}

    def operator(self, client):
        patch = mock.patch.object(example, "Client", return_value=client)
        patch.start()
        self.addCleanup(patch.stop)
        operator = example.AttentionClusteringOperator(task_id="cluster", url="http://service", dataset="points", k=3)
        operator.defer = mock.Mock()
        return operator

    def client(self, *jobs, digest="sha-256:1"):
        client = mock.Mock(spec=Client)
        client.dataset.return_value.digest = digest
        client.submit.side_effect = jobs
        return client

    def key(self, call):
        return call.kwargs["idempotency_key"]

    def test_it_submits_and_defers(self):
        client = self.client(job("queued"))
        operator = self.operator(client)
        operator.execute(self.CONTEXT)
        self.assertEqual(client.submit.call_args.args, ("points", 3))
        self.assertEqual(operator.defer.call_args.kwargs["trigger"].job, "job_1")
        self.assertEqual(operator.defer.call_args.kwargs["method_name"], "execute_complete")

    def test_the_same_run_has_the_same_key_until_the_dataset_changes(self):
        keys = []
        for digest in ("sha-256:1", "sha-256:1", "sha-256:2"):
            client = self.client(job("queued"), digest=digest)
            self.operator(client).execute(self.CONTEXT)
            keys.append(self.key(client.submit.call_args))
        self.assertEqual((keys[0] == keys[1], keys[0] == keys[2]), (True, False))

    def test_a_failed_job_of_an_earlier_try_is_not_taken_for_this_one(self):
        client = self.client(job("failed"), job("cancelled", "job_2"), job("queued", "job_3"))
        operator = self.operator(client)
        operator.execute(self.CONTEXT)
        self.assertEqual(len({self.key(call) for call in client.submit.call_args_list}), 3)
        self.assertEqual(operator.defer.call_args.kwargs["trigger"].job, "job_3")

    def test_the_outcome_is_small(self):
        client = self.client()
        client.job.return_value = job("succeeded")
        names = {"model": "mdl_1", "k": 3, "sizes": [2, 1], "metrics": {}, "warnings": [], "assignments": [0] * 9}
        client.result.return_value.raw = names
        outcome = self.operator(client).execute_complete(self.CONTEXT, {"job": "job_1", "state": "succeeded"})
        self.assertEqual(outcome["model"], "mdl_1")
        self.assertNotIn("assignments", outcome)

    def test_a_job_without_a_result_fails_the_task(self):
        client = self.client()
        client.job.return_value = job("failed")
        client.result.side_effect = example.JobFailed(job("failed", error={"detail": "no spread"}))
        operator = self.operator(client)
        with self.assertRaisesRegex(example.AirflowException, "no spread"):
            operator.execute_complete(self.CONTEXT, {"job": "job_1", "state": "failed"})
        with self.assertRaisesRegex(example.AirflowException, "unreachable"):
            operator.execute_complete(self.CONTEXT, {"job": "job_1", "state": "lost", "detail": "unreachable"})


if __name__ == "__main__":
    unittest.main()
