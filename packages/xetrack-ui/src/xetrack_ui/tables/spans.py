"""The rows of each run: how many there are, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.query import Query
from xetrack.interfaces.runs.spans import ReadsSpans
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.spans import RunSpan


@dataclass(slots=True, kw_only=True)
class ShownSpan:
    """The rows of one run, with the moments that the page shows."""

    rows: int = 0
    first: Any = None
    """The timestamp of the first row, as it is stored."""
    last: Any = None
    offset: Any = None
    """The offset of its timestamps from UTC, where it is stored."""

    @property
    def began(self) -> datetime | None:
        """The moment of the first row."""
        return moment_of(self.first, self.offset)

    @property
    def ended(self) -> datetime | None:
        """The moment of the last row."""
        return moment_of(self.last, self.offset)


def moment_of(stamp: Any, offset: Any = None) -> datetime | None:
    """Return the moment of a timestamp; None where it is no time.

    Parameters
    ----------
    stamp
        The cell.
    offset
        The offset from UTC, such as ``+02:00``; None for local time.
    """
    try:
        moment = datetime.fromisoformat(str(stamp))
        if moment.tzinfo is None and offset is not None:
            moment = moment.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00{offset}").tzinfo)
        return moment.astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def read_spans(engine: Engine, table: str) -> dict[str, ShownSpan]:
    """Return the spans of all runs, that with the first timestamp first.

    The engine knows where they lie, or groups, where it can; else the identities of all rows pass
    by.

    Parameters
    ----------
    engine, table
        The table. One without the column of runs has none.
    """
    names = [column.name for column in engine.columns(table)]
    if TRACK_ID not in names:
        return {}
    columns = [name for name in (TIMESTAMP, UTC_OFFSET) if name in names]
    known = engine.read_spans(table) if isinstance(engine, ReadsSpans) else None
    if known is not None:
        spans = {run: _shown(known[run]) for run in sorted(known)}
    else:
        is_grouped = isinstance(engine, RunsSQL)
        spans = (_grouped if is_grouped else _counted)(engine, table, columns)
    begins = {run: str(span.first) for run, span in spans.items()}
    return dict(sorted(spans.items(), key=lambda item: begins[item[0]]))


def _shown(span: RunSpan) -> ShownSpan:
    return ShownSpan(rows=span.rows, first=span.first, last=span.last, offset=span.offset)


def _grouped(engine: Any, table: str, columns: Sequence[str]) -> dict[str, ShownSpan]:
    figures = "".join(
        f", min({quoted(name)}), max({quoted(name)})"
        if name == TIMESTAMP
        else f", min({quoted(name)})"
        for name in columns
    )
    query = f"SELECT {TRACK_ID}, count(*){figures} FROM {quoted(table)} GROUP BY {TRACK_ID}"  # noqa: S608 - names cannot be bound
    spans = {}
    for track_id, rows, *cells in engine.sql(query).rows:
        if isinstance(track_id, str):  # another program may have written rows without one
            first, last = (cells[0], cells[1]) if TIMESTAMP in columns else (None, None)
            offset = cells[-1] if UTC_OFFSET in columns else None
            spans[track_id] = ShownSpan(rows=rows, first=first, last=last, offset=offset)
    return spans


def _counted(engine: Engine, table: str, columns: Sequence[str]) -> dict[str, ShownSpan]:
    spans: dict[str, ShownSpan] = {}
    for track_id, *cells in _rows(engine.read(table, Query(columns=(TRACK_ID, *columns))).batches):
        if not isinstance(track_id, str):
            continue
        span = spans.setdefault(track_id, ShownSpan())
        span.rows += 1
        by_name = dict(zip(columns, cells, strict=True))
        stamp = by_name.get(TIMESTAMP)
        if stamp is not None:
            span.first = stamp if span.first is None else min(span.first, stamp, key=str)
            span.last = stamp if span.last is None else max(span.last, stamp, key=str)
        span.offset = span.offset or by_name.get(UTC_OFFSET)
    return spans


def _rows(batches: Iterable[Sequence[Sequence[Any]]]) -> Iterator[tuple[Any, ...]]:
    return (row for batch in batches for row in zip(*batch, strict=True))
