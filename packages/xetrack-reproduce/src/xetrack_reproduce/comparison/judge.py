"""A judge of two runs side by side: whether their rows have the same results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import TableNotFoundError
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition, Query
from xetrack.interfaces.runs.judges import Judge, Verdict
from xetrack.model.kinds import shown
from xetrack.model.names import TRACK_ID
from xetrack_reproduce.comparison.rows import FAILURES, Result, compare_rows

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack_reproduce.comparison.rows import ColumnComparison

_MOST = 20_000
"""Rows of a run that are compared while somebody waits."""

_LONGEST = 60
"""Characters of a name or a value."""


class ResultsJudge(Judge):
    """Compares the rows of two runs by their order, as ``xt reproduce`` does, without params."""

    def judge(self, engine: Engine, first: RunRecord, second: RunRecord) -> Verdict | None:
        """Say in which column the results differ first; see `Judge.judge`."""
        params = {*first.params, *second.params}
        old, new = (_results(engine, run, params) for run in (first, second))
        if not old and not new:
            return None
        if max(len(old), len(new)) > _MOST:
            return Verdict(None, f"more than {_MOST:,} rows: xt reproduce compares them")
        columns = compare_rows(old, new, {})
        differing = [each for each in columns if each.result in FAILURES]
        if differing:
            return Verdict(False, _difference(differing, len(old)))
        compared = sum(each.result is Result.EQUAL for each in columns)
        if not compared:
            return None
        return Verdict(True, f"{_number(len(old), 'row')} equal in {_number(compared, 'column')}")


def _results(engine: Engine, run: RunRecord, params: set[str]) -> list[dict[str, Any]]:
    """Return the rows of a run without params, one more than are compared at most."""
    query = Query(where=(Condition(TRACK_ID, "=", run.track_id),), limit=_MOST + 1)

    def read() -> list[dict[str, Any]]:
        selection = engine.read(run.table, query)
        names = [each.name for each in selection.columns]
        left_out = {each.name for each in selection.columns if (each.key or each.name) in params}
        return [
            {name: cell for name, cell in zip(names, row, strict=True) if name not in left_out}
            for batch in selection.batches
            for row in zip(*batch, strict=True)
        ]

    try:
        return read_whole(engine, read)
    except TableNotFoundError:
        return []


def _difference(columns: list[ColumnComparison], rows: int) -> str:
    """Return where the first column differs, and how many others do."""
    first = columns[0]
    if first.column == "(rows)":
        text = f"{_number(first.new, 'row')}, not {first.old:,}"
    elif first.row is None:
        text = f"{_plain(first.column)} has no rows to be compared with"
    else:
        text = (
            f"{_plain(first.column)} differs in {first.rows:,} of {_number(rows, 'row')}, "
            f"first in row {first.row}: {_pair(first.new, first.old)}"
        )
    others = len(columns) - 1
    return text + (f"; {_number(others, 'other column')} too" if others else "")


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _pair(new: Any, old: Any) -> str:
    """Return two values, floats in six digits where these show the difference."""
    if isinstance(new, float) and isinstance(old, float) and f"{new:.6g}" != f"{old:.6g}":
        return f"{new:.6g}, not {old:.6g}"
    return f"{_plain(new)}, not {_plain(old)}"


def _plain(value: Any) -> str:
    """Return a value as a short text without what would control a terminal or a page."""
    text = value if isinstance(value, str) else "nothing" if value is None else shown(value)
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in text[: _LONGEST + 1])
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
