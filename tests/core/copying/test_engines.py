"""Copies between engines that know nothing of each other: what the interface says is enough."""

from __future__ import annotations

import copy as copies
import math
from contextlib import contextmanager
from typing import ClassVar

import pytest

from tests.engines import exact
from xetrack import Reader, Tracker, copy
from xetrack.builtin.null import SkipEngine
from xetrack.copying import rows as copying
from xetrack.interfaces.engine import Inserter, Selection


class Lists(SkipEngine):
    """An engine of a stranger: lists of rows that live as long as the test, by location."""

    stored: ClassVar[dict] = {}

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self._columns, self._rows = self.stored.setdefault(location, ({}, {}))

    @contextmanager
    def transaction(self):
        with self.lock:
            before = copies.deepcopy((self._columns, self._rows))
            try:
                yield
            except BaseException:
                for now, was in zip((self._columns, self._rows), before, strict=True):
                    now.clear()
                    now.update(was)
                raise

    def inserter(self, table, fields):
        return Append(self._rows.setdefault(table, []), self.add_columns(table, fields))

    def read(self, table, query):
        columns = self.columns(table)
        if query.columns is not None:
            columns = [next(c for c in columns if c.name == name) for name in query.columns]
        rows = self._rows.get(table, [])
        # The last batch is no longer than a row.
        parts = [part for part in (rows[:-1], rows[-1:]) if part]
        batches = [[[row.get(c.name) for row in part] for c in columns] for part in parts]
        return Selection(tuple(columns), iter(batches))

    def count(self, table, where=()):
        return len(self._rows.get(table, ()))


class Append(Inserter):
    """Appends to a list."""

    def __init__(self, rows, columns):
        self._rows = rows
        self.columns = columns

    def write(self, rows):
        self._rows += [dict(zip(self.columns, row, strict=True)) for row in rows]


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


def test_a_copy_there_and_back_is_the_same(path, tmp_path):
    """Values, order, keys and kinds."""
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
    before = copies.deepcopy(Lists.stored)
    monkeypatch.setattr(copying, "kinds_in", lambda cells: 1 / 0)
    Tracker(path, track_id="even-more").log({"x": 1})
    with pytest.raises(ZeroDivisionError):
        copy(path, "lists:one")
    assert before == Lists.stored
