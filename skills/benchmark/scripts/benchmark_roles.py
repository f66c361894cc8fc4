"""Which columns of a benchmark say what.

Input columns name what was evaluated, configuration columns how, seed columns which repetition of
it, the split column for what an input was used, the data column from which version of the data it
is, and the outcome column whether the answer was right. Most can be named on the command line.
Otherwise they are known by their names; a column that is the same throughout each run, and another
in other runs, is taken for a configuration too, because params of a tracker are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmark_command import flat, not_a_script

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from benchmark_command import Parser
    from benchmark_table import Benchmark

OWN = frozenset(
    "timestamp track_id function_name args kwargs error function_time function_result cache".split()
)
"""Columns of xetrack itself."""

FIGURES = frozenset(
    "cpu cpu_percent memory_percent ram_percent p_memory_percent disk_percent "
    "bytes_sent bytes_recv git_dirty".split()
)
"""Columns that say how the machine and the repository were."""

INPUTS = "input item sample example record document question query".split()
CONFIGS = (
    "config configuration cfg params hyperparams settings model method variant algorithm "
    "prompt_version prompt_name"
).split()
SPLITS = ("split", "subset", "partition")
SEEDS = re.compile(r"(.*_)?(seed|random_state|repetition|replicate|repeat|fold)", re.IGNORECASE)
DATA = re.compile(
    r"((config|cfg|params)_)?(data|dataset|corpus)(_(version|digest|hash|sha|name|id))?",
    re.IGNORECASE,
)
OUTCOMES = ("correct", "right", "hit", "success", "passed", "solved")
NOTHING = "none"
"""What is typed where no column is meant."""


@dataclass(frozen=True)
class Roles:
    """What columns are for."""

    inputs: tuple[str, ...]
    config: tuple[str, ...]
    """Without seeds, data and split: what is compared."""
    seeds: tuple[str, ...]
    split: str | None
    data: str | None
    outcome: str | None

    def shown(self) -> dict[str, Any]:
        """Return them for people and programs."""
        calls = ["function_name", "args", "kwargs"]
        return {
            "input": list(self.inputs) or calls,
            "configuration": list(self.config),
            "seed": list(self.seeds),
            "split": self.split,
            "data": self.data,
            "outcome": self.outcome,
        }


def add_roles(parser: Parser) -> None:
    """Add the options that name columns and runs."""
    parser.columns("--input", "columns that name an input, such as sample_*")
    parser.columns("--config", "columns that name a configuration, such as model,config_*")
    parser.columns("--seed", "columns that tell repetitions apart, such as seed; or: none")
    parser.add_argument("--split", metavar="COLUMN", help="column that tells train from test")
    parser.add_argument("--outcome", metavar="COLUMN", help="column that says right or wrong")
    parser.columns("--run-id", "rows of these runs only, such as @1 for the last")


def find_roles(table: Benchmark, asked: argparse.Namespace) -> Roles:
    """Return what columns are for: as the command line says, or else as their names do."""
    split = _one(table, asked.split) or _first(table, lambda name: _last(name) in SPLITS)
    inputs = table.existing(flat(asked.input)) or _beginning(table, INPUTS)
    inputs = [name for name in inputs if name != split]
    outcome = _one(table, asked.outcome) or _first(
        table, lambda name: _last(name) in OUTCOMES and table.kinds[name] == "bool"
    )
    named = table.existing(flat(asked.config))
    seeds = flat(asked.seed)
    if seeds == [NOTHING]:
        seeds = []
    else:
        seeds = table.existing(seeds) or [
            name for name in others(table, *inputs, split) if SEEDS.fullmatch(name)
        ]
    data = _first(
        table, lambda name: bool(DATA.fullmatch(name)) and name not in {*inputs, split, *named}
    )
    config = named
    if not config:
        by_name = _beginning(table, CONFIGS)
        config = [
            name
            for name in others(table, *inputs, *seeds, split, data, outcome)
            if name in by_name or _is_param(table, name)
        ]
    config = [name for name in config if name not in {*seeds, data, split}]
    return Roles(tuple(inputs), tuple(config), tuple(seeds), split, data, outcome)


def others(table: Benchmark, *taken: str | None) -> list[str]:
    """Return the columns that are not xetrack's own, nor taken."""
    return [name for name in table.kinds if name not in {*OWN, *FIGURES, *taken}]


def _one(table: Benchmark, name: str | None) -> str | None:
    return None if name is None else table.existing([name])[0]


def _first(table: Benchmark, is_meant: Callable[[str], bool]) -> str | None:
    return next((name for name in others(table) if is_meant(name)), None)


def _beginning(table: Benchmark, words: Sequence[str]) -> list[str]:
    wanted = re.compile(rf"({'|'.join(words)})(_.*)?", re.IGNORECASE)
    return [one for one in others(table) if wanted.fullmatch(one)]


def _is_param(table: Benchmark, name: str) -> bool:
    """Tell whether a column is the same throughout each run, and not in all runs."""
    values = defaultdict(set)
    filled = 0
    for run, cell in zip(table.cells("track_id"), table.cells(name), strict=True):
        if cell is not None:
            filled += 1
            values[run].add(comparable(cell))
            if len(values[run]) > 1:
                return False
    # Half of the rows: what was logged once, at the end of a run, is a result.
    repeated = filled > len(values) and 2 * filled >= table.rows
    return repeated and len(set().union(*values.values())) > 1


def _last(name: str) -> str:
    return name.casefold().rpartition("_")[2]


def comparable(cell: Any) -> Any:
    """Return a cell as it can be compared: lists and dicts as text, nan as itself."""
    if isinstance(cell, list | dict) or cell != cell:  # noqa: PLR0124 - nan
        return repr(cell)
    return cell


if __name__ == "__main__":
    not_a_script(__file__)
