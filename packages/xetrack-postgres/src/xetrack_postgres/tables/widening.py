"""Adding columns and widening them, safely against any number of others who do the same.

Whoever changes a table holds a lock of the schema's for it, and looks at the table anew. A change
that cannot be made (somebody reads the table, a view of the user's stands on a column, a table is
full) is no failure: then the cells lie in the row's JSON, where there is always room.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from attrs import evolve
from psycopg import errors as pg

from xetrack.interfaces.engines.columns import allocate_columns
from xetrack.model.kinds import EXACT_INT, Kind
from xetrack.model.names import quoted
from xetrack_postgres.connections.pool import DDL_PATIENCE
from xetrack_postgres.names import MORE, RESERVED, column_name
from xetrack_postgres.tables.schema import StoredColumn
from xetrack_postgres.tables.storage import TYPES, meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from xetrack.interfaces.engine import Field
    from xetrack_postgres.tables.catalog import Catalog
    from xetrack_postgres.tables.schema import TableSchema

MOST = 400
"""Columns of a table. PostgreSQL takes 1,600, but no row of more than 8 kB beside what it moves
elsewhere, and 20 bytes of each cell stay."""

_CANNOT = (
    pg.LockNotAvailable,
    pg.FeatureNotSupported,
    pg.DependentObjectsStillExist,
    pg.TooManyColumns,
    pg.ProgramLimitExceeded,
    pg.InvalidTableDefinition,
    pg.WrongObjectType,
)


def find_columns(
    table: TableSchema | None, fields: Sequence[Field]
) -> tuple[StoredColumn, ...] | None:
    """Return the columns for the fields, or None when one is missing or too narrow.

    Parameters
    ----------
    table
        The table as it is now; None for a missing one.
    fields
        What is to be stored.
    """
    if table is None:
        return None
    columns = tuple(table.by_key.get(field.key) for field in fields)
    for column, field in zip(columns, fields, strict=True):
        if column is None or not field.kinds.issubset(column.kinds):
            return None
    return tuple(column for column in columns if column is not None)


class Widening:
    """Gives one table a wide enough column for each field, inside a transaction."""

    def __init__(self, connection: Connection[Any], catalog: Catalog, table: TableSchema) -> None:
        self._connection = connection
        self._catalog = catalog
        self._table = table
        self._name = catalog.qualified(table.relation)
        real = sum(column.is_real for column in table.columns)
        self._room = 0 if any(column.in_more for column in table.columns) else MOST - real

    def widen(self, fields: Sequence[Field]) -> TableSchema | None:
        """Add what is missing, widen what is too narrow, and return the table as it is then.

        Parameters
        ----------
        fields
            The fields that are to be stored.

        Returns
        -------
        TableSchema | None
            The table after the change; None where it was dropped meanwhile.
        """
        known = [column.public() for column in self._table.columns]
        allocation = allocate_columns(known, fields, reserved=RESERVED, name=column_name)
        wanted = []
        for allocated in allocation.changed:
            key, kinds = allocated.key or "", allocated.kinds
            had = self._table.by_key.get(key)
            means = meaning(kinds, had.meaning if had else None)
            column = had or StoredColumn(allocated.name, key, kinds, means)
            wanted.append(evolve(column, kinds=kinds, meaning=None if column.in_more else means))
        had_real = {column.name for column in self._table.columns if column.is_real}
        added = self._add_columns(
            [column for column in wanted if column.is_real and column.name not in had_real]
        )
        for column in wanted:  # in the order in which they came
            if column.name in added:
                self._catalog.register(self._connection, self._table.relation, added[column.name])
            else:
                self._change(column)
        widened = self._catalog.load(self._connection, self._table.name)
        if widened is not None:
            # Something else may have the view's name, or stand on it.
            with suppress(*_CANNOT), self._savepoint():
                self._catalog.view(self._connection, widened)
        return widened

    def _add_columns(self, columns: Sequence[StoredColumn]) -> dict[str, StoredColumn]:
        """Add real columns by one statement, as far as there is room; return all by name."""
        real = columns[: max(0, self._room)]
        parts = [f"ADD COLUMN {quoted(c.name)} {TYPES[c.meaning]}" for c in real if c.meaning]
        if parts and not self._try_alter(", ".join(parts)):
            real = ()
        overflow = [evolve(column, in_more=True, meaning=None) for column in columns[len(real) :]]
        return {column.name: column for column in (*real, *overflow)}

    def _change(self, column: StoredColumn) -> None:
        """Give a column another type where its kinds ask for one."""
        had = self._table.by_key.get(column.key or "")
        if had is not None and had.is_real and had.meaning and column.meaning is not had.meaning:
            assert column.meaning is not None  # noqa: S101 - a meaning is never lost
            strays = self._keep_integers(had) if column.meaning is Kind.FLOAT else False
            name, sql_type = quoted(column.name), TYPES[column.meaning]
            using = f"ALTER COLUMN {name} TYPE {sql_type} USING {name}::{sql_type}"
            if self._try_alter(using, rebuild=True):
                column = evolve(column, strays=had.strays or strays)
                self._catalog.renew(self._connection, self._table.name)
            else:
                column = evolve(column, meaning=had.meaning, strays=had.strays or strays)
        self._catalog.register(self._connection, self._table.relation, column)

    def _keep_integers(self, column: StoredColumn) -> bool:
        """Copy integers that a float would round into the JSON; return True if there were any."""
        if Kind.BIGINT not in column.kinds:
            return False
        name, table = quoted(column.name), self._name.replace("%", "%%")
        kept_rows = self._connection.execute(
            f"UPDATE {table} SET {MORE} = (CASE WHEN {MORE} IS NULL THEN '{{' "
            f"ELSE left({MORE}::text, -1) || ', ' END || to_json(%s::text) || ': ' "
            f"|| {name}::text || '}}')::json "
            f"WHERE {name} NOT BETWEEN {-EXACT_INT} AND {EXACT_INT}",
            (column.name,),
        )
        return kept_rows.rowcount > 0

    def _try_alter(self, change: str, *, rebuild: bool = False) -> bool:
        """Alter the relation; return True if that could be done."""
        try:
            with self._savepoint():
                # The view comes first, as it does for whoever reads it: no two may wait for each
                # other.
                self._catalog.lock_view(self._connection, self._table)
                if rebuild:
                    self._catalog.drop_view(self._connection, self._table)
                self._connection.execute(f"ALTER TABLE {self._name} {change}")
        except _CANNOT:
            return False
        return True

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        execute = self._connection.execute
        execute("SAVEPOINT altering")
        execute(f"SET LOCAL lock_timeout = {round(DDL_PATIENCE * 1_000)}")
        try:
            yield
        except BaseException:
            execute("ROLLBACK TO altering")
            raise
        # What a savepoint set stays set after it.
        execute("SET LOCAL lock_timeout TO DEFAULT")
        execute("RELEASE altering")
