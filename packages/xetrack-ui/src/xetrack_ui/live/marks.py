"""How far a table had come at some moment, and what was appended since."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.query import Query
from xetrack.model.names import OWN, RUNS_TABLE, SERIES_TABLE, TRACK_ID, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.engine import Engine

_MOST = 512
"""Marks that are remembered of a table."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a table had come."""

    token: str
    """What the engine said before the rest was read: the rows may be later ones, never earlier."""
    rows: int
    last: tuple[Any, ...]
    """What identifies the last row."""
    events: int
    """How many events the records of all runs have."""
    settings: int = 0
    """How many events the settings of metrics have."""
    columns: int = 0
    """How many columns the table has."""


class Marks:
    """The marks of the tokens that a page may have got.

    **Thread safety.** Any number of threads may use it.
    """

    def __init__(self) -> None:
        self._marks: OrderedDict[str, Mark] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, token: str) -> Mark | None:
        """Return the mark of a token; None where it is not remembered.

        Parameters
        ----------
        token
            What a page got with the answer that it shows.
        """
        with self._lock:
            return self._marks.get(token)

    def mark(self, engine: Engine, table: str, token: str) -> Mark:
        """Return the mark of the token that was just read.

        Parameters
        ----------
        engine, table
            The table.
        token
            Its token.
        """
        mark = self.known(token)
        if mark is None:
            mark = read_mark(engine, table, token)
            with self._lock:
                mark = self._marks.setdefault(token, mark)
                if len(self._marks) > _MOST:
                    self._marks.popitem(last=False)
        return mark


def read_mark(engine: Engine, table: str, token: str) -> Mark:
    """Return how far a table has come.

    Parameters
    ----------
    engine, table
        The table.
    token
        What was read before.
    """
    before = engine.change_token(table)
    rows = engine.count(table)
    last = _last_identity(engine, table)
    if engine.change_token(table) != before:  # the last row may be a later one
        last = _identity(engine, table, rows)
    return Mark(
        token,
        rows,
        last,
        engine.count(RUNS_TABLE),
        engine.count(SERIES_TABLE),
        len(engine.columns(table)),
    )


def _identity(engine: Engine, table: str, rows: int) -> tuple[Any, ...]:
    """Return what identifies the row with which a table had so many rows."""
    return _identity_in(engine, table, Query(offset=rows - 1, limit=1)) if rows else ()


def _last_identity(engine: Engine, table: str) -> tuple[Any, ...]:
    """Return what identifies the last row, which is found without counting."""
    return _identity_in(engine, table, Query(tail=1))


def _identity_in(engine: Engine, table: str, query: Query) -> tuple[Any, ...]:
    names = {column.name for column in engine.columns(table)}
    own = tuple(name for name in OWN if name in names)
    if not own:
        return ()
    selection = engine.read(table, replace(query, columns=own))
    cells = [row for batch in selection.batches for row in zip(*batch, strict=True)]
    return tuple(cells[0]) if cells else ()


def is_continued(engine: Engine, table: str, before: Mark, after: Mark) -> bool:
    """Return True if rows were appended to a table, as far as can be seen, and nothing else.

    Parameters
    ----------
    engine, table
        The table.
    before, after
        Two marks of it.
    """
    if after.rows < before.rows:
        return False
    if after.rows == before.rows:
        return after.last == before.last
    return _identity(engine, table, before.rows) == before.last


def count_appended(engine: Engine, table: str, before: Mark, after: Mark) -> dict[str, int]:
    """Return how many rows of each run were appended between two marks.

    Parameters
    ----------
    engine, table
        The table.
    before, after
        Two marks of it.
    """
    return _count_between(engine, table, before.rows, after.rows)


def is_described_alike(before: Mark, after: Mark) -> bool:
    """Return True if nothing but runs was described between two marks of one table.

    Parameters
    ----------
    before, after
        The marks.
    """
    described = [(mark.settings, mark.columns) for mark in (before, after)]
    return described[0] == described[1] and before.events <= after.events


def list_described(engine: Engine, before: Mark, after: Mark) -> list[str]:
    """Return the runs, of any table, whose records were told of something between two marks.

    Parameters
    ----------
    engine
        The database.
    before, after
        Two marks of a table of it.
    """
    return [*_count_between(engine, RUNS_TABLE, before.events, after.events)]


def _count_between(engine: Engine, table: str, begin: int, end: int) -> dict[str, int]:
    """Return how many of some rows of a table each run has."""
    counts: dict[str, int] = {}
    if end > begin and any(column.name == TRACK_ID for column in engine.columns(table)):
        query = Query(columns=(TRACK_ID,), offset=begin, limit=end - begin)
        for (ids,) in engine.read(table, query).batches:
            for run in ids:
                if isinstance(run, str):
                    counts[run] = counts.get(run, 0) + 1
    return counts


def count_rows(engine: Engine, table: str, mark: Mark) -> dict[str, int]:
    """Return how many rows each run had at a mark.

    Parameters
    ----------
    engine, table
        The table.
    mark
        A mark of it, behind which rows may have been appended.
    """
    counts, total = _counts(engine, table)
    now = Mark(mark.token, total, (), 0)
    for run, number in count_appended(engine, table, mark, now).items():
        counts[run] = counts.get(run, number) - number
    return counts


def _counts(engine: Engine, table: str) -> tuple[dict[str, int], int]:
    if all(column.name != TRACK_ID for column in engine.columns(table)):
        return {}, 0
    by_run: Mapping[Any, int]
    if isinstance(engine, RunsSQL):
        query = f"SELECT {TRACK_ID}, count(*) FROM {quoted(table)} GROUP BY {TRACK_ID}"  # noqa: S608 - names cannot be bound
        by_run = {run: number for run, number, *_ in engine.sql(query).rows}
    else:
        read: dict[Any, int] = {}
        for (ids,) in engine.read(table, Query(columns=(TRACK_ID,))).batches:
            for run in ids:
                read[run] = read.get(run, 0) + 1
        by_run = read
    counts = {run: number for run, number in by_run.items() if isinstance(run, str)}
    return counts, sum(by_run.values())
