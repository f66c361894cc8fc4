"""Parts of your own: a sink that hears of every row, a probe that measures, a plugin of both."""

from __future__ import annotations

import gc
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

from running import run

from xetrack import Tracker
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.sinks import Sink

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xetrack.model.kinds import Value


class Best(Sink):
    """The best loss so far; yours may post it, or print it."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.best = float("inf")

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Look at a row that was stored; see `Sink.emit`."""
        loss = row.get("loss")
        if level == "TRACKING" and isinstance(loss, float):
            self.best = min(self.best, loss)


class DuringCall(Measurement):
    """The garbage collections of one call."""

    def __init__(self) -> None:
        self._before = collections()

    def stop(self) -> Mapping[str, Value]:
        """Return ``collections``."""
        return {"collections": collections() - self._before}


class Garbage(Probe):
    """``collections``: how often Python collected garbage, in the process or during a call."""

    def present(self) -> Mapping[str, Value]:
        """Return ``collections``."""
        return {"collections": collections()}

    def start(self) -> Measurement:
        """Begin to measure a call."""
        return DuringCall()


class Broken(Sink):
    """Fails, as any code may."""

    def emit(self, row: Mapping[str, Value], level: str) -> None:
        """Raise an error; see `Sink.emit`."""
        raise ConnectionError(f"nobody listens to {level} of {row['loss']}")


def collections() -> int:
    """Return how often garbage was collected since the process began."""
    return sum(generation["collections"] for generation in gc.get_stats())


def train(rate: float) -> dict[str, float]:
    """Return a loss, and collect garbage twice on the way."""
    gc.collect()
    gc.collect()
    return {"loss": 1 - rate}


def main(folder: Path) -> None:
    """Use parts as objects, and write a plugin that others can install."""
    best, path = Best({}), folder / "runs.db"
    tracker = Tracker(path, sinks=[best], probes=[Garbage({})])
    for rate in (0.25, 0.75, 0.5):
        tracker.track(train, args=[rate])
    print(f"The sink heard of {len(tracker)} rows; the best loss is {best.best}")
    print(f"The probe measured each call: at least 2: {tracker['collections'].min() >= 2}")  # noqa: PLR2004

    with warnings.catch_warnings(record=True) as caught:
        Tracker(path, sinks=[Broken({})]).log({"loss": 0.1})
    print("A sink that fails costs no row, and is told of:")
    print(f"  {caught[0].message}")
    print(f"  rows: {tracker.count_all()}")

    print("For others it is a distribution. `xt plugins new` writes one, with tests that pass:")
    xt = [sys.executable, "-m", "xetrack_cli", "plugins", "new"]
    command = [*xt, "best", "--kind", "sink", "--into", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    for file in sorted(folder.glob("xetrack-best/**/*.py")):
        print(f"  {file.relative_to(folder)}")


if __name__ == "__main__":
    run(main)
