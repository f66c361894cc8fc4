"""The rows of two runs, column by column."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import starmap
from typing import TYPE_CHECKING, Any, NamedTuple

from xetrack.model.names import OWN, UTC_OFFSET
from xetrack_reproduce.comparison.tolerance import NONE, differ_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack_reproduce.comparison.tolerance import Tolerance

NOT_COMPARED = frozenset(
    {
        *(*OWN, UTC_OFFSET),  # when, and which run
        *("function_time", "cache"),  # how long, and from where
        *("cpu", "cpu_percent", "memory_percent", "p_memory_percent", "ram_percent"),
        *("disk_percent", "bytes_sent", "bytes_recv"),  # what the machine did beside
        *("git_commit", "git_dirty"),  # of the worktree, and checked before
    }
)
"""Columns whose values are of the moment and the machine, and say nothing of the result."""

_OF_GPU = re.compile(r"gpu\d*_")


class Result(StrEnum):
    """How the cells of a column compare."""

    EQUAL = "equal"
    WITHIN = "within tolerance"
    DIFFERENT = "different"
    MISSING = "missing"
    """One of the runs has no value where the other has one."""
    NOT_COMPARED = "not compared"


FAILURES = frozenset({Result.DIFFERENT, Result.MISSING})


class ColumnComparison(NamedTuple):
    """One column of both runs."""

    column: str
    result: Result
    rows: int
    """How many cells differ, be it within the tolerance."""
    row: int | None = None
    """The first row that differs most gravely, counted from 0."""
    old: Any = None
    """The recorded value in that row."""
    new: Any = None
    """The new value in that row."""
    largest: float | None = None
    """The largest difference of two numbers that are near enough."""


def compare_rows(
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    tolerances: Mapping[str, Tolerance],
    moved: Mapping[str, str] | None = None,
) -> list[ColumnComparison]:
    """Compare rows by their order, in each column that either run has a value in.

    Parameters
    ----------
    old, new
        The recorded rows, and the new ones.
    tolerances
        Tolerances by column.
    moved
        Folders of the new run, and what they were called in the old one: texts of the new rows are
        read so.
    """
    names = dict.fromkeys(
        name for row in (*old, *new) for name, value in row.items() if value is not None
    )
    columns = []
    number = min(len(old), len(new))
    if len(old) != len(new):
        result = Result.DIFFERENT if number else Result.MISSING
        surplus = max(len(old), len(new)) - number
        columns.append(ColumnComparison("(rows)", result, surplus, old=len(old), new=len(new)))
    for name in names:
        if name in NOT_COMPARED or _OF_GPU.match(name):
            columns.append(ColumnComparison(name, Result.NOT_COMPARED, 0))
        elif not number:
            columns.append(ColumnComparison(name, Result.MISSING, len(old) + len(new)))
        else:
            cells = [
                (_cell(old, at, name), _renamed(_cell(new, at, name), moved or {}))
                for at in range(number)
            ]
            columns.append(_compare(name, cells, tolerances.get(name, NONE)))
    return columns


def _cell(rows: Sequence[Mapping[str, Any]], at: int, name: str) -> Any:
    return rows[at].get(name)


def _renamed(value: Any, moved: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for new, old in moved.items():
            value = value.replace(new, old)
    return value


def _compare(name: str, cells: Sequence[tuple[Any, Any]], tolerance: Tolerance) -> ColumnComparison:
    """Compare the cells of one column; the gravest difference counts, and of these the first."""
    judged = list(starmap(lambda old, new: _judge(old, new, tolerance), cells))
    graver = (Result.MISSING, Result.DIFFERENT, Result.WITHIN)
    results = [result for result, _ in judged]
    gravest = next((each for each in graver if each in results), Result.EQUAL)
    if gravest is Result.EQUAL:
        return ColumnComparison(name, gravest, 0)
    at = results.index(gravest)
    distances = [each for _, each in judged if each]
    return ColumnComparison(
        name,
        gravest,
        sum(result is not Result.EQUAL for result in results),
        at,
        *cells[at],
        max(distances, default=None),
    )


def _judge(old: Any, new: Any, tolerance: Tolerance) -> tuple[Result, float | None]:
    if old is None and new is None:
        return Result.EQUAL, None
    if old is None or new is None:
        return Result.MISSING, None
    distance = differ_by(old, new, tolerance)
    if distance is None:
        return Result.DIFFERENT, None
    return (Result.WITHIN, distance) if distance else (Result.EQUAL, None)
