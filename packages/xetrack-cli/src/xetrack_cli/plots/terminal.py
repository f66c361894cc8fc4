"""Drawing in a terminal, by plotext."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import MissingPackageError
from xetrack.errors.escapes import escaped
from xetrack_cli.plots.ticks import labels, log_ticks, ticks
from xetrack_cli.render.fit import cut

if TYPE_CHECKING:
    from xetrack_cli.plots.chart import Chart

COLORS = (12, 10, 9, 11, 13, 14, 208, 141, 45, 250)
"""Codes of a terminal's palette of 256."""
MARKERS = "ox+*#%@&$~"
"""What tells series apart without colours."""
FINE = "hd"
"""Blocks of a quarter of a place."""
SERIES = len(MARKERS)
"""More cannot be told apart."""

_LEAST, _HIGHEST = (24, 8), 40
_LONGEST = 40
"""Places of a name."""


def library() -> Any:
    """Import plotext.

    Raises
    ------
    MissingPackageError
        It is not installed.
    """
    try:
        import plotext  # type: ignore[import-untyped] # noqa: PLC0415 - for those who draw
    except ImportError as error:
        raise MissingPackageError("plotext, which draws in terminals,", "plot") from error
    return plotext


def draw(chart: Chart, columns: int, lines: int, color: bool) -> str:
    """Draw a chart with its legend below.

    Parameters
    ----------
    chart
        What is drawn.
    columns
        Width of the terminal.
    lines
        Lines of the terminal that may be used.
    color
        Tell series apart by colours instead of markers.

    Returns
    -------
    str
        The lines.
    """
    plotext = library()
    figure = plotext.figure
    figure.clear()
    figure.theme("simple")
    below = len(chart.series) > 1
    size = max(_LEAST[0], columns), max(_LEAST[1], min(_HIGHEST, lines - below))
    figure.plot_size(*size)
    figure.title(_name(chart.title))
    figure.label(_name(chart.x), axis="x")
    figure.label(_name(chart.y), axis="y")
    for series, marker, code in zip(chart.series, MARKERS, COLORS, strict=False):
        look = plotext.marker(FINE if color or len(chart.series) == 1 else marker, pixel=code)
        if chart.kind == "bars":
            drawn = figure.bar(series.xs, series.ys, width=1, marker="full")
        else:
            xs, ys = chart.places("x", series.xs), chart.places("y", series.ys)
            drawn = figure.signal(xs, ys, marker=look)
        figure.draw(drawn.lines() if chart.kind == "lines" else drawn)
    # Last, as bars write an axis of their own.
    for axis, (low, high), most in (
        ("x", chart.x_range, size[0] // 12),
        ("y", chart.y_range, size[1] // 3),
    ):
        figure.ruler(axis).lim(low, high)
        if axis in chart.logs:
            places = log_ticks(low, high, most)
            figure.ruler(axis).ticks(places, [f"{10.0**place:.6g}" for place in places])
        else:
            places = ticks(low, high, most)
            figure.ruler(axis).ticks(places, labels(places))
    text = figure.build().string(colorless=not color)
    return f"{_trimmed(text)}\n{_legend(chart, color)}"


def _name(text: str) -> str:
    return cut([escaped(text)], _LONGEST)[0]


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip("\n").splitlines())


def _legend(chart: Chart, color: bool) -> str:
    if len(chart.series) == 1:
        return ""
    entries = [
        f"\x1b[38;5;{code}m■\x1b[0m {_name(series.name)}"
        if color
        else f"{marker} {_name(series.name)}"
        for series, marker, code in zip(chart.series, MARKERS, COLORS, strict=False)
    ]
    return "   ".join(entries) + "\n"
