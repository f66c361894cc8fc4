"""What is drawn, whoever draws it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable


@frozen
class Series:
    """Points under one name."""

    name: str
    """Empty where there is only one."""
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@frozen(kw_only=True)
class Chart:
    """One drawing."""

    kind: Literal["bars", "points", "lines"]
    title: str
    x: str
    """The label of the axis."""
    y: str
    series: tuple[Series, ...]
    width: float = 0.0
    """Of a bar, in units of x."""
    logs: frozenset[str] = frozenset()
    """Which of the axes ``x`` and ``y`` are logarithmic; all their numbers are above 0."""

    def places(self, axis: str, numbers: Iterable[float]) -> list[float]:
        """Return where numbers are along an axis: their logarithms to base 10, or they themselves.

        Parameters
        ----------
        axis
            Its name.
        numbers
            Of the points.
        """
        return [*map(math.log10, numbers)] if axis in self.logs else [*numbers]

    @property
    def x_range(self) -> tuple[float, float]:
        """The places of the smallest and the largest x that is drawn."""
        xs = self.places("x", (x for series in self.series for x in series.xs))
        return widen_range(min(xs) - self.width / 2, max(xs) + self.width / 2)

    @property
    def y_range(self) -> tuple[float, float]:
        """The places of the smallest and the largest y that is drawn; bars stand on 0."""
        ys = self.places("y", (y for series in self.series for y in series.ys))
        return widen_range(0.0 if self.kind == "bars" else min(ys), max(ys))


def widen_range(low: float, high: float) -> tuple[float, float]:
    """Widen the range of a single number, which would have no room on an axis.

    Parameters
    ----------
    low
        The smallest number.
    high
        The largest.

    Returns
    -------
    float, float
        Both ends; as they were if they differ.
    """
    if low < high:
        return low, high
    room = abs(low) / 10 or 0.5
    return low - room, high + room
