"""A nightly DAG: upload, cluster without holding a worker, label. Put it with the two other files into dags/."""

from datetime import datetime
from pathlib import Path

from airflow.decorators import dag, task

from attention_clustering import Client
from attention_clustering_airflow import AttentionClusteringOperator

URL = "http://clusterd:8080"


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False)
def customer_segments():
    @task(retries=3)
    def upload() -> str:
        return Client(URL).upload(Path("/data/customers.csv"), id_column="customer").name

    cluster = AttentionClusteringOperator(
        task_id="cluster", url=URL, dataset="{{ ti.xcom_pull('upload') }}", k=8, parameters={"seed": 7}, retries=2
    )

    @task(retries=3)
    def label(outcome: dict) -> None:
        labels = Client(URL).assign(outcome["model"], Path("/data/new-customers.csv"), id_column="customer")
        print(dict(zip(labels.ids, labels.labels)))

    upload() >> cluster
    label(cluster.output)


customer_segments()
