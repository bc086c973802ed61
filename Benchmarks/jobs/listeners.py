#!/usr/bin/env python3
"""What thousands of listeners to one job's events cost.

    python3 Benchmarks/jobs/listeners.py --clusterd .build/release/clusterd [--listeners 5000]

Starts a long job, opens that many streams of Server-Sent Events on it, reads them for a while and ends the job. Prints
the resident memory that a listener costs, how many events each got and whether all saw the end.
"""

import argparse
import http.client
import multiprocessing
import resource
import selectors
import socket
import time

from service import Service


def poll(port, job, seconds, times):
    """Asks how the job stands, again and again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        connection.request("GET", f"/v1/jobs/{job}")
        connection.getresponse().read()
        taken.append(time.monotonic() - began)
        time.sleep(0.01)
    times.put(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clusterd", default=".build/release/clusterd")
    parser.add_argument("--port", type=int, default=18_471)
    parser.add_argument("--listeners", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=12, help="how long to listen")
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, options.listeners + 1_000), most))

    service = Service(options.clusterd, options.port, "--workers", "1")
    try:
        rows = "\n".join(f"{i % 7},{i % 11},{(i * 7919) % 101}" for i in range(4_000))
        service.call("PUT", "/v1/datasets/points", rows, {"Content-Type": "text/csv"})
        job = service.json("POST", "/v1/jobs", {
            "dataset": "points", "k": 3, "solver": "gradient", "preprocessing": "none", "tolerance": 0,
            "max_steps": 10_000_000})["id"]
        while service.json("GET", f"/v1/jobs/{job}")["state"] != "running":
            time.sleep(0.01)
        request = (f"GET /v1/jobs/{job}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n").encode()
        before = service.memory()
        watch = selectors.DefaultSelector()
        tails, events = {}, {}
        began = time.monotonic()
        for number in range(options.listeners):
            # The server bounds the connections of one address.
            source = (f"127.0.0.{2 + number // 2_000}", 0)
            connection = socket.create_connection(("127.0.0.1", options.port), source_address=source)
            connection.sendall(request)
            connection.setblocking(False)
            watch.register(connection, selectors.EVENT_READ)
            tails[connection] = b""
            events[connection] = 0
        print(f"{len(tails)} streams opened in {time.monotonic() - began:.1f} s")

        ended = set()

        def read(until):
            while time.monotonic() < until and len(ended) < len(tails):
                for key, _ in watch.select(timeout=0.1):
                    connection = key.fileobj
                    try:
                        data = connection.recv(1 << 16)
                    except BlockingIOError:
                        continue
                    events[connection] += data.count(b"event: ")
                    tails[connection] = (tails[connection] + data)[-4_000:]
                    if b"event: done" in tails[connection] or not data:
                        if b"event: done" in tails[connection]:
                            ended.add(connection)
                        watch.unregister(connection)

        # In a process of its own, so that it does not wait for the reading here.
        times = multiprocessing.Queue()
        poller = multiprocessing.Process(target=poll, args=(options.port, job, options.seconds - 2, times))
        poller.start()
        read(time.monotonic() + options.seconds)
        during = service.memory()
        polls = sorted(times.get(timeout=30))
        poller.join()
        service.json("POST", f"/v1/jobs/{job}/cancel")
        read(time.monotonic() + 30)
        counts = sorted(events.values())
        print(f"memory: {before / 2**20:.1f} MiB before, {during / 2**20:.1f} MiB with them: "
              f"{(during - before) / options.listeners / 1024:.1f} KiB a listener")
        print(f"events each: {counts[0]} to {counts[-1]}, median {counts[len(counts) // 2]}; "
              f"saw the end: {len(ended)} of {options.listeners}")
        print(f"a status poll meanwhile: median {polls[len(polls) // 2] * 1000:.2f} ms, "
              f"99% {polls[len(polls) * 99 // 100] * 1000:.1f} ms of {len(polls)}")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
