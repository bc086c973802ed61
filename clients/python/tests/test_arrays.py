"""NumPy arrays and pandas DataFrames in and out, where they are installed."""

import sys
import unittest

from attention_clustering import Client

from .service import REPOSITORY, ServiceTestCase

try:
    import numpy
except ImportError:
    numpy = None
try:
    import pandas
except ImportError:
    pandas = None

for name, module in (("NumPy", numpy), ("pandas", pandas)):
    if module is None:
        print(f"NOT TESTED: {name} is not installed; pip install {name.lower()} to test it too", file=sys.stderr)

IRIS = REPOSITORY / "examples/iris.csv"


@unittest.skipIf(numpy is None, "NumPy is not installed: arrays are not tested")
class Arrays(ServiceTestCase):
    def setUp(self):
        self.client = Client(self.url)
        self.points = numpy.loadtxt(IRIS, delimiter=",", skiprows=1, usecols=range(4))

    def test_complex_numbers_are_refused_and_not_halved(self):
        with self.assertRaisesRegex(TypeError, "complex"):
            self.client.cluster(numpy.array([[1j], [2]]), k=1)

    def test_arrays_come_back_for_arrays(self):
        clustering = self.client.cluster(self.points, k=3)
        self.assertEqual((clustering.labels.shape, clustering.labels.dtype), ((150,), numpy.int32))
        self.assertEqual((clustering.centroids.shape, clustering.distances.dtype), ((3, 4), numpy.float64))
        self.assertEqual(numpy.bincount(clustering.labels).tolist(), clustering.sizes.tolist())
        own = numpy.linalg.norm(self.points - clustering.centroids[clustering.labels], axis=1)
        numpy.testing.assert_allclose(clustering.distances, own, atol=1e-5)

    def test_every_layout_and_number_type_gives_the_same_labels(self):
        expected = self.client.cluster(self.points, k=3).labels
        for points in (
            numpy.asfortranarray(self.points), self.points.astype("float32"), self.points.astype(">f8"),
            self.points.tolist(), numpy.repeat(self.points, 2, axis=1)[:, ::2],
        ):
            numpy.testing.assert_array_equal(self.client.cluster(points, k=3).labels, expected)
        whole = numpy.array([[0, 0], [0, 1], [9, 9]])
        for points in (whole, whole.astype("uint8"), whole.astype("float16"), whole.astype(object)):
            self.assertEqual(self.client.cluster(points, k=2).labels.tolist(), [0, 0, 1])

    def test_new_points_get_arrays_too(self):
        clustering = self.client.cluster(self.points, k=3)
        numpy.testing.assert_array_equal(self.client.assign(clustering, self.points).labels, clustering.labels)


@unittest.skipIf(pandas is None, "pandas is not installed: DataFrames are not tested")
class Frames(ServiceTestCase):
    def setUp(self):
        self.client = Client(self.url)
        self.frame = pandas.read_csv(IRIS).set_index(pandas.Index(range(1000, 1150)))

    def test_labels_come_back_beside_the_rows(self):
        clustering = self.client.cluster(self.frame, k=3)
        self.assertEqual(clustering.columns, list(self.frame.columns))
        labelled = clustering.frame()
        self.assertEqual(list(labelled.columns), [*self.frame.columns, "cluster", "distance", "confidence"])
        self.assertEqual(labelled.index.tolist(), self.frame.index.tolist())
        self.assertEqual(labelled["cluster"].value_counts().sort_index().tolist(), [54, 50, 46])
        self.assertNotIn("cluster", self.frame.columns)

    def test_columns_are_found_by_name_when_new_rows_are_labelled(self):
        clustering = self.client.cluster(self.frame, k=3)
        turned = self.frame[self.frame.columns[::-1]]
        self.assertEqual(self.client.assign(clustering, turned).labels.tolist(), clustering.labels.tolist())

    def test_a_column_of_text_is_no_coordinate(self):
        frame = self.frame.assign(key=[f"flower {i}, of 150" for i in range(150)])
        clustering = self.client.cluster(frame, k=3, id_column="key")
        self.assertEqual(clustering.ids[1], "flower 1, of 150")
        self.assertEqual(clustering.sizes.tolist(), [54, 50, 46])

    def test_columns_named_by_numbers_and_stored_frames_work(self):
        frame = pandas.DataFrame([[0, 0], [0, 1], [9, 9]])
        self.assertEqual(self.client.cluster(frame, k=2).columns, ["0", "1"])
        self.assertEqual(self.client.upload(frame, "frame").rows, 3)


if __name__ == "__main__":
    unittest.main()
