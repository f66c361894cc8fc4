#!/usr/bin/env python3
"""Look for what makes a benchmark wrong: see ``validate_benchmark.py --help``."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from benchmark_claims import claims, goals
from benchmark_code import code
from benchmark_command import (
    FINE,
    FOUND,
    Finding,
    Parser,
    counted,
    flat,
    paragraph,
    run,
    write_json,
)
from benchmark_drift import alike, candidates, floats
from benchmark_evaluations import evaluations, grouped
from benchmark_roles import add_roles
from benchmark_rows import SHOWN, data, duplicates, inputs, leaks, seeds
from benchmark_table import opened

from xetrack.errors import near

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from benchmark_table import Benchmark

ABOUT = "Look for what makes a benchmark wrong."
CHECKS = """\
checks of the rows:
  doubled     a run that did all of what another run did
  duplicates  an input that was evaluated twice in one configuration and seed
  inputs      configurations that were not evaluated on the same inputs
  leaks       an input that is in two splits, such as train and test
  seeds       one seed only, unequal seeds, seeds that change nothing
  data        rows without a version of the data, or on different ones
  floats      numbers that are nearly equal, and so two configurations
  params      rows without a param that others of the same function have
  failures    evaluations that never succeeded, by their type
  code        results that were made by different code
  cache       calls that were found in the cache, and calls that had none
  schema      columns that seem to be one: near names that no row has both of
  goals       metrics defined to get better the way that their names deny
checks of a table of results, computed from the rows once more:
  results     pooled seeds, dropped failures, luckiest row, mixed splits,
              averaged workers, wrong order, other numbers

The exit code is 0 when all is fine, 1 for a problem, 2 for wrong usage."""


def params(table: Benchmark, required: list[str], optional: list[str]) -> Iterator[Finding]:
    """Find rows that lack a param which other rows of the same function have."""
    table.existing(optional)
    found = False
    wanted = dict.fromkeys([*table.roles.config, *table.roles.seeds, *required])
    for name in wanted:
        if name in optional:
            continue
        if name not in table.kinds:
            known = near(name, table.columns, all_else=False)
            yield Finding("params", "problem", f"no row has {name!r}", f"{known}Log it.")
            found = True
            continue
        for function, (rows, runs) in _lacking(table, name, always=name in required).items():
            found = True
            whose = f" of {function}" if function else ""
            yield Finding(
                "params",
                "problem",
                f"{counted(len(runs), 'row')} of {rows:,}{whose} without {name!r}",
                f"If None is one of its values, say so: --optional {name}",
                [f"run {run}" for run in list(dict.fromkeys(runs))[:SHOWN]],
                len(runs),
            )
    if not found and wanted:
        yield Finding("params", "ok", f"each row has {', '.join(wanted)}")
    elif not found:
        hint = "Name the columns that are: --config model,seed"
        yield Finding("params", "note", "not checked, as no column is known as a param", hint)


def _lacking(
    table: Benchmark, name: str, *, always: bool
) -> dict[str | None, tuple[int, list[str]]]:
    """Return, by function, how many rows it has and the runs of those that lack a param.

    Functions of which no row has the param have none such, unless it is `always` wanted.
    """
    words = name.split("_")
    endings = "|".join(re.escape("_".join(words[at:])) for at in range(len(words)))
    is_none = re.compile(rf"\b({endings})'?[=:] ?None\b")
    rows: Counter[str | None] = Counter()
    lacking: dict[str | None, list[str]] = defaultdict(list)
    names = ("function_name", "track_id", name, "args", "kwargs")
    for function, run_id, cell, *texts in zip(*map(table.cells, names), strict=True):
        rows[function] += 1
        if cell is None and not any(text and is_none.search(text) for text in texts):
            lacking[function].append(run_id)
    return {
        function: (rows[function], runs)
        for function, runs in lacking.items()
        if always or len(runs) < rows[function]
    }


def failures(table: Benchmark, *, are_results: bool) -> Iterator[Finding]:
    """Count evaluations that never succeeded, by the type of their error."""
    found = evaluations(table)
    texts = table.cells("error")
    errors = [str(texts[one.row]) for one in found if one.failed]
    if not errors:
        again = sum(map(bool, texts))
        told = f"none in {counted(table.rows, 'row')}"
        if again:
            told = f"{counted(again, 'failure')}, all of which succeeded when tried again"
        yield Finding("failures", "ok", told)
        return
    types = Counter(error.partition(":")[0] for error in errors)
    told = ", ".join(f"{name} {number:,}" for name, number in types.most_common())
    first = {error.partition(":")[0]: error for error in reversed(errors)}
    names = table.groups()
    where = [
        f"{', '.join(f'{name}={cell}' for name, cell in zip(names, group, strict=True)) or 'all'}: "
        f"{failed:,} of {len(theirs):,}"
        for group, theirs in grouped(found).items()
        if (failed := sum(one.failed for one in theirs))
    ]
    yield Finding(
        "failures",
        "note" if are_results else "problem",
        f"{counted(len(errors), 'evaluation')} of {len(found):,} failed: {told}",
        "They count as wrong, or the result would be better the more fails. Mend the cause and run "
        "again; what succeeded comes from the cache. If a failure is an answer: "
        "--failures-are-results",
        [*(first[name] for name, _ in types.most_common(SHOWN)), *where[:SHOWN]],
        len(errors),
    )


def cache(table: Benchmark) -> Iterator[Finding]:
    """Say what the cache was good for."""
    origins = [
        origin
        for origin, called in zip(table.cells("cache"), table.is_call(), strict=True)
        if called
    ]
    cached = [origin for origin in origins if origin is not None]
    if not cached:
        hint = "Tracker(cache='cache') lets an interrupted benchmark go on." if origins else ""
        yield Finding("cache", "note", "not in use", hint)
        return
    hits = sum(map(bool, cached))
    told = f"{counted(hits, 'hit')}, {len(cached) - hits:,} computed"
    without = len(origins) - len(cached)
    if without:
        yield Finding(
            "cache",
            "problem",
            f"{told}, and {counted(without, 'call')} by trackers without a cache",
            "Give all trackers of this table the same cache folder.",
            count=without,
        )
        return
    yield Finding("cache", "ok", told)


def schema(table: Benchmark) -> Iterator[Finding]:
    """Find columns that seem to be one, and columns that hold both text and numbers."""
    found = False
    for one, other in candidates(table.columns):
        pairs = list(zip(table.cells(one), table.cells(other), strict=True))
        numbers = [sum(pair[at] is not None for pair in pairs) for at in (0, 1)]
        if any(None not in pair for pair in pairs) or not all(numbers):
            continue
        found = True
        yield Finding(
            "schema",
            "problem",
            f"{one!r} ({counted(numbers[0], 'row')}) and {other!r} ({numbers[1]:,}) never occur "
            f"together, and {alike(one, other)}",
            "Use one name; a renamed param begins a new column.",
        )
    for name, kinds in table.kinds.items():
        held = set(kinds.split("|"))
        if "text" in held and held & {"int", "float", "bool"} and name != "function_result":
            found = True
            yield Finding(
                "schema",
                "problem",
                f"{name!r} holds numbers and text, so SQL compares and averages it wrongly",
                "Log one kind of value under one key.",
            )
    if not found:
        yield Finding("schema", "ok", f"{counted(len(table.columns), 'column')}, no two alike")


def main(asked: argparse.Namespace) -> int:
    """Run all checks, and print what they found."""
    checks: list[Callable[[Benchmark], Iterator[Finding]]] = [
        duplicates,
        inputs,
        leaks,
        seeds,
        data,
        floats,
        lambda table: params(table, flat(asked.require), flat(asked.optional)),
        lambda table: failures(table, are_results=asked.failures_are_results),
        code,
        cache,
        schema,
        goals,
        lambda table: claims(table, asked),
    ]
    with opened(asked) as table:
        runs = len(set(table.cells("track_id")))
        findings = [finding for check in checks for finding in check(table)]
    problems = sum(finding.state == "problem" for finding in findings)
    if asked.json:
        write_json(
            {
                "db": table.db,
                "table": table.table,
                "rows": table.rows,
                "runs": runs,
                "roles": table.roles.shown(),
                "problems": problems,
                "findings": [finding.facts() for finding in findings],
            }
        )
        return FOUND if problems else FINE
    of = f"{counted(table.rows, 'row')} of {counted(runs, 'run')}"
    print(paragraph(f"{table.table} in {table.db}: {of}"))
    for role, columns in table.roles.shown().items():
        told = columns if isinstance(columns, str) else ", ".join(columns or ())
        print(paragraph(told or "unknown", " " * 15, f"{role:<15}"))
    print()
    for finding in findings:
        print(finding.shown())
    print(f"\n{counted(problems, 'problem')}")
    return FOUND if problems else FINE


def parser() -> Parser:
    """Return what reads the command line."""
    made = Parser("validate_benchmark.py", ABOUT, CHECKS)
    add_roles(made)
    made.columns("--require", "params that every row must have, such as seed,git_commit")
    made.columns("--optional", "params of which None is a value")
    made.add_argument(
        "--failures-are-results", action="store_true", help="a failure is an answer, and wrong"
    )
    made.add_argument("--results", metavar="TABLE", help="results to check (default: metrics)")
    return made


if __name__ == "__main__":
    sys.exit(run(main, parser()))
