"""The engine that stores nothing: rows only go to the sinks."""

# ruff: noqa: ARG002, ARG003 - what the interface gives, an engine without rows has no use for
from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Column, Engine, Inserter, Selection
from xetrack.model.names import OWN, checked_key, column_name, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from xetrack.interfaces.engine import Condition, Field, Query, Settings
    from xetrack.model.kinds import Value


class _Discard(Inserter):
    """Takes rows and forgets them."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Forget the rows."""


class SkipEngine(Engine):
    """Knows the columns that were logged, as every engine, but keeps no row."""

    asset_store = None

    def __init__(self, location: str, settings: Settings) -> None:
        super().__init__(location, settings)
        self._columns: dict[str, dict[str, Column]] = {}

    @classmethod
    def owns(cls, location: str) -> bool:
        """Tell that nothing is there."""
        return False

    def tables(self) -> list[str]:
        """Name the tables that were logged into."""
        return list(self._columns)

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns that were logged."""
        return tuple(self._columns.get(table, {}).values())

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Choose the names of columns as an engine that stores would."""
        with self.lock:
            known = self._columns.setdefault(
                table, {key: Column(key, key, frozenset()) for key in OWN}
            )
            for field in fields:
                taken = {fold(column.name) for column in known.values()}
                key = checked_key(field.key)
                before = known.get(key) or Column(column_name(key, taken), key, frozenset())
                known[key] = Column(before.name, key, before.kinds | field.kinds)
            return tuple(known[field.key].name for field in fields)

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare to forget."""
        return _Discard(self.add_columns(table, fields))

    def transaction(self) -> AbstractContextManager[None]:
        """Store nothing, whether the block raises or not."""
        return nullcontext()

    def read(self, table: str, query: Query) -> Selection:
        """Return no rows, under the columns that were logged."""
        names = query.columns
        columns = [one for one in self.columns(table) if names is None or one.name in names]
        return Selection(tuple(columns), iter(()))

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count no rows."""
        return 0

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Touch no rows."""
        return 0

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete no rows."""
        return 0

    def drop(self, table: str) -> None:
        """Forget the columns."""
        with self.lock:
            self._columns.pop(table, None)

    def close(self) -> None:
        """Hold nothing."""
