"""``/api/db/{db}/{table}/run/{id}``: all that is known of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import TRACK_ID
from xetrack_ui.answers.runs import run_rows
from xetrack_ui.tables.assets import describe_asset
from xetrack_ui.tables.columns import ASSET_ID
from xetrack_ui.tables.runs import ShownRun
from xetrack_ui.tables.spans import ShownSpan
from xetrack_ui.values.cells import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack import Reader
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.state import TableState

_MOST_ASSETS = 200

_RECORD = ("table", "pid", "cwd", "python", "platform", "error_type", "error_message", "argv")
"""What the list of runs does not show."""


def show_run(question: Question) -> dict[str, Any]:
    """Return a run by its id, the beginning of it, its name, or its place, such as ``@1``.

    Parameters
    ----------
    question
        Its path names the table and the run; it has no parameters.

    Returns
    -------
    dict
        For JSON: the record, the number of rows, the columns of numbers, and the assets.
    """
    question.parameters()
    with question.opened() as (reader, state):
        record = reader.run(question.names["id"])
        run = state.runs.get(record.track_id) or ShownRun(record, ShownSpan())
        numbers = number_columns(state)
        figures = state.figures(numbers, [record.track_id])
        (row,) = run_rows(state, [run], numbers)
        return {
            "record": {**describe_record(record), **row},
            "rows": run.span.rows,
            "series": [
                name for name in numbers if _has_numbers(figures[name].get(record.track_id))
            ],
            "assets": [*_assets(reader, state, record.track_id)],
        }


def number_columns(state: TableState) -> list[str]:
    """Return the columns whose figures are told of a run.

    Parameters
    ----------
    state
        The table.
    """
    return [each.name for each in state.columns if each.kind == "number" and not each.is_fixed]


def describe_record(record: RunRecord) -> dict[str, Any]:
    """Return what a record says beside the list of runs, with what recorders wrote down.

    Parameters
    ----------
    record
        The record.
    """
    return {
        **{name: to_json(getattr(record, name)) for name in _RECORD},
        "facts": to_json({name: dict(facts) for name, facts in record.facts.items()}),
    }


def _has_numbers(values: Any) -> bool:
    return values is not None and bool(
        values.count or values.nan or values.infinite or values.negative_infinite
    )


def _assets(reader: Reader, state: TableState, run: str) -> Iterator[dict[str, Any]]:
    """Yield the assets that the rows of a run name, each once for a column."""
    columns = tuple(each.name for each in state.columns if each.kind == "asset")
    assets = reader.assets if columns else None
    if assets is None:
        return
    named: dict[tuple[str, str], None] = {}
    query = Query(columns=columns, where=(Condition(TRACK_ID, "=", run),))
    for batch in reader.engine.read(reader.table, query).batches:
        for name, cells in zip(columns, batch, strict=True):
            ids = (cell for cell in cells if isinstance(cell, str) and ASSET_ID.fullmatch(cell))
            named |= dict.fromkeys((name, each) for each in ids)
    for column, asset in [*named][:_MOST_ASSETS]:
        try:
            described = describe_asset(assets, asset)
        except XetrackError:  # it was removed, or is only a text that looks like an id
            continue
        yield {"column": column, **described}
