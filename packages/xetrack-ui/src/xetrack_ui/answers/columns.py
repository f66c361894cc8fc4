"""``/api/db/{db}/{table}/columns``: the columns of a table, and what was set for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack_ui.values.cells import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.columns import ShownColumn
    from xetrack_ui.tables.state import TableState


def list_columns(question: Question) -> list[dict[str, Any]]:
    """Return the columns in the order they were added.

    Parameters
    ----------
    question
        Its path names the table; it has no parameters.
    """
    question.parameters()
    with question.opened() as (_, state):
        return describe(state, state.columns)


def describe(state: TableState, columns: Iterable[ShownColumn]) -> list[dict[str, Any]]:
    """Return what the page needs to know of columns.

    Parameters
    ----------
    state
        The table.
    columns
        Columns of the table.
    """
    params, settings = set(state.params), state.settings
    described = []
    for column in columns:
        setting = settings.get(column.name)
        described.append(
            {
                "name": column.name,
                "key": to_json(column.key),
                "kind": column.kind,
                "own": not column.is_fixed,
                "param": column.name in params,
                **{name: getattr(setting, name, None) for name in ("goal", "unit", "x")},
            }
        )
    return described
