"""Which way a metric gets better: as it was defined, or as its name says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from benchmark_command import not_a_script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs.series import SeriesSettings

Goal: TypeAlias = Literal["max", "min"]

LOWER = set(
    "loss error errors err wer cer mae mse rmse perplexity ppl nll brier regret divergence time "
    "seconds sec ms latency duration cost price failures misses memory bytes".split()
)
"""Words of names of which less is better."""
HIGHER = set(
    "accuracy acc correct right success passed solved hit f1 precision recall auc auroc map ndcg "
    "mrr bleu rouge score reward throughput rps qps r2 iou dice similarity".split()
)
"""Words of names of which more is better."""


def by_name(name: str) -> Goal | None:
    """Return what the words of a name say; None if nothing, or both."""
    words = set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).casefold().split("_"))
    if {"per", "second"} <= words or {"per", "sec"} <= words:
        return "max"
    lower, higher = bool(words & LOWER), bool(words & HIGHER)
    if lower == higher:
        return None
    return "min" if lower else "max"


def goal_of(name: str, settings: Mapping[str, SeriesSettings]) -> Goal | None:
    """Return which way a metric gets better, by `Tracker.define` first; None if nobody says."""
    defined = getattr(settings.get(name), "goal", None)
    return defined or by_name(name)


def contradictions(settings: Mapping[str, SeriesSettings]) -> list[tuple[str, Goal, Goal]]:
    """Return metrics that are defined the other way than their name says: name, defined, named."""
    found: list[tuple[str, Goal, Goal]] = []
    for name, setting in settings.items():
        named = by_name(name)
        if setting.goal and named and setting.goal != named:
            found.append((name, setting.goal, named))
    return found


if __name__ == "__main__":
    not_a_script(__file__)
