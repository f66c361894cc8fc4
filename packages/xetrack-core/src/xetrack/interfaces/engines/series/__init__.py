"""Series: the numbers of columns over an axis, run by run, in buckets of equal width.

A chart shows a thousand points, and a run may have millions of rows. `read_series` computes, for
each run and each part of the axis, what a chart needs: smallest, largest and mean number, the first
and the last, and how many cells were nan, infinite or missing. No spike is lost.

**Numbers.** A cell of bool, int, float or Decimal is a number: that of the nearest float; what is
beyond the largest float is infinite. A timedelta is a number of seconds. Everything else (None,
text, also one of digits, dates, lists) is no number and counts as `BucketValues.missing`. nan and
infinities are counted, and are in no other figure.

**Axis.** The x of a row is the number in the column `SeriesQuery.x`. For ``"timestamp"`` it is the
moment of the row's timestamp in seconds since 1970 UTC: with the offset of the row's column
``utc_offset``, or of the text itself, else with that of local time where it is read. Without a
column it is the row's position: the number of rows of its run that match `SeriesQuery.where` and
were logged before it. A row whose x is no finite number is in no bucket, and so is a row without a
text as its track id.

**Buckets.** The range from low to high, both ends in it, is cut into parts of equal width, shared
by all runs: with ``width = high - low``, x is in bucket ``floor((x - low) / width * buckets)``, and
``high`` in the last one. If low equals high, all is in bucket 0. The mean is the sum of the finite
numbers by their count: it may be off by 1e-12 of the mean of their sizes, or by 2e-16 times their
count where that is more, as databases sum plainly. Each other figure is exact, and the same with
every engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.engines.capabilities import ReadsSeries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.query import Condition


__all__ = ["Bucket", "BucketValues", "ReadsSeries", "SeriesQuery", "read_series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesQuery:
    """Which numbers to read, over which axis, in how many buckets.

    Raises
    ------
    InvalidArgumentError
        There is no bucket, or an end of the range is no finite number.

    Examples
    --------
    >>> SeriesQuery(y=("loss",), x="epoch", buckets=600).runs is None
    True
    """

    y: tuple[str, ...]
    """Names of the columns whose numbers are wanted."""
    x: str | None = None
    """Name of the column of the axis, ``"timestamp"``, or None for the row's position."""
    runs: tuple[str, ...] | None = None
    """Track ids of the runs; None for all."""
    where: tuple[Condition, ...] = ()
    """Conditions, all of which a row must match."""
    low: float | None = None
    """The smallest x; None for that of the rows that match."""
    high: float | None = None
    """The largest x; None for that of the rows that match."""
    buckets: int = 1
    """Number of parts of the range; 1 gives one figure for each run."""

    def __post_init__(self) -> None:
        if self.buckets < 1:
            raise InvalidArgumentError("buckets", self.buckets, "a number from 1 on")
        for name, end in (("low", self.low), ("high", self.high)):
            if end is not None and not math.isfinite(end):
                raise InvalidArgumentError(name, end, "a finite number, or None")


class BucketValues(NamedTuple):
    """What one column holds in one bucket.

    The first six are of finite numbers only. A row is in one of `count`, `nan`, `infinite`,
    `negative_infinite` and `missing`, which add up to `Bucket.rows`.
    """

    count: int  # type: ignore[assignment]  # not that of tuples, which nobody needs here
    """How many finite numbers there are. Without any, the next five are None."""
    minimum: float | None
    """The smallest."""
    maximum: float | None
    """The largest."""
    mean: float | None
    """Their sum by their count."""
    first: float | None
    """The one that was logged first."""
    last: float | None
    """The one that was logged last."""
    nan: int
    """How many cells are nan."""
    infinite: int
    """How many are infinite."""
    negative_infinite: int
    """How many are infinite below zero."""
    missing: int
    """How many are no number."""


class Bucket(NamedTuple):
    """The rows of one run in one part of the range; there is none without rows."""

    track_id: str
    """The run."""
    number: int
    """Which part of the range, from 0."""
    rows: int
    """How many rows are in it."""
    low: float
    """The smallest x of these rows."""
    high: float
    """The largest x of these rows."""
    values: tuple[BucketValues, ...]
    """For each column, in the order of `SeriesQuery.y`."""


def read_series(engine: Engine, table: str, query: SeriesQuery) -> Iterator[Bucket]:
    """Compute the buckets of a table: by the engine, or here from what it reads.

    Everything is read before this returns.

    Parameters
    ----------
    engine
        The open database.
    table
        Name of the table.
    query
        What to compute.

    Returns
    -------
    iterator of Bucket
        Those with rows, run by run in the order of their first rows, by number within a run.

    Raises
    ------
    TableNotFoundError
        The table does not exist.
    ColumnNotFoundError
        The query names a column that the table lacks.

    Examples
    --------
    >>> from xetrack import Reader, Tracker
    >>> with Tracker("runs.db", track_id="first") as tracker:
    ...     rows = [tracker.log({"loss": loss}) for loss in (3.0, 1.0, 2.0, 4.0)]
    >>> buckets = read_series(Reader("runs.db").engine, "default", SeriesQuery(y=("loss",)))
    >>> [(bucket.rows, bucket.values[0].mean) for bucket in buckets]
    [(4, 2.5)]
    """
    if isinstance(engine, ReadsSeries):
        return engine.read_series(table, query)
    from xetrack.interfaces.engines.series.computing import compute  # noqa: PLC0415 - few need it

    return compute(engine, table, query)
