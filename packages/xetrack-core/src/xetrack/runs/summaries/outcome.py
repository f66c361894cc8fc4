"""One line at the end of a run of a group: what changed since the run before, and what came of it.

``cool-rose-6872: lr 0.1 → 0.2 · loss 0.25 → 0.05``
"""

from __future__ import annotations

import sys
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError
from xetrack.errors.escapes import escaped
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition, Query
from xetrack.interfaces.runs.record import RunStatus
from xetrack.model.env import is_enabled
from xetrack.model.kinds import shown
from xetrack.model.names import BOOKKEEPING, TRACK_ID
from xetrack.runs.events import RunEvents
from xetrack.runs.reading import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack.model.kinds import Value

QUIET = "XETRACK_QUIET"
"""The variable of the environment by which the line is left out."""

_ROWS = 100
"""The last rows of a run are looked at, so many of them."""

_EVENTS = 20
_MOST = 6
"""Params, and results, that are named at most."""
_LONGEST = 40
_DIGITS = range(4, 18)
"""Digits of floats: the fewest that tell two of them apart."""


def print_outcome(engine: Engine, table: str, track_id: str) -> None:
    """Write the line to stderr; what cannot be read is no reason for an error.

    Parameters
    ----------
    engine, table, track_id
        The run, whose end is stored.
    """
    if is_enabled(QUIET) or sys.stderr is None:
        return
    with suppress(XetrackError, OSError, ValueError):  # a closed stderr is a ValueError
        if not engine.is_writing() and (line := describe_outcome(engine, table, track_id)):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


def describe_outcome(engine: Engine, table: str, track_id: str) -> str:
    """Return the line; an empty text for a run that is in no group or has nothing to show.

    Parameters
    ----------
    engine, table, track_id
        The run.
    """
    record = read_record(engine, table, track_id, facts=False)
    if record is None or not record.group:
        return ""
    before = _run_before(engine, table, record)
    results = _last_results(engine, table, record)
    if before is None:
        parts = [f"{name} {_text(value)}" for name, value in results.items()]
    else:
        parts = [*_limited(_changes(before.params, record.params))]
        parts += _limited(_changes(_last_results(engine, table, before), results, numbers=True))
    if record.status is not RunStatus.FINISHED:
        parts.append(f"{record.status} {record.error_type or ''}".rstrip())
    return escaped(f"{track_id}: {' · '.join(parts[: 2 * _MOST])}") if parts else ""


def _run_before(engine: Engine, table: str, record: RunRecord) -> RunRecord | None:
    """Return the run of the same group that ended or changed last before; None for the first."""
    group = record.group or ""
    events, own = RunEvents(engine), record.track_id
    others = read_whole(engine, lambda: events.find_others(table, group, own, _EVENTS))
    for other in others:
        before = read_record(engine, table, other, facts=False)
        if before is None or before.status is RunStatus.RUNNING:
            continue
        if before.ended is None or record.ended is None or before.ended <= record.ended:
            return before
    return None


def _last_results(engine: Engine, table: str, record: RunRecord) -> dict[str, Value]:
    """Return the last numbers of a run by column, without its params and bookkeeping."""
    return read_whole(engine, lambda: _read_results(engine, table, record))


def _read_results(engine: Engine, table: str, record: RunRecord) -> dict[str, Value]:
    of_run = Query(where=(Condition(TRACK_ID, "=", record.track_id),), tail=_ROWS)
    selection = engine.read(table, of_run)
    results: dict[str, Value] = {}
    for batch in selection.batches:
        for column, cells in zip(selection.columns, batch, strict=True):
            last = next((cell for cell in reversed(cells) if cell is not None), None)
            is_param = column.name in record.params or column.key in record.params
            if _is_number(last) and not is_param and column.name not in BOOKKEEPING:
                results[column.name] = last
    return results


def _changes(
    before: Mapping[str, Value], now: Mapping[str, Value], *, numbers: bool = False
) -> Iterator[str]:
    """Yield what differs; of results also floats that are equal, as these are no counters."""
    for name in dict.fromkeys([*now, *before]):
        old, new = before.get(name), now.get(name)
        if repr(old) != repr(new) or (numbers and isinstance(new, float)):
            apart = (each for each in _DIGITS if _text(old, each) != _text(new, each))
            digits = next(apart, _DIGITS[0])
            yield f"{name} {_text(old, digits)} → {_text(new, digits)}"


def _limited(parts: Iterator[str]) -> list[str]:
    every = list(parts)
    left_out = len(every) - _MOST
    return every if left_out <= 0 else [*every[:_MOST], f"… +{left_out}"]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _text(value: Value, digits: int = _DIGITS[0]) -> str:
    if value is None:
        return "none"
    text = f"{value:.{digits}g}" if isinstance(value, float) else shown(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
