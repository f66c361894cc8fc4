"""`xt stats`: what columns hold, and the best rows."""

from collections.abc import Callable, Iterable
from heapq import nlargest, nsmallest
from operator import itemgetter
from typing import Annotated, Any, TypeAlias

from attrs import frozen
from cyclopts import Parameter

from xetrack.interfaces.query import Condition
from xetrack_cli.messages import NoValuesError
from xetrack_cli.options import ALL, Columns, Count, Database, Filter, Location
from xetrack_cli.queries.statistics import (
    FINITE_BELOW,
    KEPT_AS_TEXT,
    QUARTILES,
    quartiles,
    summaries,
)
from xetrack_cli.queries.table_query import NUMBERS, Asked, asking
from xetrack_cli.render.cells import is_number
from xetrack_cli.render.model import Table

Measured: TypeAlias = Annotated[str, Parameter(help="The column that counts.")]


def describe(db: Database, /, *, columns: Columns = None, rows: Filter = ALL) -> Table:
    """Describe the numbers of columns; without --columns, of all that hold numbers.

    `count` is how many numbers there are, `missing` in how many rows there is no value. nan
    counts as missing. `std` is the deviation of a sample.
    """
    with asking(db, rows) as asked:
        names = list(
            columns
            or (name for name, one in asked.columns.items() if one.kinds & NUMBERS or not one.kinds)
        )
        for name in names:
            asked.column(name)
        found = summaries(asked, names)
        cells = [
            (
                name,
                one.count,
                one.average,
                one.deviation,
                one.least,
                *quartiles(asked, name, one.count),
                one.most,
                one.missing,
            )
            for name, one in found.items()
            if one.count or asked.column(name).kinds or columns
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
    """Show the rows with the largest values of a column."""
    return _best(db, Best(column, n, columns, nlargest), rows)


def bottom(
    db: Database,
    column: Measured,
    /,
    *,
    n: Count = 1,
    columns: Columns = None,
    rows: Filter = ALL,
) -> Table:
    """Show the rows with the smallest values of a column."""
    return _best(db, Best(column, n, columns, nsmallest), rows)


@frozen
class Best:
    """Which rows are wanted."""

    column: str
    n: int
    names: tuple[str, ...] | None
    choose: Callable[..., list[Any]]
    """`nlargest` or `nsmallest`."""

    def by_engine(self, asked: Asked, where: Iterable[Condition]) -> list[tuple[Any, ...]]:
        """Let the database find them."""
        down = self.choose is nlargest
        return list(
            asked.rows(self.names, where=where, order=self.column, descending=down, limit=self.n)
        )

    def by_hand(self, asked: Asked, where: Iterable[Condition]) -> list[tuple[Any, ...]]:
        """Find them in one pass, where databases would compare texts."""
        names = self.names or tuple(asked.columns)
        rows = asked.rows([*names, self.column], where=where)
        found = self.choose(self.n, (row for row in rows if is_number(row[-1])), key=itemgetter(-1))
        return [row[:-1] for row in found]


def _best(db: Location, best: Best, rows: Filter) -> Table:
    with asking(db, rows) as asked:
        kinds = asked.column(best.column).kinds
        names = best.names or tuple(asked.columns)
        found: list[tuple[Any, ...]] = []
        if kinds & NUMBERS or not kinds:  # those of a foreign column are not known
            where = [*asked.where, Condition(best.column, ">=", FINITE_BELOW)]
            find = best.by_hand if kinds & KEPT_AS_TEXT else best.by_engine
            found = find(asked, where)
        if not found and not kinds & NUMBERS:
            where = [*asked.where, Condition(best.column, "!=", None)]
            found = best.by_engine(asked, where)
        if not found and best.n and not asked.is_empty():
            raise NoValuesError(repr(best.column), asked.table)
        return Table(names=names, rows=found, numbered=True)
