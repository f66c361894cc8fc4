"""From what a user logs to a row of plain values under columns, with params and identity.

`RowRecorder` belongs to one tracker. It is fast for what is logged again and again (see `plans`).
Whatever is new or unusual takes the careful way, which also finds out how to be fast next time.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError, RowExistsError, UnsupportedValueError
from xetrack.interfaces.engine import Field
from xetrack.model.clock import Clock
from xetrack.model.kinds import Kind, NotPlainError, kind_of, plain, text_of
from xetrack.model.model_fields import unpacked
from xetrack.model.names import (
    RESULT,
    TIMESTAMP,
    TRACK_ID,
    checked_change,
    checked_key,
    column_name,
    fold,
)
from xetrack.recording.batches import field_of, in_columns
from xetrack.recording.column_warnings import ColumnWarnings
from xetrack.recording.pending_assets import PendingAssets
from xetrack.recording.plans import PLANNED, SIMPLE, UNKNOWN, Plan, PlanCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.interfaces.engine import Engine, Inserter
    from xetrack.model.kinds import Value
    from xetrack.recording.pending_assets import AssetWriter

_INSERTERS = 1_000
"""Prepared inserts that are kept."""

_OWN_FIELDS = (
    Field(TIMESTAMP, frozenset({Kind.TEXT})),
    Field(TRACK_ID, frozenset({Kind.TEXT})),
)
_RESERVED = frozenset({TIMESTAMP, TRACK_ID})


def by_column(columns: Sequence[str], cells: Sequence[Value]) -> dict[str, Value]:
    """Return a row as a dict; its lists and dicts are copies, which a caller may change."""
    return dict(zip(columns, map(plain, cells), strict=True))


def _items(data: Mapping[Any, object]) -> Iterable[tuple[Any, object]]:
    """Return the keys and values of a mapping, or say that it is none."""
    try:
        return data.items()
    except AttributeError:
        raise InvalidArgumentError("data", data, "a mapping of names to values") from None


class RowRecorder:
    """Builds and stores the rows of one tracker.

    Parameters
    ----------
    engine, table, track_id
        Where the rows go, and to which run they belong.
    keeper
        Keeps what is no plain value.
    warn
        Whether to warn of keys that got other names and of columns that widened.
    heard
        Called with each row once it is stored, before any warning of it.
    """

    def __init__(
        self,
        engine: Engine,
        table: str,
        track_id: str,
        asset_writer: AssetWriter,
        *,
        warn: bool = True,
        on_stored: Callable[[dict[str, Value]], None] | None = None,
    ) -> None:
        self._engine = engine
        self._asset_writer = asset_writer
        self._on_stored = on_stored
        self._table = table
        self._track_id = track_id
        self._clock = Clock()
        self._plans = PlanCache()
        self._inserters: dict[tuple[Field, ...], Inserter] = {}
        self._column_warnings = ColumnWarnings(engine, table) if warn else None
        self.params: dict[str, Value] = {}
        self._last: tuple[Sequence[str], Sequence[Value]] = ((), ())

    @property
    def last(self) -> dict[str, Value]:
        """The row stored last, by column; empty before the first."""
        return by_column(*self._last)

    def set_params(self, params: Mapping[str, object]) -> None:
        """Add values that every later row gets where it has none of its own."""
        pending = self.pending_assets()
        given = self.plain(params, pending)
        with self._engine.lock:
            if self._engine.is_writing():
                self._engine.after_write(pending.store)
            else:
                pending.store()
            self.params = {**self.params, **given}
            self._plans.clear()
        pending.issue_warnings()

    def pending_assets(self) -> PendingAssets:
        """Return what gathers the objects of a row until they are stored with it."""
        return PendingAssets(self._asset_writer)

    def plain(
        self,
        data: Mapping[Any, object],
        pending: PendingAssets | None = None,
        *,
        objects_as_text: bool = False,
    ) -> dict[str, Value]:
        """Return plain values under checked keys; models are unpacked.

        Parameters
        ----------
        data
            What the user gave.
        bundle
            Takes what is no plain value, and gives its id for the row.
        objects_as_text
            Take the text of such a value, where it is a function's result or `pending` has no
            store for it.

        Raises
        ------
        UnsupportedValueError
            A value is no plain one, and there is neither a store for it nor its text asked for.
        """
        found: dict[str, Value] = {}
        for key, value in _items(data):
            for given, inner in unpacked(self._free(checked_key(key)), value):
                name = self._beside(given, found) if given in found else given
                try:
                    found[name] = plain(inner)
                except NotPlainError:
                    if objects_as_text and (name == RESULT or not self._asset_writer.has_store()):
                        found[name] = text_of(inner)
                    elif pending is None:
                        raise UnsupportedValueError(name, inner) from None
                    else:
                        found[name] = pending.add(name, inner)
        return found

    def checked_changes(
        self, data: Mapping[Any, object], pending: PendingAssets
    ) -> dict[str, Value]:
        """Return plain values under checked keys, to be set in rows that are stored.

        Raises
        ------
        InvalidKeyError
            A key is what names a row.
        """
        for key in data:
            checked_change(key)
        return self.plain(data, pending)

    def _free(self, key: str) -> str:
        """Return the key, or another where it would name what identifies rows."""
        if key not in _RESERVED:
            return key
        name = column_name(key, _RESERVED)
        self.note_renamed(key, name)
        return name

    def _beside(self, key: str, others: Iterable[str]) -> str:
        """Return another name for a key that reads as one before it in the same row."""
        name = column_name(key, set(map(fold, others)))
        self.note_renamed(key, name)
        return name

    def note_renamed(self, key: str, column: str) -> None:
        """Have it said once, after the next row is stored, that a key got another column."""
        if self._column_warnings:
            self._column_warnings.note_renamed(key, column)

    # Not by name only: Python calls a function without such parameters faster.
    def log(self, data: Mapping[Any, object], objects_as_text: bool = False) -> dict[str, Value]:
        """Store one row, and return it; see `plain` for values that are no plain ones."""
        try:
            keys = tuple(data)
            values = data.values()
        except (AttributeError, TypeError):
            raise InvalidArgumentError("data", data, "a mapping of names to values") from None
        plan = self._plans.recent.get(keys, UNKNOWN)
        try:
            take = plan.take  # a call of what an attribute holds is slower
            cells = take(values)
            if not cells:
                plan = self._plans.other(keys, values)
                cells = plan.take(values)
        except ValueError:  # another thread is adding to the mapping
            cells = None
        if not cells:
            return self._log_carefully(data, objects_as_text=objects_as_text)
        try:
            insert = plan.insert
            with self._engine.lock:
                cells[-2] = stamp = self._clock.stamp()
                insert(cells)
                self._last = (plan.columns, cells)
        except RowExistsError:
            return self._log_carefully(data, objects_as_text=objects_as_text)
        if plan.renamed:
            row = by_column(plan.columns, cells)
        else:
            # A dict is copied as a whole where a display adds key by key.
            row = data | plan.rest if type(data) is dict else {**data, **plan.rest}
            row[TIMESTAMP] = stamp
        if self._on_stored is not None:
            self._on_stored(row)
        return row

    def _log_carefully(
        self, data: Mapping[Any, object], *, objects_as_text: bool
    ) -> dict[str, Value]:
        pending = self.pending_assets()
        given = self.plain(data, pending, objects_as_text=objects_as_text)
        with self._engine.lock:
            full = {**given, **{k: v for k, v in self.params.items() if k not in given}}
            fields = tuple(starmap(field_of, full.items()))
            values = [[value] for value in full.values()]
            if self._engine.is_writing():
                names, cells = self._wait(fields, values, 1, pending)
            else:
                inserter = self._inserter(fields)
                names, cells = self._stored(inserter, values, 1, pending)
                self._plan(data, given, full, inserter)
        stored = by_column(names, [cell for (cell,) in cells])
        if self._on_stored is not None:
            self._on_stored(stored)
        pending.issue_warnings()
        self.issue_warnings()
        return stored

    def log_batch(
        self, batch: Sequence[Mapping[Any, object]], figures: Mapping[str, Value]
    ) -> dict[str, Value]:
        """Store many rows, all or none; `figures` are for those that lack them, as params are.

        Returns
        -------
        dict
            The last row as it was stored.
        """
        pending = self.pending_assets()
        try:
            fields, cells = in_columns(
                batch, {**figures, **self.params}, lambda row: self.plain(row, pending)
            )
        except AttributeError:
            for row in batch:
                _items(row)
            raise
        with self._engine.lock:
            if self._engine.is_writing():
                names, stored = self._wait(tuple(fields), cells, len(batch), pending)
            else:
                names, stored = self._stored(self._inserter(fields), cells, len(batch), pending)
        if self._on_stored is not None:
            for cells_of_row in zip(*stored, strict=True):
                self._on_stored(dict(zip(names, cells_of_row, strict=True)))
        pending.issue_warnings()
        self.issue_warnings()
        return by_column(names, [column[-1] for column in stored])

    def build_row(self, data: Mapping[Any, object]) -> dict[str, Value]:
        """Return the row that `log` would store; for logs that are not kept in the database."""
        with self._engine.lock:
            stamp = self._clock.stamp()
        given = self.plain(data)
        return {**self.params, **given, TIMESTAMP: stamp, TRACK_ID: self._track_id}

    def add_columns(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Make columns for plain values, and return the values by column."""
        fields = list(starmap(field_of, values.items()))
        names = self._engine.add_columns(self._table, fields)
        if self._column_warnings:
            self._column_warnings.note_columns(fields, names)
        return dict(zip(names, values.values(), strict=True))

    def issue_warnings(self) -> None:
        """Warn of what happened to keys and columns since the last time."""
        # Only after the row is stored and heard of: a warning may be an exception, if the user
        # wishes.
        if self._column_warnings:
            self._column_warnings.issue_warnings()

    def _stored(
        self,
        inserter: Inserter,
        columns: Sequence[Sequence[Value]],
        number: int,
        pending: PendingAssets,
    ) -> tuple[tuple[str, ...], list[Sequence[Value]]]:
        """Stamp and store rows, again with later stamps where a table takes each stamp once.

        Returns
        -------
        tuple
            The names of the columns, and the cells of each, those that name a row among them.
        """
        while True:
            cells = self._stamped(columns, number)
            try:
                with pending.storing():
                    inserter.write_columns(cells)
            except RowExistsError:
                continue
            self._last = (inserter.columns, tuple(column[-1] for column in cells))
            return inserter.columns, cells

    def _stamped(self, columns: Sequence[Sequence[Value]], number: int) -> list[Sequence[Value]]:
        return [*columns, self._clock.stamps(number), [self._track_id] * number]

    def _wait(
        self,
        fields: tuple[Field, ...],
        columns: Sequence[Sequence[Value]],
        number: int,
        pending: PendingAssets,
    ) -> tuple[tuple[str, ...], list[Sequence[Value]]]:
        """Stamp rows, and have them stored when the write around this call is over.

        Returns
        -------
        tuple
            Their keys, as it is not known yet which columns they will have, and their cells.
        """
        cells = self._stamped(columns, number)

        def store() -> None:
            inserter = self._inserter(fields)
            try:
                with pending.storing():
                    inserter.write_columns(cells)
            except RowExistsError:
                self._stored(inserter, columns, number, pending)

        self._engine.after_write(store)
        names = tuple(field.key for field in (*fields, *_OWN_FIELDS))
        self._last = (names, tuple(column[-1] for column in cells))
        return names, cells

    def _inserter(self, given: Iterable[Field]) -> Inserter:
        fields = (*given, *_OWN_FIELDS)
        found = self._inserters.get(fields)
        if found is None:
            if len(self._inserters) >= _INSERTERS:
                self._inserters.clear()
            found = self._inserters[fields] = self._engine.inserter(self._table, fields)
            if self._column_warnings:
                self._column_warnings.note_columns(fields, found.columns)
        return found

    def _plan(
        self,
        data: Mapping[Any, object],
        given: Mapping[str, Value],
        full: Mapping[str, Value],
        inserter: Inserter,
    ) -> None:
        """Remember how to store such a row quickly, if it is one that can be."""
        types = tuple(map(type, data.values()))
        if tuple(given) != tuple(data) or not SIMPLE.issuperset(types):
            return
        if not PLANNED.issuperset(map(kind_of, given.values())):
            return
        params = {key: value for key, value in full.items() if key not in given}
        plan = Plan(
            inserter.append,
            inserter.columns,
            (*params.values(), None, self._track_id),
            {**params, TIMESTAMP: None, TRACK_ID: self._track_id},
            tuple(full) != inserter.columns[: len(full)]
            or not SIMPLE.issuperset(map(type, full.values())),
        )
        self._plans.add(tuple(data), types, plan)
