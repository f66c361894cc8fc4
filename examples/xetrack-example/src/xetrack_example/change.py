"""A change: made under the lock of the engine and of the file, and written down as an event."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from xetrack.errors import ReadOnlyError
from xetrack.interfaces.engine import Column
from xetrack.model.kinds import Kind
from xetrack.model.names import OWN, checked_table, column_name, fold
from xetrack_example.tables import chosen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.engine import Condition, Field
    from xetrack.model.kinds import Value
    from xetrack_example.engine import JournalEngine


class Change:
    """What is done to the tables while nobody else does anything."""

    def __init__(self, engine: JournalEngine, doing: str) -> None:
        self._engine, self._doing = engine, doing
        self._held = ExitStack()

    def __enter__(self) -> Self:
        if self._engine.settings.read_only:
            raise ReadOnlyError(self._engine.location, self._doing)
        with ExitStack() as held:
            held.enter_context(self._engine.lock)
            if self._engine.journal.together is not None:  # the file is held already
                self._held = held.pop_all()
                return self
            for event in held.enter_context(self._engine.journal.writing()):
                self._engine.known.apply(event)
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def event(self, *event: Any) -> None:
        """Write down what happens; it is read again, as everybody does it."""
        for one in self._engine.journal.append([*event]):
            self._engine.known.apply(one)

    def chosen(
        self, table: str, where: Sequence[Condition], values: Mapping[str, Value] | None = None
    ) -> list[int]:
        """Return the numbers of the rows that the change is about."""
        found = self._engine.table(table)
        self._engine.check(found, table, [*(one.column for one in where), *(values or ())])
        return chosen(found, where)

    def columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Make sure that the table has these columns, and return their names."""
        tables = self._engine.known.tables
        if table in tables:
            known = tables[table].columns
        else:
            checked_table(table, tables)
            known = {own: Column(own, own, frozenset({Kind.TEXT})) for own in OWN}
        by_key = {one.key: one for one in known.values()}
        taken = {fold(name) for name in known}
        news = []
        for field in fields:
            found = by_key.get(field.key)
            name = found.name if found else column_name(field.key, taken)
            kinds = found.kinds if found else frozenset()
            if found is None or not field.kinds <= kinds:
                news.append([name, field.key, [str(kind) for kind in sorted(field.kinds)]])
            by_key[field.key] = Column(name, field.key, kinds | field.kinds)
            taken.add(fold(name))
        if news or table not in tables:
            self.event("columns", table, news)
        return tuple(by_key[field.key].name for field in fields)
