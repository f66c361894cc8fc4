"""Whether a table of results says what the rows say that it was computed from.

Each row of such a table, `metrics` by default, is about a configuration, and perhaps a split, a
seed and a run: its columns of these names choose the evaluations. What it claims is computed from
them once more. Where that gives something else, the usual mistakes are tried, and named.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from benchmark_command import Finding, counted, not_a_script, short
from benchmark_evaluations import by_seed, evaluations, number
from benchmark_goals import contradictions, goal_of

from xetrack import Reader

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from benchmark_evaluations import Evaluation
    from benchmark_table import Benchmark

    from xetrack.interfaces.runs.series import SeriesSettings

SHOWN = 3
"""Examples of what was found."""
DEFAULT = "metrics"
INPUTS = set("items inputs samples examples documents questions n".split())
COUNTS = INPUTS | set("num count total".split())
"""Words of columns that count inputs."""
SHARES = set("accuracy acc".split())
MEANS = SHARES | set("mean avg average".split())
"""Words of columns that say which share is right."""
RATES = set("throughput rps qps".split())
CLOSE = 5e-4
"""By how much a number may differ that was rounded."""
NEAR_RATE = 0.3
"""By which share a throughput may differ from that which timestamps tell."""

HINTS = {
    "pooled seeds": "Group by the seed too, then take mean and interval over seeds: "
    "export_summary.py does. n is the number of seeds, not of rows.",
    "dropped failures": "Count a failure as wrong, over all inputs attempted, and show the errors "
    "in a column of their own: export_summary.py does.",
    "luckiest row": "Report the mean over seeds with its interval, and how many there were: "
    "export_summary.py does.",
    "mixed splits": "Group by the split too. Only inputs that no training has seen say how good "
    "it is.",
    "averaged workers": "Divide all answers by the time from the first request to the last "
    "answer: workers work at the same time, so their rates add up.",
    "wrong order": "Sort losses and times up, accuracies down: Tracker.define(name, goal='min') "
    "says which it is.",
    "other numbers": "Compute the table of results from the rows, by SQL, after the last of them "
    "was logged.",
}


@dataclass(frozen=True)
class Claim:
    """What is wrong with one row of the results."""

    mistake: str
    """A key of `HINTS`."""
    told: str


class Results:
    """The rows of a table of results, and the evaluations that each is about."""

    def __init__(self, table: Benchmark, rows: list[dict[str, Any]]) -> None:
        self.table, self.rows = table, rows
        roles = table.roles
        self.names = [name for name in (*table.groups(), *roles.seeds) if name]
        columns = list(dict.fromkeys(name for row in rows for name in row))
        self.matching = {name: _same(name, columns) for name in self.names}
        runs = (f"{table.table}_run", "run", "run_id")
        self.run_column = next((one for one in runs if one in columns), None)

    def about(self, row: dict[str, Any], *leave_out: str) -> list[Evaluation]:
        """Return the evaluations that a row is about, but for the columns that are left out."""
        run = row.get(self.run_column) if self.run_column else None
        found = evaluations(self.table, run)
        groups = self.table.groups()
        for name, column in self.matching.items():
            if column is None or row.get(column) is None or name in leave_out:
                continue
            value = row[column]
            if name in groups:
                at = groups.index(name)
                found = [one for one in found if one.group[at] == value]
            else:
                at = self.table.roles.seeds.index(name)
                found = [one for one in found if one.seed[at] == value]
        return found

    def said(self, row: dict[str, Any]) -> str:
        """Write which row it is."""
        parts = [f"{column}={short(row[column])}" for column in self.columns_of(row)]
        return ", ".join(parts) or "a row"

    def columns_of(self, row: dict[str, Any]) -> list[str]:
        """Return the columns of a row that choose its evaluations."""
        return [one for one in self.matching.values() if one and row.get(one) is not None]


def _same(name: str, columns: list[str]) -> str | None:
    """Return the column of the results that has what a column of the rows has."""
    fitting = [
        one
        for one in columns
        if one == name or one.endswith(f"_{name}") or name.endswith(f"_{one}")
    ]
    return name if name in fitting else next(iter(fitting), None)


def claims(table: Benchmark, asked: argparse.Namespace) -> Iterator[Finding]:
    """Compute once more what a table of results claims."""
    name = asked.results or DEFAULT
    if name == table.table or (asked.results is None and name not in table.reader.tables):
        hint = "Name the table that has them: --results metrics"
        yield Finding("results", "note", "no table of results to check", hint)
        return
    rows, settings = _read(table, asked, name)
    wrong, checked = _mistakes(Results(table, rows))
    for claim in _ranks(rows, lambda column: goal_of(column, settings)):
        wrong[claim.mistake].append(claim.told)
    for mistake, examples in wrong.items():
        yield Finding(
            "results",
            "problem",
            f"{mistake}: {counted(len(examples), 'number')} of {name!r} that the rows do not "
            "bear out",
            HINTS[mistake],
            examples[:SHOWN],
            len(examples),
        )
    if not wrong and checked:
        yield Finding("results", "ok", f"{counted(checked, 'row')} of {name!r} agree with the rows")
    elif not wrong:
        told = f"no row of {name!r} names a configuration of {table.table!r}"
        yield Finding("results", "note", told, "Log the configuration with the results.")


def _read(
    table: Benchmark, asked: argparse.Namespace, name: str
) -> tuple[list[dict[str, Any]], Mapping[str, SeriesSettings]]:
    with Reader(asked.db, asked.engine, name) as reader:
        if name not in reader.tables:
            table.missing_table(name)
        rows = [
            {column: cell for column, cell in row.items() if cell is not None}
            for row in reader.select().dicts()
        ]
        return rows, reader.series_settings()


def _mistakes(results: Results) -> tuple[dict[str, list[str]], int]:
    """Return what is wrong, by mistake, and how many rows are about an evaluation."""
    wrong: dict[str, list[str]] = defaultdict(list)
    checked = 0
    for row in results.rows:
        about = results.about(row)
        checked += bool(about)
        for check in (_counts, _shares, _means, _rates) if about else ():
            for claim in check(results, row, about):
                wrong[claim.mistake].append(f"{results.said(row)}: {claim.told}")
    return wrong, checked


def _counts(results: Results, row: dict[str, Any], about: list[Evaluation]) -> Iterator[Claim]:
    """Check how many inputs a row claims."""
    inputs = len({one.input for one in about if one.input is not None})
    succeeded = len({one.input for one in _succeeded(about)})
    seeds = {len({one.seed for one in about})}
    whole = results.about(row, *results.table.roles.seeds)
    pooled = {len(each) for each in (whole, about, _succeeded(whole), _succeeded(about))}
    for name, value in row.items():
        words = set(name.casefold().split("_"))
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        if not words & INPUTS or words - COUNTS:
            continue
        if name in results.columns_of(row) or not inputs or value in {inputs, *seeds}:
            continue
        if value in pooled and value > inputs:
            yield Claim("pooled seeds", f"claims {value:,} {name}, of which {inputs:,} are there")
        elif value == succeeded:
            told = f"claims {value:,} {name}, but {inputs:,} were attempted"
            yield Claim("dropped failures", told)
        else:
            yield Claim("other numbers", f"claims {value:,} {name}, but there are {inputs:,}")


def _succeeded(found: list[Evaluation]) -> list[Evaluation]:
    return [one for one in found if not one.failed]


def _shares(results: Results, row: dict[str, Any], about: list[Evaluation]) -> Iterator[Claim]:
    """Check the share of right answers that a row claims."""
    outcome = results.table.roles.outcome
    if outcome is None:
        return
    splits = {str(one.split) for one in about if one.split is not None}
    for name, value in row.items():
        words = set(name.casefold().split("_"))
        others = words - MEANS
        if not isinstance(value, float) or not (words & SHARES or name == outcome):
            continue
        if name == outcome or not others:
            yield from _mean(results, row, about, name, value, outcome)
        elif len(others) == 1 and others <= splits:  # test_accuracy
            theirs = [one for one in about if str(one.split) in others]
            yield from _mean(results, row, theirs, name, value, outcome)


def _means(results: Results, row: dict[str, Any], about: list[Evaluation]) -> Iterator[Claim]:
    """Check the means of other metrics that a row claims, of columns that have their name."""
    for name, value in row.items():
        column = name.removeprefix("mean_")
        others = {results.table.roles.outcome, *results.columns_of(row)}
        metrics = results.table.results()
        if isinstance(value, float) and column in metrics and not {name, column} & others:
            yield from _mean(results, row, about, name, value, column)


def _mean(
    results: Results,
    row: dict[str, Any],
    about: list[Evaluation],
    name: str,
    value: float,
    column: str,
) -> Iterator[Claim]:
    """Compare a mean with that of the rows, and else with what mistakes would give."""
    table = results.table
    numbers = by_seed(table, column, about)
    if not numbers:
        return
    means = [statistics.fmean(theirs) for theirs in numbers.values()]
    right = statistics.fmean(means)
    if _close(value, right):
        return

    def mean(chosen: list[Evaluation]) -> float | None:
        theirs = [one for each in by_seed(table, column, chosen).values() for one in each]
        return statistics.fmean(theirs) if theirs else None

    told = f"claims {name} {short(value)}"
    attempted = f"the mean of all that was attempted is {short(right)}"
    seeds = table.roles.seeds
    split = [table.roles.split] if table.roles.split else []
    succeeded = _succeeded(about)
    goal = goal_of(name, table.reader.series_settings()) or "max"
    best = max if goal == "max" else min
    tried = [
        (mean(succeeded), "dropped failures", f"that of what did not fail; {attempted}"),
        (
            best(means) if len(means) > 1 else None,
            "luckiest row",
            f"the best of {len(means)} seeds; their mean is {short(right)}",
        ),
        (
            mean(results.about(row, *seeds)),
            "pooled seeds",
            f"that of all seeds together; of this one it is {short(right)}",
        ),
        (mean(results.about(row, *split)), "mixed splits", f"that of all splits; {attempted}"),
        (
            best(one for theirs in numbers.values() for one in theirs),
            "luckiest row",
            f"the best single row; {attempted}",
        ),
    ]
    for other, mistake, why in tried:
        if other is not None and _close(value, other):
            yield Claim(mistake, f"{told}, {why}")
            return
    yield Claim("other numbers", f"{told}; {attempted}")


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * max(1.0, abs(other))


def _rates(results: Results, row: dict[str, Any], about: list[Evaluation]) -> Iterator[Claim]:
    """Check a throughput against the times of the rows."""
    workers = next((row[name] for name in row if name.split("_")[-1] == "workers"), None)
    if not isinstance(workers, int) or workers < 2:  # noqa: PLR2004 - of one there is no mean
        return
    table = results.table
    ended, lasted = table.cells("timestamp"), table.cells("function_time")
    rates = []
    for seed in {one.seed for one in about}:
        rows = [one.row for one in about if one.seed == seed and not one.failed]
        spans = [
            (datetime.fromisoformat(str(ended[at])).timestamp(), number(lasted[at]) or 0.0)
            for at in rows
        ]
        wall = max((end for end, _ in spans), default=0.0) - min(
            (end - took for end, took in spans), default=0.0
        )
        if wall > 0:
            rates.append(len(rows) / wall)
    if not rates:
        return
    right = statistics.fmean(rates)
    for name, value in row.items():
        words = set(name.casefold().split("_"))
        if not isinstance(value, float) or not (words & RATES or {"per", "second"} <= words):
            continue
        if abs(value * workers / right - 1) <= NEAR_RATE < abs(value / right - 1):
            yield Claim(
                "averaged workers",
                f"claims {name} {short(value)}, the mean of {workers} workers; together they "
                f"answered {short(right)} a second",
            )


def _ranks(rows: list[dict[str, Any]], goal: Callable[[str], str | None]) -> Iterator[Claim]:
    """Check that a column `rank` goes the way in which a metric gets better."""
    ranked = sorted(
        (row for row in rows if isinstance(row.get("rank"), int)), key=lambda row: row["rank"]
    )
    for name in dict.fromkeys(name for row in ranked for name in row):
        cells = [row.get(name) for row in ranked]
        way = goal(name)
        numbers = [cell for cell in cells if isinstance(cell, float)]
        if way is None or len(numbers) < len(ranked) or numbers[0] == numbers[-1]:
            continue
        if numbers == sorted(numbers, reverse=way == "min"):
            better = "less" if way == "min" else "more"
            told = f"rank 1 has {name} {short(numbers[0])}, the last {short(numbers[-1])}"
            yield Claim("wrong order", f"{told}, and {better} is better")


def goals(table: Benchmark) -> Iterator[Finding]:
    """Find metrics that are defined to get better the way that their names deny."""
    settings = table.reader.series_settings()
    found = contradictions(settings)
    for name, defined, named in found:
        yield Finding(
            "goals",
            "problem",
            f"{name!r} is defined as better when {_way(defined)}, but its name says "
            f"{_way(named)}, so the worst would be ranked first",
            f"Mend it: Reader({table.db!r}, table={table.table!r})"
            f".define({name!r}, goal={named!r})",
        )
    unknown = [
        name
        for name in table.results()
        if goal_of(name, settings) is None and not table.is_constant(name)
    ]
    if unknown:
        yield Finding(
            "goals",
            "note",
            f"not ranked, as nobody says which way is better: {', '.join(unknown[:SHOWN])}",
            f"If it is a result, say so: tracker.define({unknown[0]!r}, goal='max')",
            count=len(unknown),
        )
    elif not found:
        yield Finding("goals", "ok", f"{counted(len(table.results()), 'metric')}, each with a goal")


def _way(goal: str) -> str:
    return "larger" if goal == "max" else "smaller"


if __name__ == "__main__":
    not_a_script(__file__)
