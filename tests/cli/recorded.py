"""Two runs with records, and what recorders could have written down of them."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from tests.engines import opened
from xetrack import Tracker
from xetrack.interfaces.runs.recorders import Recorder
from xetrack.runs.events import RunEvents

PATCH = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\r\n+x = {}\n"
GIT = {"branch": "main", "dirty": True}
NUMPY = {"url": "file:///src/numpy", "editable": True}


def recorder(name, facts):
    """Return a recorder of some name that has nothing but these facts."""
    return type(name, (Recorder,), {"begin": lambda self, run: facts})({})


def facts(number):
    """Return recorders of what is not the same in two runs."""
    return [
        recorder("git", {**GIT, "commit": f"{number}" * 40, "patch": PATCH.format(number)}),
        recorder(
            "packages",
            {
                "distributions": {"numpy": f"2.{number}", "six": "1"},
                "direct_urls": {"numpy": NUMPY},
            },
        ),
        recorder("environment", {"cpu_model": "Fast", "cpu_count": 8, "memory_mb": 16_000}),
        recorder("command", {"argv": ["python", "a b.py", f"--n={number}"]}),
        recorder("weather", {"degrees": 21.5}),
    ]


def log_two_runs(path):
    """Log a run that failed, and one that ended well, with a name and tags."""
    params = {"lr": 0.1, "model": "resnet 18"}
    with (  # noqa: PT012 - the block is what fails
        pytest.raises(ValueError, match="no luck"),
        Tracker(path, params, track_id="calm-fox-1", group="sweep", record=facts(1)) as first,
    ):
        first.log({"loss": 0.5})
        raise ValueError("no luck")
    with Tracker(
        path,
        params={**params, "lr": 0.2},
        track_id="bold-owl-2",
        name="wide",
        group="sweep",
        tags=["a", "b"],
        notes="Try it.",
        record=facts(2),
    ) as second:
        second.log({"loss": 0.25})


def add_event(path, kind, track_id, event):
    with closing(opened(path)) as engine:
        RunEvents(engine).add(kind, track_id, "default", event)


def listed(xt, *words):
    done = xt("runs", *words, "--json")
    assert 0 == done.code, done.err
    return [line["track_id"] for line in json.loads(done.out)]
