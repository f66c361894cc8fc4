"""From the values that a user logs to plain values under checked keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError, UnsupportedValueError
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.names import (
    RESULT,
    TIMESTAMP,
    TRACK_ID,
    checked_change,
    checked_key,
    column_name,
    fold,
)
from xetrack.model.objects.bounded_repr import text_of
from xetrack.model.objects.model_fields import unpack_fields
from xetrack.model.times import rounded_times
from xetrack.recording.pending_assets import PendingAssets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xetrack.model.kinds import Value
    from xetrack.recording.column_warnings import ColumnWarnings
    from xetrack.recording.pending_assets import AssetWriter

_RESERVED = frozenset({TIMESTAMP, TRACK_ID})


ROW_EXPECTED = "a mapping of names to values, as {'loss': 0.5}; a list of them to log_batch"
"""What to log instead, for the error."""


def items_of(data: Mapping[Any, object]) -> Iterable[tuple[Any, object]]:
    """Return the keys and values of a mapping.

    Parameters
    ----------
    data
        What the user gave as a row.

    Raises
    ------
    InvalidArgumentError
        It is none.
    """
    try:
        return data.items()
    except AttributeError:
        raise InvalidArgumentError("data", data, ROW_EXPECTED) from None


class PlainRows:
    """Turns mappings of one tracker into plain values.

    Parameters
    ----------
    asset_writer
        Stores what is no plain value.
    column_warnings
        Takes the keys that get other names; None to warn of none.
    """

    def __init__(self, asset_writer: AssetWriter, column_warnings: ColumnWarnings | None) -> None:
        self._asset_writer = asset_writer
        self._column_warnings = column_warnings

    def pending_assets(
        self, ids: dict[str, str] | None = None, *, as_text: bool = False
    ) -> PendingAssets:
        """Return what gathers the objects of a row until they are stored with it.

        Parameters
        ----------
        ids, as_text
            See `PendingAssets`.
        """
        return PendingAssets(self._asset_writer, ids, as_text=as_text)

    def to_plain(
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
            What the user logs, by key.
        pending
            Takes what is no plain value, and gives its id for the row.
        objects_as_text
            Take the text of such a value, where it is a function's result or there is no store
            for it.

        Returns
        -------
        dict
            Plain values by key, in the order of `data`.

        Raises
        ------
        InvalidArgumentError, InvalidKeyError
            `data` is no mapping, or one of its keys cannot name a column.
        UnsupportedValueError
            A value is no plain one, and there is neither a store for it nor its text asked for.
        """
        values: dict[str, Value] = {}
        rounded = rounded_times()
        for key, value in items_of(data):
            for name, inner in unpack_fields(self._free_key(checked_key(key)), value):
                column = self._distinct_key(name, values) if name in values else name
                try:
                    values[column] = plain(inner)
                except NotPlainError:
                    if objects_as_text and (column == RESULT or not self._asset_writer.has_store()):
                        values[column] = text_of(inner)
                    elif pending is None:
                        raise UnsupportedValueError(column, inner) from None
                    else:
                        values[column] = pending.add(column, inner)
                if values[column] is not inner and rounded_times() != rounded:
                    rounded = rounded_times()
                    if self._column_warnings:
                        self._column_warnings.note_rounded(key)
        return values

    def note_rounded(self, keys: Iterable[str]) -> None:
        """Warn that times under these keys were finer than can be stored.

        Parameters
        ----------
        keys
            The keys that were logged.
        """
        if self._column_warnings:
            for key in keys:
                self._column_warnings.note_rounded(key)

    def checked_changes(
        self, data: Mapping[Any, object], pending: PendingAssets
    ) -> dict[str, Value]:
        """Return plain values under checked keys, to be set in rows that are stored.

        Parameters
        ----------
        data
            New values by key.
        pending
            Takes what is no plain value.

        Returns
        -------
        dict
            Plain values by key.

        Raises
        ------
        InvalidKeyError
            A key is what identifies a row.
        UnsupportedValueError
            See `to_plain`.
        """
        for key in data:
            checked_change(key)
        return self.to_plain(data, pending)

    def _free_key(self, key: str) -> str:
        """Return the key, or another where it would name what identifies rows."""
        if key not in _RESERVED:
            return key
        name = column_name(key, _RESERVED)
        self.note_renamed(key, name)
        return name

    def _distinct_key(self, key: str, others: Iterable[str]) -> str:
        """Return another name for a key that reads as one before it in the same row."""
        name = column_name(key, set(map(fold, others)))
        self.note_renamed(key, name)
        return name

    def note_renamed(self, key: str, column: str) -> None:
        """Warn once, after the next row is stored, that a key got another column.

        Parameters
        ----------
        key
            The user's key.
        column
            The column that holds its values.
        """
        if self._column_warnings:
            self._column_warnings.note_renamed(key, column)

    def issue_warnings(self) -> None:
        """Warn of what happened to keys and columns since the last time."""
        # Only after the row is stored and logged: a warning may be an exception, if the user
        # wishes.
        if self._column_warnings:
            self._column_warnings.issue_warnings()
