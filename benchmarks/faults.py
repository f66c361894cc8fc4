"""What sinks and probes cost that hang, block or raise."""

from __future__ import annotations

import threading
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.recording import METRICS, PARAMS
from benchmarks.timing import in_turn, report
from xetrack import Tracker
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class _Sink(Sink):
    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__({})
        self._act = act

    def emit(self, row: Mapping[str, Any], level: str) -> None:  # noqa: ARG002
        self._act()


class _Probe(Probe):
    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__({})
        self._act = act

    def present(self) -> Mapping[str, Any]:
        self._act()
        return {}

    def start(self) -> Measurement:
        raise NotImplementedError


def _block() -> None:
    time.sleep(0.005)


def _hang() -> None:
    threading.Event().wait()


def _fail() -> None:
    raise OSError("no more space")


def faults() -> None:
    """Measure rows beside sinks and probes that are sound, hang, block for 5 ms, or raise."""
    warnings.simplefilter("ignore")
    acts: dict[str, Callable[[], object]] = {
        "is sound": int,
        "hangs": _hang,
        "blocks": _block,
        "raises": _fail,
    }
    for kind, part in (("sink", _Sink), ("probe", _Probe)):
        with TemporaryDirectory() as folder:
            trackers = {f"no {kind}": Tracker(Path(folder, "none.db"), PARAMS)}
            trackers |= {
                f"{kind} that {name}": Tracker(
                    Path(folder, f"{name}.db"), PARAMS, **{f"{kind}s": [part(act)]}
                )
                for name, act in acts.items()
            }
            arms = {
                name: lambda tracker=tracker: tracker.log(METRICS)
                for name, tracker in trackers.items()
            }
            report(f"One row beside a {kind}", in_turn(arms, rounds=100, block=50))
            for name, tracker in trackers.items():
                began = time.perf_counter()
                tracker.close()
                print(f"closing, {name:25}{time.perf_counter() - began:12.2f} s")


ALL = {"faults": faults}
