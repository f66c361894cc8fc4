"""``/api/db/{db}/sql``: a statement of SQL, which can only read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from xetrack.frames.result import distinct
from xetrack.parts.sql import sql_runner_for
from xetrack_ui.answers.rows import MOST, TIMEOUT, to_json_rows
from xetrack_ui.values.cells import to_json

if TYPE_CHECKING:
    from xetrack_ui.answers.question import Question


def run_sql(question: Question) -> dict[str, Any]:
    """Return the rows of a statement, as the database keeps their cells.

    Parameters
    ----------
    question
        Its path names the database. Parameters: ``q``, the statement, and ``limit`` (1,000 rows if
        not given).

    Returns
    -------
    dict
        For JSON: columns, rows, whether there are more, and the seconds that it took.

    Raises
    ------
    QueryError
        The statement cannot be run, changes something, or takes too long.
    """
    parameters = question.parameters("q", "limit")
    query = parameters.required("q", "a statement of SQL, such as: SELECT * FROM events LIMIT 10")
    limit = parameters.whole("limit", 1_000, most=MOST)
    with question.database.reading() as reader:
        begin = time.perf_counter()
        answer = sql_runner_for(reader.engine).sql(query, limit=limit, timeout=TIMEOUT)
        seconds = time.perf_counter() - begin
    return {
        "columns": [to_json(name) for name in distinct(answer.names)],
        "rows": to_json_rows(answer.rows),
        "truncated": answer.truncated,
        "seconds": seconds,
    }
