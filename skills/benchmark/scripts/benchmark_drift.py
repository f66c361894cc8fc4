"""What drifts apart unseen: columns that may mean the same, and numbers that are nearly equal.

A param that was renamed begins a new column, and 0.1 + 0.2 is another group than 0.3.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from benchmark_command import Finding, counted, not_a_script
from benchmark_roles import FIGURES, OWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmark_table import Benchmark

SHOWN = 3
"""Examples of what was found."""

TYPING_ERROR = 0.85
"""Share of equal letters, from which on one name is taken for the other, mistyped."""

NEARLY = 1e-6
"""Share of the larger number, up to which two numbers were meant to be one."""

_SHORTEST = 3
"""Letters that an abbreviation must have in common with the word."""


def floats(table: Benchmark) -> Iterator[Finding]:
    """Find numbers of configurations and seeds that are nearly equal, and so two groups."""
    found = False
    names = [*table.roles.config, *table.roles.seeds]
    for name in names:
        counts = Counter(cell for cell in table.cells(name) if isinstance(cell, float))
        pairs = [
            (one, other)
            for one, other in pairwise(sorted(counts))
            if other - one <= NEARLY * max(abs(one), abs(other))
        ]
        if pairs:
            found = True
            yield Finding(
                "floats",
                "problem",
                f"{name!r} has numbers that are nearly equal, so one configuration is counted "
                "as two",
                "Round where the configuration is made, such as round(x, 10); delete the rows of "
                "one of the two, and run again.",
                [
                    f"{one!r} in {counted(counts[one], 'row')}, {other!r} in {counts[other]:,}"
                    for one, other in pairs[:SHOWN]
                ],
                len(pairs),
            )
    if not found and names:
        yield Finding("floats", "ok", "no two numbers of a configuration are nearly equal")


def candidates(columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of columns whose names are alike."""
    theirs = [name for name in columns if name not in OWN | FIGURES]
    for one, other in combinations(theirs, 2):
        if alike(one, other):
            yield one, other


def alike(one: str, other: str) -> str:
    """Say why two names may mean the same; empty where they do not."""
    letters, others = _letters(one), _letters(other)
    if letters == others:
        return "differ in case or underscores only"
    if re.sub(r"\d+", "", one) == re.sub(r"\d+", "", other):
        return ""  # top1 and top5, fold_1 and fold_2
    words, more = _words(one), _words(other)
    if _shortens(words, more) or _shortens(more, words):
        return "one abbreviates the other"
    match = SequenceMatcher(None, letters, others)
    if min(match.real_quick_ratio(), match.quick_ratio()) < TYPING_ERROR:
        return ""
    return "differ in a letter or two" if match.ratio() >= TYPING_ERROR else ""


def _shortens(words: Sequence[str], more: Sequence[str]) -> bool:
    """Tell whether ``lr`` stands for ``learning_rate``, or ``test_acc`` for ``test_accuracy``."""
    if words[:-1] and words[0] == more[0]:
        return _shortens(words[1:], more[1:]) if more[1:] else False
    if len(words) != 1:
        return False
    (word,) = words
    initials = "".join(part[0] for part in more)
    if len(more) > 1:
        return word == initials
    return len(word) >= _SHORTEST and len(word) < len(more[0]) and more[0].startswith(word)


def _words(name: str) -> list[str]:
    parts = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).casefold().split("_")
    return [part for part in parts if part] or [name]


def _letters(name: str) -> str:
    return name.casefold().replace("_", "")


if __name__ == "__main__":
    not_a_script(__file__)
