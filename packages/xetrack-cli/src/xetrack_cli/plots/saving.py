"""Drawing to a file, by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.frames.files import replacing
from xetrack_cli.messages import MissingLibraryError

if TYPE_CHECKING:
    from pathlib import Path

    from xetrack_cli.plots.chart import Chart

FORMATS = (".png", ".svg")
_SIZE = (9, 5)
"""Inches."""


def check_path(path: Path) -> Path:
    """Check that a plot can be written to a path, before anything is read.

    Parameters
    ----------
    path
        Where the plot goes.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    InvalidArgumentError
        Its ending is that of no known format.
    MissingLibraryError
        matplotlib is not installed.
    """
    if path.suffix.lower() not in FORMATS:
        raise InvalidArgumentError("--save", str(path), "a file name that ends in .png or .svg")
    _figure()
    return path


def _figure() -> Any:
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - for those who save
    except ImportError as error:
        raise MissingLibraryError("matplotlib", "which writes plots to files") from error
    return Figure(figsize=_SIZE, layout="constrained")


def save(chart: Chart, path: Path) -> str:
    """Write a chart to a file.

    Parameters
    ----------
    chart
        What is drawn.
    path
        Where to; the ending says the format.

    Returns
    -------
    str
        A sentence for the user.
    """
    figure = _figure()
    axes = figure.subplots()
    for series in chart.series:
        if chart.kind == "bars":
            axes.bar(series.xs, series.ys, width=chart.width)
        elif chart.kind == "lines":
            axes.plot(series.xs, series.ys, label=_plain(series.name))
        else:
            axes.plot(series.xs, series.ys, "o", markersize=3, label=_plain(series.name))
    axes.set_title(_plain(chart.title))
    axes.set_xlabel(_plain(chart.x))
    axes.set_ylabel(_plain(chart.y))
    if "x" in chart.logs:
        axes.set_xscale("log")
    if "y" in chart.logs:
        axes.set_yscale("log")
    if len(chart.series) > 1:
        axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix.lower().removeprefix("."))
    return f"Saved {path}."


def _plain(text: str) -> str:
    """Keep dollars from being read as formulas, and a name from being hidden by its ``_``."""
    return "\u200b" + text.replace("$", r"\$") if text.startswith("_") else text.replace("$", r"\$")
