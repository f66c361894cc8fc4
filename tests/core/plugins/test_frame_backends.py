"""Frame backends are parts: found by name, held to one contract, and anybody's."""

from __future__ import annotations

import pandas as pd
import pytest

from xetrack import Tracker
from xetrack.errors import InvalidArgumentError, UnknownComponentError
from xetrack.frames import backends
from xetrack.interfaces.component import PartKind
from xetrack.plugins import registry as plugin_registry
from xetrack.plugins.registry import registry
from xetrack_testing import FrameBackendContract


class TestPandas(FrameBackendContract):
    """The one that is built in."""

    backend_class = registry().load(PartKind.FRAME_BACKEND, "pandas")

    @pytest.fixture
    def cells(self):
        return lambda frame, name: [
            None if pd.isna(cell) else cell for cell in frame[name].to_list()
        ]


STRANGER = """
from xetrack.interfaces.frames import FrameBackend

class Part(FrameBackend):
    def frame(self, answer):
        cells = [[] for _ in answer.columns]
        for batch in answer.batches:
            for column, more in zip(cells, batch):
                column += more
        return {column.name: kept for column, kept in zip(answer.columns, cells)}
"""


def test_a_backend_of_a_stranger_makes_frames_of_everything(strangers, monkeypatch, db):
    """A backend of a stranger makes frames of everything: chosen for one frame or for all of
    them.
    """
    strangers.offer("lists", "xetrack_frame_backends", {}, parts=STRANGER)
    monkeypatch.setattr(plugin_registry, "registry", strangers.registry)
    monkeypatch.setattr(backends, "_backend", "pandas")
    with Tracker(db) as tracker:
        tracker.log({"x": 1})
        tracker.log({"x": None})
        assert [1, None] == tracker.to_df(backend="lists")["x"]
        backends.set_backend("lists")
        assert [1, None] == tracker["x"] == tracker.head()["x"]


def test_a_backend_that_nobody_offers_names_the_near_ones(tracker):
    """A backend that nobody offers names the near ones, and what is no name is refused."""
    with pytest.raises(UnknownComponentError, match="Did you mean 'pandas'") as caught:
        tracker.to_df(backend="panda")
    assert "frame-backend" == caught.value.kind
    with pytest.raises(InvalidArgumentError, match="the name of a frame backend"):
        tracker.to_df(backend=5)


WITHOUT = (
    "import sys; sys.modules['pandas'] = sys.modules['numpy'] = None\n"
    "from xetrack import *\n"
    "from xetrack.errors import MissingPackageError\n"
    "with Tracker('x.db', jsonl='x.jsonl') as tracker:\n"
    "    tracker.log({'x': 1}); tracker.log_batch([{'x': 2, 'y': 'a'}])\n"
    "    tracker.track(len, args=['abc'], params={'y': 'b'})\n"
    "    print([row['x'] for row in tracker], tracker[-1]['y'], tracker[1]['x'], len(tracker))\n"
    "reader = Reader('x.db')\n"
    "print(reader.select(['x']).dicts(), repr(reader), repr(tracker)[0])\n"
    "for need in (tracker.to_df, str, reader.latest, lambda: Reader.read_jsonl('x.jsonl'),\n"
    "        lambda: tracker['x'], lambda: tracker.to_csv('x.csv'), tracker.head):\n"
    "    try:\n"
    "        print(need(tracker) if need is str else need())\n"
    "    except MissingPackageError as error:\n"
    "        print(error)\n"
)


def test_rows_need_no_pandas_and_frames_name_the_extra(python):
    """Of the core, which everything else does without."""
    done = python(WITHOUT)
    assert "" == done.stderr
    rows, selected, *errors = done.stdout.splitlines()
    assert "[1, 2, None] b 1 3" == rows
    assert selected.startswith("[{'x': 1}, {'x': 2}, {'x': None}] <")
    assert 7 == len(errors)
    for error in errors:
        assert "frame-backend 'pandas'" in error
        assert error.endswith(" is not installed. Type: pip install 'xetrack-core[pandas]'")
