"""Measure the page beside trackio's: ``python -m benchmarks.page [20 200 10000 1000000]``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from benchmarks.page.browser import Look, look_at
from benchmarks.page.servers import TRACKIO, serving, xetrack_command
from benchmarks.page.workloads import WORKLOADS, Workload, log_with_trackio, log_with_xetrack
from tools.browser import launched

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

PEER = ROOT / "build" / "page"
"""Where trackio is, apart from what is installed here."""

COLUMNS = (
    "page",
    "s until drawn",
    "server CPU s",
    "browser CPU s",
    "server MB",
    "MB sent",
    "idle %",
)


def main(names: list[str]) -> int:
    """Measure, and print a table.

    Parameters
    ----------
    names
        Of workloads; all of them when empty.

    Returns
    -------
    int
        The exit code.
    """
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        print(f"There is no workload {unknown[0]!r}. There are: {', '.join(WORKLOADS)}")
        return 2
    if not PEER.is_dir():
        print("trackio is not in build/page: make bench-page brings it.")
    with launched() as browser:
        for name in names or WORKLOADS:
            workload = WORKLOADS[name]
            print(f"\n{workload.runs:,} runs x {workload.steps:,} steps x {workload.metrics}\n")
            print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
            for page, look in _look_at_ours(browser, workload):
                _print(page, look)
            if PEER.is_dir() and workload.has_peer:
                _print("trackio", _look_at_trackio(browser, workload))
    return 0


def _look_at_ours(browser: object, workload: Workload) -> Iterator[tuple[str, Look]]:
    shown = ",".join(f"run-{at}" for at in range(workload.shown or workload.runs))
    with tempfile.TemporaryDirectory() as folder:
        place = log_with_xetrack(workload, Path(folder))
        for page, query, charts in (
            ("xt ui, the table of runs", {"view": "runs"}, 0),
            ("xt ui", {"view": "charts", "runs": shown}, workload.metrics),
        ):
            if not charts and not workload.has_table:
                continue
            with serving(xetrack_command(place)) as (address, server):
                token = urlsplit(address).query
                parts = urlsplit(address)._replace(query=f"{token}&{urlencode(query)}")
                yield page, look_at(browser, parts.geturl(), server, charts)


def _look_at_trackio(browser: object, workload: Workload) -> Look:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"TRACKIO_DIR": folder, "PYTHONPATH": f"{PEER}:{ROOT}"}
        log_with_trackio(workload, environment)
        with serving(TRACKIO, environment) as (address, server):
            return look_at(browser, address, server, workload.metrics)


def _print(page: str, look: Look) -> None:
    seconds = "none" if look.seconds is None else f"{look.seconds:.1f}"
    print(
        f"| {page} | {seconds} | {look.server_cpu:.1f} | {look.browser_cpu:.1f} | "
        f"{look.server_memory:.0f} | {look.transferred:.2f} | {look.idle_cpu:.1f} |"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
