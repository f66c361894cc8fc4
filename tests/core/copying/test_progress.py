"""How far a copy is: a line on a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from xetrack import Tracker, copy
from xetrack.copying import rows


class Terminal(io.StringIO):
    """Says that somebody looks at it."""

    def isatty(self):
        return True


@pytest.fixture
def paths(tmp_path):
    """A database of several batches, and where its copy comes."""
    with Tracker(tmp_path / "a.db") as tracker:
        tracker.log_batch([{"n": n} for n in range(4_000)])
    return tmp_path / "a.db", tmp_path / "b.db"


def test_a_terminal_shows_one_line_that_is_taken_away(paths, monkeypatch):
    """With the rows that were looked at, of how many."""
    monkeypatch.setattr(rows._Progress, "EVERY", 0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    copy(*paths)
    shown = sys.stderr.getvalue()
    assert "\rcopying default: 2,000 of 4,000 rows\r" in shown
    assert "\rcopying default: 4,000 of 4,000 rows\r" in shown
    assert "" == shown.rpartition("rows")[2].strip()
    assert "\n" not in shown


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_elsewhere_nothing_is_shown(paths, monkeypatch, stream):
    """Nothing is shown elsewhere, in a file or without a console."""
    monkeypatch.setattr(rows._Progress, "EVERY", 0)
    monkeypatch.setattr(sys, "stderr", stream)
    assert 4_000 == copy(*paths)
    assert stream is None or "" == stream.getvalue()


def test_a_terminal_that_is_gone_costs_no_copy(paths, monkeypatch):
    """The rows are what counts."""
    monkeypatch.setattr(rows._Progress, "EVERY", 0)

    class Gone(Terminal):
        def write(self, text):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    assert 4_000 == copy(*paths)
