#!/usr/bin/env python3
"""Measure latency and throughput of a service under 1 to 16 workers.

    python throughput_benchmark_template.py [FOLDER] [--url http://127.0.0.1:8000/]

Without `--url` it starts a small service of its own: an HTTP server in another process, which
compresses a text. Every request is a row of the table `requests`, with the machine's figures while
it ran; every configuration is a row of `metrics` for each repetition. To make it yours, change
`request`, or give the URL and `--name` what answers there.

Throughput is the number of answers divided by the time from the first request to the last answer,
of all workers together. The mean of the workers' own rates would be that of one worker, so
sixteen would look no quicker than one. The sum of them is too high where some workers end before
others, because each counts only while it is busy. Failed requests are no answers: they take time,
and stand in a column of their own. Latency is what `Tracker.track` measures around `request`.
Throughput also has the time that storing a row takes, some 50 microseconds.

The configurations are measured in turn, three times over, so that a machine that becomes slower is
slower for all of them.

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
from math import sqrt
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

try:
    from xetrack import Reader, Tracker
except ImportError:
    sys.exit("Error: xetrack is not installed for this Python. Type: pip install xetrack")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

LEVELS = (1, 2, 4, 8, 16)
"""Workers that ask at once."""
REPETITIONS = 3
T95 = 4.303
"""Student's t for 95 % and 2 degrees of freedom, which three repetitions have."""
WARM_UP = 16
"""Requests before a level counts: connections are made, caches filled."""
ENOUGH = 2
"""Times between which there is a percentile."""
OK = 200


@dataclass(frozen=True)
class Sample:
    """One request."""

    number: int


@dataclass(frozen=True)
class Config:
    """How it is asked: what is measured, by how many workers, and for which time."""

    service: str
    workers: int
    repetition: int


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

    def request(self, sample: Sample, config: Config) -> dict[str, int]:  # noqa: ARG002 - a column of each field
        """Ask once: the single execution that is measured."""
        connection = self.free.get()
        try:
            connection.request("GET", f"{self.path}?number={sample.number}")
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


def measure(tracker: Tracker, url: str, config: Config, requests: int) -> float:
    """Send requests in one configuration, and return the seconds it took all workers together."""
    with (
        closing(Client(url, config.workers)) as client,
        ThreadPoolExecutor(config.workers) as pool,
    ):
        try:
            list(pool.map(lambda _: client.request(Sample(-1), config), range(WARM_UP)))
        except (OSError, HTTPException, StatusError) as error:
            sys.exit(f"Error: {url} does not answer: {error}. Start it, or leave out --url.")
        samples = map(Sample, range(requests))
        began = time.perf_counter()
        list(pool.map(lambda sample: tracker.track(client.request, args=[sample, config]), samples))
        return time.perf_counter() - began


def summary(reader: Reader, run: str, config: Config, seconds: float) -> dict[str, Any]:
    """Sum up one repetition: percentiles by straight lines between neighbours, in milliseconds."""
    rows = [
        row
        for row in reader.select(track_id=run).dicts()
        if (row["config_workers"], row["config_repetition"]) == (config.workers, config.repetition)
    ]
    times = [1_000 * row["function_time"] for row in rows if not row["error"]]
    if len(times) < ENOUGH:
        told = "SELECT error, count(*) FROM requests GROUP BY error"
        sys.exit(
            f"Error: with {config.workers} workers all requests failed. "
            f"See: xt sql {reader.db} '{told}'"
        )
    percentile = statistics.quantiles(times, n=100, method="inclusive")
    return {
        "config": config,
        "requests": len(rows),
        "errors": len(rows) - len(times),
        "seconds": seconds,
        "per_second": len(times) / seconds,
        "p50_ms": percentile[49],
        "p95_ms": percentile[94],
        "p99_ms": percentile[98],
        "cpu": statistics.fmean(row["cpu"] for row in rows),
        "p_memory_percent": statistics.fmean(row["p_memory_percent"] for row in rows),
    }


def main() -> None:
    """Measure each configuration, and show what each was like."""
    parser = argparse.ArgumentParser(description="Measure latency and throughput of a service.")
    parser.add_argument("folder", nargs="?", default="throughput_benchmark", type=Path)
    parser.add_argument("--url", help="an HTTP service; by default one that is started for this")
    parser.add_argument("--name", help="what the service is called (default: zlib-6, or the URL)")
    parser.add_argument("--requests", type=int, default=200, help="each time (default: 200)")
    asked = parser.parse_args()
    if asked.requests < ENOUGH:
        parser.error(f"--requests must be at least {ENOUGH}")
    asked.folder.mkdir(parents=True, exist_ok=True)
    db = asked.folder / "benchmark.db"

    if asked.url:
        run = measure_all(db, asked.url, asked.name or asked.url, asked.requests)
    else:
        with service() as url:
            run = measure_all(db, url, asked.name or "zlib-6", asked.requests)
    print(f"Next: validate_benchmark.py {db} requests --run-id {run}")


def measure_all(db: Path, url: str, name: str, requests: int) -> str:
    """Measure all configurations in one run, print a line for each, and return the run."""
    with (
        Tracker(
            db,
            log_system_params=True,
            measurement_interval=0.05,
            raise_on_error=False,  # a request that fails is a result too
            table="requests",
        ) as tracker,
        Tracker(db, table="metrics") as metrics,
        Reader(db, table="requests") as reader,
    ):
        run = tracker.track_id
        found: dict[int, list[dict[str, Any]]] = {workers: [] for workers in LEVELS}
        for repetition in range(REPETITIONS):
            for workers in LEVELS:
                config = Config(name, workers, repetition)
                seconds = measure(tracker, url, config, requests)
                found[workers].append(summary(reader, run, config, seconds))
        for theirs in found.values():
            metrics.log_batch([{"requests_run": run, **one} for one in theirs])
    show(name, found)
    return run


def show(name: str, found: dict[int, list[dict[str, Any]]]) -> None:
    """Print means over repetitions, and the 95 % interval of the throughput."""
    print(f"{name}: means of {REPETITIONS} repetitions")
    print("workers  requests/s      +-   p50 ms   p95 ms   p99 ms  cpu %  errors")
    for workers, theirs in found.items():

        def column(key: str, theirs: list[dict[str, Any]] = theirs) -> list[float]:
            return [one[key] for one in theirs]

        rates = column("per_second")
        half = T95 * statistics.stdev(rates) / sqrt(len(rates))
        print(
            f"{workers:>7}{statistics.fmean(rates):>12.0f}{half:>8.0f}"
            + "".join(
                f"{statistics.fmean(column(key)):>9.2f}" for key in ("p50_ms", "p95_ms", "p99_ms")
            )
            + f"{statistics.fmean(column('cpu')):>7.0f}{sum(column('errors')):>8.0f}"
        )


if __name__ == "__main__":
    main()
