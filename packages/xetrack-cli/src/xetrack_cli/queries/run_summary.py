"""What is said of a run: when, how long, how many rows, with which params, to what end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import define

from xetrack.interfaces.query import Condition
from xetrack.interfaces.sql import RunsSQL
from xetrack.model.names import OWN, TIMESTAMP, TRACK_ID, quoted

if TYPE_CHECKING:
    from xetrack.model.kinds import Value
    from xetrack_cli.queries.table_query import Asked


@define
class Span:
    """The rows of a run, counted."""

    track_id: str
    first: Value
    last: Value
    rows: int = 1

    @property
    def seconds(self) -> float | None:
        """Seconds between the first row and the last; None where the times are no times."""
        try:
            begun, ended = (datetime.fromisoformat(str(one)) for one in (self.first, self.last))
            return (ended - begun).total_seconds()
        except (ValueError, TypeError):
            return None


def spans(asked: Asked, limit: int) -> list[Span]:
    """Return the runs that ended last, by the time of their last row.

    The database groups where it can; else the identities of all rows pass by, and only the runs
    stay in memory.
    """
    for name in OWN:
        asked.column(name)
    if not limit:
        return []
    if isinstance(asked.engine, RunsSQL) and not asked.where:
        found = asked.engine.sql(_GROUPED.format(table=quoted(asked.table)), limit=limit)
        return [Span(*row) for row in reversed(found.rows)]
    seen: dict[str, Span] = {}
    for stamp, track_id in asked.rows(OWN):
        span = seen.setdefault(track_id, Span(track_id, stamp, stamp, 0))
        span.rows += 1
        if stamp is not None:  # another program may have written rows without one
            span.first = stamp if span.first is None else min(span.first, stamp, key=str)
            span.last = stamp if span.last is None else max(span.last, stamp, key=str)
    return sorted(seen.values(), key=lambda span: str(span.last or ""))[-limit:]


_GROUPED = """
SELECT track_id, min(timestamp) AS first, max(timestamp) AS last, count(*)
FROM {table} GROUP BY track_id ORDER BY last DESC
"""


def span(asked: Asked, track_id: str) -> Span:
    """Return one run.

    Raises
    ------
    RunNotFoundError
        The table has no row of it.
    """
    asked.check_run(track_id)
    of_it = [Condition(TRACK_ID, "=", track_id)]
    ((first,),) = asked.rows([TIMESTAMP], where=of_it, limit=1)
    ((last,),) = asked.rows([TIMESTAMP], where=of_it, tail=1)
    return Span(track_id, first, last, asked.engine.count(asked.table, of_it))


def ends(asked: Asked, track_id: str) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return the params of a run, and what its last row says.

    Of a run, only the first and the last row are read: what is the same in both is a param.
    In a run of one row, floats are results and all else params.
    """
    of_it = [*asked.where, Condition(TRACK_ID, "=", track_id)]
    names = [name for name in asked.columns if name not in OWN]
    if not names:
        return {}, {}
    first = next(iter(asked.rows(names, where=of_it, limit=1)), ())
    last = next(iter(asked.rows(names, where=of_it, tail=1)), ())
    ends = {
        name: (before, after)
        for name, before, after in zip(names, first, last, strict=True)
        if after is not None
    }
    alone = all(map(_same, first, last))
    params = {
        name: after
        for name, (before, after) in ends.items()
        if _same(before, after) and not (alone and isinstance(after, float))
    }
    return params, {name: after for name, (_, after) in ends.items() if name not in params}


def _same(one: Value, other: Value) -> bool:
    try:
        return bool(one == other)
    except ArithmeticError:  # a signalling nan of decimals is compared with nothing
        return False
