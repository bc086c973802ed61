#!/usr/bin/env python3
"""Runs the black-box suites beside this file against a clusterd binary, plain and over TLS.

    run.py PATH-OF-CLUSTERD [--port-base 19080]

Standard library and the openssl command only. Exits 1 when any suite has a failure; prints what did not pass.
"""
import argparse
import contextlib
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


def make_certificates(folder):
    """Two authorities; two server certificates of the first, and a client certificate of each."""
    for authority in ("ca", "other-ca"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-keyout", f"{authority}.key", "-out", f"{authority}.pem", "-subj", f"/CN={authority}",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign", cwd=folder)
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    (folder / "client.ext").write_text("extendedKeyUsage=clientAuth\n")
    for name, authority, kind in (("server", "ca", "server"), ("server2", "ca", "server"),
                                  ("client", "ca", "client"), ("other-client", "other-ca", "client")):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
                "-out", f"{name}.csr", "-subj", f"/CN={name}", cwd=folder)
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
                "-CAcreateserial", "-days", "2", "-extfile", f"{kind}.ext", "-out", f"{name}.pem", cwd=folder)


@contextlib.contextmanager
def serving(binary, folder, name, *arguments, ports):
    """A clusterd that listens, for as long as the block lasts; it must then stop by itself."""
    log = open(folder / f"{name}.log", "w")
    process = subprocess.Popen(
        [binary, "serve", "--data-dir", str(folder / name), "--log-level", "warning", *arguments],
        stdout=log, stderr=subprocess.STDOUT)
    try:
        for port in ports:
            deadline = time.time() + 20
            while True:
                if process.poll() is not None or time.time() > deadline:
                    sys.exit(f"clusterd did not start:\n{(folder / f'{name}.log').read_text()}")
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.05)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            if process.wait(40) != 0:
                sys.exit(f"{name}: clusterd ended with {process.returncode}")
        except subprocess.TimeoutExpired:
            process.kill()
            sys.exit(f"{name}: clusterd did not stop")


@contextlib.contextmanager
def serving_both(binary, folder, name, plain, tls, *arguments):
    """A clusterd that listens on a plain port and one for TLS, with the certificates of `make_certificates`."""
    make_certificates(folder)
    with serving(binary, folder, name, "--port", str(plain), "--tls-port", str(tls), "--tls-cert",
                 str(folder / "server.pem"), "--tls-key", str(folder / "server.key"), *arguments,
                 ports=(plain, tls)) as pid:
        yield pid


def start(title, script, *arguments):
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return title, process


def failures(running):
    """Waits for suites; prints what did not pass and each summary."""
    failed = 0
    for title, process in running:
        output, _ = process.communicate()
        lines = output.splitlines()
        interesting = [line for line in lines[:-1] if line.startswith(("FAIL", "WARN")) or process.returncode and line.startswith(("Traceback", "  "))]
        for line in interesting:
            print(f"{title}: {line}")
        print(f"{title}: {lines[-1] if lines else 'no output'}", flush=True)
        failed += process.returncode != 0
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clusterd")
    parser.add_argument("--port-base", type=int, default=19080)
    options = parser.parse_args()
    plain, tls, mutual = range(options.port_base, options.port_base + 3)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="conformance-"))
    failed = 0
    try:
        make_certificates(folder)
        shutil.copy(folder / "server.pem", folder / "live.pem")
        shutil.copy(folder / "server.key", folder / "live.key")
        ca = folder / "ca.pem"
        common = ["--strict", "--wait", 35, "--timeout", 10]
        cluster = ["--path", "/", "--post-path", "/v1/cluster?k=3", "--post-body", ROOT / "examples/iris.csv",
                   "--content-type", "text/csv"]
        # The body limit of the clustering route is too large to be sent for a test; that of control bodies is not.
        limits = ["--strict", "--only", "B10,B11,E05", "--post-path", "/v1/jobs", "--content-type", "application/json",
                  "--body-limit", 1 << 20]
        secure = ["--tls", "--cafile", ca, "--sni", "localhost"]
        with serving(options.clusterd, folder, "first", "--port", str(plain), "--tls-port", str(tls), "--tls-cert",
                     str(folder / "live.pem"), "--tls-key", str(folder / "live.key"), ports=(plain, tls)) as pid:
            failed += failures([
                start("plain", "conformance.py", "--port", plain, *common, *cluster),
                start("TLS", "conformance.py", "--port", tls, *secure, *common, *cluster),
            ])
            failed += failures([
                start("plain, body limit", "conformance.py", "--port", plain, *limits),
                start("TLS, body limit", "conformance.py", "--port", tls, *secure, *limits),
            ])
            reload = f"cp '{folder}/server2.key' '{folder}/live.key' && cp '{folder}/server2.pem' '{folder}/live.pem'"
            failed += failures([start("tlscheck", "tlscheck.py", "--port", tls, "--cafile", ca, "--reload-pid", pid,
                                      "--reload-cmd", reload)])
        with serving(options.clusterd, folder, "second", "--tls-port", str(mutual), "--tls-cert",
                     str(folder / "server.pem"), "--tls-key", str(folder / "server.key"), "--tls-client-ca", str(ca),
                     ports=(mutual,)):
            failed += failures([start(
                "tlscheck, client certificates", "tlscheck.py", "--port", mutual, "--cafile", ca,
                "--client-cert", folder / "client.pem", "--client-key", folder / "client.key",
                "--bad-client-cert", folder / "other-client.pem", "--bad-client-key", folder / "other-client.key")])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
