"""The events of runs, one row each, in a table that any engine can keep.

A run that begins, ends, or gets a tag adds an event; nothing is ever changed. So processes that
share a run overwrite nothing of each other, and an engine needs no more than it does for rows.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from xetrack.errors import RowExistsError
from xetrack.interfaces.engine import Field
from xetrack.interfaces.query import Condition, Query
from xetrack.model.clock import clock_of
from xetrack.model.kinds import kind_of
from xetrack.model.names import HIDDEN_TABLES, RUNS_TABLE, TIMESTAMP, TRACK_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value

EVENT, TABLE = "event", "table"
"""The columns of the kind of event, and of the table of the run's rows."""

SHARED_FROM = 1_000
"""Characters from which on a fact is stored once for all runs that have it."""

_CONTENT = "content"


class EventKind(StrEnum):
    """What happened."""

    BEGAN = "began"
    ENDED = "ended"
    CHANGED = "changed"
    """Somebody gave the run a name, a group, a parent, tags or notes."""
    FACTS = "facts"
    """A recorder wrote down what it saw."""


_KINDS = frozenset(EventKind)

Event = dict[str, Any]


class EventTable:
    """A table of events, of which none is ever changed.

    Parameters
    ----------
    engine
        Keeps it.
    name
        One of `HIDDEN_TABLES`.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def store(self, row: Mapping[str, Value], track_id: str) -> None:
        """Store an event; within a write of this thread, once that is over.

        Parameters
        ----------
        row
            Plain values by name. Those that are None are left out.
        track_id
            What the event is about.

        Raises
        ------
        StorageError
            It could not be stored.
        """
        names = (*(name for name, value in row.items() if value is not None), TIMESTAMP, TRACK_ID)

        def write() -> None:
            while True:
                stamp = clock_of(self._name).stamp()
                cells = (*(row[name] for name in names[:-2]), stamp, track_id)
                fields = [
                    Field(name, frozenset({kind} if (kind := kind_of(cell)) else ()))
                    for name, cell in zip(names, cells, strict=True)
                ]
                try:
                    self._engine.inserter(self._name, fields).write([cells])
                except RowExistsError:
                    continue
                return

        with self._engine.lock:
            if self._engine.is_writing():
                self._engine.after_write(write)
            else:
                write()

    def read(self, where: Iterable[Condition], tail: int | None = None) -> Iterator[Event]:
        """Yield events in the order in which they were stored, without cells that are empty.

        Parameters
        ----------
        where
            Conditions on columns, of which some may not exist yet: then there are no such events.
        tail
            At most so many, from the end.
        """
        names = {column.name for column in self._engine.columns(self._name)}
        conditions = tuple(where)
        if not names or not {condition.column for condition in conditions} <= names:
            return  # no such event was ever stored
        selection = self._engine.read(self._name, Query(where=conditions, tail=tail))
        keys = [column.key or column.name for column in selection.columns]
        for batch in selection.batches:
            for cells in zip(*batch, strict=True):
                yield {k: cell for k, cell in zip(keys, cells, strict=True) if cell is not None}

    def delete(self, where: Sequence[Condition]) -> int:
        """Delete events, and return how many there were.

        Parameters
        ----------
        where
            Conditions that they match.
        """
        return self._engine.delete(self._name, where) if self._engine.columns(self._name) else 0


class RunEvents:
    """Adds and reads the events of runs.

    Parameters
    ----------
    engine
        Keeps them.
    """

    def __init__(self, engine: Engine) -> None:
        self._events = EventTable(engine, RUNS_TABLE)

    def add(self, kind: EventKind, track_id: str, table: str, event: Mapping[str, Value]) -> None:
        """Store an event; within a write of this thread, once that is over.

        Parameters
        ----------
        kind
            What happened.
        track_id, table
            The run, and the table of its rows.
        event
            What else there is to say, plain values by name. Those that are None are left out.

        Raises
        ------
        StorageError
            It could not be stored.
        """
        row = {EVENT: str(kind), TABLE: table, "at": datetime.now(UTC), **event}
        self._events.store(row, track_id)

    def share(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Store long facts once for all runs, and return facts that refer to them.

        Parameters
        ----------
        facts
            Values of JSON.
        """
        shared: dict[str, Any] = {}
        for name, value in facts.items():
            text = json.dumps(value)
            if len(text) < SHARED_FROM:
                shared[name] = value
                continue
            digest = _sha256(text)
            shared[name] = {_CONTENT: digest}
            if not self._contents([digest]):
                self._events.store({EVENT: _CONTENT, _CONTENT: text}, digest)
        return shared

    def read(
        self, table: str | None = None, track_id: str | None = None, *, facts: bool = False
    ) -> Iterator[Event]:
        """Yield events in the order in which they were stored, without cells that are empty.

        Parameters
        ----------
        table, track_id
            Only those of one table, or of one run.
        facts
            Whether to read what recorders wrote down.
        """
        where = [] if track_id is None else [Condition(TRACK_ID, "=", track_id)]
        if table is not None:
            where.append(Condition(TABLE, "=", table))
        if not facts:
            where.append(Condition(EVENT, "!=", str(EventKind.FACTS)))
        for event in self._events.read(where):
            if event.get(EVENT) in _KINDS:
                yield event

    def find_others(self, table: str, group: str, track_id: str, limit: int) -> list[str]:
        """Return the ids of the other runs of a group, those with the latest events first.

        Parameters
        ----------
        table, group
            The runs that are meant.
        track_id
            The run that is left out.
        limit
            Events that are looked at, from the end.
        """
        where = [Condition(TABLE, "=", table), Condition("group", "=", group)]
        where.append(Condition(TRACK_ID, "!=", track_id))
        ids = [event[TRACK_ID] for event in self._events.read(where, tail=limit)]
        return list(dict.fromkeys(reversed(ids)))

    def expand(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return facts with those that are stored once for all runs.

        Parameters
        ----------
        facts
            What `share` returned.
        """
        digests = {name: _digest(value) for name, value in facts.items() if _digest(value)}
        contents = self._contents([digest for digest in digests.values() if digest])
        return {
            name: contents.get(digests[name] or "") if name in digests else value
            for name, value in facts.items()
        }

    def _contents(self, digests: Iterable[str]) -> dict[str, Any]:
        """Return shared facts by their digests; what is not what its digest says is left out."""
        contents: dict[str, Any] = {}
        for digest in digests:
            for event in self._events.read([Condition(TRACK_ID, "=", digest)]):
                text: Any = event.get(_CONTENT)
                if isinstance(text, str) and _sha256(text) == digest:
                    contents[digest] = json.loads(text)
        return contents

    def delete(self, table: str, track_id: str | None = None) -> int:
        """Delete the events of a run, or of all runs of a table.

        Parameters
        ----------
        table, track_id
            Which ones.

        Returns
        -------
        int
            How many there were.
        """
        where = [Condition(TABLE, "=", table)]
        if track_id is not None:
            where.append(Condition(TRACK_ID, "=", track_id))
        return self._events.delete(where)


def event_conditions(engine: Engine, tables: Sequence[str]) -> list[tuple[str, Condition]]:
    """Return tables of events, and the conditions by which those of some tables are copied.

    Parameters
    ----------
    engine
        Has the events.
    tables
        Names of the tables of rows.
    """
    conditions = [
        (events, Condition(TABLE, "=", name))
        for events in HIDDEN_TABLES
        if engine.columns(events)
        for name in tables
    ]
    if engine.columns(RUNS_TABLE):
        conditions.append((RUNS_TABLE, Condition(EVENT, "=", _CONTENT)))
    return conditions


def _sha256(text: str) -> str:
    import hashlib  # noqa: PLC0415 - with the first long fact: it takes a millisecond or two

    return hashlib.sha256(text.encode()).hexdigest()


def _digest(value: object) -> str | None:
    """Return the digest that a fact refers to; None for a fact that lies where it is."""
    if isinstance(value, dict) and value.keys() == {_CONTENT}:
        digest = value[_CONTENT]
        return digest if isinstance(digest, str) else None
    return None
