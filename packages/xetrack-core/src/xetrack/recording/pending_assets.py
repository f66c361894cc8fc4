"""What is logged but no plain value, on its way from a row to the asset store.

The id of an object is known before anything is stored, so it goes into the row as text; its
content waits in `PendingAssets` until the row is stored, and both are stored together.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from xetrack.errors import (
    AssetNotStoredError,
    InvalidArgumentError,
    UnsupportedValueError,
    XetrackError,
    report,
    warn,
)
from xetrack.interfaces.engines.repeats import write_whole
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.objects.bounded_repr import text_of
from xetrack.model.times import rounded_times
from xetrack.recording.column_warnings import rounded_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from xetrack.interfaces.assets import Content
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value


class ContentRemovedError(XetrackError):
    """A content that was stored already, and so was not encoded anew, is not in the store.

    It never reaches the user: the object is encoded, and its row is stored again.
    """

    def __init__(self) -> None:
        super().__init__("The content of an asset was removed meanwhile. Log the object again.")


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
    as_text
        Whether the cell of an object whose store fails has the object's text, as cells of a
        function's result do; otherwise it has none.
    """

    def __init__(
        self,
        asset_writer: AssetWriter,
        ids: dict[str, str] | None = None,
        *,
        as_text: bool = False,
    ) -> None:
        self._asset_writer = asset_writer
        self._as_text = as_text
        self._ids = {} if ids is None else ids
        self._contents: dict[int, tuple[object, Content | XetrackError]] = {}
        self._keys: dict[tuple[str, str], None] = {}
        self._failures: dict[str, XetrackError] = {}
        self._unsure: list[str] = []
        self._lost: dict[str, str | None] = {}

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
            Its id; None or its text for what cannot be stored, of which `issue_warnings` warns.

        Raises
        ------
        UnsupportedValueError, InvalidArgumentError
            There is no asset store, or it cannot work with this database.
        """
        # One object may stand in many rows of a batch; while it is referred to here, no other
        # object gets its id.
        entry = self._contents.get(id(value))
        if entry is None:
            entry = value, self._content(key, value)
            self._contents[id(value)] = entry
        content = entry[1]
        if isinstance(content, XetrackError):
            self._failures[key] = content
            return None if isinstance(content, AssetNotStoredError) else self._text_of(value)
        self._keys[content.id, key] = None
        self._ids[key] = content.id
        return content.id

    def _content(self, key: str, value: object) -> Content | XetrackError:
        try:
            known = self._ids.get(key)
            stored = self._asset_writer.stored_content(known, value) if known else None
            return stored or self._asset_writer.content(key, value)
        except (UnsupportedValueError, InvalidArgumentError):
            raise
        except XetrackError as error:
            return error

    def _text_of(self, value: object) -> str | None:
        return text_of(value) if self._as_text else None

    def raise_failures(self) -> None:
        """Raise what went wrong with an object, where it is to replace what is stored.

        Raises
        ------
        XetrackError
            It cannot be stored.
        """
        for error in self._failures.values():
            raise error

    def give_up(self, error: XetrackError) -> None:
        """Leave out all objects, because their store failed; `issue_warnings` warns of each.

        Parameters
        ----------
        error
            What the store raised.
        """
        for value, content in self._contents.values():
            if not isinstance(content, XetrackError):
                self._lost[content.id] = self._text_of(value)
        self._failures.update({key: error for _, key in self._keys})
        self._keys.clear()
        for key in [key for key, asset in self._ids.items() if asset in self._lost]:
            del self._ids[key]

    def without_lost(self, cells: Sequence[Value]) -> Sequence[Value]:
        """Return cells without the ids of objects that were given up.

        Parameters
        ----------
        cells
            Cells that may be such ids.
        """
        if not self._lost:
            return cells
        lost = self._lost
        return [lost.get(cell, cell) if isinstance(cell, str) else cell for cell in cells]

    def note_unsure(self, error: XetrackError) -> None:
        """Have `issue_warnings` warn that a store failed when the rows were stored already.

        Parameters
        ----------
        error
            What the store raised.
        """
        keys = ", ".join(sorted({repr(key) for _, key in self._keys}))
        self._unsure.append(
            f"The row is stored, but the store of the value of {keys} failed afterwards, and it "
            f"may lack the value or a reference to it. {error}"
        )

    def is_empty(self) -> bool:
        """Return True if there is no object, and none that was left out."""
        return not (self._keys or self._failures)

    def keep(self, rows: Sequence[Mapping[Any, Value]]) -> None:
        """Store those objects only whose ids are in these rows, under the keys that they have.

        Parameters
        ----------
        rows
            The rows that filters returned, by key.
        """
        ids = {asset_id for asset_id, _ in self._keys}
        self._keys = {
            (value, key): None
            for row in rows
            for key, value in row.items()
            if isinstance(value, str) and value in ids
        }
        remaining = {asset_id for asset_id, _ in self._keys}
        self._contents = {
            number: entry
            for number, entry in self._contents.items()
            if not isinstance(entry[1], XetrackError) and entry[1].id in remaining
        }

    def uploaded(self) -> AbstractContextManager[None]:
        """Store everything in a store elsewhere around a body, which takes the lock of the engine.

        What cannot be stored is given up. For a store in the database nothing is done.
        """
        if not self._keys or not self._asset_writer.is_elsewhere():
            return nullcontext()
        return self._uploaded()

    @contextmanager
    def _uploaded(self) -> Iterator[None]:
        storing = self._storing()
        is_stored = True
        try:
            storing.__enter__()
        except XetrackError as error:
            self.give_up(error)
            is_stored = False
        try:
            yield
        except BaseException as error:
            if is_stored:
                storing.__exit__(type(error), error, error.__traceback__)
            raise
        try:
            if is_stored:
                storing.__exit__(None, None, None)
        except XetrackError as error:
            self.note_unsure(error)

    def is_with_rows(self) -> bool:
        """Return True if there are objects that are stored in one transaction with their rows."""
        return bool(self._keys) and not self._asset_writer.is_elsewhere()

    def storing(self) -> AbstractContextManager[None]:
        """Store everything in the database around the storing of the rows, which is the body."""
        return self._storing() if self.is_with_rows() else nullcontext()

    def _storing(self) -> AbstractContextManager[None]:
        contents = {
            content.id: content
            for _, content in self._contents.values()
            if not isinstance(content, XetrackError)
        }
        return self._asset_writer.storing([*contents.values()], [*self._keys])

    def store(self, values: dict[str, Value], engine: Engine) -> dict[str, Value]:
        """Store everything in the database, without rows.

        Parameters
        ----------
        values
            Plain values by key, and the ids of the objects.
        engine
            The engine of the database.

        Returns
        -------
        dict
            The values without what cannot be stored; see `remaining`.
        """

        def store() -> None:
            with self.storing():
                pass

        try:
            write_whole(engine, store)
        except XetrackError as error:
            self.give_up(error)
        return self.remaining(values)

    def remaining(self, values: dict[str, Value]) -> dict[str, Value]:
        """Return values by key without the ids of objects that were given up.

        Parameters
        ----------
        values
            Plain values by key, some of them the ids of objects.
        """
        return dict(zip(values, self.without_lost([*values.values()]), strict=True))

    def issue_warnings(self) -> None:
        """Warn of each object that could not be stored; called when the rows are."""
        while self._unsure:
            report(self._unsure.pop())
        while self._failures:
            key, error = self._failures.popitem()
            is_text = self._as_text and not isinstance(error, AssetNotStoredError)
            what = (
                "is in its row as text" if is_text else "was left out of its row, which is stored"
            )
            warn(f"The value of {key!r} {what}. {error}")


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
