"""What is logged but no plain value, on its way from a row to the asset store.

The id of an object is known before anything is stored, so it goes into the row as text; its
content waits in `PendingAssets` until the row is stored, and both are stored together.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

from xetrack.errors import (
    StorageError,
    UnsupportedValueError,
    XetrackError,
    describe_error,
    warn,
)
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.times import rounded_times
from xetrack.recording.column_warnings import rounded_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from xetrack.interfaces.assets import Content
    from xetrack.model.kinds import Value


class ContentRemovedError(Exception):
    """A content that was stored already, and so was not encoded anew, is not in the store."""


class AssetWriter(Protocol):
    """What stores the objects of one run."""

    def has_store(self) -> bool:
        """Return True if there is an asset store."""

    def is_elsewhere(self) -> bool:
        """Return True if the store is no part of the database of the rows."""

    def content(self, key: str, value: object) -> Content:
        """Return the content of an object.

        Parameters
        ----------
        key
            The key under which it is logged.
        value
            The object.

        Returns
        -------
        Content
            Its bytes, digest and id.

        Raises
        ------
        UnsupportedValueError
            There is no asset store.
        """

    def stored_content(self, asset_id: str, value: object) -> Content | None:
        """Return the content of an object that was stored before.

        Parameters
        ----------
        asset_id
            The id under which it was stored.
        value
            The object.

        Returns
        -------
        Content or None
            None where the store does not have it. Its pieces raise `ContentRemovedError`, which
            a store notices only if it was removed in the meantime.
        """

    def storing(
        self, contents: Sequence[Content], names: Sequence[tuple[str, str]]
    ) -> AbstractContextManager[None]:
        """Store contents, and the references of the run to them, around a body.

        Parameters
        ----------
        contents
            What is to be stored.
        names
            The id and the key of each reference.

        Returns
        -------
        context manager
            Its body stores the rows.
        """


class PendingAssets:
    """The objects of one row, of one batch, or of some params.

    Parameters
    ----------
    asset_writer
        Stores the contents.
    ids
        The ids under which objects were stored before, by key; their contents are not encoded
        again. It gets the id of each object that is added.
    """

    def __init__(self, asset_writer: AssetWriter, ids: dict[str, str] | None = None) -> None:
        self._asset_writer = asset_writer
        self._ids = {} if ids is None else ids
        self._contents: dict[int, tuple[object, Content | None]] = {}
        self._keys: dict[tuple[str, str], None] = {}
        self._failures: dict[str, str] = {}
        self._lost: set[tuple[str, str]] = set()
        self._notices: list[str] = []

    def add(self, key: str, value: object) -> str | None:
        """Return the id of an object, which is stored later.

        Parameters
        ----------
        key
            The key under which it is logged.
        value
            The object.

        Returns
        -------
        str or None
            Its id; None for what cannot be stored, of which `issue_warnings` warns.

        Raises
        ------
        UnsupportedValueError
            There is no asset store.
        StorageError
            The store cannot be read.
        """
        # One object may stand in many rows of a batch; while it is referred to here, no other
        # object gets its id.
        entry = self._contents.get(id(value))
        if entry is None:
            entry = value, self._content(key, value)
            self._contents[id(value)] = entry
        content = entry[1]
        if content is None:
            return None
        self._keys[content.id, key] = None
        self._ids[key] = content.id
        return content.id

    def _content(self, key: str, value: object) -> Content | None:
        try:
            known = self._ids.get(key)
            stored = self._asset_writer.stored_content(known, value) if known else None
            return stored or self._asset_writer.content(key, value)
        except UnsupportedValueError:
            raise
        except XetrackError as error:
            if isinstance(error, StorageError) and not self._asset_writer.is_elsewhere():
                raise
            self._failures[key] = str(error)
            return None

    def uploaded(self) -> AbstractContextManager[None]:
        """Store everything in a store elsewhere around a body, which takes the lock of the engine.

        What cannot be stored is left out: `without_lost` and `columns_without_lost` say so of the
        rows, and `issue_warnings` to the user. For a store in the database nothing is done.
        """
        if not self._keys or not self._asset_writer.is_elsewhere():
            return nullcontext()
        return self._uploaded()

    @contextmanager
    def _uploaded(self) -> Iterator[None]:
        storing = None
        try:
            storing = self._storing()
            storing.__enter__()
        except ContentRemovedError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a store elsewhere raises
            self._lose(error)
            storing = None
        try:
            yield
        except BaseException as error:
            if storing is not None:
                storing.__exit__(type(error), error, error.__traceback__)
            raise
        try:
            if storing is not None:
                storing.__exit__(None, None, None)
        except Exception as error:  # noqa: BLE001 - the row is stored
            keys = ", ".join(sorted({repr(key) for _, key in self._keys}))
            self._notices.append(
                f"The row and its objects under {keys} are stored, but not that this run uses "
                f"them; the ids in the row keep them. {_reason(error)}"
            )

    def _lose(self, error: Exception) -> None:
        """Note that no object was stored."""
        for asset, key in self._keys:
            self._failures[key] = _reason(error)
            self._lost.add((asset, key))
            self._ids.pop(key, None)
        self._keys.clear()

    def without_lost(self, values: dict[str, Value]) -> dict[str, Value]:
        """Return the values of a row without the ids of objects that could not be stored.

        Parameters
        ----------
        values
            The cells by key.
        """
        if not self._lost:
            return values
        return {key: None if (cell, key) in self._lost else cell for key, cell in values.items()}

    def columns_without_lost(
        self, keys: Iterable[str], columns: list[list[Value]]
    ) -> list[list[Value]]:
        """Return the cells of rows without the ids of objects that could not be stored.

        Parameters
        ----------
        keys
            The key of each column.
        columns
            The cells of each.
        """
        if not self._lost:
            return columns
        lost_keys = {key for _, key in self._lost}
        return [
            [None if (cell, key) in self._lost else cell for cell in cells]
            if key in lost_keys
            else cells
            for key, cells in zip(keys, columns, strict=True)
        ]

    def storing(self) -> AbstractContextManager[None]:
        """Store everything in the database around the storing of the rows, which is the body."""
        if not self._keys or self._asset_writer.is_elsewhere():
            return nullcontext()
        return self._storing()

    def _storing(self) -> AbstractContextManager[None]:
        contents = {content.id: content for _, content in self._contents.values() if content}
        return self._asset_writer.storing([*contents.values()], [*self._keys])

    def store(self) -> None:
        """Store everything, without rows."""
        with self.storing():
            pass

    def issue_warnings(self) -> None:
        """Warn of each object that could not be stored; called when the rows are."""
        while self._failures:
            key, reason = self._failures.popitem()
            warn(f"The value of {key!r} was left out of its row, which is stored. {reason}")
        while self._notices:
            warn(self._notices.pop())


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, XetrackError) else describe_error(error)


def checked_value(key: str, value: object, pending: PendingAssets | None = None) -> Value:
    """Return a plain value, or the id of an object.

    Parameters
    ----------
    key
        The key under which the value is logged.
    value
        What the user gave.
    pending
        Takes what is no plain value.

    Returns
    -------
    Value
        What goes into the cell.

    Raises
    ------
    UnsupportedValueError
        The value is no plain one, and nothing takes it.
    """
    rounded = rounded_times()
    try:
        plain_value = plain(value)
    except NotPlainError:
        if pending is not None:
            return pending.add(key, value)
        raise UnsupportedValueError(key, value) from None
    if rounded_times() != rounded:
        warn(rounded_message(key))
    return plain_value
