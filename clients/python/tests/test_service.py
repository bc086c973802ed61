"""The client beside the real service, with nothing but the standard library."""

import pathlib
import tempfile
import unittest

from attention_clustering import Client, JobFailed, Problem

from .service import REPOSITORY, ServiceTestCase

IRIS = REPOSITORY / "examples/iris.csv"
ROWS = [[0, 0], [0, 1], [1, 0], [9, 9], [9, 8], [8, 9], [9, 10]]


def plain(values):
    return values.tolist() if hasattr(values, "tolist") else values


class Clusterings(ServiceTestCase):
    def setUp(self):
        self.client = Client(self.url)

    def test_rows_are_clustered(self):
        clustering = self.client.cluster(ROWS, k=2)
        self.assertEqual(plain(clustering.labels), [1, 1, 1, 0, 0, 0, 0])
        self.assertEqual((plain(clustering.sizes), clustering.k), ([4, 3], 2))
        for found, expected in zip(plain(clustering.centroids), [[8.75, 9], [1 / 3, 1 / 3]]):
            for one, other in zip(found, expected):
                self.assertAlmostEqual(one, other, places=5)
        self.assertEqual(len(plain(clustering.distances)), 7)
        self.assertTrue(all(0 <= each <= 1 for each in plain(clustering.confidence)))

    def test_a_file_is_sent_as_it_is(self):
        clustering = self.client.cluster(IRIS, k=3, seed=7, labels={"source": "test"})
        self.assertEqual(plain(clustering.sizes), [54, 50, 46])
        self.assertEqual(clustering.columns, ["sepal_length", "sepal_width", "petal_length", "petal_width"])
        job = self.client.job(clustering.job)
        self.assertEqual((job.raw["params"]["seed"], job.raw["labels"]), (7, {"source": "test"}))

    def test_a_column_of_weights_is_no_coordinate(self):
        body = b"x,n\n0,3\n1,1\n9,1\n10,3\n"
        clustering = self.client.cluster(body, k=2, refinement="none", weight_column="n")
        self.assertEqual(clustering.columns, ["x"])

    def test_columns_and_identifiers_are_chosen_by_name(self):
        body = b"key,x,note,y\na,0,q,0\nb,0,q,1\nc,9,q,9\nd,9,q,8\n"
        clustering = self.client.cluster(body, k=2, columns=["x", "y"], id_column="key")
        self.assertEqual((clustering.ids, clustering.columns), (["a", "b", "c", "d"], ["x", "y"]))

    def test_stored_points_are_clustered_by_a_job_that_is_waited_for(self):
        job = self.client.submit(self.client.upload(IRIS), k=3)
        clustering = self.client.result(self.client.wait(job))
        self.assertEqual(plain(clustering.sizes), [54, 50, 46])

    def test_new_points_are_labelled_by_a_model(self):
        clustering = self.client.cluster(ROWS, k=2)
        assignment = self.client.assign(clustering, [[0, 0.5], [8, 8]])
        self.assertEqual(plain(assignment.labels), [1, 0])
        self.client.delete_model(clustering)
        with self.assertRaises(Problem) as caught:
            self.client.assign(clustering, [[0, 0.5]])
        self.assertIn(caught.exception.status, (404, 410))

    def test_a_repeated_key_is_answered_from_the_first_job(self):
        first = self.client.cluster(ROWS, k=2, idempotency_key="once")
        self.assertEqual(self.client.cluster(ROWS, k=2, idempotency_key="once").job, first.job)
        self.assertNotEqual(self.client.cluster(ROWS, k=2).job, first.job)

    def test_what_is_wrong_with_the_points_is_listed_with_its_place(self):
        with self.assertRaises(Problem) as caught:
            self.client.cluster(b"x,y\n1,2\n3,a\nb,4\n", k=2)
        problem = caught.exception
        self.assertEqual((problem.status, problem.type), (422, "/problems/invalid-points"))
        self.assertEqual([(each["line"], each["column"]) for each in problem.errors], [(3, 2), (4, 1)])
        self.assertIn('line 3, column 2, parameter y: "a" is not a number', str(problem))
        self.assertIn(problem.request_id, str(problem))

    def test_a_misspelt_parameter_is_named(self):
        with self.assertRaisesRegex(Problem, 'unknown parameter "sede"; did you mean "seed"'):
            self.client.cluster(ROWS, k=2, sede=1)

    def test_points_that_cannot_be_sent_are_refused_here(self):
        for points in ("points.csv", 3, None):
            with self.assertRaises(TypeError):
                self.client.cluster(points)


class DatasetsAndJobs(ServiceTestCase):
    def setUp(self):
        self.client = Client(self.url)

    def test_points_are_stored_extended_given_back_and_deleted(self):
        dataset = self.client.upload(b"x,y\n1,2\n3,4\n", "plane")
        self.assertEqual((dataset.name, dataset.rows, dataset.columns), ("plane", 2, ["x", "y"]))
        self.assertEqual(self.client.append("plane", b"x,y\n5,6\n").rows, 3)
        self.assertEqual(self.client.download("plane"), b"x,y\n1,2\n3,4\n5,6\n")
        self.assertIn("plane", [each.name for each in self.client.datasets()])
        self.client.delete_dataset("plane")
        with self.assertRaises(Problem) as caught:
            self.client.dataset("plane")
        self.assertEqual(caught.exception.status, 404)

    def test_a_file_is_stored_under_its_own_name_and_rows_under_a_new_one(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "mine.csv")
            file.write_bytes(b"x\n1\n2\n")
            self.assertEqual(self.client.upload(file).name, "mine.csv")
        names = {self.client.upload(ROWS).name for _ in range(2)}
        self.assertEqual(len(names), 2)

    def test_jobs_are_listed_by_tag_and_forgotten(self):
        self.client.upload(ROWS, "rows")
        jobs = [self.client.submit("rows", 2, labels={"run": "tags"}) for _ in range(3)]
        for job in jobs:
            self.client.wait(job)
        self.assertEqual([each.id for each in self.client.jobs(label="run=tags")], [each.id for each in reversed(jobs)])
        self.client.delete_job(jobs[0])
        self.assertEqual(len(list(self.client.jobs(label="run=tags"))), 2)

    def test_a_cancelled_job_has_no_result(self):
        # Enough work for the cancellation to come in time, whatever the machine: four million steps.
        self.client.upload([[i % 7, i % 11, i % 13] for i in range(2000)], "long")
        slow = {"solver": "gradient", "max_steps": 4_000_000, "tolerance": 0, "refinement": "none", "start": "heads"}
        job = self.client.submit("long", 3, **slow)
        self.assertFalse(job.done)
        self.client.cancel(job)
        ended = self.client.wait(job, timeout=60)
        self.assertEqual(ended.state, "cancelled")
        with self.assertRaisesRegex(JobFailed, "cancelled"):
            self.client.result(ended)
        with self.assertRaises(Problem) as caught:
            self.client.result(ended.id)
        self.assertEqual(caught.exception.status, 409)

    def test_the_service_says_what_it_is(self):
        self.assertEqual(self.client.info()["name"], "attention-clustering")
        self.assertTrue(self.client.ready())


if __name__ == "__main__":
    unittest.main()
