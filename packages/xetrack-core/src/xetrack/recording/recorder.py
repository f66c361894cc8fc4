"""Rows of one tracker, stored with its params, timestamp and track id.

`RowRecorder` is fast for what is logged again and again (see `plans`). Whatever is new or unusual
takes the careful way, which also finds out how to be fast next time.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError, RowExistsError, XetrackError
from xetrack.interfaces.engine import Field
from xetrack.model.clock import clock_of
from xetrack.model.kinds import Kind
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET
from xetrack.recording.batches import by_column, field_of, to_columns
from xetrack.recording.column_warnings import ColumnWarnings
from xetrack.recording.pending_assets import ContentRemovedError
from xetrack.recording.plain_rows import ROW_EXPECTED, PlainRows, items_of
from xetrack.recording.plans import UNKNOWN, PlanCache
from xetrack.recording.row_writer import RowWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.interfaces.engine import Engine, Inserter
    from xetrack.model.kinds import Row, Value
    from xetrack.recording.pending_assets import AssetWriter, PendingAssets

_MAX_INSERTERS = 1_000
"""Prepared inserts that are kept."""

_OWN_FIELDS = (
    Field(TIMESTAMP, frozenset({Kind.TEXT})),
    Field(TRACK_ID, frozenset({Kind.TEXT})),
)


class RowRecorder(PlainRows):
    """Builds and stores the rows of one tracker.

    Parameters
    ----------
    engine, table, track_id
        Where the rows go, and to which run they belong.
    asset_writer
        Stores what is no plain value.
    warn
        Whether to warn of keys that got other names and of columns that widened.
    on_stored
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
        super().__init__(asset_writer, ColumnWarnings(engine, table) if warn else None)
        self._engine = engine
        self._on_stored = on_stored
        self._table = table
        self._writer = RowWriter(engine, table, on_stored)
        self._track_id = track_id
        self._clock = clock_of(track_id)
        self._plans = PlanCache()
        self._inserters: dict[tuple[Field, ...], Inserter] = {}
        self.params: dict[str, Value] = {}
        self._last: tuple[Sequence[str], Sequence[Value]] = ((), ())
        self.before_row: Callable[[], None] | None = None
        """Called before the first row of a run is stored; None from then on."""
        self._mark_offset()

    def arm(self, begin: Callable[[], None] | None) -> None:
        """Have a function called before the next row is stored; None for no function.

        Parameters
        ----------
        begin
            The function, which takes no arguments.
        """
        self.before_row = begin
        if begin is not None:
            self._plans.clear()  # the next row takes the careful way, on which it is called

    @property
    def track_id(self) -> str:
        """The run that later rows are stored under."""
        return self._track_id

    @property
    def last(self) -> Row:
        """The row stored last, by column; empty before the first."""
        return by_column(*self._last)

    def set_params(self, params: Mapping[str, object]) -> None:
        """Add values that later rows get where they lack them; see `Tracker.set_params`."""
        pending = self.pending_assets()
        values = self.to_plain(params, pending)
        with pending.uploaded(), self._engine.lock:
            values = pending.remaining(values)
            if self._engine.is_writing():
                self._engine.after_write(lambda: pending.store(values, self._engine))
            else:
                values = pending.store(values, self._engine)
            self.params = {**self.params, **values}
            self._plans.clear()
        pending.issue_warnings()
        self.issue_warnings()

    def start_run(self, track_id: str) -> None:
        """Store later rows under another run; called with the engine's lock; see `RowRecorder`."""
        self._track_id = track_id
        self._clock = clock_of(track_id)
        self.params = {key: value for key, value in self.params.items() if key != UTC_OFFSET}
        self._plans.clear()
        self._mark_offset()

    def set_warnings(self, *, warn: bool) -> None:
        """Set whether to warn of renamed keys and of widened columns; see `RowRecorder`."""
        self._column_warnings = ColumnWarnings(self._engine, self._table) if warn else None

    # Not by name only: Python calls a function without such parameters faster.
    def log(
        self,
        data: Mapping[Any, object],
        objects_as_text: bool = False,
        assets: dict[str, str] | None = None,
    ) -> Row:
        """Store one row.

        Parameters
        ----------
        data
            What the user logs, by key.
        objects_as_text
            See `PlainRows.to_plain`.
        assets
            See `PendingAssets`.

        Returns
        -------
        dict
            The row as it was stored.

        Raises
        ------
        InvalidArgumentError, InvalidKeyError, UnsupportedValueError
            See `PlainRows.to_plain`.
        StorageError
            The row could not be stored.
        """
        try:
            keys = tuple(data)
            values = data.values()
        except (AttributeError, TypeError):
            raise InvalidArgumentError("data", data, ROW_EXPECTED) from None
        plan = self._plans.recent.get(keys, UNKNOWN)
        try:
            take = plan.take  # a call of what an attribute holds is slower
            cells = take(values)
            if not cells:
                plan = self._plans.find(keys, values)
                cells = plan.take(values)
        except ValueError:  # another thread is adding to the mapping
            cells = None
        if not cells:
            return self._log_carefully(data, objects_as_text, assets)
        try:
            insert = plan.insert
            with self._engine.lock:
                clock = self._clock
                cells[-2] = stamp = clock.stamp()
                if clock.is_clear is not self._is_clear:
                    return self._log_carefully(data, objects_as_text, assets)
                insert(cells)
                self._last = (plan.columns, cells)
        except XetrackError as error:
            columns = [[cell] for cell in cells]
            self._writer.raise_settled(error, plan.columns, columns, doubt=objects_as_text)
            return self._log_carefully(data, objects_as_text, assets)
        if plan.renamed:
            row: Row = by_column(plan.columns, cells)
        else:
            # A dict is copied as a whole where a display adds key by key.
            row = data | plan.rest if type(data) is dict else {**data, **plan.rest}
            row[TIMESTAMP] = stamp
        if self._on_stored is not None:
            self._on_stored(row)
        return row

    def _log_carefully(
        self, data: Mapping[Any, object], objects_as_text: bool, assets: dict[str, str] | None
    ) -> Row:
        if assets and self._engine.is_writing():
            assets.clear()  # too late then to encode what was removed in the meantime
        try:
            return self._log_with_assets(data, objects_as_text, assets)
        except ContentRemovedError:
            return self._log_with_assets(data, objects_as_text, None)

    def _log_with_assets(
        self, data: Mapping[Any, object], objects_as_text: bool, assets: dict[str, str] | None
    ) -> Row:
        pending = self.pending_assets(assets, as_text=objects_as_text)
        values = self.to_plain(data, pending, objects_as_text=objects_as_text)
        return self._log_plain(data, values, pending, doubt=objects_as_text)

    def _log_plain(
        self,
        data: Mapping[Any, object],
        values: dict[str, Value],
        pending: PendingAssets,
        *,
        doubt: bool,
    ) -> Row:
        """Store a row of plain values, which `data` became; for `doubt` see `RowWriter`."""
        # Here only: the first row of a run always comes this way.
        if self.before_row is not None:
            self.before_row()
        with pending.uploaded(), self._engine.lock:
            self._mark_offset()
            full = self._with_params(values)
            fields = tuple(starmap(field_of, full.items()))
            cells = [[value] for value in full.values()]
            if self._engine.is_writing():
                names, columns = self._store_later(fields, cells, 1, pending)
            else:
                inserter = self._inserter(fields)
                names, columns = self._store(inserter, cells, 1, pending, doubt=doubt)
                self._plans.remember(data, values, full, inserter, self._track_id)
        stored = by_column(names, [cell for (cell,) in columns])
        if self._on_stored is not None:
            self._on_stored(stored)
        pending.issue_warnings()
        self.issue_warnings()
        return stored

    def log_batch(
        self, batch: Sequence[Mapping[Any, object]], measurements: Mapping[str, Value]
    ) -> Row:
        """Store many rows, all or none.

        Parameters
        ----------
        batch
            What the user logs, a mapping a row.
        measurements
            Values for the rows that lack them, as params are.

        Returns
        -------
        dict
            The last row as it was stored.

        Raises
        ------
        InvalidArgumentError, InvalidKeyError, UnsupportedValueError, StorageError
            See `log`; no row is stored.
        """
        pending = self.pending_assets()
        self._mark_offset()
        return self._log_batch(batch, {**measurements, **self.params}, pending)

    def _log_batch(
        self,
        batch: Sequence[Mapping[Any, object]],
        params: Mapping[str, Value],
        pending: PendingAssets,
    ) -> Row:
        """Store many rows, with params for the keys that they lack."""
        try:
            fields, cells = to_columns(batch, params, lambda row: self.to_plain(row, pending))
        except AttributeError:
            for row in batch:
                items_of(row)
            raise
        if self.before_row is not None:
            self.before_row()
        with pending.uploaded(), self._engine.lock:
            if self._engine.is_writing():
                names, stored = self._store_later(tuple(fields), cells, len(batch), pending)
            else:
                names, stored = self._store(self._inserter(fields), cells, len(batch), pending)
        if self._on_stored is not None:
            for cells_of_row in zip(*stored, strict=True):
                self._on_stored(dict(zip(names, cells_of_row, strict=True)))
        pending.issue_warnings()
        self.issue_warnings()
        return by_column(names, [column[-1] for column in stored])

    def build_row(self, data: Mapping[Any, object]) -> dict[str, Value] | None:
        """Return what `log` would store, or None; for logs beside the database; see `log`."""
        with self._engine.lock:
            self._mark_offset()
            (stamp,) = self._clock.stamps(1)
        values = self.to_plain(data)
        return {**self.params, **values, TIMESTAMP: stamp, TRACK_ID: self._track_id}

    def described_params(self) -> dict[str, Value]:
        """Return a copy of the params, for those who are told of the run."""
        return self.to_plain(self.params)

    def _with_params(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Return a row with the params that it lacks."""
        return {**values, **{k: v for k, v in self.params.items() if k not in values}}

    def add_columns(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Make columns for plain values, and return these by column; see `Engine.add_columns`."""
        fields = list(starmap(field_of, values.items()))
        names = self._engine.add_columns(self._table, fields)
        if self._column_warnings:
            self._column_warnings.note_columns(fields, names)
        return dict(zip(names, values.values(), strict=True))

    def _mark_offset(self) -> None:
        """Add the offset from UTC to all later rows, once timestamps are not clear without it."""
        if self._clock.is_clear:
            self._clock.check_offset()
        if not self._clock.is_clear and UTC_OFFSET not in self.params:
            with self._engine.lock:
                self.params = {**self.params, UTC_OFFSET: self._clock.utc_offset}
                self._plans.clear()
        self._is_clear = self._clock.is_clear

    def _store(
        self,
        inserter: Inserter,
        columns: Sequence[Sequence[Value]],
        number: int,
        pending: PendingAssets,
        *,
        doubt: bool = False,
    ) -> tuple[tuple[str, ...], Sequence[Sequence[Value]]]:
        """Stamp and store rows, again with later stamps where a table takes each stamp once.

        Returns
        -------
        tuple
            The names of the columns, and the cells of each, those that name a row among them.
        """
        while True:
            cells: Sequence[Sequence[Value]] = self._stamped(columns, number)
            try:
                cells = self._writer.write(inserter, cells, pending, doubt=doubt)
            except RowExistsError:
                continue
            self._last = (inserter.columns, tuple(column[-1] for column in cells))
            return inserter.columns, cells

    def _stamped(self, columns: Sequence[Sequence[Value]], number: int) -> list[Sequence[Value]]:
        return [*columns, self._clock.stamps(number), [self._track_id] * number]

    def _store_later(
        self,
        fields: tuple[Field, ...],
        columns: Sequence[Sequence[Value]],
        number: int,
        pending: PendingAssets,
    ) -> tuple[tuple[str, ...], Sequence[Sequence[Value]]]:
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
                self._writer.write(inserter, cells, pending)
            except RowExistsError:
                self._store(inserter, columns, number, pending)

        self._engine.after_write(store)
        names = tuple(field.key for field in (*fields, *_OWN_FIELDS))
        self._last = (names, tuple(column[-1] for column in cells))
        return names, cells

    def _inserter(self, fields: Iterable[Field]) -> Inserter:
        all_fields = (*fields, *_OWN_FIELDS)
        inserter = self._inserters.get(all_fields)
        if inserter is None:
            if len(self._inserters) >= _MAX_INSERTERS:
                self._inserters.clear()
            inserter = self._inserters[all_fields] = self._engine.inserter(self._table, all_fields)
            if self._column_warnings:
                self._column_warnings.note_columns(all_fields, inserter.columns)
        return inserter
