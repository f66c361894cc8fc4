#!/usr/bin/env python3
"""Write a benchmark down as Markdown: see ``export_summary.py --help``."""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmark_command import FINE, Parser, counted, flat, markdown, run, short, write_json
from benchmark_evaluations import by_seed, described, evaluations, grouped
from benchmark_goals import goal_of
from benchmark_roles import FIGURES, OWN, add_roles
from benchmark_table import opened

if TYPE_CHECKING:
    import argparse

    from benchmark_evaluations import Evaluation
    from benchmark_table import Benchmark

ABOUT = "Write a benchmark down as Markdown: runs, configurations, metrics, errors."
WHAT = """\
Each evaluation counts once, however many rows tell of it. With several seeds, a
mean is that of the means of the seeds, and its interval (low to high, 95 %) is
over seeds, by Student's t; n says of how many. Without seeds both are over
inputs, for truth values by Wilson. "± by inputs" says how far so many inputs
may be off by chance, which seeds do not tell: look at the wider of the two.
Of a truth value the mean is the share that is true, and a failure counts as
not true; the column errors says how many failed. A failure has no other metric,
so there configurations with errors stand last. Else the best stands first, as
Tracker.define(..., goal=) says, or the name of the metric; where neither tells,
nothing is ranked. Splits, such as train and test, are apart.

Metrics are the columns of floats and truth values that are nothing else. Whole
numbers are often labels: name those that are metrics.

  export_summary.py benchmark.db predictions > RESULTS.md

The exit code is 0 when it is written, 1 when that failed, 2 for wrong usage."""

NUMBERS = {"int", "float", "nan", "bool", "bigint", "hugeint", "decimal"}
"""Kinds of values that have a mean."""

MEASURED = {"float", "bool", "decimal"}
"""Those of which a metric has at least one."""

LAST_RUNS = 50
"""Runs that are shown; JSON has all."""

TIME = "function_time"
COUNTED = ["n", "over", "mean", "low", "high", "inputs", "by_inputs", "errors"]
"""What is shown of a metric."""
LABELS = {"by_inputs": "± by inputs"}
TIMED = ["n", "median", "p95", "max", "mean", "errors"]
"""What is shown of the time."""


def metrics(table: Benchmark, chosen: list[str]) -> list[dict[str, Any]]:
    """Describe each metric in each configuration, the best first."""
    settings = table.reader.series_settings()
    if not chosen:
        roles = table.roles
        others = {*OWN, *FIGURES, *roles.inputs, *roles.config, *roles.seeds}
        others |= {roles.split or "", roles.data or ""}
        chosen = [
            name
            for name, kinds in table.kinds.items()
            if name not in others
            and _is_metric(set(kinds.split("|")))
            and not (table.is_constant(name) and goal_of(name, settings) is None)
        ]
        chosen += [TIME] if TIME in table.kinds else []
    names, groups = table.groups(), grouped(evaluations(table))
    found = []
    for name in chosen:
        goal = goal_of(name, settings)
        of_each = []
        for group, theirs in groups.items():
            told = described_metric(table, name, theirs)
            if told:
                config = dict(zip(names, group, strict=True))
                of_each.append({"configuration": config, **told})
        if goal:
            of_each.sort(key=lambda one: one["mean"], reverse=goal == "max")
            if table.kinds[name] != "bool":  # no failure is in the mean, so it may be too good
                of_each.sort(key=lambda one: bool(one["errors"]))
        found.append({"metric": name, "goal": goal, "configurations": of_each})
    return found


def described_metric(
    table: Benchmark, name: str, theirs: list[Evaluation]
) -> dict[str, Any] | None:
    """Describe a metric in one configuration; None where it has no value."""
    timed = name == TIME
    numbers = by_seed(table, name, theirs, timed=timed)
    if not numbers:
        return None
    if timed:  # each call was timed by itself
        numbers = {(): [value for each in numbers.values() for value in each]}
    named = {one.input for one in theirs if table.roles.inputs and one.input is not None}
    inputs = len(named) or None
    told = described(numbers, is_share=table.kinds[name] == "bool", inputs=inputs or 0)
    if timed:
        told["p95"] = _percentile(numbers[()], 95)
    told["inputs"] = inputs
    told["errors"] = sum(one.failed for one in theirs)
    return told


def _percentile(values: list[float], percent: int) -> float:
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _is_metric(kinds: set[str]) -> bool:
    return kinds <= NUMBERS and bool(kinds & MEASURED)


def runs_of(table: Benchmark) -> list[dict[str, Any]]:
    """Return what is to be said of each run, in the order they began."""
    found: dict[str, dict[str, Any]] = {}
    rows = zip(
        table.cells("track_id"),
        table.cells("timestamp"),
        table.cells("git_commit"),
        table.computed(),
        table.failed(),
        strict=True,
    )
    for run_id, timestamp, commit, computed, failed in rows:
        one = found.setdefault(
            run_id,
            {"run": run_id, "rows": 0, "hits": 0, "errors": 0, "began": timestamp, "ended": ""},
        )
        one["rows"] += 1
        one["hits"] += not computed
        one["errors"] += failed
        one["ended"] = timestamp
        if commit is not None:
            one["commit"] = commit
    return list(found.values())


def errors(table: Benchmark) -> list[dict[str, Any]]:
    """Return each type of error, how often it came, and the first of it."""
    texts = [str(error) for error in table.cells("error") if error]
    first = {text.partition(":")[0]: text for text in reversed(texts)}
    counts = Counter(text.partition(":")[0] for text in texts)
    return [{"error": name, "rows": n, "first": first[name]} for name, n in counts.most_common()]


def main(asked: argparse.Namespace) -> int:
    """Gather, and print."""
    with opened(asked) as table:
        chosen = table.existing(flat(asked.metrics))
        found = evaluations(table)
        answer = {
            "db": table.db,
            "table": table.table,
            "rows": table.rows,
            "evaluations": len(found),
            "failed": sum(one.failed for one in found),
            "roles": table.roles.shown(),
            "runs": runs_of(table),
            "metrics": metrics(table, chosen),
            "errors": errors(table),
        }
    if asked.json:
        write_json(answer)
    else:
        sys.stdout.write(page(answer, table))
    return FINE


def page(answer: dict[str, Any], table: Benchmark) -> str:
    """Return the page as Markdown."""
    runs, configs = answer["runs"], set(table.configurations())
    told = (
        f"{counted(table.rows, 'row')} of {counted(len(runs), 'run')}, "
        f"{counted(answer['evaluations'], 'evaluation')} in "
        f"{counted(len(configs), 'configuration')}, from `{table.db}`."
    )
    failed = answer["failed"]
    verb = "counts" if failed == 1 else "count"
    told += f" {counted(failed, 'evaluation')} failed, and {verb} as wrong." if failed else ""
    constants = _constants(configs, table.roles.config)
    told += f" In all of them: {constants}." if constants else ""
    parts = [f"# {table.table}", told, "## Runs"]
    if len(runs) > LAST_RUNS:
        parts.append(f"The last {LAST_RUNS} of {len(runs):,}.")
    header = ["run", "rows", "hits", "errors", "began", "ended"]
    shown = [{**one, "began": one["began"][:19], "ended": one["ended"][:19]} for one in runs]
    commits = any("commit" in one for one in runs)
    header += ["commit"] if commits else []
    parts.append(markdown(header, [_row(one, header) for one in shown[-LAST_RUNS:]]))
    for one in answer["metrics"]:
        parts += _sections(one, table.roles.split)
    if answer["errors"]:
        header = ["error", "rows", "first"]
        parts += ["## Errors", markdown(header, [_row(one, header) for one in answer["errors"]])]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _constants(configs: set[tuple[Any, ...]], names: tuple[str, ...]) -> str:
    """Write what is the same in several configurations."""
    told = []
    for name, cells in zip(names, zip(*configs, strict=True), strict=True):
        if len(configs) > 1 and len(set(cells)) == 1:
            told.append(f"{name}={short(cells[0]) or None}")
    return ", ".join(told)


def _sections(metric: dict[str, Any], split: str | None) -> list[str]:
    """Return headings and tables of a metric, one for each split."""
    name, configs = metric["metric"], metric["configurations"]
    title = f"## {name}{' (s)' if name == TIME else ''}"
    if not configs:
        return [title, "No evaluation has a value."]
    splits = dict.fromkeys(one["configuration"].get(split) for one in configs)
    apart = len(splits) > 1
    header = [
        one
        for one in (TIMED if name == TIME else COUNTED)
        if any(each.get(one) is not None for each in configs)
    ]
    names = [
        one
        for one in configs[0]["configuration"]
        if len(configs) == 1 or len({each["configuration"][one] for each in configs}) > 1
    ]
    names = [one for one in names if not (apart and one == split)]
    parts = []
    for part in splits:
        theirs = [one for one in configs if one["configuration"].get(split) == part]
        parts.append(f"{title}, {part}" if apart else title)
        if metric["goal"] is None:
            parts.append(
                "Not ranked, as nobody said which way it gets better: "
                f'`tracker.define("{name}", goal="max")`.'
            )
        rows = [[*_row(one["configuration"], names), *_row(one, header)] for one in theirs]
        shown = [LABELS.get(one, one) for one in header]
        parts.append(markdown([*names, *shown], rows))
    return parts


def _row(one: dict[str, Any], names: list[str]) -> list[Any]:
    """Return cells by name."""
    return [one.get(name) for name in names]


def parser() -> Parser:
    """Return what reads the command line."""
    made = Parser("export_summary.py", ABOUT, WHAT)
    add_roles(made)
    made.columns("--metrics", "columns to describe, such as accuracy,loss")
    return made


if __name__ == "__main__":
    sys.exit(run(main, parser()))
