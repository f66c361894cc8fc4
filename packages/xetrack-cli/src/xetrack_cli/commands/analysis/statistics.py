"""`xt stats`: what columns hold, and the best rows."""

from collections.abc import Callable, Iterable
from heapq import nlargest, nsmallest
from operator import itemgetter
from typing import Annotated, Any, TypeAlias

from attrs import evolve, frozen
from cyclopts import Parameter

from xetrack.interfaces.query import Condition
from xetrack_cli.messages import NoValuesError, note
from xetrack_cli.options import ALL, Columns, Count, Database, Filter, Location
from xetrack_cli.queries.statistics import (
    QUARTILES,
    STORED_AS_TEXT,
    compute_quartiles,
    least_of,
    summarize_columns,
)
from xetrack_cli.queries.table_query import NUMBERS, TableQuery, open_query
from xetrack_cli.render.cells import is_measure, pluralized
from xetrack_cli.render.fit import ranks_of
from xetrack_cli.render.model import Table

Measured: TypeAlias = Annotated[str, Parameter(help="The column to rank the rows by.")]


def describe(db: Database, /, *, columns: Columns = None, rows: Filter = ALL) -> Table:
    """Describe the numbers of columns; without --columns, of all that hold numbers.

    `count` is how many numbers there are, `missing` in how many rows there is no value. nan
    counts as missing. `std` is the deviation of a sample.

    Parameters
    ----------
    db
        Path or URL of the database.
    columns
        Only these columns, in this order.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Table
        A row for each column.
    """
    with open_query(db, rows) as query:
        names = list(
            columns
            or (
                name
                for name, column in query.columns.items()
                if column.kinds & NUMBERS or not column.kinds
            )
        )
        for name in names:
            query.column(name)
        summary_by_name = summarize_columns(query, names)
        cells = [
            (
                name,
                summary.count,
                summary.average,
                summary.standard_deviation,
                summary.minimum,
                *compute_quartiles(query, name, summary.count),
                summary.maximum,
                summary.missing,
            )
            for name, summary in summary_by_name.items()
            if summary.count or query.column(name).kinds or columns
        ]
    shares = (f"{share:.0%}" for share in QUARTILES)
    heads = ("column", "count", "mean", "std", "min", *shares, "max", "missing")
    return Table(names=heads, rows=cells)


def top(
    db: Database,
    column: Measured,
    /,
    *,
    n: Count = 1,
    columns: Columns = None,
    rows: Filter = ALL,
) -> Table:
    """Show the rows with the largest values of a column.

    A note counts rows that are not shown though they have the same value as the last that is.

    Parameters
    ----------
    db
        Path or URL of the database.
    column
        The column to rank the rows by.
    n
        How many rows.
    columns
        Only these columns, in this order.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Table
        The rows, the best one first.
    """
    return _rank(db, Ranking(column, n, columns, nlargest), rows)


def bottom(
    db: Database,
    column: Measured,
    /,
    *,
    n: Count = 1,
    columns: Columns = None,
    rows: Filter = ALL,
) -> Table:
    """Show the rows with the smallest values of a column.

    A note counts rows that are not shown though they have the same value as the last that is.

    Parameters
    ----------
    db
        Path or URL of the database.
    column
        The column to rank the rows by.
    n
        How many rows.
    columns
        Only these columns, in this order.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Table
        The rows, the best one first.
    """
    return _rank(db, Ranking(column, n, columns, nsmallest), rows)


@frozen
class Ranking:
    """The rows with the largest or the smallest values of a column."""

    column: str
    n: int
    names: tuple[str, ...] | None
    choose: Callable[..., list[Any]]
    """`nlargest` or `nsmallest`."""

    def rank_in_database(
        self, query: TableQuery, where: Iterable[Condition]
    ) -> list[tuple[Any, ...]]:
        """Let the database find the rows.

        Parameters
        ----------
        query
            The table, and the rows of it that are meant.
        where
            Conditions instead of those of the query.

        Returns
        -------
        list
            The cells of each row and its value of the column, the best one first.
        """
        down = self.choose is nlargest
        return list(
            query.rows(
                self._cells(query), where=where, order=self.column, descending=down, limit=self.n
            )
        )

    def rank_in_python(
        self, query: TableQuery, where: Iterable[Condition]
    ) -> list[tuple[Any, ...]]:
        """Find the rows in one pass, where databases would compare texts.

        Parameters
        ----------
        query
            The table, and the rows of it that are meant.
        where
            Conditions instead of those of the query.

        Returns
        -------
        list
            The cells of each row and its value of the column, the best one first.
        """
        rows = query.rows(self._cells(query), where=where)
        return self.choose(self.n, (row for row in rows if is_measure(row[-1])), key=itemgetter(-1))

    def _cells(self, query: TableQuery) -> tuple[str, ...]:
        return (*(self.names or query.columns), self.column)

    def note_ties(self, query: TableQuery, values: list[Any]) -> None:
        """Write a note if rows that are not shown have the value of the last that is.

        Parameters
        ----------
        query
            The table, and the rows of it that are meant.
        values
            The values of the column in the rows that are shown.
        """
        last = values[-1]
        equal = query.engine.count(query.table, [*query.where, Condition(self.column, "=", last)])
        hidden = equal - values.count(last)
        if hidden > 0:
            have = "has" if hidden == 1 else "have"
            note(
                f"{pluralized(hidden, 'row')} not shown {have} the same {self.column!r}. "
                f"Show them with: -n {self.n + hidden}"
            )


def _rank(db: Location, ranking: Ranking, rows: Filter) -> Table:
    with open_query(db, rows) as query:
        column = query.column(ranking.column)
        ranking, kinds = evolve(ranking, column=column.name), column.kinds
        names = ranking.names or tuple(query.columns)
        best: list[tuple[Any, ...]] = []
        if kinds & NUMBERS or not kinds:  # those of a foreign column are not known
            where = [*query.where, Condition(ranking.column, ">=", least_of(kinds))]
            find = ranking.rank_in_python if kinds & STORED_AS_TEXT else ranking.rank_in_database
            best = find(query, where)
        if not best and not kinds & NUMBERS:
            where = [*query.where, Condition(ranking.column, "!=", None)]
            best = ranking.rank_in_database(query, where)
        if not best and ranking.n and not query.is_empty():
            raise NoValuesError(repr(ranking.column), query.table)
        if best:
            ranking.note_ties(query, [row[-1] for row in best])
        ranks = ranks_of(names, query.asked_columns(ranking.names, column.name))
        return Table(names=names, rows=[row[:-1] for row in best], numbered=True, ranks=ranks)
