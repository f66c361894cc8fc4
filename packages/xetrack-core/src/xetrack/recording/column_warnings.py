"""Warnings about columns: a key that got another name, a column that widened."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from xetrack.errors import warn
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Query
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import RESULT, column_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.engine import Engine, Field

_FAMILY = {
    Kind.BIGINT: "int",
    Kind.HUGEINT: "int",
    Kind.NAN: "float",
    Kind.RAWTEXT: "text",
    Kind.LONGDURATION: "duration",
}
"""Kinds that are the same to a user."""


def rounded_message(key: str) -> str:
    """Return the warning that the value of a key was cut to microseconds.

    Parameters
    ----------
    key
        The key that was logged.
    """
    return (
        f"The value of {key!r} was cut to microseconds: a time is stored with no nanoseconds. "
        "To keep them, log an integer, such as value.value of pandas or value.astype(int) of NumPy."
    )


def _families(kinds: Iterable[Kind]) -> set[str]:
    return {_FAMILY.get(kind, str(kind)) for kind in kinds}


class ColumnWarnings:
    """Collects the warnings about one table, and issues each of them once.

    Parameters
    ----------
    engine, table
        The table, whose columns are read at once.
    """

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine = engine
        self._table = table
        columns = engine.columns(table)
        self._families = {column.key: _families(column.kinds) for column in columns if column.key}
        self._unclaimed = {column.name for column in columns if column.key is None}
        self._issued: set[str] = set()
        self._waiting: deque[str] = deque()

    def note_renamed(self, key: str, column: str) -> None:
        """Warn that a key got a column which is not named as it.

        Parameters
        ----------
        key
            The user's key.
        column
            The column that holds its values.
        """
        self._add(f"The key {key!r} is kept in the column {column!r}: its own name is taken.")

    def note_rounded(self, key: str) -> None:
        """Warn that a time was finer than can be stored.

        Parameters
        ----------
        key
            The user's key.
        """
        self._add(rounded_message(key))

    def note_columns(self, fields: Sequence[Field], columns: Sequence[str]) -> None:
        """Warn of what a new insert did to the columns; called before anything is written by it.

        Parameters
        ----------
        fields
            What is to be written.
        columns
            The column that each field got.
        """
        claimed = self._unclaimed.intersection(columns)
        self._unclaimed -= claimed
        for field, column in zip(fields, columns, strict=True):
            if column in claimed:
                self._families[field.key] = self._kinds_before(column, field)
            if column != column_name(field.key):
                self.note_renamed(field.key, column)
            known = self._families.setdefault(field.key, set())
            new = _families(field.kinds) - known
            # An int among floats is a float; nothing widens for it. Functions return all sorts.
            expected = field.key == RESULT or (new == {"int"} and known == {"float"})
            if new and known and not expected:
                self._add(
                    f"The column {column!r} held {' and '.join(sorted(known))}; from now on it "
                    f"takes {' and '.join(sorted(new))} too. No value is changed."
                )
            known |= new

    def _kinds_before(self, column: str, field: Field) -> set[str]:
        """Return what a column of another program held before its first key came."""
        columns = self._engine.columns(self._table)
        kinds = next(known.kinds for known in columns if known.name == column)
        new = _families(field.kinds)
        earlier = _families(kinds) - new
        if earlier and new:
            # Its kinds are known together with the new ones; which were there, its cells say.
            earlier |= read_whole(self._engine, lambda: self._families_in(column, new))
        return earlier

    def _families_in(self, column: str, sought: set[str]) -> set[str]:
        """Return what the cells of a column hold, looking no further once all sought was seen."""
        families: set[str] = set()
        for batch in self._engine.read(self._table, Query(columns=(column,))).batches:
            families |= _families(filter(None, map(kind_of, batch[0])))
            if sought <= families:
                break
        return families

    def _add(self, text: str) -> None:
        if text not in self._issued:
            self._issued.add(text)
            self._waiting.append(text)

    def issue_warnings(self) -> None:
        """Issue the warnings that wait."""
        while self._waiting:
            try:
                text = self._waiting.popleft()
            except IndexError:  # another thread issued it meanwhile
                return
            warn(text)
