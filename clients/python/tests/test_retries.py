"""What the client does when the service is busy, gone or in the middle of a restart."""

import json
import socket
import unittest

from attention_clustering import Client, JobFailed, JobTimeout, Problem

from .service import ScriptedServer

BUSY = json.dumps({"type": "/problems/busy", "title": "Busy", "status": 503, "detail": "try again"}).encode()
JOB = {
    "id": "job_1", "state": "queued", "done": False, "model": None, "error": None,
    "progress": {"phase": "queued", "fraction": 0.0},
}
DONE = {**JOB, "state": "failed", "done": True, "error": {"detail": "the points have no spread"}}


def body(document):
    return json.dumps(document).encode()


class Retries(unittest.TestCase):
    def client(self, server, **options):
        self.slept = []
        return Client(server.url, sleep=self.slept.append, **options)

    def test_a_busy_service_is_asked_again_after_the_time_it_names(self):
        steps = [(503, {"Retry-After": "7"}, BUSY), (429, {"Retry-After": "2"}, BUSY), (200, {}, b"{}")]
        with ScriptedServer(*steps) as server:
            self.assertEqual(self.client(server).info(), {})
        self.assertEqual([int(each) for each in self.slept], [7, 2])

    def test_without_a_time_the_pauses_grow(self):
        with ScriptedServer(*[(503, {}, BUSY)] * 4, (200, {}, b"{}")) as server:
            self.client(server, backoff=1).info()
        for pause, longest in zip(self.slept, [1, 2, 4, 8]):
            self.assertTrue(longest / 2 <= pause <= longest, self.slept)

    def test_it_gives_up_with_the_problem_that_it_met(self):
        with ScriptedServer(*[(503, {"Retry-After": "1"}, BUSY)] * 3) as server:
            with self.assertRaises(Problem) as caught:
                self.client(server, retries=2).info()
        self.assertEqual((caught.exception.status, caught.exception.retry_after), (503, 1.0))
        self.assertEqual(len(server.requests), 3)

    def test_a_job_is_submitted_again_under_the_same_key_when_the_connection_breaks(self):
        with ScriptedServer("drop", (503, {}, BUSY), (201, {}, body(JOB))) as server:
            self.assertEqual(self.client(server).submit("points", 3).id, "job_1")
        keys = {headers["Idempotency-Key"] for _, _, headers, _ in server.requests}
        self.assertEqual((len(server.requests), len(keys)), (3, 1))
        self.assertEqual({sent for *_, sent in server.requests}, {b'{"dataset": "points", "k": 3}'})

    def test_two_submissions_have_two_keys_unless_the_caller_gives_one(self):
        with ScriptedServer(*[(201, {}, body(JOB))] * 3) as server:
            client = self.client(server)
            client.submit("points")
            client.submit("points")
            client.submit("points", idempotency_key="nightly-07")
        keys = [headers["Idempotency-Key"] for _, _, headers, _ in server.requests]
        self.assertEqual((len(set(keys)), keys[2]), (3, "nightly-07"))

    def test_rows_are_not_appended_twice(self):
        with ScriptedServer("drop") as server:
            with self.assertRaises(ConnectionError):
                self.client(server).append("points", [[1, 2]])
        self.assertEqual(len(server.requests), 1)
        with ScriptedServer((502, {}, b"<html>bad gateway</html>")) as server:
            with self.assertRaises(Problem) as caught:
                self.client(server).append("points", [[1, 2]])
        self.assertEqual(caught.exception.detail, "<html>bad gateway</html>")

    def test_a_refusal_is_not_tried_again(self):
        with ScriptedServer((422, {}, b"")) as server:
            with self.assertRaises(Problem):
                self.client(server).info()
        self.assertEqual((len(server.requests), self.slept), (1, []))

    def test_nobody_listening_is_tried_again_and_then_said(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        slept = []
        client = Client(f"http://127.0.0.1:{port}", retries=2, sleep=slept.append)
        with self.assertRaises(ConnectionRefusedError):
            client.info()
        self.assertEqual(len(slept), 2)
        self.assertFalse(client.ready())

    def test_the_key_of_the_service_is_sent_with_each_call(self):
        with ScriptedServer((503, {}, BUSY), (200, {}, b"{}")) as server:
            self.client(server, api_key="secret").info()
        self.assertEqual({headers["Authorization"] for _, _, headers, _ in server.requests}, {"Bearer secret"})

    def test_an_address_with_a_path_is_put_before_each_call(self):
        with ScriptedServer((200, {}, b"{}")) as server:
            Client(server.url + "/clusters/").info()
        self.assertEqual(server.requests[0][1], "/clusters/v1")


class Waiting(unittest.TestCase):
    def test_waiting_goes_on_until_the_job_is_done(self):
        slept = []
        steps = [(200, {"Retry-After": "3"}, body(JOB)), (200, {}, body(JOB)), (200, {}, body(DONE))]
        with ScriptedServer(*steps) as server:
            job = Client(server.url, sleep=slept.append).wait("job_1")
        self.assertEqual((job.state, slept), ("failed", [3.0, 1.0]))
        self.assertEqual({headers["Prefer"] for _, _, headers, _ in server.requests}, {"wait=60"})

    def test_waiting_ends_in_time(self):
        with ScriptedServer(*[(200, {}, body(JOB))] * 3) as server:
            with self.assertRaises(JobTimeout) as caught:
                Client(server.url).wait("job_1", timeout=0)
        self.assertEqual(caught.exception.job.id, "job_1")
        self.assertEqual(server.requests[0][2]["Prefer"], "wait=0")

    def test_a_failed_job_says_why_where_its_result_is_asked_for(self):
        with ScriptedServer((202, {}, body(JOB)), (200, {}, body(DONE))) as server:
            with self.assertRaisesRegex(JobFailed, "the points have no spread"):
                Client(server.url).cluster([[1, 2], [3, 4]])


if __name__ == "__main__":
    unittest.main()
