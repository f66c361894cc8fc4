"""Rows and their assets are written together, and it is found out what a failure left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import (
    DatabaseBusyError,
    EngineFailedError,
    InterruptedWriteError,
    OutcomeUnknownError,
    RowExistsError,
    StorageError,
    XetrackError,
    describe_error,
)
from xetrack.interfaces.engines.repeats import write_whole
from xetrack.interfaces.query import Condition
from xetrack.model.names import TIMESTAMP, TRACK_ID
from xetrack.recording.pending_assets import ContentRemovedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.interfaces.engine import Engine, Inserter
    from xetrack.model.kinds import Value
    from xetrack.recording.pending_assets import PendingAssets


class RowWriter:
    """Writes the rows of one tracker.

    Parameters
    ----------
    engine, table
        Where the rows go.
    on_stored
        Called with each row that is stored though its engine failed.
    """

    def __init__(
        self, engine: Engine, table: str, on_stored: Callable[[dict[str, Value]], None] | None
    ) -> None:
        self._engine = engine
        self._table = table
        self._on_stored = on_stored

    def write(
        self,
        inserter: Inserter,
        columns: Sequence[Sequence[Value]],
        pending: PendingAssets,
        *,
        doubt: bool = False,
    ) -> Sequence[Sequence[Value]]:
        """Store rows with the objects that they name.

        A store that fails costs these objects, and never the rows.

        Parameters
        ----------
        inserter
            The prepared insert.
        columns
            The cells of each field; timestamps and track ids come last.
        pending
            The objects.
        doubt
            See `raise_settled`.

        Returns
        -------
        sequence of sequences
            The cells of each field, as they are stored.

        Raises
        ------
        RowExistsError
            The table has such a timestamp; nothing is stored.
        ContentRemovedError
            See there.
        OutcomeUnknownError
            The rows may be stored, or come to be.
        StorageError
            The rows could not be stored.
        """

        def write() -> Sequence[Sequence[Value]]:
            return self._write(inserter, columns, pending, doubt=doubt)

        try:
            return write_whole(self._engine, write)
        except InterruptedWriteError as error:
            if not pending.is_with_rows() or self._engine.is_writing():
                raise
            # It may be the objects that cut it each time: too large for a proxy, too slow.
            reason = "what was sent with its row was cut each time"
            hint = "See the log of the server, and give the row the object by set_value."
            failure = StorageError(self._engine.location, "Storing it in", reason, hint)
            failure.__cause__ = error
            pending.give_up(failure)
            return write_whole(self._engine, write)

    def _write(
        self,
        inserter: Inserter,
        columns: Sequence[Sequence[Value]],
        pending: PendingAssets,
        *,
        doubt: bool,
    ) -> Sequence[Sequence[Value]]:
        columns = [pending.without_lost(column) for column in columns]
        begun = written = False
        try:
            with pending.storing():
                begun = True
                inserter.write_columns(columns)
                written = True
        except (RowExistsError, ContentRemovedError, InterruptedWriteError):
            raise
        except XetrackError as error:
            if begun and not written:
                self.raise_settled(error, inserter.columns, columns, doubt=doubt)
            # The store failed, after the rows were written or before.
            stored = self._are_stored(columns) if written else False
            if not stored and isinstance(error, OutcomeUnknownError):
                raise  # what is not there yet may come: its transaction may live on
            if stored is None:
                raise self._failure(error, stored=None) from error
            if not stored:
                pending.give_up(error)
                return self._write(inserter, columns, pending, doubt=doubt)
            if not isinstance(error, OutcomeUnknownError):  # its rows are stored with all the rest
                pending.note_unsure(error)
        return columns

    def raise_settled(
        self,
        error: XetrackError,
        names: Sequence[str],
        columns: Sequence[Sequence[Value]],
        *,
        doubt: bool = False,
    ) -> None:
        """Raise what the engine raised, with whether the rows are stored, as far as is known.

        It returns where a row only needs another timestamp.

        Parameters
        ----------
        error
            What the engine raised. What is typed by the engine itself says that nothing is stored.
        names
            The name of each column.
        columns
            The cells of the rows, column by column, as `write` gets them.
        doubt
            Whether to ask the database also then, because the rows would be written once more.
        """
        if isinstance(error, RowExistsError):
            return
        if isinstance(error, EngineFailedError) and error.is_settled:
            raise error
        is_raw = isinstance(error, EngineFailedError)
        if not is_raw and (not doubt or isinstance(error, DatabaseBusyError)):
            raise error
        stored = self._are_stored(columns)
        if stored and self._on_stored is not None:
            for cells in zip(*columns, strict=True):
                self._on_stored(dict(zip(names, cells, strict=True)))
        if isinstance(error, EngineFailedError):
            raise error.with_outcome(stored) from error.__cause__
        if stored:
            raise self._failure(error, stored=True) from error
        raise error

    def _failure(self, error: XetrackError, *, stored: bool | None) -> EngineFailedError:
        location, reason = self._engine.location, describe_error(error)
        return EngineFailedError("the engine", location, "write", reason).with_outcome(stored)

    def _are_stored(self, columns: Sequence[Sequence[Value]]) -> bool | None:
        """Return True if all rows are in the table, False if none is, and None if unknown."""
        *_, stamps, runs = columns
        try:
            number = self._engine.count(
                self._table,
                [
                    Condition(TIMESTAMP, ">=", stamps[0]),
                    Condition(TIMESTAMP, "<=", stamps[-1]),
                    Condition(TRACK_ID, "=", runs[0]),
                ],
            )
        except XetrackError:
            return None
        return None if 0 < number < len(stamps) else number > 0
