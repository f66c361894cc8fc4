"""SQL: the capability of an engine whose database runs statements of the user's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xetrack.model.kinds import NotPlainError, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.model.kinds import Value


@dataclass(frozen=True, slots=True)
class SQLResult:
    """The result of a statement of SQL."""

    names: tuple[str, ...]
    """Names of the columns, in their order."""
    rows: list[tuple[Any, ...]] = field(repr=False)
    """Cells of each row, in the order of `names`, as the driver returns them."""
    truncated: bool = False
    """True if the statement has more rows than the limit allowed."""


def plain_parameters(
    parameters: Sequence[Any] | Mapping[str, Any], encode: Callable[[Value], Any]
) -> list[Any] | dict[str, Any]:
    """Convert the parameters of a statement to what stands in the cells of equal values.

    Parameters
    ----------
    parameters
        What a user gave, by position or by name.
    encode
        Converts a plain value to what the driver binds for it.

    Returns
    -------
    list or dict
        The same number of values. One that no cell can hold is unchanged, as the driver may have
        a meaning for it, or an error.

    Raises
    ------
    TypeError
        The parameters are neither; the engine makes it a `QueryError`.

    Examples
    --------
    >>> from pathlib import Path
    >>> plain_parameters({"run": Path("a/b"), "least": 3}, str)
    {'run': 'a/b', 'least': '3'}
    """

    def converted(value: object) -> Any:
        try:
            return encode(plain(value))
        except NotPlainError:
            return value

    if not hasattr(parameters, "__iter__"):
        raise TypeError("the parameters are no list of values, nor values by name")
    if isinstance(parameters, Mapping):
        return {name: converted(value) for name, value in parameters.items()}
    return [converted(value) for value in parameters]


class RunsSQL(ABC):
    """The capability of an engine to run SQL. An engine extends it beside `Engine`.

    Examples
    --------
    ::

        class RedshiftEngine(Engine, RunsSQL):
            @property
            def connection(self):
                return self._users_connection()  # not the one that inserters write with

            def sql(self, query, parameters=(), *, limit=None, timeout=None):
                cursor = self._read_only_cursor(timeout)
                cursor.execute(query, plain_parameters(parameters, encode=self._encoded))
                rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
                names = tuple(column[0] for column in cursor.description)
                return SQLResult(names, rows[:limit], len(rows) > len(rows[:limit]))
    """

    @property
    @abstractmethod
    def connection(self) -> Any:
        """A connection of the driver's own type, for the user's statements, read and write.

        It is not the connection that `Inserter` writes with, so that a rollback by the user cannot
        take logged rows along; except in memory, where some databases have only one.
        """

    def table_name(self, table: str) -> str:
        """Return the name of a table in statements on `connection`.

        Parameters
        ----------
        table
            The name of the table in xetrack.

        Returns
        -------
        str
            The name, unquoted; by default the same.
        """
        return table

    @abstractmethod
    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads.

        **Table names.** ``db.events``, ``events``, ``db.default`` and ``default``, quoted or not,
        all name the default table.

        **Column names.** In double quotes, a key as it was logged is the column that holds it,
        unless a column of these tables has that name; what is neither is an error, not a text. See
        `xetrack.interfaces.engines.sql_names.name_columns`.

        **Isolation.** The statement cannot write, attach a database, or reach any other file.

        Parameters
        ----------
        query
            One statement; placeholders are the driver's.
        parameters
            Values for the placeholders: all that a cell can hold, in the form in which the
            database keeps it; see `plain_parameters`.
        limit
            The largest number of rows to return; None for all.
        timeout
            Seconds after which the statement is stopped; None for no deadline.

        Returns
        -------
        SQLResult
            The rows, and whether the limit left some out.

        Raises
        ------
        QueryError
            The statement is wrong, is refused, or took too long.
        """
