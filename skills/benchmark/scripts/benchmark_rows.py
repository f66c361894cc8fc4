"""Checks of what was evaluated: doubles, leaks, unequal inputs, seeds, versions of the data."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from benchmark_code import code_of
from benchmark_command import Finding, counted, not_a_script
from benchmark_evaluations import evaluations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmark_evaluations import Evaluation, Key
    from benchmark_table import Benchmark

SHOWN = 3
"""Examples of what was found."""

NUMBERED = re.compile(r"(.*_)?(id|number|index|idx|key)", re.IGNORECASE)
CONTENT = re.compile(
    r"(.*_)?(text|content|digest|hash|sha256|md5|prompt|question|sentence|query|body)",
    re.IGNORECASE,
)


def duplicates(table: Benchmark) -> Iterator[Finding]:
    """Find runs that did what another run did, and single inputs that were computed twice.

    What failed and was tried again is no duplicate, nor is what came from the cache.
    """
    if not any(table.inputs()):
        yield Finding(
            "duplicates",
            "note",
            "not checked, as no column names an input",
            "Name the columns that do: --input sample_id",
        )
        return
    runs = _computed(table)
    doubled = _doubled(runs)
    if doubled:
        yield Finding(
            "doubled",
            "problem",
            f"{counted(len(doubled), 'run')} repeated another run: same configurations, seeds "
            "and inputs, so n is larger than what was measured",
            f"Delete the one that was not meant: xt delete {table.db} RUN --table {table.table}; "
            "or look at one run only: --run-id @1. Tracker(cache=...) answers what is asked again.",
            [
                f"{run} repeats {first}: {counted(n, 'evaluation')}{_other_code(table, run, first)}"
                for run, (first, n) in list(doubled.items())[:SHOWN]
            ],
            len(doubled),
        )
    again = {}
    for key, by_run in runs.items():
        left = [run for run in by_run if run not in doubled]
        if len(left) > 1:
            again[key] = left
    if not again:
        if not doubled:
            n = counted(len(evaluations(table)), "evaluation")
            found = f"{n}, each input once in a configuration"
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
        "If these are repetitions, log a seed with each, or name its column: --seed seed. If "
        "they are other configurations, name what tells them apart: --config model,prompt",
        [
            f"{said(one)} in {table.named(config)}: {len(theirs)} times, "
            f"by {', '.join(dict.fromkeys(theirs[:SHOWN]))}"
            for (_, one, config, _), theirs in list(again.items())[:SHOWN]
        ],
        len(again),
    )


def _computed(table: Benchmark) -> dict[tuple[Any, Key, Key, Key], list[str]]:
    """Return the runs that computed each evaluation, a run as often as it did."""
    roles = table.roles
    others = [name for name in (*roles.seeds, roles.data, roles.split) if name]
    rows = zip(
        table.cells("function_name"),
        table.inputs(),
        table.configurations(),
        table.keys(others),
        table.cells("track_id"),
        table.computed(),
        table.failed(),
        strict=True,
    )
    runs = defaultdict(list)
    for function, one, config, other, run, computed, failed in rows:
        if one is not None and computed and not failed:
            runs[function, one, config, other].append(run)
    return dict(runs)


def _doubled(runs: dict[tuple[Any, Key, Key, Key], list[str]]) -> dict[str, tuple[str, int]]:
    """Return runs of several evaluations all of which an earlier run has too: which, how many."""
    whose: dict[str, set[Any]] = defaultdict(set)
    for key, by_run in runs.items():
        for run in by_run:
            whose[run].add(key)
    found: dict[str, tuple[str, int]] = {}
    earlier: set[str] = set()
    for run, keys in whose.items():
        shared = Counter(one for key in keys for one in dict.fromkeys(runs[key]) if one in earlier)
        first = next((one for one, n in shared.items() if n == len(keys)), None)
        if first and len(keys) > 1:
            found[run] = (first, len(keys))
        else:
            earlier.add(run)
    return found


def _other_code(table: Benchmark, run: str, first: str) -> str:
    codes = [code_of(table.facts(one), None) for one in (run, first)]
    return ", by other code" if None not in codes and codes[0] != codes[1] else ""


def leaks(table: Benchmark) -> Iterator[Finding]:
    """Find inputs that one configuration has in two splits, under one name or under two."""
    split = table.roles.split
    if split is None or not table.roles.inputs:
        lacking = "column tells train from test: --split split"
        if split is not None:
            lacking = "columns name an input: --input sample_id"
        yield Finding("leaks", "note", "not checked", f"Say which {lacking}")
        return
    leaked = _in_two_splits(table, table.inputs())
    contents = [name for name in table.roles.inputs if CONTENT.fullmatch(name)]
    numbered = any(map(NUMBERED.fullmatch, table.roles.inputs))
    if not leaked and contents and numbered:
        leaked = _in_two_splits(table, [key if any(key) else None for key in table.keys(contents)])
    seen = len({one for one in table.inputs() if one is not None})
    if not leaked:
        yield Finding("leaks", "ok", f"{counted(seen, 'input')}, none in two splits")
        return
    yield Finding(
        "leaks",
        "problem",
        f"{len(leaked):,} of {counted(seen, 'input')} in more than one {split}",
        "A model has seen these before it is tested on them. Remove equal inputs before "
        "splitting, and run again in a new table.",
        [
            f"{said(one)} in {' and '.join(sorted(parts))}"
            for one, parts in list(leaked.items())[:SHOWN]
        ],
        len(leaked),
    )


def _in_two_splits(table: Benchmark, inputs: list[Key | None]) -> dict[Key, set[str]]:
    where: dict[tuple[Key, Key, Key], set[str]] = defaultdict(set)
    rows = zip(
        inputs,
        table.configurations(),
        table.keys(table.roles.seeds),
        table.cells(table.roles.split or ""),
        strict=True,
    )
    for one, config, seed, part in rows:
        if one is not None and part is not None:
            where[one, config, seed].add(str(part))
    return {one: parts for (one, _, _), parts in where.items() if len(parts) > 1}


def inputs(table: Benchmark) -> Iterator[Finding]:
    """Find configurations that were not evaluated on what others were evaluated on."""
    if not table.roles.inputs:
        hint = "Name the columns that do: --input sample_id"
        yield Finding("inputs", "note", "not compared, as no column names an input", hint)
        return
    wanted: dict[tuple[Any, ...], set[Key]] = defaultdict(set)
    seen: dict[tuple[Any, ...], dict[Key, set[Key]]] = defaultdict(lambda: defaultdict(set))
    for one in evaluations(table):
        if one.input is not None:
            where = (one.function, one.split, one.data)
            wanted[where].add(one.input)
            seen[where][one.config].add(one.input)
    lacking = [
        (where, config, wanted[where] - theirs)
        for where, configs in seen.items()
        for config, theirs in configs.items()
        if wanted[where] - theirs
    ]
    if not lacking:
        configs = {config for each in seen.values() for config in each}
        found = f"{counted(len(configs), 'configuration')}, all on the same inputs"
        yield Finding("inputs", "ok", found)
        return
    yield Finding(
        "inputs",
        "problem",
        f"{counted(len(lacking), 'configuration')} not evaluated on inputs that others were "
        "evaluated on, so their results cannot be compared",
        "Evaluate what is missing, with raise_on_error=False, so that a failure is a row too. "
        "Inputs that were left out are mostly the hard ones.",
        [
            f"{table.named(config)} lacks {len(gone):,} of {len(wanted[where]):,}"
            f"{f' of {where[1]}' if where[1] else ''}: "
            f"{'; '.join(sorted(map(said, gone))[:SHOWN])}"
            for where, config, gone in lacking[:SHOWN]
        ],
        len(lacking),
    )


def seeds(table: Benchmark) -> Iterator[Finding]:
    """Find comparisons by one seed, by unequal seeds, and seeds that change nothing."""
    named = ", ".join(table.roles.seeds)
    if not named:
        hint = "Where anything is random, log a seed with each row, and run three to five of them."
        yield Finding("seeds", "note", "no column is a seed, so no spread is known", hint)
        return
    theirs: dict[Key, set[Key]] = defaultdict(set)
    found = evaluations(table)
    for one in found:
        if any(cell is not None for cell in one.seed):
            theirs[one.config].add(one.seed)
    every = set().union(*theirs.values())
    uneven = {config: every - had for config, had in theirs.items() if every - had}
    if len(every) == 1:
        several = len(theirs) > 1
        yield Finding(
            "seeds",
            "problem" if several else "note",
            f"one seed only ({named} = {said(next(iter(every)))}), so nobody knows whether "
            f"{'a difference' if several else 'the result'} is luck",
            "Run three to five seeds. If nothing is random, say so: --seed none",
        )
    elif uneven:
        yield Finding(
            "seeds",
            "problem",
            f"{len(uneven):,} of {counted(len(theirs), 'configuration')} lack seeds that others "
            "have, and whoever has more seeds has more chances",
            "Run the missing ones, or leave them out of all.",
            [
                f"{table.named(config)} lacks {named} = "
                f"{', '.join(sorted(map(said, gone))[:SHOWN])}"
                for config, gone in list(uneven.items())[:SHOWN]
            ],
            len(uneven),
        )
    elif columns := _unmoved(table, found):
        yield Finding(
            "seeds",
            "problem",
            f"{len(every)} seeds change nothing: {', '.join(columns)} is the same under each, so "
            "an interval over seeds would have no width",
            "Use the seed where it should matter. If nothing is random, say so: --seed none",
        )
    else:
        yield Finding("seeds", "ok", f"{len(every)} seeds in each configuration")


def _unmoved(table: Benchmark, found: list[Evaluation]) -> list[str]:
    """Return the columns of results, if no seed changes any of them in any configuration."""
    if any(one.input is None for one in found):
        return []
    columns = table.results()
    for column in columns:
        cells = table.cells(column)
        results: dict[tuple[Any, ...], dict[Key, Any]] = defaultdict(dict)
        for one in found:
            # What was called has the seed in its arguments.
            what = one.input if table.roles.inputs else None
            cell = None if one.failed else cells[one.row]
            results[one.function, one.group, what][one.seed] = cell
        several = [each for each in results.values() if len(each) > 1]
        if not several or any(len(set(each.values())) > 1 for each in several):
            return []  # of folds no two have the same inputs
    return columns


def data(table: Benchmark) -> Iterator[Finding]:
    """Find rows without a version of the data, and configurations on different ones."""
    name = table.roles.data
    if name is None:
        hint = "Log its version or digest with each row: Tracker(..., params={'data': digest})"
        yield Finding("data", "note", "no column names the data set", hint)
        return
    theirs: dict[Key, set[Any]] = defaultdict(set)
    lacking = []
    found = evaluations(table)
    having = {one.function for one in found if one.data is not None}
    for one in found:
        if one.data is not None:
            theirs[one.config].add(one.data)
        elif one.function in having:
            lacking.append(one.row)
    every = set().union(*theirs.values()) if theirs else set()
    mixed = {config: had for config, had in theirs.items() if had != every}
    if lacking:
        runs = table.cells("track_id")
        yield Finding(
            "data",
            "problem",
            f"{counted(len(lacking), 'evaluation')} without {name!r}, so nobody knows on which "
            "data",
            f"Log {name!r} as a param of every tracker, and run these again.",
            [f"run {run}" for run in list(dict.fromkeys(runs[at] for at in lacking))[:SHOWN]],
            len(lacking),
        )
    if mixed:
        yield Finding(
            "data",
            "problem",
            f"mixed data sets: the configurations compared are on different values of {name!r}",
            "Run all of them on each, or compare within one.",
            [
                f"{table.named(config)} on {', '.join(sorted(map(str, had)))}"
                for config, had in list(mixed.items())[:SHOWN]
            ],
            len(mixed),
        )
    elif not lacking:
        yield Finding("data", "ok", f"{counted(len(every), 'data set')}, for each configuration")


def said(one: object) -> str:
    """Write a key."""
    return ", ".join(map(str, one)) if isinstance(one, tuple) else str(one)


if __name__ == "__main__":
    not_a_script(__file__)
