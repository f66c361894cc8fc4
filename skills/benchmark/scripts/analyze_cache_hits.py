#!/usr/bin/env python3
"""Say what a cache was good for: see ``analyze_cache_hits.py --help``."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from benchmark_command import (
    FINE,
    FOUND,
    Finding,
    Parser,
    counted,
    markdown,
    paragraph,
    run,
    write_json,
)
from benchmark_roles import add_roles
from benchmark_table import opened

from xetrack.errors import XetrackError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from benchmark_table import Benchmark

ABOUT = "Say what a cache was good for, configuration by configuration."
COLUMNS = """\
columns:
  hits        calls that were answered from the cache
  misses      calls that were computed, and kept for the next time
  not cached  calls that trackers without a cache computed
  failed      calls that raised; those are never kept
  again       misses although an equal call had succeeded before
  saved       hits times the mean time of what was computed, in seconds

The exit code is 0 when all is fine, 1 when calls passed the cache by,
2 for wrong usage."""


class NoCallsError(XetrackError, LookupError):
    """No row of the table comes from a tracked function."""

    def __init__(self, db: str, table: str) -> None:
        super().__init__(
            f"No row of the table {table!r} in {db!r} comes from tracker.track or tracker.wrap, "
            f"so none could be cached. See which tables there are: xt tables {db}"
        )
        self.table = table


@dataclass
class Use:
    """What became of the calls of one function in one configuration."""

    hits: int = 0
    misses: int = 0
    not_cached: int = 0
    failed: int = 0
    again: int = 0
    seconds: float = 0.0
    """Spent on what was computed and succeeded."""

    @property
    def calls(self) -> int:
        """How many there were."""
        return self.hits + self.misses + self.not_cached + self.failed

    @property
    def rate(self) -> float:
        """Share of hits, of the calls that could be one."""
        return self.hits / max(1, self.hits + self.misses)

    @property
    def saved(self) -> float | None:
        """Seconds that the hits would have taken; None where nothing tells."""
        computed = self.misses + self.not_cached
        return self.hits * self.seconds / computed if computed else None

    def facts(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"calls": self.calls, **asdict(self), "rate": self.rate, "saved": self.saved}


def uses(table: Benchmark) -> dict[tuple[str, tuple[Any, ...]], Use]:
    """Count what became of each call, by function and configuration."""
    found: dict[tuple[str, tuple[Any, ...]], Use] = {}
    seen = set()
    rows = zip(
        table.cells("function_name"),
        table.configurations(),
        table.keys([*table.roles.seeds, *([table.roles.data] if table.roles.data else [])]),
        table.calls(),
        table.cells("cache"),
        table.failed(),
        table.cells("function_time"),
        strict=True,
    )
    for function, config, more, call, origin, failed, seconds in rows:
        if function is None:
            continue
        use = found.setdefault((function, config), Use())
        if failed:
            use.failed += 1
            continue
        if origin:
            use.hits += 1
            continue
        use.seconds += seconds or 0.0
        if origin is None:
            use.not_cached += 1
            continue
        use.misses += 1
        if call is not None:
            use.again += (call, config, more) in seen
            seen.add((call, config, more))
    if not found:
        raise NoCallsError(table.db, table.table)
    return found


def findings(whole: Use) -> Iterator[Finding]:
    """Say which calls passed the cache by."""
    if whole.not_cached == whole.calls - whole.failed:
        hint = "Keep results for the next time: Tracker(db, table=..., cache='cache')"
        yield Finding("cache", "problem", "no call was cached", hint, count=whole.not_cached)
    elif whole.not_cached:
        found = f"{counted(whole.not_cached, 'call')} by trackers without a cache"
        hint = "Give all trackers of this table the same cache folder."
        yield Finding("cache", "problem", found, hint, count=whole.not_cached)
    if whole.again:
        yield Finding(
            "again",
            "problem",
            f"{counted(whole.again, 'call')} computed although an equal one had succeeded",
            "Ask why with tracker.why_miss(function, args). Arguments that cannot be hashed are "
            "cached only by Tracker(cache_unhashable=True); edited code, another cache folder "
            "and cache_force=True compute anew.",
            count=whole.again,
        )


def main(asked: argparse.Namespace) -> int:
    """Count, and print."""
    with opened(asked) as table:
        found = uses(table)
    whole = Use()
    for use in found.values():
        for name, number in asdict(use).items():
            setattr(whole, name, getattr(whole, name) + number)
    said = list(findings(whole))
    saved = sum(use.saved or 0.0 for use in found.values())
    if asked.json:
        write_json(
            {
                "db": table.db,
                "table": table.table,
                "roles": table.roles.shown(),
                "total": {**whole.facts(), "saved": saved},
                "configurations": [
                    {
                        "function": function,
                        "configuration": dict(zip(table.roles.config, config, strict=True)),
                        **use.facts(),
                    }
                    for (function, config), use in found.items()
                ],
                "findings": [finding.facts() for finding in said],
            }
        )
        return FOUND if said else FINE
    print(
        paragraph(
            f"{table.table} in {table.db}: {counted(whole.calls, 'call')}, "
            f"{counted(whole.hits, 'hit')} ({whole.rate:.0%}), {whole.misses:,} computed, "
            f"{whole.not_cached:,} not cached, {whole.failed:,} failed; {saved:.3g} s saved"
        )
    )
    print()
    print(_drawn(table, found), end="")
    for finding in said:
        print(f"\n{finding.shown()}")
    return FOUND if said else FINE


def _drawn(table: Benchmark, found: dict[tuple[str, tuple[Any, ...]], Use]) -> str:
    """Return the table for people; what may be long stands last, where a line may break."""
    several = len({function for function, _ in found}) > 1
    header = ["hits", "misses", "not cached", "failed", "again", "saved", "configuration"]
    return markdown(
        header,
        [
            (
                *(use.hits, use.misses, use.not_cached, use.failed, use.again, use.saved),
                f"{function}: {table.named(config)}" if several else table.named(config),
            )
            for (function, config), use in found.items()
        ],
    )


def parser() -> Parser:
    """Return what reads the command line."""
    made = Parser("analyze_cache_hits.py", ABOUT, COLUMNS)
    add_roles(made)
    return made


if __name__ == "__main__":
    sys.exit(run(main, parser()))
