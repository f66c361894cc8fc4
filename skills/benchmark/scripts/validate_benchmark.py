#!/usr/bin/env python3
"""Look for what makes a benchmark wrong: see ``validate_benchmark.py --help``."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from benchmark_command import (
    FINE,
    FOUND,
    Parser,
    counted,
    flat,
    paragraph,
    run,
    write_json,
)
from benchmark_drift import alike, candidates
from benchmark_finding import Finding
from benchmark_table import add_roles, opened

from xetrack.errors import near

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from benchmark_table import Benchmark

ABOUT = "Look for what makes a benchmark wrong."
CHECKS = """\
checks:
  duplicates  an input that was evaluated twice in one configuration
  leaks       an input that is in two splits, such as train and test
  params      rows without a param that others of the same function have
  failures    rows with an error, by its type
  cache       calls that were found in the cache, and calls that had none
  schema      columns that seem to be one: near names that no row has both of

The exit code is 0 when all is fine, 1 for a problem, 2 for wrong usage."""

SHOWN = 3
"""Examples of what was found."""


def duplicates(table: Benchmark) -> Iterator[Finding]:
    """Find inputs that were computed more than once in one configuration.

    What failed and was tried again is no duplicate, nor is what came from the cache.
    """
    inputs = table.inputs()
    if not any(inputs):
        yield Finding(
            "duplicates",
            "note",
            "not checked, as no column names an input",
            "Name the columns that do: --input sample_id",
        )
        return
    extra = [one for one in ("function_name", table.roles.split) if one]
    rows = zip(
        inputs,
        table.configurations(),
        table.keys(extra),
        table.cells("track_id"),
        table.computed(),
        table.failed(),
        strict=True,
    )
    runs = defaultdict(list)
    for one, config, more, run_id, computed, failed in rows:
        if one is not None and computed and not failed:
            runs[one, config, more].append(run_id)
    again = {key: theirs for key, theirs in runs.items() if len(theirs) > 1}
    if not again:
        found = f"{counted(len(runs), 'evaluation')}, each input once in a configuration"
        yield Finding("duplicates", "ok", found)
        return
    spare = sum(map(len, again.values())) - len(again)
    yield Finding(
        "duplicates",
        "problem",
        f"{len(again):,} of {counted(len(runs), 'evaluation')} computed more than once: "
        f"{counted(spare, 'row')} too many",
        f"Delete a run that was not meant: xt delete {table.db} RUN --table {table.table}. "
        "Let Tracker(cache=...) answer what is asked again. "
        "If these are repetitions, log a seed, and name it too: --config model,seed",
        [
            f"{_said(one)} in {table.named(config)}: {len(theirs)} times, "
            f"by {', '.join(dict.fromkeys(theirs[:SHOWN]))}"
            for (one, config, _), theirs in list(again.items())[:SHOWN]
        ],
        len(again),
    )


def leaks(table: Benchmark) -> Iterator[Finding]:
    """Find inputs that one configuration has in two splits."""
    split = table.roles.split
    if split is None or not table.roles.inputs:
        lacking = "column tells train from test: --split split"
        if split is not None:
            lacking = "columns name an input: --input sample_id"
        yield Finding("leaks", "note", "not checked", f"Say which {lacking}")
        return
    where: dict[tuple[object, object], set[str]] = defaultdict(set)
    seen = set()
    rows = zip(table.inputs(), table.configurations(), table.cells(split), strict=True)
    for one, config, part in rows:
        if one is not None and part is not None:
            where[one, config].add(str(part))
            seen.add(one)
    leaked = {}
    for (whose, _), parts in where.items():
        if len(parts) > 1:
            leaked[whose] = parts
    if not leaked:
        yield Finding("leaks", "ok", f"{counted(len(seen), 'input')}, none in two splits")
        return
    yield Finding(
        "leaks",
        "problem",
        f"{len(leaked):,} of {counted(len(seen), 'input')} in more than one {split}",
        "Remove equal inputs before splitting, and run again in a new table.",
        [
            f"{_said(one)} in {' and '.join(sorted(parts))}"
            for one, parts in list(leaked.items())[:SHOWN]
        ],
        len(leaked),
    )


def params(table: Benchmark, required: list[str], optional: list[str]) -> Iterator[Finding]:
    """Find rows that lack a param which other rows of the same function have."""
    table.existing(optional)
    found = False
    wanted = dict.fromkeys([*table.roles.config, *required])
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


def failures(table: Benchmark) -> Iterator[Finding]:
    """Count errors by their type."""
    errors = [error for error in table.cells("error") if error]
    if not errors:
        yield Finding("failures", "ok", f"none in {counted(table.rows, 'row')}")
        return
    types = Counter(str(error).partition(":")[0] for error in errors)
    told = ", ".join(f"{name} {number:,}" for name, number in types.most_common())
    first = {str(error).partition(":")[0]: str(error) for error in reversed(errors)}
    yield Finding(
        "failures",
        "problem",
        f"{counted(len(errors), 'row')} of {table.rows:,} failed: {told}",
        "Mend the cause and run again; what succeeded comes from the cache.",
        [first[name] for name, _ in types.most_common(SHOWN)],
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


def _said(one: object) -> str:
    return ", ".join(map(str, one)) if isinstance(one, tuple) else str(one)


def main(asked: argparse.Namespace) -> int:
    """Run all checks, and print what they found."""
    checks: list[Callable[[Benchmark], Iterator[Finding]]] = [
        duplicates,
        leaks,
        lambda table: params(table, flat(asked.require), flat(asked.optional)),
        failures,
        cache,
        schema,
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
    return made


if __name__ == "__main__":
    sys.exit(run(main, parser()))
