#!/usr/bin/env python3
"""Times our HTTP server beside nginx and Hummingbird on this machine; prints a table in Markdown.

    run.py [--seconds 4] [--rounds 5] [--only plain,tls,handshake,bulk,events] [--connections 64,512]
           [--hummingbird PROGRAM] [--server PROGRAM]

Needs nginx, wrk, openssl, curl and taskset.  Each server has core 0 for itself, the client core 1.  All servers of a
test take turns in each round, so that a busy neighbour slows them alike.  The best rate of the rounds counts, since
nothing makes a server faster than it is; of p99 and of processor time the median.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--seconds", type=int, default=4)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--only", default="plain,tls,handshake,bulk,events")
parser.add_argument("--connections", default="64,512")
parser.add_argument("--server", default=str(HERE / "hello-server/.build/release/hello-server"))
parser.add_argument("--event-sources", default=str(HERE / "event-sources/.build/release/event-sources"))
parser.add_argument("--hummingbird", default=str(HERE / "hello-hummingbird/.build/release/hello-hummingbird"))
options = parser.parse_args()
SERVER_CORE, CLIENT_CORE = "0", "1"
PORT, TLS_PORT = 18080, 18443
TICK = os.sysconf("SC_CLK_TCK")
EVENTS = {"a source each": "each", "a source over epoll": "epoll"}
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"

NGINX = """
daemon off; worker_processes 1; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off; client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
    uwsgi_temp_path {dir}; scgi_temp_path {dir}; keepalive_requests 1000000000; tcp_nodelay on;
    server {{ listen 127.0.0.1:{port} backlog=1024; location / {{ default_type text/plain; return 200 "hello, world\\n"; }} }}
    server {{
        listen 127.0.0.1:{tls} ssl backlog=1024; ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers {ciphers}; ssl_ecdh_curve X25519:P-256:P-384;
        location / {{ default_type text/plain; return 200 "hello, world\\n"; }}
    }}
}}
"""


def run(*command, check=True, **keywords):
    return subprocess.run(command, check=check, capture_output=True, text=True, **keywords).stdout


def certificate(directory, kind):
    """A self-signed certificate, of an elliptic or an RSA key."""
    key = {"P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "RSA-2048": ["rsa:2048"]}[kind]
    run("openssl", "req", "-x509", "-newkey", *key, "-nodes", "-keyout", f"{directory}/key.pem",
        "-out", f"{directory}/cert.pem", "-days", "2", "-subj", "/CN=localhost")


class Running:
    """A server on its core, and the processor time of its processes."""

    def __init__(self, name, directory):
        self.name = name
        if name == "nginx":
            text = NGINX.format(dir=directory, port=PORT, tls=TLS_PORT, ciphers=CIPHERS)
            pathlib.Path(directory, "nginx.conf").write_text(text)
            command = ["nginx", "-c", f"{directory}/nginx.conf"]
        elif name == "hummingbird":
            command = [options.hummingbird, str(PORT)]
        elif name in EVENTS:
            command = [options.event_sources, str(PORT), EVENTS[name]]
        else:
            command = [options.server, str(PORT), str(TLS_PORT), f"{directory}/cert.pem", f"{directory}/key.pem"]
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command], env={**os.environ, "EVENT_LOOPS": "1", "LOG_LEVEL": "error"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(100):
            time.sleep(0.05)
            probe = run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"http://127.0.0.1:{PORT}/", check=False)
            if probe == "200":
                return self
        raise SystemExit(f"{self.name} does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def memory(self, name):
        """A figure of the server's memory, in MiB; its own process, since taskset has become it."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(name + r":\s+(\d+)", status).group(1)) / 1024

    def processor_seconds(self):
        children = run("pgrep", "-P", str(self.process.pid), check=False).split()
        total = 0
        for pid in [str(self.process.pid), *children]:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wrk(server, url, connections):
    before = server.processor_seconds()
    out = run("taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{options.seconds}", "--latency", url)
    spent = server.processor_seconds() - before
    requests = int(re.search(r"(\d+) requests in", out).group(1))
    return {"rate": float(re.search(r"Requests/sec: +([\d.]+)", out).group(1)),
            "p99": milliseconds(re.search(r"99% +(\S+)", out).group(1)), "cpu": spent / requests * 1e6}


def handshakes(server):
    """Full handshakes of TLS 1.3, each on a new connection, from four clients at a time, which are the slower side."""
    before = server.processor_seconds()
    clients = [subprocess.Popen(
        ["taskset", "-c", CLIENT_CORE, "openssl", "s_time", "-connect", f"127.0.0.1:{TLS_PORT}", "-new", "-tls1_3",
         "-time", str(options.seconds)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(4)]
    outputs = [client.communicate()[0] for client in clients]
    spent = server.processor_seconds() - before
    found = [re.search(r"(\d+) connections in (\d+) real seconds", out).groups() for out in outputs]
    count = sum(int(connections) for connections, _ in found)
    rate = sum(int(connections) / int(seconds) for connections, seconds in found)
    return {"rate": rate, "p99": float("nan"), "cpu": spent / count * 1e6}


def compare(title, names, directory, measure):
    rounds = {name: [] for name in names}
    for _ in range(options.rounds):
        for name in names:
            with Running(name, directory) as server:
                rounds[name].append(measure(server))
    best = {name: {"rate": max(one["rate"] for one in found), "p99": statistics.median(one["p99"] for one in found),
                   "cpu": statistics.median(one["cpu"] for one in found)} for name, found in rounds.items()}
    for name, figures in best.items():
        p99 = "" if figures["p99"] != figures["p99"] else f"{figures['p99']:.2f}"
        ratio = "" if name == names[0] else f"{best[names[0]]['rate'] / figures['rate']:.2f}"
        print(f"| {title} | {name} | {figures['rate']:,.0f} | {p99} | {figures['cpu']:.1f} | {ratio} |", flush=True)


def bulk(directory):
    """1 GiB each way; the speed that curl reports, in GB/s, and the most memory the server has had."""
    with Running("ours", directory) as server:
        before = server.memory("VmRSS")
        for scheme, port in (("http", PORT), ("https", TLS_PORT)):
            base = f"{scheme}://127.0.0.1:{port}"
            curl = ["taskset", "-c", CLIENT_CORE, "curl", "-sk", "-o", "/dev/null", "-w"]
            down = max(float(run(*curl, "%{speed_download}", f"{base}/big")) for _ in range(options.rounds))
            with open(f"{directory}/gib", "wb") as file:
                file.truncate(1 << 30)
            up = max(float(run(*curl, "%{speed_upload}", "-H", "Expect:", "-T", f"{directory}/gib", "-X", "POST",
                               f"{base}/sink")) for _ in range(options.rounds))
            print(f"| 1 GiB over {scheme}, GB/s | ours | down {down / 1e9:.2f}, up {up / 1e9:.2f} | | | |", flush=True)
        print(f"\nMemory: {before:.1f} MiB before the transfers, at most {server.memory('VmHWM'):.1f} MiB", flush=True)


def main():
    chosen = options.only.split(",")
    counts = [int(count) for count in options.connections.split(",")]
    peers = ["ours", "nginx"]
    alike = peers + (["hummingbird"] if pathlib.Path(options.hummingbird).exists() else [])
    print("| test | server | a second | p99 ms | CPU µs each | ours / it |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        certificate(directory, "P-256")
        for connections in counts if "plain" in chosen else ():
            compare(f"small GET, {connections} connections", alike, directory,
                    lambda server: wrk(server, f"http://127.0.0.1:{PORT}/", connections))
        for connections in counts if "events" in chosen else ():
            compare(f"Dispatch, {connections} connections", list(EVENTS), directory,
                    lambda server: wrk(server, f"http://127.0.0.1:{PORT}/", connections))
        if "tls" in chosen:
            compare("small GET over TLS 1.3, 64 connections", peers, directory,
                    lambda server: wrk(server, f"https://127.0.0.1:{TLS_PORT}/", 64))
        for kind in ("P-256", "RSA-2048") if "handshake" in chosen else ():
            certificate(directory, kind)
            compare(f"full handshakes, {kind}", peers, directory, handshakes)
        if "bulk" in chosen:
            bulk(directory)


main()
