#!/usr/bin/env python3
"""Runs every shell block of the documents beside a real service: Tests/Documents/run.py [DOCUMENT…]

The blocks of a document run in one shell, one after the other, so that $JOB of one is known to the next, in a scratch
folder that shows the repository's folders and has `clusterd` in its PATH. The service of the document listens on a port
of its own: 127.0.0.1:8080 in a block stands for it, and 8443 for another free port. curl fails on a status of 400 and
more, so that a block whose call is refused fails.

What stands before a block on a line of its own changes that:

  <!-- not run: REASON -->    the block is left out; the reason is listed
  <!-- refused: REASON -->    the block has to fail

CLUSTERD names the binary, .build/release/clusterd if it is not set. Standard library only.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("CLUSTERD", REPOSITORY / ".build/release/clusterd")).resolve()
HIDDEN = {".git", ".build", "data"}
LIMIT_SECONDS = 120
FENCE = re.compile(r"^```(\S*)\s*$")
MARKER = re.compile(r"^<!-- (not run|refused): *(.*?) *-->$")
SHELLS = {"bash", "sh", "shell", "console", "zsh"}


class Block:
    def __init__(self, line, text, marker, reason):
        self.line, self.text, self.marker, self.reason = line, text, marker, reason


def blocks(document):
    """The shell blocks of a document; complains about those that this file would not see."""
    found, marker, language, begun, lines = [], None, None, 0, []
    for number, line in enumerate(document.read_text().splitlines(), 1):
        fence = FENCE.match(line.strip())
        if language is not None:
            if fence and not fence[1]:
                if language in SHELLS:
                    if language != "bash":
                        raise SystemExit(f"{document}:{begun}: a {language} block is not run; call it bash")
                    found.append(Block(begun, "\n".join(lines), *(marker or (None, ""))))
                language, marker = None, None
            else:
                lines.append(line)
        elif fence:
            language, begun, lines = fence[1], number, []
        elif line.strip():
            said = MARKER.match(line.strip())
            marker = (said[1], said[2]) if said else None
            if said and not said[2]:
                raise SystemExit(f"{document}:{number}: say the reason")
    if language is not None:
        raise SystemExit(f"{document}:{begun}: the block has no end")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def furnish(folder):
    """The scratch folder: the repository by links, and programs of our own before the system's."""
    for entry in REPOSITORY.iterdir():
        if entry.name not in HIDDEN:
            (folder / entry.name).symlink_to(entry)
    programs = folder / ".programs"
    programs.mkdir()
    (programs / "clusterd").symlink_to(BINARY)
    curl = programs / "curl"
    curl.write_text(f'#!/bin/sh\nexec {shutil.which("curl")} --no-progress-meter --fail-with-body "$@"\n')
    curl.chmod(0o755)
    return programs


def start_service(folder, port, log):
    service = subprocess.Popen(
        [BINARY, "serve", "--port", str(port), "--data-dir", folder / "service-data", "--log-level", "warning"],
        stdout=log, stderr=log, cwd=folder,
    )
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return service
        if service.poll() is not None:
            break
        time.sleep(0.02)
    raise SystemExit("the service did not start")


def script(chosen, port, secure_port):
    """One shell script; descriptor 9 tells which block has begun, and which has done what it should."""
    parts = ["set -euo pipefail"]
    for block in chosen:
        text = re.sub(r"\b(127\.0\.0\.1|localhost):8080\b", rf"\1:{port}", block.text)
        text = re.sub(r"\b8443\b", str(secure_port), text)
        parts.append(f"echo begin {block.line} >&9")
        if block.marker == "refused":
            parts.append(f"if ( set -e\n{text}\n); then echo 'this should have failed' >&2; exit 1; fi")
        else:
            parts.append(text)
        parts.append(f"echo end {block.line} >&9")
    return "\n".join(parts) + "\n"


def run(document):
    """Runs a document; the number of blocks run, and of failures."""
    name = document.relative_to(REPOSITORY)
    every = blocks(document)
    chosen = [block for block in every if block.marker != "not run"]
    for block in every:
        if block.marker == "not run":
            print(f"  left out   {name}:{block.line}: {block.reason}")
    if not chosen:
        return 0, 0
    with tempfile.TemporaryDirectory(prefix="clusterd-documents-") as scratch:
        folder = pathlib.Path(scratch)
        programs = furnish(folder)
        port = free_port()
        log, trace, output = (open(folder / f".{each}", "w+") for each in ("service", "trace", "output"))
        with log, trace, output:
            service = start_service(folder, port, log)
            shell = None
            try:
                shell = subprocess.Popen(
                    ["bash", "-c", script(chosen, port, free_port())], cwd=folder, stdin=subprocess.DEVNULL,
                    stdout=output, stderr=output, pass_fds=[9] if os.dup2(trace.fileno(), 9) else [],
                    env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}, start_new_session=True,
                )
                try:
                    status = shell.wait(LIMIT_SECONDS)
                except subprocess.TimeoutExpired:
                    status = f"nothing after {LIMIT_SECONDS} s"
            finally:
                os.close(9)
                if shell:
                    try:
                        os.killpg(shell.pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                service.terminate()
                service.wait(30)
            trace.seek(0)
            steps = [line.split() for line in trace.read().splitlines()]
            done = sum(what == "end" for what, _ in steps)
            if status == 0 and done == len(chosen):
                print(f"  {done:3} blocks ran  {name}")
                return done, 0
            line = steps[-1][1] if steps else "?"
            output.seek(0)
            log.seek(0)
            print(f"  FAILED     {name}:{line}: exit status {status}; {done} of {len(chosen)} blocks ran. It said:")
            print("    | " + "\n    | ".join((output.read().splitlines() + log.read().splitlines())[-25:]))
            return done, 1


def main():
    if not os.access(BINARY, os.X_OK):
        raise SystemExit(f"{BINARY} is missing: make build, or name the binary in CLUSTERD")
    given = [pathlib.Path(each).resolve() for each in sys.argv[1:]]
    documents = given or [
        REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md")),
        REPOSITORY / "clients/python/README.md", REPOSITORY / "examples/airflow/README.md",
    ]
    results = [run(document) for document in documents]
    ran, failed = sum(each for each, _ in results), sum(each for _, each in results)
    print(f"{ran} shell blocks ran, {failed} documents failed")
    sys.exit(1 if failed or not ran else 0)


if __name__ == "__main__":
    main()
