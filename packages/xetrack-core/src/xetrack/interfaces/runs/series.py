"""What is set once for a metric: which way it gets better, its unit, and its axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSettings:
    """The settings of one metric, for all runs of a table.

    Examples
    --------
    >>> from xetrack import Reader, Tracker
    >>> with Tracker("runs.db") as tracker:
    ...     tracker.define("loss", goal="min", unit="nats")
    >>> Reader("runs.db").series_settings()["loss"]
    SeriesSettings(goal='min', unit='nats', x=None)
    """

    goal: Literal["max", "min"] | None = None
    """Whether a larger or a smaller number is better; None where neither is."""
    unit: str | None = None
    """The unit of its numbers, for people."""
    x: str | None = None
    """The key of the axis that it is shown over; None for the position of the row."""
