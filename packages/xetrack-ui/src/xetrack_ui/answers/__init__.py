"""The answers of the page, one module for each group of paths. All of them only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack_ui.answers import (
    assets,
    columns,
    completion,
    databases,
    logs,
    rows,
    run,
    runs,
    series,
    sql,
)
from xetrack_ui.answers.comparison import sides, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack_ui.answers.question import Question

_TABLE = "/api/db/{db}/{table}"

ROUTES: Mapping[str, Callable[[Question], Any]] = {
    "/api/databases": databases.list_databases,
    "/api/db/{db}/sql": sql.run_sql,
    f"{_TABLE}/columns": columns.list_columns,
    f"{_TABLE}/runs": runs.list_runs,
    f"{_TABLE}/run/{{id}}": run.show_run,
    f"{_TABLE}/run/{{id}}/logs": logs.list_logs,
    f"{_TABLE}/series": series.read_numbers,
    f"{_TABLE}/rows": rows.list_rows,
    f"{_TABLE}/compare": sides.compare,
    f"{_TABLE}/verdicts": verdicts.list_verdicts,
    f"{_TABLE}/asset/{{id}}": assets.show_asset,
    f"{_TABLE}/asset/{{id}}/content": assets.send_asset,
    f"{_TABLE}/complete": completion.complete,
}
"""What answers a path."""
