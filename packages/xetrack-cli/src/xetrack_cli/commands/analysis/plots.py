"""`xt plot`: columns drawn in the terminal, or to a file."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from attrs import frozen
from cyclopts import Parameter

from xetrack_cli import messages
from xetrack_cli.options import ALL, Database, Few, Filter, Location
from xetrack_cli.plots import saving, terminal
from xetrack_cli.plots.chart import Chart, Series, widen_range
from xetrack_cli.plots.points import Axis, Points, mean_series, scatter_series
from xetrack_cli.queries.statistics import Summary
from xetrack_cli.queries.table_query import TableQuery, open_query
from xetrack_cli.render.cells import pluralized, text_of
from xetrack_cli.render.model import Drawing, Table

X: TypeAlias = Annotated[str, Parameter(name="X", help="The column of the horizontal axis.")]
Y: TypeAlias = Annotated[str, Parameter(name="Y", help="The column of the vertical axis.")]
Save: TypeAlias = Annotated[
    Path | None, Parameter(help="Write it to this file instead: .png or .svg, by matplotlib.")
]


_LOG: Any = {"negative": "", "show_default": False}


@Parameter(name="*")
@frozen(kw_only=True)
class Axes:
    """How points are drawn."""

    by: Annotated[
        str | None,
        Parameter(metavar="COLUMN", help="Draw one series for each value of this column."),
    ] = None
    log_x: Annotated[
        bool,
        Parameter(
            help="Make the horizontal axis logarithmic, without what is not above 0.", **_LOG
        ),
    ] = False
    log_y: Annotated[
        bool,
        Parameter(help="Make the vertical axis logarithmic, without what is not above 0.", **_LOG),
    ] = False


LINEAR = Axes()
"""What is drawn where nothing else is typed."""


def hist(
    db: Database,
    column: str,
    /,
    *,
    bins: Annotated[Few, Parameter(help="How many bars.")] = 20,
    save: Save = None,
    rows: Filter = ALL,
) -> Drawing | str:
    """Draw how often the values of a column occur.

    Parameters
    ----------
    db
        Path or URL of the database.
    column
        A column of numbers.
    bins
        How many bars.
    save
        Write the plot to this file instead, a .png or .svg.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Drawing or str
        The plot, or where it was saved.
    """
    _check(save)
    with open_query(db, rows) as query:
        axis = Axis.of_column(query, column)
        summary = Summary()
        summary.add(_numbers(query, axis))
        if summary.minimum is None or summary.maximum is None:
            raise messages.NoValuesError(repr(column), query.table, "number")
        low, high = widen_range(float(summary.minimum), float(summary.maximum))
        counts = [0] * bins
        for number in _numbers(query, axis):
            place = int((number - low) / (high - low) * bins)
            counts[min(max(place, 0), bins - 1)] += 1
    edges = [low + (high - low) * at / bins for at in range(bins + 1)]
    middles = tuple((left + right) / 2 for left, right in pairwise(edges))
    chart = Chart(
        kind="bars",
        title=f"{column} histogram",
        x=axis.label,
        y="rows",
        series=(Series("", middles, tuple(map(float, counts))),),
        width=(high - low) / bins,
    )
    table = Table(
        names=("from", "to", "rows"),
        rows=[(*edge, count) for edge, count in zip(pairwise(edges), counts, strict=True)],
    )
    return _drawn(chart, table, save, _boxed(summary))


def _numbers(query: TableQuery, axis: Axis) -> Iterator[float]:
    for (value,) in query.rows([axis.name]):
        number = axis.number(value)
        if number is not None:
            yield number


def _boxed(summary: Summary) -> str:
    lines = (
        f"observations: {summary.count}",
        f"min value: {text_of(summary.minimum, short=True)}",
        f"mean : {text_of(summary.mean, short=True)}",
        f"max value: {text_of(summary.maximum, short=True)}",
    )
    rule = "-" * 35
    return "\n".join([rule, f"|{'Summary':^33}|", rule, *(f"|{line:^33}|" for line in lines), rule])


def scatter(
    db: Database,
    x: X,
    y: Y,
    /,
    *,
    axes: Axes = LINEAR,
    save: Save = None,
    rows: Filter = ALL,
) -> Drawing | str:
    """Draw the rows as points.

    Parameters
    ----------
    db
        Path or URL of the database.
    x
        The column of the horizontal axis.
    y
        The column of the vertical axis.
    axes
        What tells series apart, and which axes are logarithmic.
    save
        Write the plot to this file instead, a .png or .svg.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Drawing or str
        The plot, or where it was saved.
    """
    return _plot(db, (x, y), axes, save, rows, lines=False)


def line(
    db: Database,
    x: X,
    y: Y,
    /,
    *,
    axes: Axes = LINEAR,
    save: Save = None,
    rows: Filter = ALL,
) -> Drawing | str:
    """Draw one column over another as a line.

    Where several rows have the same X, the line goes through the mean of their Y.

    Parameters
    ----------
    db
        Path or URL of the database.
    x
        The column of the horizontal axis.
    y
        The column of the vertical axis.
    axes
        What tells series apart, and which axes are logarithmic.
    save
        Write the plot to this file instead, a .png or .svg.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Drawing or str
        The plot, or where it was saved.
    """
    return _plot(db, (x, y), axes, save, rows, lines=True)


def _plot(
    db: Location,
    columns: tuple[str, str],
    axes: Axes,
    save: Path | None,
    rows: Filter,
    *,
    lines: bool,
) -> Drawing | str:
    _check(save)
    (x, y), by = columns, axes.by
    number = "number above 0" if axes.log_x or axes.log_y else "number"
    with open_query(db, rows) as query:
        points = Points(
            query,
            Axis.of_column(query, x, log=axes.log_x),
            Axis.of_column(query, y, log=axes.log_y),
            by and query.column(by).name,
        )
        series = mean_series(points) if lines else scatter_series(points)
        if not series:
            raise messages.NoValuesError(f"both {x!r} and {y!r}", query.table, number)
    if points.left_out:
        above = " (above 0 on a logarithmic axis)" if " " in number else ""
        messages.note(f"{pluralized(points.left_out, 'row')} without both numbers{above} left out.")
    up = points.y.label
    chart = Chart(
        kind="lines" if lines else "points",
        title=f"{up} by {by}" if by else "",
        x=points.x.label,
        y=f"mean {up}" if points.merged else up,
        series=series,
        logs=frozenset(("x",) * axes.log_x + ("y",) * axes.log_y),
    )
    table = Table(
        names=(*([by] if by else []), x, y if x != y else f"{y}_2"),
        rows=[
            (*([curve.name] if by else []), *point)
            for curve in series
            for point in zip(curve.xs, curve.ys, strict=True)
        ],
    )
    return _drawn(chart, table, save)


def _check(save: Path | None) -> None:
    """Say what is missing before anything is read."""
    if save is not None:
        saving.check_path(save)


def _drawn(chart: Chart, table: Table, save: Path | None, summary: str = "") -> Drawing | str:
    if save is not None:
        return saving.save(chart, save)
    return Drawing(table=table, draw=partial(terminal.draw, chart), summary=summary)
