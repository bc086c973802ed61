#!/usr/bin/env python3
"""openapi.yaml against the release binary: openapi-spec-validator, then every check of schemathesis.

    Tests/Schemathesis/run.py CLUSTERD [--cases N] [--seed N] [--port N]

Run it with a Python that has requirements.txt. The service runs in a folder of its own, with one small dataset that the
document's examples name; hooks.py fills in what schemas cannot say. Ends with the numbers of cases and of failures.
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "openapi.yaml"
POINTS = b"x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n-7,5\n-7,6\n"


def call(url, method="GET", body=None):
    request = urllib.request.Request(url, data=body, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def wait_for(url):
    for _ in range(200):
        try:
            return call(f"{url}/readyz")
        except OSError:
            time.sleep(0.05)
    sys.exit(f"the service does not answer at {url}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clusterd", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=100, help="the most cases of an operation in each phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=19180)
    options = parser.parse_args()
    tools = pathlib.Path(sys.executable).parent
    subprocess.run([tools / "openapi-spec-validator", DOCUMENT], check=True)
    url = f"http://127.0.0.1:{options.port}"
    with tempfile.TemporaryDirectory(prefix="schemathesis-") as folder:
        service = subprocess.Popen(
            [options.clusterd.resolve(), "serve", "--port", str(options.port), "--data-dir", f"{folder}/data",
             "--workers", "2", "--log-level", "error"], stdout=subprocess.DEVNULL)
        try:
            wait_for(url)
            call(f"{url}/v1/datasets/points.csv", "PUT", POINTS)
            samples = pathlib.Path(folder, "samples")
            samples.mkdir()
            for name in ("npy", "arrow"):
                (samples / name).write_bytes(call(f"{url}/v1/datasets/points.csv/content?format={name}"))
            # What is served is what is tested.
            document = pathlib.Path(folder, "openapi.yaml")
            document.write_bytes(call(f"{url}/openapi.yaml"))
            if document.read_bytes() != DOCUMENT.read_bytes():
                sys.exit("the service was built with another openapi.yaml; build it anew")
            tested = subprocess.run(
                [tools / "st", "--config-file", HERE / "schemathesis.toml", "run", document, "--url", url,
                 "--checks", "all", "--mode", "all", "--max-examples", str(options.cases), "--seed", str(options.seed),
                 "--continue-on-failure", "--request-timeout", "60"],
                cwd=folder, env=os.environ | {"SAMPLES": str(samples), "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)})
        finally:
            service.send_signal(signal.SIGTERM)
            code = service.wait(timeout=30)
    if code != 0:
        sys.exit(f"the service ended with {code}")
    sys.exit(tested.returncode)


if __name__ == "__main__":
    main()
