"""What a worker computed is found by the script, which the worker knows by another name."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import enum, functools, multiprocessing
from dataclasses import dataclass
from typing import NamedTuple, Optional
from xetrack import Tracker

class Mode(enum.Enum):
    TRAIN = 1

class Base:
    __slots__ = ("mode",)

class Own(Base):
    modes: list[Mode] = []

@dataclass(frozen=True)
class Out:
    mode: Mode
    more: "Optional[dict[str, Mode]]" = None
    other: Optional[Mode] = None

class Point(NamedTuple):
    mode: Mode

def of_dataclass(x): return {"out": Out(Mode.TRAIN)}
def of_class(x): return Own.modes + [x]
def of_slot(x): return [Base.mode.__name__, x]
def of_tuple(x): return {"point": Point(Mode.TRAIN)}
def of_argument(x): return 1

CALLS = [
    (of_dataclass, 1), (of_class, 1), (of_slot, 1), (of_tuple, 1),
    (of_argument, Out(Mode.TRAIN)), (of_argument, Own),
    (of_argument, functools.partial(of_class, 2)), (of_argument, Point(Mode.TRAIN)),
]

def run(expected):
    with Tracker(Tracker.IN_MEMORY, cache="cache") as tracker:
        for function, argument in CALLS:
            tracker.track(function, args=[argument])
            if (tracker.latest["cache"] != "") is not expected:
                print(function.__name__, argument, tracker.why_miss(function, [argument]))

if __name__ == "__main__":
    process = multiprocessing.get_context("METHOD").Process(target=run, args=(False,))
    process.start()
    process.join()
    run(True)
    print(process.exitcode)
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
def test_a_script_finds_what_its_worker_computed(method, tmp_path):
    """Whatever of the script a function refers to or gets."""
    (tmp_path / "script.py").write_text(SCRIPT.replace("METHOD", method))
    command = [sys.executable, "script.py"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=50
    )
    assert ("0\n", "") == (done.stdout, done.stderr)
