#!/usr/bin/env python3
"""Measure latency and throughput of a service under 1 to 16 workers.

    python throughput_benchmark_template.py [FOLDER] [--url http://127.0.0.1:8000/]

Without `--url` it starts a small service of its own: an HTTP server in another process, which
compresses a text. Every request is a row of the table `requests`, with the machine's figures while
it ran; every level of load is a row of `metrics`. Latency is what `Tracker.track` measures around
`request`. Throughput also has the time that storing a row takes, some 50 microseconds.
To make it yours, change `request`, or give the URL.

Needs: pip install xetrack
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

LEVELS = (1, 2, 4, 8, 16)
"""Workers that ask at once."""
WARM_UP = 16
"""Requests before a level counts: connections are made, caches filled."""
ENOUGH = 2
"""Times between which there is a percentile."""
OK = 200


@dataclass(frozen=True)
class Load:
    """One request: the level it belongs to, and its number."""

    workers: int
    number: int


class StatusError(Exception):
    """The service answered, but not with what was asked for."""


class Client:
    """Connections for as many threads as ask at once."""

    def __init__(self, url: str, workers: int) -> None:
        parts = urlsplit(url)
        self.path = parts.path or "/"
        self.connections = [
            HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=10)
            for _ in range(workers)
        ]
        self.free: SimpleQueue[HTTPConnection] = SimpleQueue()
        for one in self.connections:
            self.free.put(one)

    def request(self, load: Load) -> dict[str, int]:
        """Ask once: the single execution that is measured."""
        connection = self.free.get()
        try:
            connection.request("GET", f"{self.path}?number={load.number}")
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            connection.close()  # the next request begins with a new one
            raise
        finally:
            self.free.put(connection)
        if answer.status != OK:
            raise StatusError(f"{answer.status} {answer.reason}")
        return {"bytes": len(body)}

    def close(self) -> None:
        """Close all connections."""
        for one in self.connections:
            one.close()


class Service(BaseHTTPRequestHandler):
    """What is measured without `--url`."""

    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True  # head and body are two packets, the second must not wait
    text = b"what the service compresses for everybody who asks " * 2_000

    def do_GET(self) -> None:
        """Answer with the compressed text."""
        body = zlib.compress(self.text, 6)
        self.send_response(OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def serve(told: Connection) -> None:
    """Serve, and tell on which port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        told.send(server.server_address[1])
        server.serve_forever()


@contextmanager
def service() -> Iterator[str]:
    """Run a service in a process of its own; return its URL."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/"
    finally:
        process.terminate()
        process.join()


def measure(tracker: Tracker, url: str, workers: int, requests: int) -> float:
    """Send requests with so many workers, and return the seconds it took."""
    loads = [Load(workers, number) for number in range(requests)]
    with closing(Client(url, workers)) as client, ThreadPoolExecutor(workers) as pool:
        try:
            list(pool.map(client.request, [Load(workers, -1)] * WARM_UP))
        except (OSError, HTTPException, StatusError) as error:
            sys.exit(f"Error: {url} does not answer: {error}. Start it, or leave out --url.")
        began = time.perf_counter()
        list(pool.map(lambda load: tracker.track(client.request, args=[load]), loads))
        return time.perf_counter() - began


def summary(reader: Reader, run: str, workers: int, seconds: float) -> dict[str, float]:
    """Sum up one level: percentiles by straight lines between neighbours, in milliseconds."""
    rows = [row for row in reader.select(track_id=run).dicts() if row["load_workers"] == workers]
    times = [1_000 * row["function_time"] for row in rows if not row["error"]]
    if len(times) < ENOUGH:
        told = "SELECT error, count(*) FROM requests GROUP BY error"
        sys.exit(
            f"Error: with {workers} workers all requests failed. See: xt sql {reader.db} '{told}'"
        )
    percentile = statistics.quantiles(times, n=100, method="inclusive")
    return {
        "workers": workers,
        "requests": len(rows),
        "errors": len(rows) - len(times),
        "per_second": len(times) / seconds,
        "p50_ms": percentile[49],
        "p95_ms": percentile[94],
        "p99_ms": percentile[98],
        "cpu": statistics.fmean(row["cpu"] for row in rows),
        "p_memory_percent": statistics.fmean(row["p_memory_percent"] for row in rows),
    }


def main() -> None:
    """Measure level by level, and show what each was like."""
    parser = argparse.ArgumentParser(description="Measure latency and throughput of a service.")
    parser.add_argument("folder", nargs="?", default="throughput_benchmark", type=Path)
    parser.add_argument("--url", help="an HTTP service; by default one that is started for this")
    parser.add_argument("--requests", type=int, default=200, help="at each level (default: 200)")
    asked = parser.parse_args()
    if asked.requests < ENOUGH:
        parser.error(f"--requests must be at least {ENOUGH}")
    asked.folder.mkdir(parents=True, exist_ok=True)
    db = asked.folder / "benchmark.db"

    if asked.url:
        measure_all(db, asked.url, asked.requests)
    else:
        with service() as url:
            measure_all(db, url, asked.requests)
    print(f"Next: xt head {db} --table metrics")


def measure_all(db: Path, url: str, requests: int) -> None:
    """Measure all levels, each in the same run, and print a line for each."""
    with (
        Tracker(
            db,
            {"url": url},
            log_system_params=True,
            measurement_interval=0.05,
            raise_on_error=False,  # a request that fails is a result too
            table="requests",
        ) as tracker,
        Tracker(db, {"url": url}, table="metrics") as metrics,
        Reader(db, table="requests") as reader,
    ):
        print("workers  requests/s   p50 ms   p95 ms   p99 ms  cpu %  errors")
        for workers in LEVELS:
            seconds = measure(tracker, url, workers, requests)
            found = summary(reader, tracker.track_id, workers, seconds)
            metrics.log({"requests_run": tracker.track_id, **found})
            print(
                f"{workers:>7}{found['per_second']:>12.0f}{found['p50_ms']:>9.2f}"
                f"{found['p95_ms']:>9.2f}{found['p99_ms']:>9.2f}{found['cpu']:>7.0f}"
                f"{found['errors']:>8}"
            )


if __name__ == "__main__":
    main()
