"""Copies between engines that know nothing of each other: what the interface says is enough."""

from __future__ import annotations

import math
from typing import ClassVar

import pytest

from tests.engines import exact
from xetrack import Reader, Tracker, copy
from xetrack.copying import rows as copying
from xetrack.interfaces.engine import Selection, Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.query import Query


class Lists(MemoryEngine):
    """An engine of a stranger: tables that live as long as the test, by location."""

    stored: ClassVar[dict] = {}

    def __init__(self, location, settings):
        self.location = location
        super().__init__(location, settings)

    @property
    def known(self):
        return self.stored[self.location]

    @known.setter
    def known(self, tables):
        # Once it is open, what a transaction restores takes the place of what is stored.
        if self.location not in self.stored or hasattr(self, "settings"):
            self.stored[self.location] = tables

    def exists(self):
        return True

    def read(self, table, query):
        answer = super().read(table, query)
        # The last batch is no longer than a row.
        parts = [part for batch in answer.batches for part in (_of(batch, -1), _last(batch))]
        return Selection(answer.columns, iter([part for part in parts if part and part[0]]))


def _of(batch, end):
    return [cells[:end] for cells in batch]


def _last(batch):
    return [cells[-1:] for cells in batch]


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Where a database of SQLite is; locations that begin with ``lists:`` are the stranger's."""
    opened = copying.open_engine

    def choose(db, engine, settings):
        if str(db).startswith("lists:"):
            return Lists(db, settings)
        return opened(db, engine, settings)

    monkeypatch.setattr(copying, "open_engine", choose)
    monkeypatch.setattr(Lists, "stored", {})
    path = tmp_path / "a.db"
    with Tracker(path, warnings=False) as tracker:
        for cell in (1, "007", True, None, math.nan, 2**70, [1, {"a": 1}], b"\0"):
            tracker.log({"x": cell, "a b": cell})
        tracker.log({"late": 1.5, "a_b": 1})
    return path


def rows(path):
    """The rows of a file, made comparable."""
    return [{k: exact(v) for k, v in row.items()} for row in Reader(path).select().dicts()]


def stored(location):
    """The cells of a stranger's database."""
    return list(Lists(location, Settings()).read("default", Query()).batches)


def test_a_copy_there_and_back_is_the_same(path, tmp_path):
    """A copy there and back is the same: values, order, keys and kinds."""
    assert 9 == copy(path, "lists:one")
    assert 9 == copy("lists:one", "lists:two")
    assert 9 == copy("lists:two", tmp_path / "b.db")
    assert rows(path) == rows(tmp_path / "b.db")
    before, after = (Reader(one).engine.columns("default") for one in (path, tmp_path / "b.db"))
    assert before == after


def test_a_copy_again_adds_nothing_on_any_engine(path, tmp_path):
    """Whichever wrote the rows first."""
    copy(path, "lists:one")
    copy("lists:one", tmp_path / "b.db")
    places = [path, "lists:one", tmp_path / "b.db"]
    assert {0} == {copy(a, b) for a in places for b in places if a != b}


def test_a_copy_that_fails_leaves_the_target_as_it_was(path, monkeypatch):
    """Its transaction is that of its own engine."""
    Tracker(path, track_id="more").log({"x": 1})
    copy(path, "lists:one")
    before = stored("lists:one")
    monkeypatch.setattr(copying, "kinds_in", lambda cells: 1 / 0)
    Tracker(path, track_id="even-more").log({"x": 1})
    with pytest.raises(ZeroDivisionError):
        copy(path, "lists:one")
    assert before == stored("lists:one")
