#!/usr/bin/env python3
"""Write a benchmark down as Markdown: see ``export_summary.py --help``."""

from __future__ import annotations

import math
import statistics
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from benchmark_command import FINE, Parser, counted, flat, markdown, run, write_json
from benchmark_table import FIGURES, OWN, add_roles, opened

if TYPE_CHECKING:
    import argparse

    from benchmark_table import Benchmark

ABOUT = "Write a benchmark down as Markdown: runs, configurations, metrics, errors."
WHAT = """\
Each evaluation counts once: a row that was found in the cache is left out where
the table also has the run that computed it, and so is a row with an error.
Metrics are the columns of floats and truth values that are nothing else; of a
truth value the mean is the share that is true. Whole numbers are often labels:
name those that are metrics. Splits are told apart.

  export_summary.py benchmark.db predictions > RESULTS.md

The exit code is 0 when it is written, 1 when that failed, 2 for wrong usage."""

NUMBERS = {"int", "float", "nan", "bool", "bigint", "hugeint", "decimal"}
"""Kinds of values that have a mean."""

MEASURED = {"float", "bool", "decimal"}
"""Those of which a metric has at least one."""

LAST_RUNS = 50
"""Runs that are shown; JSON has all."""

TIME = "function_time"


def evaluations(table: Benchmark) -> list[int]:
    """Return the numbers of the rows in which something was evaluated, each evaluation once."""
    runs = set(table.cells("track_id"))
    rows = zip(table.failed(), table.cells("cache"), strict=True)
    return [at for at, (failed, origin) in enumerate(rows) if not failed and origin not in runs]


def spread(numbers: list[float]) -> dict[str, Any]:
    """Describe numbers; `sd` is the standard deviation of a sample, None below two."""
    finite = not any(map(math.isinf, numbers))
    several = len(numbers) > 1
    return {
        "n": len(numbers),
        "mean": statistics.fmean(numbers),
        "sd": (statistics.stdev(numbers) if finite else math.nan) if several else None,
        "min": min(numbers),
        "median": statistics.median(numbers),
        "max": max(numbers),
    }


def metrics(table: Benchmark, chosen: list[str]) -> list[dict[str, Any]]:
    """Describe each metric in each configuration."""
    if not chosen:
        others = {*OWN, *FIGURES, *table.roles.inputs, *table.roles.config, table.roles.split}
        chosen = [
            name
            for name, kinds in table.kinds.items()
            if name not in others and _is_metric(set(kinds.split("|")))
        ]
        chosen += [TIME] if TIME in table.kinds else []
    rows = evaluations(table)
    names = groups(table)
    configs = table.keys(names)
    computed = table.computed()
    found = []
    for name in chosen:
        cells = table.cells(name)
        numbers: dict[tuple[Any, ...], list[float]] = defaultdict(list)
        for at in rows:
            number = _number(cells[at])
            if number is not None and (name != TIME or computed[at]):
                numbers[configs[at]].append(number)
        of_each = [
            {"configuration": dict(zip(names, config, strict=True)), **spread(theirs)}
            for config, theirs in numbers.items()
        ]
        of_each.sort(key=lambda one: one["mean"], reverse=True)
        found.append({"metric": name, "configurations": of_each})
    return found


def groups(table: Benchmark) -> list[str]:
    """Return the columns by which evaluations are told apart."""
    split = table.roles.split
    return [*table.roles.config, *([split] if split else [])]


def _is_metric(kinds: set[str]) -> bool:
    return kinds <= NUMBERS and bool(kinds & MEASURED)


def _number(cell: Any) -> float | None:
    """Return a cell as a float; None for what has no mean."""
    if not isinstance(cell, int | float | Decimal):
        return None
    try:
        number = float(cell)
    except OverflowError:
        return math.copysign(math.inf, cell)
    return None if math.isnan(number) else number


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
        answer = {
            "db": table.db,
            "table": table.table,
            "rows": table.rows,
            "evaluations": len(evaluations(table)),
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
    parts = [f"# {table.table}", told, "## Runs"]
    if len(runs) > LAST_RUNS:
        parts.append(f"The last {LAST_RUNS} of {len(runs):,}.")
    header = ["run", "rows", "hits", "errors", "began", "ended"]
    shown = [{**one, "began": one["began"][:19], "ended": one["ended"][:19]} for one in runs]
    commits = any("commit" in one for one in runs)
    header += ["commit"] if commits else []
    parts.append(markdown(header, [_row(one, header) for one in shown[-LAST_RUNS:]]))
    for one in answer["metrics"]:
        unit = " (s)" if one["metric"] == TIME else ""
        parts.append(f"## {one['metric']}{unit}")
        names = groups(table)
        header = ["n", "mean", "sd", "min", "median", "max"]
        rows = [
            [*each["configuration"].values(), *_row(each, header)] for each in one["configurations"]
        ]
        parts.append(markdown([*names, *header], rows) if rows else "No evaluation has a value.")
    if answer["errors"]:
        header = ["error", "rows", "first"]
        parts += ["## Errors", markdown(header, [_row(one, header) for one in answer["errors"]])]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


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
