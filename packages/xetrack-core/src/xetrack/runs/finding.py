"""Finding a run by what a user types: its id, the beginning of it, its name, or its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.errors import InvalidArgumentError, RunNotFoundError
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import TRACK_ID
from xetrack.runs.reading import read_records

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine

_PLACE = re.compile(r"@([1-9][0-9]*)")


def find_run(engine: Engine, table: str, text: object) -> str:
    """Return the id of a run.

    Parameters
    ----------
    engine, table
        The table of its rows.
    text
        The id; the beginning of one id alone; the name of one run alone; ``@1`` for the run that
        began last, ``@2`` for the one before.

    Raises
    ------
    InvalidArgumentError
        It is no text, or several runs begin so or have this name.
    RunNotFoundError
        There is no such run.
    """
    if not isinstance(text, str) or not text:
        raise InvalidArgumentError("track_id", text, "the name of a run, as a text")
    records = read_records(engine, table)
    if text in records or _has_rows(engine, table, text):
        return text
    in_rows = read_whole(engine, lambda: _ids_in(engine, table))
    ids = list(dict.fromkeys([*in_rows, *records]))
    if place := _PLACE.fullmatch(text):
        at = int(place[1])
        # A run of an earlier version may have got a tag, and so a record, but no begin.
        with_begin = [each.track_id for each in records.values() if each.started is not None]
        began = [*(each for each in ids if each not in set(with_begin)), *with_begin]
        if at <= len(began):
            return began[-at]
        raise RunNotFoundError(text, table, count=len(began))
    named = [each.track_id for each in records.values() if each.name == text]
    matching = named or [each for each in ids if each.startswith(text)]
    if len(matching) > 1:
        shown = ", ".join(matching[:5]) + (", ..." if len(matching) > 5 else "")  # noqa: PLR2004
        expected = f"more of it, as {len(matching):,} runs begin so or have this name: {shown}"
        raise InvalidArgumentError("track_id", text, expected)
    if not matching:
        if text.startswith("@"):
            raise RunNotFoundError(text, table, count=len(ids))
        names = (each.name for each in records.values() if each.name is not None)
        raise RunNotFoundError(text, table, [*ids, *names])
    return matching[0]


def find_other_run(engine: Engine, table: str, text: str) -> str | None:
    """Return the run that a text means, of which no row was found by its id.

    To look whether an id has rows takes as long as to read them, so this is asked afterwards.

    Parameters
    ----------
    engine, table
        The table of its rows.
    text
        See `find_run`.

    Returns
    -------
    str or None
        None where no run is meant, or the one of just this id.

    Raises
    ------
    InvalidArgumentError
        Several runs begin so or have this name.
    """
    try:
        run = find_run(engine, table, text)
    except RunNotFoundError:
        return None
    return None if run == text else run


def _has_rows(engine: Engine, table: str, track_id: str) -> bool:
    if TRACK_ID not in {column.name for column in engine.columns(table)}:
        return False
    of_run = Query(columns=(TRACK_ID,), where=(Condition(TRACK_ID, "=", track_id),), limit=1)
    batches = read_whole(engine, lambda: [*engine.read(table, of_run).batches])
    return any(len(ids) for (ids,) in batches)


def _ids_in(engine: Engine, table: str) -> dict[str, None]:
    """Return the runs of the rows, in their order."""
    if TRACK_ID not in {column.name for column in engine.columns(table)}:
        return {}
    selection = engine.read(table, Query(columns=(TRACK_ID,)))
    seen: dict[str, None] = {}
    for (ids,) in selection.batches:
        for track_id in dict.fromkeys(ids):
            if isinstance(track_id, str):
                seen[track_id] = None
    return seen
