"""Timestamps as moments, in SQL: Python says once for each minute when it began.

A timestamp without an offset is local time, and only Python knows which offset that had, as
`moment_of` says. All timestamps of one minute and one offset have the same; there are as many
minutes as a run takes, and rows by the million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engines.series.axis import moment_of

if TYPE_CHECKING:
    from xetrack.interfaces.engines.series.statements import Execute

STAMP = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6}"
"""A timestamp of ours, as a regular expression for all of a text."""

MINUTE, OFFSET, START = '"its minute"', '"its offset"', '"its start"'
"""Columns of the minutes: their text, the offset beside the timestamp or an empty text, and the
seconds since 1970 at which they began."""

Minutes = tuple[list[str], list[str], list[float | None]]


def read_minutes(
    execute: Execute, table: str, stamp: str, offset: str, is_stamp: str
) -> Minutes | None:
    """Return the minutes of all timestamps of a table.

    Parameters
    ----------
    execute
        Executes a statement.
    table, stamp, offset
        SQL for the table, the timestamp, and the offset beside it, which is never NULL.
    is_stamp
        SQL for whether all of a timestamp matches `STAMP`.

    Returns
    -------
    tuple or None
        A list for each of `MINUTE`, `OFFSET` and `START`; None where a timestamp is none of ours.
    """
    minute = f"CASE WHEN {is_stamp} THEN substr({stamp}, 1, 16) END"
    rows = [*execute(f"SELECT DISTINCT {minute}, {offset} FROM {table}", ())]
    if any(row[0] is None for row in rows):
        return None
    return (
        [minute for minute, _ in rows],
        [offset for _, offset in rows],
        [moment_of(minute, offset) for minute, offset in rows],
    )


def matching_sql(stamp: str, offset: str) -> str:
    """Return SQL for whether a row is of a minute.

    Parameters
    ----------
    stamp
        SQL for the timestamp of a row, as text.
    offset
        SQL for the offset from UTC beside it; an empty text where there is none.
    """
    return f"substr({stamp}, 1, 16) = {MINUTE} AND {offset} = {OFFSET}"


def moment_sql(stamp: str) -> str:
    """Return SQL for the moment of a row, next to the minute that it is of.

    Parameters
    ----------
    stamp
        SQL for the timestamp of a row, as text.

    Returns
    -------
    str
        An expression in seconds since 1970, with a fraction.
    """
    million = "CAST(1000000 AS DOUBLE PRECISION)"
    seconds = f"CAST(substr({stamp}, 18, 2) AS INTEGER) * {million}"
    microseconds = f"CAST(substr({stamp}, 21, 6) AS INTEGER)"
    # Whole microseconds are exact, so that only the last step rounds, as in Python.
    return f"({START} * {million} + {seconds} + {microseconds}) / {million}"
