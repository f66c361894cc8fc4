"""What a user should hear once: a key that got another name, a column that widened."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from xetrack.errors import warn
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
}
"""Kinds that are the same to a user."""


def _families(kinds: Iterable[Kind]) -> set[str]:
    return {_FAMILY.get(kind, str(kind)) for kind in kinds}


class ColumnWarnings:
    """Collects what is to be said of one table, and says each of it once."""

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine = engine
        self._table = table
        columns = engine.columns(table)
        self._families = {column.key: _families(column.kinds) for column in columns if column.key}
        self._unclaimed = {column.name for column in columns if column.key is None}
        self._said: set[str] = set()
        self._waiting: deque[str] = deque()

    def note_renamed(self, key: str, column: str) -> None:
        """Note that a key got a column which is not named as it."""
        self._add(f"The key {key!r} is kept in the column {column!r}: its own name is taken.")

    def note_columns(self, fields: Sequence[Field], columns: Sequence[str]) -> None:
        """Note what a new insert did to the columns; called before anything is written by it."""
        claimed = self._unclaimed.intersection(columns)
        self._unclaimed -= claimed
        for field, column in zip(fields, columns, strict=True):
            if column in claimed:
                self._families[field.key] = self._held(column, field)
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

    def _held(self, column: str, field: Field) -> set[str]:
        """Return what a column of another program held before its first key came."""
        found = next(one.kinds for one in self._engine.columns(self._table) if one.name == column)
        new = _families(field.kinds)
        held = _families(found) - new
        if held and new:
            # Its kinds are known together with the new ones; which were there, its cells say.
            for batch in self._engine.read(self._table, Query(columns=(column,))).batches:
                held |= _families(filter(None, map(kind_of, batch[0])))
                if new <= held:
                    break
        return held

    def _add(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._waiting.append(text)

    def issue_warnings(self) -> None:
        """Warn of what is new."""
        while self._waiting:
            try:
                text = self._waiting.popleft()
            except IndexError:  # another thread said it meanwhile
                return
            warn(text)
