"""``/api/db/{db}/{table}/run/{id}/logs``: what the logs that were named have of a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from xetrack_ui.logs.reading import read_run_logs
from xetrack_ui.values.cells import to_json

if TYPE_CHECKING:
    from xetrack_ui.answers.question import Question

_MOST = 5_000
"""Records in one answer."""


def list_logs(question: Question) -> dict[str, Any]:
    """Return the latest records of a run, of one log or of all.

    Levels are counted of all records of these logs.

    Parameters
    ----------
    question
        Its path names the table and the run. Parameters: ``limit`` (200 records if not given),
        ``levels``, and ``source``, the number of a log.

    Returns
    -------
    dict
        For JSON: the logs, how many records have each level, and the latest records.
    """
    parameters = question.parameters("limit", "levels", "source")
    limit = parameters.whole("limit", 200, least=1, most=_MOST)
    wanted = parameters.names("levels")
    locations = question.workspace.logs
    is_one = parameters.has("source")
    source = parameters.whole("source", 0, most=max(0, len(locations) - 1))
    with question.opened() as (reader, _):
        run = reader.run(question.names["id"]).track_id if locations else ""
    logs = read_run_logs(locations, run)
    of_source = [each for each in logs.records if not is_one or each.source == source]
    chosen = [each for each in of_source if not wanted or each.level in wanted]
    return {
        "sources": [
            {
                "location": location,
                "error": logs.failures.get(at),
                "records": sum(each.source == at for each in logs.records),
            }
            for at, location in enumerate(locations)
        ],
        "levels": dict(Counter(each.level for each in of_source)),
        "total": len(chosen),
        "is_cut": logs.is_cut,
        "records": [
            {
                "time": each.time,
                "level": each.level,
                "source": each.source,
                "cells": to_json(each.cells),
            }
            for each in chosen[-limit:]
        ],
    }
