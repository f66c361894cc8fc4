"""Reads and writes that are cut: what nobody has seen anything of is begun anew."""

from __future__ import annotations

import time
from itertools import islice, pairwise

import pytest

from tests.engines import log
from xetrack.errors import InterruptedReadError, InterruptedWriteError
from xetrack.interfaces.engine import Selection, Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.repeats import read_whole, write_whole
from xetrack.model.names import RUNS_TABLE, SERIES_TABLE
from xetrack.runs.events import EventKind, RunEvents
from xetrack.runs.finding import find_run
from xetrack.runs.reading import read_record, read_records
from xetrack.runs.series import read_settings, write_settings
from xetrack.runs.summaries.last_values import read_last_values
from xetrack.runs.summaries.outcome import describe_outcome
from xetrack.runs.summaries.ranking import find_best_run
from xetrack.views.run_view import RunView
from xetrack.views.table_view import TableView


class Cut(MemoryEngine):
    """An engine of which some answers end after their first batch."""

    cuts = 0
    at = "default"
    only_ends = False
    """Whether answers are cut of which the end is wanted, and no others."""

    def read(self, table, query):
        """Return an answer, which may be cut."""
        selection = super().read(table, query)
        is_cut = table == self.at and (bool(query.tail) or not self.only_ends)
        cut = self._cut(selection.batches) if is_cut else selection.batches
        return Selection(selection.columns, cut)

    def _cut(self, batches):
        yield from islice(batches, 1)
        if self.cuts:
            self.cuts -= 1
            raise InterruptedReadError(self.location)
        yield from batches


@pytest.fixture
def engine():
    """An engine with three rows."""
    engine = Cut(":memory:", Settings())
    log(engine, *({"n": n} for n in range(3)))
    return engine


READS = {
    "select": lambda view, run: view.select(["n"], ()).cells[0],
    "to_df": lambda view, run: view.to_df()["n"].tolist(),
    "latest": lambda view, run: view.latest()["n"].tolist(),
    "rows": lambda view, run: [row["n"] for row in run.rows()],
    "head": lambda view, run: run.head(3)["n"].tolist(),
    "tail": lambda view, run: run.tail(3)["n"].tolist(),
    "item": lambda view, run: run.item("n").tolist(),
    "text": lambda view, run: [int(line.split()[1]) for line in run.to_text().split("\n")[1:4]],
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_is_read_as_a_whole_is_read_again_when_it_was_cut(engine, read):
    """As often as that is."""
    view = TableView(engine, "default")
    engine.cuts = 3
    assert [0, 1, 2] == read(view, RunView(view, "run"))
    assert 0 == engine.cuts


RUNS = {
    "the records": (RUNS_TABLE, lambda engine: [*read_records(engine, "default")]),
    "a record": (RUNS_TABLE, lambda engine: [read_record(engine, "default", "run").track_id]),
    "the last values": ("default", lambda engine: [*read_last_values(engine, "default")]),
    "the best": ("default", lambda engine: [best(engine)["track_id"]]),
    "the first letters": ("default", lambda engine: [find_run(engine, "default", "ru")]),
    "what changed": ("default", lambda engine: [outcome(engine).partition(":")[0]]),
    "the run before": (RUNS_TABLE, lambda engine: [outcome(engine).partition(":")[0]]),
    "settings": (SERIES_TABLE, lambda engine: ["run"] * (["n"] == settings(engine))),
}
"""What reads which table to its end."""


def outcome(engine):
    """The line at the end of a run of a group, which compares it with the one before."""
    events, at = RunEvents(engine), engine.at
    engine.at = ""
    for run in ("before", "run"):
        events.add(EventKind.BEGAN, run, "default", {"group": "g"})
        events.add(EventKind.ENDED, run, "default", {"status": "finished", "group": "g"})
    log(engine, {"n": 1}, run="before")
    engine.at, engine.only_ends = at, True
    line = describe_outcome(engine, "default", "run")
    assert "run: n 1 → 2" == line
    return line


def settings(engine):
    """The metrics that have settings."""
    at, engine.at = engine.at, ""
    write_settings(engine, "default", "n", {"goal": "min"})
    engine.at = at
    return [*read_settings(engine, "default", str)]


def best(engine):
    """The summary of the best run."""
    return find_best_run(engine, "default", "n", maximize=True, summary="best")


@pytest.mark.parametrize(("table", "look"), RUNS.values(), ids=RUNS)
def test_what_is_known_of_runs_is_read_again_when_it_was_cut(engine, table, look):
    """Their events, and the rows that tell of them."""
    RunEvents(engine).add(EventKind.CHANGED, "run", "default", {"name": "first"})
    engine.at, engine.cuts = table, 1
    assert ["run"] == look(engine)
    assert 0 == engine.cuts


def test_a_file_is_written_again_when_its_rows_were_cut(engine, tmp_path):
    """It is replaced once it is complete."""
    view = RunView(TableView(engine, "default"), "run")
    engine.cuts = 1
    view.to_csv(tmp_path / "rows.csv", all_runs=True, raw=True)
    assert 1 + 3 == len((tmp_path / "rows.csv").read_text().splitlines())


def test_what_is_always_cut_is_an_error_after_the_deadline(engine):
    """Nobody waits for ever."""
    engine.settings = Settings(timeout=0)
    engine.cuts = 2
    with pytest.raises(InterruptedReadError):
        TableView(engine, "default").select(None, ())
    assert 1 == engine.cuts


def test_rows_that_are_handed_on_one_by_one_are_no_later_ones(engine):
    """Whoever has seen some is told that the others will not come."""
    rows = TableView(engine, "default").iter_rows(["n"], ())
    assert {"n": 0} == next(rows)
    engine.cuts = 1
    with pytest.raises(InterruptedReadError):
        list(rows)


@pytest.fixture
def cut_write(engine):
    """A write that is cut once, and what it was begun how often."""
    begun = []

    def write():
        begun.append(1)
        if len(begun) == 1:
            raise InterruptedWriteError(engine.location)
        return len(begun)

    return write, begun


def test_a_write_that_was_cut_is_begun_anew(engine, cut_write):
    """Nothing of it was stored."""
    write, _ = cut_write
    assert 2 == write_whole(engine, write)


def test_a_write_within_another_is_not_begun_anew(engine, cut_write, monkeypatch):
    """The other one was cut with it."""
    write, begun = cut_write
    monkeypatch.setattr(engine, "is_writing", lambda: True)
    with pytest.raises(InterruptedWriteError, match="nothing of it is stored"):
        write_whole(engine, write)
    assert [1] == begun


def test_a_write_that_is_always_cut_is_begun_a_few_times(engine):
    """Each time costs all that is sent; a pause before each lets a server recover."""
    begun = []

    def write():
        begun.append(time.monotonic())
        raise InterruptedWriteError(engine.location)

    with pytest.raises(InterruptedWriteError):
        write_whole(engine, write)
    assert 3 < len(begun) < 10
    pauses = [later - earlier for earlier, later in pairwise(begun)]
    assert pauses == sorted(pauses)
    assert pauses[0] > 0.005


def test_a_read_that_is_often_cut_leaves_others_some_time(engine, monkeypatch):
    """A thread that forks all the time may cut more reads than a few."""
    begun = []

    def read():
        begun.append(time.monotonic())
        if len(begun) < 7:
            raise InterruptedReadError(engine.location)
        return "all"

    monkeypatch.setattr("xetrack.interfaces.engines.repeats._PAUSES", (0.01, 0.02))
    assert "all" == read_whole(engine, read)
    assert 0.1 < begun[-1] - begun[0]
