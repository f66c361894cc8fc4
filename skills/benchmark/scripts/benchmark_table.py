"""One table of a benchmark: its rows, and which of its columns say what.

Input columns name what was evaluated, configuration columns how, and the split column for what an
input was used. Each can be named on the command line. Otherwise they are known by their names; a
column that is the same throughout each run, and another in other runs, is taken for a
configuration too, because params of a tracker are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from benchmark_command import flat

from xetrack import Reader
from xetrack.errors import XetrackError, near

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from benchmark_command import Parser

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
CONFIGS = "config configuration cfg params hyperparams settings model".split()
SPLITS = ("split", "subset", "partition")

CUT = "…"
"""The end of a text of arguments that was too long to be kept."""


class NoSuchTableError(XetrackError, LookupError):
    """The database has no table of this name."""

    def __init__(self, table: str, db: str, known: Sequence[str]) -> None:
        told = near(table, known) or "It has no tables. "
        super().__init__(f"There is no table {table!r} in {db!r}. {told}See: xt tables {db}")
        self.table = table


class NoSuchColumnError(XetrackError, LookupError):
    """The table has no column of this name, or none that fits a pattern."""

    def __init__(self, name: str, db: str, table: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no column {name!r} in the table {table!r}. {near(name, known)}"
            f"See: xt columns {db} --table {table}"
        )
        self.column = name


class NoRowsError(XetrackError, LookupError):
    """The table is empty."""

    def __init__(self, db: str, table: str) -> None:
        super().__init__(
            f"The table {table!r} of {db!r} has no rows yet. Run the benchmark, then try again."
        )
        self.table = table


class RowsWentAwayError(XetrackError, RuntimeError):
    """Somebody deleted rows in the middle of a read."""

    def __init__(self, db: str, table: str) -> None:
        super().__init__(f"Rows of {table!r} in {db!r} were deleted meanwhile. Try again.")


@dataclass(frozen=True)
class Roles:
    """What columns are for."""

    inputs: tuple[str, ...]
    config: tuple[str, ...]
    split: str | None

    def shown(self) -> dict[str, Any]:
        """Return them for people and programs."""
        calls = ["function_name", "args", "kwargs"]
        return {
            "input": list(self.inputs) or calls,
            "configuration": list(self.config),
            "split": self.split,
        }


def add_roles(parser: Parser) -> None:
    """Add the options that name columns."""
    parser.columns("--input", "columns that name an input, such as sample_*")
    parser.columns("--config", "columns that name a configuration, such as model,config_*")
    parser.add_argument("--split", metavar="COLUMN", help="column that tells train from test")


@contextmanager
def opened(asked: argparse.Namespace) -> Iterator[Benchmark]:
    """Open the table that was asked for, for reading only."""
    with Reader(asked.db, asked.engine, asked.table) as reader:
        yield Benchmark(reader, asked)


class Benchmark:
    """The rows of one table, column by column.

    Raises
    ------
    NoSuchTableError, NoSuchColumnError, NoRowsError
        Something that was asked for is not there; `Reader` raises others.
    """

    def __init__(self, reader: Reader, asked: argparse.Namespace) -> None:
        location = reader.engine.location
        # As it was typed; of a URL, what shows no password.
        self.db: str = location if "://" in location else asked.db
        self.table: str = asked.table
        if self.table not in reader.tables:
            raise NoSuchTableError(self.table, self.db, reader.tables)
        self._reader = reader
        self._cells: dict[str, list[Any]] = {}
        self.kinds = reader.dtypes
        self.rows = len(reader)
        if not self.rows:
            raise NoRowsError(self.db, self.table)
        self.roles = self._roles(flat(asked.input), flat(asked.config), asked.split)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self.kinds)

    def cells(self, name: str) -> list[Any]:
        """Return a column; all of it missing where the table has none of that name."""
        if name not in self.kinds:
            return [None] * self.rows
        if name not in self._cells:
            # The first rows only, as others may go on logging.
            (cells,) = self._reader.select([name], head=self.rows).cells
            if len(cells) < self.rows:
                raise RowsWentAwayError(self.db, self.table)
            self._cells[name] = cells
        return self._cells[name]

    def keys(self, names: Iterable[str]) -> list[tuple[Any, ...]]:
        """Return what each row holds in some columns, to be compared with other rows."""
        columns = [list(map(_comparable, self.cells(name))) for name in names]
        return list(zip(*columns, strict=True)) if columns else [()] * self.rows

    def configurations(self) -> list[tuple[Any, ...]]:
        """Return the configuration of each row."""
        return self.keys(self.roles.config)

    def inputs(self) -> list[tuple[Any, ...] | None]:
        """Return the input of each row; None where nothing tells."""
        if self.roles.inputs:
            found = self.keys(self.roles.inputs)
            return [None if all(cell is None for cell in one) else one for one in found]
        return self.calls()

    def calls(self) -> list[tuple[Any, ...] | None]:
        """Return what each row called; None for other rows, and where the arguments were cut."""
        return [
            None if call[0] is None or any(str(text).endswith(CUT) for text in call[1:]) else call
            for call in self.keys(["function_name", "args", "kwargs"])
        ]

    def is_call(self) -> list[bool]:
        """Tell for each row whether a tracked call left it."""
        return [name is not None for name in self.cells("function_name")]

    def failed(self) -> list[bool]:
        """Tell for each row whether it has an error."""
        return [bool(error) for error in self.cells("error")]

    def computed(self) -> list[bool]:
        """Tell for each row whether it is no cache hit."""
        return [not origin for origin in self.cells("cache")]

    def named(self, config: Sequence[Any]) -> str:
        """Write a configuration."""
        parts = [f"{name}={cell}" for name, cell in zip(self.roles.config, config, strict=True)]
        return ", ".join(parts) or "(all)"

    def existing(self, patterns: Iterable[str]) -> list[str]:
        """Return the columns that are named, each once.

        Raises
        ------
        NoSuchColumnError
            A name or pattern fits no column.
        """
        found: dict[str, None] = {}
        for pattern in patterns:
            fitting = [name for name in self.kinds if fnmatchcase(name, pattern)]
            if not fitting:
                raise NoSuchColumnError(pattern, self.db, self.table, self.columns)
            found.update(dict.fromkeys(fitting))
        return list(found)

    def _roles(self, inputs: list[str], config: list[str], split: str | None) -> Roles:
        if split is not None:
            (split, *_) = self.existing([split])
        else:
            split = next((name for name in self.kinds if _last(name) in SPLITS), None)
        found = self.existing(inputs) or self._beginning(INPUTS)
        taken = {*found, split}
        chosen = self.existing(config)
        if not chosen:
            by_name = self._beginning(CONFIGS)
            chosen = [
                name
                for name in self.kinds
                if name not in taken and (name in by_name or self._is_param(name))
            ]
        return Roles(tuple(one for one in found if one != split), tuple(chosen), split)

    def _beginning(self, words: Sequence[str]) -> list[str]:
        wanted = re.compile(rf"({'|'.join(words)})(_.*)?", re.IGNORECASE)
        others = OWN | FIGURES
        return [one for one in self.kinds if one not in others and wanted.fullmatch(one)]

    def _is_param(self, name: str) -> bool:
        """Tell whether a column is the same throughout each run, and not in all runs."""
        if name in OWN | FIGURES:
            return False
        values = defaultdict(set)
        filled = 0
        for run, cell in zip(self.cells("track_id"), self.cells(name), strict=True):
            if cell is not None:
                filled += 1
                values[run].add(_comparable(cell))
                if len(values[run]) > 1:
                    return False
        # Half of the rows: what was logged once, at the end of a run, is a result.
        repeated = filled > len(values) and 2 * filled >= self.rows
        return repeated and len(set().union(*values.values())) > 1


def _last(name: str) -> str:
    return name.casefold().rpartition("_")[2]


def _comparable(cell: Any) -> Any:
    """Return a cell as it can be compared: lists and dicts as text, nan as itself."""
    if isinstance(cell, list | dict) or cell != cell:  # noqa: PLR0124 - nan
        return repr(cell)
    return cell
