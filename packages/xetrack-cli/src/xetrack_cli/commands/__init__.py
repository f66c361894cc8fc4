"""The commands of `xt` itself, described as a plugin describes its own."""

from __future__ import annotations

from xetrack.interfaces.component import Component

_HERE = __name__

OWN = {
    component.name: component
    for component in (
        Component(
            name="head", target=f"{_HERE}.rows:head", summary="Show the first rows of a table."
        ),
        Component(
            name="tail", target=f"{_HERE}.rows:tail", summary="Show the last rows of a table."
        ),
        Component(
            name="columns",
            target=f"{_HERE}.names:columns",
            summary="Show the columns of a table, and what they hold.",
        ),
        Component(
            name="ls",
            target=f"{_HERE}.names:ls",
            summary="List the names of the columns, or the values of one, one a line.",
        ),
        Component(
            name="sql", target=f"{_HERE}.query:sql", summary="Run a query in SQL; it only reads."
        ),
        Component(
            name="plugins",
            target=f"{_HERE}.plugins:plugins",
            summary="Show what is installed, and what was left out and why.",
        ),
        Component(
            name="demo",
            target=f"{_HERE}.demo:demo",
            summary="Benchmark compressors on real files, and show what xetrack makes of it.",
        ),
    )
}
"""By name, in the order of the help page."""
