"""``/api/db/{db}/{table}/compare``: runs side by side, and what differs between them."""

from __future__ import annotations

import shlex
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.model.locations import shown_location
from xetrack_ui.answers.runs import run_rows
from xetrack_ui.values.cells import moment, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xetrack import Reader
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.state import TableState

_MOST = 50
"""Runs side by side."""

_FIELDS = ("name", "status", "group", "parent", "host", "user", "cwd", "python", "platform")
_MACHINE = ("cpu_model", "cpu_count", "memory_mb")
_CODE = ("commit", "branch", "dirty")
_LINES = 2_000
"""Lines of a patch that are shown."""


def compare(question: Question) -> dict[str, Any]:
    """Return a row for each thing that is known of a run, with a value for each run.

    Parameters
    ----------
    question
        Its path names the table, its parameters ``runs`` and ``baseline`` the runs.

    Returns
    -------
    dict
        For JSON: the runs, the place of the baseline among them, and rows in sections.
    """
    with question.opened() as (reader, state):
        records, at = read_compared(question, reader)
        ids = [record.track_id for record in records]
        params, metrics = _params_and_metrics(state, ids)
        sections = {
            "params": params,
            "metrics": metrics,
            "record": _rows(_record(records)),
            "packages": _packages(records),
            "patch": _patches(records, at),
        }
        return {
            "runs": ids,
            "baseline": at,
            "sections": [{"name": name, "rows": rows} for name, rows in sections.items()],
        }


def read_compared(question: Question, reader: Reader) -> tuple[list[RunRecord], int]:
    """Return the runs that a request compares, and which of them is the baseline.

    Parameters
    ----------
    question
        The request.
    reader
        Has the table.

    Raises
    ------
    InvalidArgumentError
        It names none, too many, or another run as the baseline.
    """
    parameters = question.parameters("runs", "baseline")
    names = parameters.names("runs")
    if not 0 < len(names) <= _MOST:
        expected = f"the ids of 1 to {_MOST} runs, such as runs=first,second"
        raise InvalidArgumentError("runs", parameters.text("runs"), expected)
    records = [reader.run(name) for name in names]
    wanted = parameters.text("baseline")
    baseline = reader.run(wanted).track_id if wanted else records[0].track_id
    ids = [record.track_id for record in records]
    if baseline not in ids:
        raise InvalidArgumentError("baseline", wanted, f"one of the runs: {', '.join(ids)}")
    return records, ids.index(baseline)


Rows = list[dict[str, Any]]


def _rows(values: Mapping[str, Sequence[Any]]) -> Rows:
    """Return a row for each name, where at least one run has a value."""
    return [
        {"name": name, "values": list(cells), "differs": len(set(map(repr, cells))) > 1}
        for name, cells in values.items()
        if any(cell is not None for cell in cells)
    ]


def _params_and_metrics(state: TableState, ids: Sequence[str]) -> tuple[Rows, Rows]:
    by_id = state.runs
    metrics = state.metrics
    runs = [by_id[each] for each in ids if each in by_id]
    shown = {row["track_id"]: row for row in run_rows(state, runs, metrics)}
    empty: dict[str, Any] = {"params": {}, "values": {}, "rows": 0, "duration": None}
    rows = [shown.get(each, empty) for each in ids]
    params = _rows({name: [row["params"].get(name) for row in rows] for name in state.params})
    last = {name: [row["values"].get(name, {}).get("last") for row in rows] for name in metrics}
    counted = {name: [row[name] for row in rows] for name in ("rows", "duration")}
    results = _rows({**last, **counted})
    for row in results:
        best = _best(state, row["name"], row["values"])
        if best is not None:
            row["better"] = best
    return params, results


def _best(state: TableState, name: str, values: Sequence[Any]) -> int | None:
    """Return which value is the best by the goal of a metric; None without a goal."""
    goal = getattr(state.settings.get(name), "goal", None)
    numbers = {at: each for at, each in enumerate(values) if isinstance(each, int | float)}
    if goal not in {"min", "max"} or not numbers:
        return None
    choose = min if goal == "min" else max
    return choose(numbers, key=lambda at: numbers[at])


def facts_of(record: RunRecord, recorder: str) -> Mapping[str, Any]:
    """Return what a recorder wrote down; nothing where it is no dict.

    Parameters
    ----------
    record
        The record of a run.
    recorder
        The name of the recorder.
    """
    facts = record.facts.get(recorder)
    return facts if isinstance(facts, dict) else {}


def _record(records: Sequence[RunRecord]) -> dict[str, list[Any]]:
    lines: dict[str, list[Any]] = {
        name: [to_json(getattr(record, name)) for record in records] for name in _FIELDS
    }
    lines["tags"] = [", ".join(record.tags) or None for record in records]
    lines["started"] = [moment(record.started) for record in records]
    lines["ended"] = [moment(record.ended) for record in records]
    lines["error"] = [
        ": ".join(filter(None, (each.error_type, each.error_message))) or None for each in records
    ]
    lines["command"] = [_command(record) for record in records]
    for recorder, names in (("environment", _MACHINE), ("git", _CODE)):
        for name in names:
            lines[name] = [to_json(facts_of(each, recorder).get(name)) for each in records]
    return lines


def _command(record: RunRecord) -> str | None:
    words = facts_of(record, "command").get("argv")
    argv = words if isinstance(words, list) else record.argv
    return shlex.join(map(str, argv)) or None


def _packages(records: Iterable[RunRecord]) -> Rows:
    """Return a row for each package that is not the same in all runs that tell of packages."""
    packages = [packages_of(record) for record in records]
    names = sorted({name for each in packages for name in each})
    rows = _rows({name: [each.get(name) for each in packages] for name in names})
    telling = [at for at, each in enumerate(packages) if each]
    return [row for row in rows if len({row["values"][at] for at in telling}) > 1]


def packages_of(record: RunRecord) -> dict[str, str]:
    """Return the versions of the packages of a run; where one was built, its source behind it.

    Parameters
    ----------
    record
        The record.
    """
    facts = facts_of(record, "packages")
    versions, sources = facts.get("distributions", facts), facts.get("direct_urls")
    if not isinstance(versions, dict):
        return {}
    packages = {str(name): each for name, each in versions.items() if isinstance(each, str)}
    for name, source in sources.items() if isinstance(sources, dict) else ():
        if name in packages and isinstance(source, dict):
            words = (source.get("url"), source.get("commit"))
            texts = [shown_location(each) for each in words if isinstance(each, str)]
            packages[name] += f" ({', '.join(texts) or 'not from an index'})"
    return packages


def _patches(records: Sequence[RunRecord], baseline: int) -> Rows:
    """Return the patches of uncommitted work, and how they differ from that of the baseline."""
    texts = [facts_of(record, "git").get("patch") for record in records]
    patches = [each if isinstance(each, str) and each else None for each in texts]
    if not any(patches):
        return []
    first = patches[baseline] or ""
    names = [record.track_id for record in records]
    differences = [
        _cut(
            unified_diff(
                first.splitlines(),
                (patch or "").splitlines(),
                f"patch of {names[baseline]}",
                f"patch of {names[at]}",
                lineterm="",
            )
        )
        for at, patch in enumerate(patches)
    ]
    shown = [None if patch is None else _cut(patch.splitlines()) for patch in patches]
    return _rows({"patch": shown, "difference": [each or None for each in differences]})


def _cut(lines: Iterable[str]) -> str:
    listed = list(lines)
    rest = len(listed) - _LINES
    listed = [line[:_LINES] for line in listed[:_LINES]]
    return "\n".join([*listed, f"... ({rest:,} lines more)"] if rest > 0 else listed)
