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
from xetrack_cli.queries.table_query import NUMBERS, TableQuery, iterate_rows, open_query
from xetrack_cli.render.cells import is_measure, pluralized
from xetrack_cli.render.fit import ranks_of
from xetrack_cli.render.model import Table

_RANK = {"column": 0, "count": 0, "mean": 1, "min": 1, "max": 1, "missing": 1}
"""Of the columns of a description; a narrow terminal leaves out the others first."""

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
    return Table(names=heads, rows=cells, ranks=[_RANK.get(head, 2) for head in heads])


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

    def in_database(self, query: TableQuery, where: Iterable[Condition]) -> "RankedRows":
        """Let the database find the rows.

        Parameters
        ----------
        query
            The table, and the rows of it that are meant.
        where
            Conditions instead of those of the query.

        Returns
        -------
        RankedRows
            The best one first.
        """
        down = self.choose is nlargest
        names, rows = self._read(query, where, order=self.column, descending=down, limit=self.n)
        return RankedRows(names, list(rows))

    def in_python(self, query: TableQuery, where: Iterable[Condition]) -> "RankedRows":
        """Find the rows in one pass, where databases would compare texts.

        Parameters
        ----------
        query
            The table, and the rows of it that are meant.
        where
            Conditions instead of those of the query.

        Returns
        -------
        RankedRows
            The best one first.
        """
        names, rows = self._read(query, where)
        measured = (row for row in rows if is_measure(row[-1]))
        return RankedRows(names, self.choose(self.n, measured, key=itemgetter(-1)))

    def _read(
        self, query: TableQuery, where: Iterable[Condition], **options: Any
    ) -> tuple[tuple[str, ...], Iterable[tuple[Any, ...]]]:
        """Return the names of columns, and rows, each with its value of the column at the end."""
        if self.names is not None:
            columns = (*self.names, self.column)
            return self.names, query.rows(columns, where=where, **options)
        # All that there are at the moment of the rows, which may have brought some along.
        selection = query.selection(where=where, **options)
        names = tuple(each.name for each in selection.columns)
        at = names.index(self.column)
        return names, ((*row, row[at]) for row in iterate_rows(selection))

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


@frozen
class RankedRows:
    """Rows that were ranked, the best one first."""

    names: tuple[str, ...]
    """Of the columns."""
    rows: list[tuple[Any, ...]]
    """The cells of each, and its value of the column by which they are ranked."""


def _rank(db: Location, ranking: Ranking, rows: Filter) -> Table:
    with open_query(db, rows) as query:
        column = query.column(ranking.column)
        ranking, kinds = evolve(ranking, column=column.name), column.kinds
        best = RankedRows(ranking.names or tuple(query.columns), [])
        if kinds & NUMBERS or not kinds:  # those of a foreign column are not known
            where = [*query.where, Condition(ranking.column, ">=", least_of(kinds))]
            find = ranking.in_python if kinds & STORED_AS_TEXT else ranking.in_database
            best = find(query, where)
        if not best.rows and not kinds & NUMBERS:
            best = ranking.in_database(query, [*query.where, Condition(column.name, "!=", None)])
        if not best.rows and ranking.n and not query.is_empty():
            raise NoValuesError(repr(ranking.column), query.table)
        if best.rows:
            ranking.note_ties(query, [row[-1] for row in best.rows])
        ranks = ranks_of(best.names, query.asked_columns(ranking.names, column.name))
        cells = [row[:-1] for row in best.rows]
        return Table(names=best.names, rows=cells, numbered=True, selectable=True, ranks=ranks)
