"""One table of a benchmark: its rows, column by column, and the records of its runs."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from benchmark_command import flat, not_a_script
from benchmark_roles import comparable, find_roles, others

from xetrack import Reader
from xetrack.errors import XetrackError, near

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from benchmark_evaluations import Evaluation

    from xetrack.interfaces.runs.record import RunRecord

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
        self._facts: dict[str, Mapping[str, Any]] = {}
        self.evaluations: dict[str | None, list[Evaluation]] = {}
        """What `benchmark_evaluations` made of the rows, by the run that was asked for."""
        self.kinds = reader.dtypes
        self._all_rows = len(reader)
        self._chosen = self._rows_of(flat(asked.run_id)) if self._all_rows else None
        self.rows = self._all_rows if self._chosen is None else len(self._chosen)
        if not self.rows:
            raise NoRowsError(self.db, self.table)
        self.roles = find_roles(self, asked)

    def _rows_of(self, names: list[str]) -> list[int] | None:
        """Return the numbers of the rows of some runs; None for all, where none is named."""
        if not names:
            return None
        runs = {self._reader.run(name).track_id for name in names}
        return [at for at, run in enumerate(self._read("track_id")) if run in runs]

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self.kinds)

    @property
    def reader(self) -> Reader:
        """What reads the table."""
        return self._reader

    def missing_table(self, name: str) -> NoReturn:
        """Say that there is no such table.

        Raises
        ------
        NoSuchTableError
            Always.
        """
        raise NoSuchTableError(name, self.db, self._reader.tables)

    def facts(self, run: str) -> Mapping[str, Any]:
        """Return what recorders wrote down of a run; nothing of one whose rows are elsewhere.

        To read them takes a moment each. So of the runs of one process the first and the last are
        read, and where these agree on the code, as those of a program do, so do all between them.
        """
        if run not in self._records:
            return {}
        theirs = self._processes[_process(self._records[run])]
        first, last = (self._read_facts(one) for one in (theirs[0], theirs[-1]))
        is_same = first.get("git") == last.get("git")
        return first if is_same else self._read_facts(run)

    def _read_facts(self, run: str) -> Mapping[str, Any]:
        if run not in self._facts:
            self._facts[run] = self._reader.run(run).facts
        return self._facts[run]

    @cached_property
    def _records(self) -> dict[str, RunRecord]:
        return self._reader.run_records()

    @cached_property
    def _processes(self) -> dict[tuple[object, ...], list[str]]:
        """The runs of each process, in the order in which they began."""
        found = defaultdict(list)
        for run, record in self._records.items():
            found[_process(record)].append(run)
        return found

    def cells(self, name: str) -> list[Any]:
        """Return a column; all of it missing where the table has none of that name."""
        if name not in self.kinds:
            return [None] * self.rows
        if name not in self._cells:
            cells = self._read(name)
            chosen = self._chosen
            self._cells[name] = cells if chosen is None else [cells[at] for at in chosen]
        return self._cells[name]

    def _read(self, name: str) -> list[Any]:
        # The first rows only, as others may go on logging.
        (cells,) = self._reader.select([name], head=self._all_rows).cells
        if len(cells) < self._all_rows:
            raise RowsWentAwayError(self.db, self.table)
        return list(cells)

    def keys(self, names: Iterable[str]) -> list[tuple[Any, ...]]:
        """Return what each row holds in some columns, to be compared with other rows."""
        columns = [list(map(comparable, self.cells(name))) for name in names]
        return list(zip(*columns, strict=True)) if columns else [()] * self.rows

    def configurations(self) -> list[tuple[Any, ...]]:
        """Return the configuration of each row."""
        return self.keys(self.roles.config)

    def groups(self) -> list[str]:
        """Return the columns by which results are told apart: all but the seeds."""
        several = self.roles.data and len({*self.keys([self.roles.data])}) > 1
        data = [self.roles.data] if self.roles.data and several else []
        return [*self.roles.config, *data, *([self.roles.split] if self.roles.split else [])]

    def results(self) -> list[str]:
        """Return the columns that say how good an answer was: the outcome, and floats."""
        roles = self.roles
        taken = {*roles.inputs, *roles.config, *roles.seeds, roles.split, roles.data}
        return [
            name
            for name in others(self, *taken)
            if name == roles.outcome or "float" in self.kinds[name].split("|")
        ]

    def is_constant(self, name: str) -> bool:
        """Return True for a column that is the same in several rows, as what nothing changes is."""
        return self.rows > 1 and len(set(map(comparable, self.cells(name))) - {None}) == 1

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


def _process(record: RunRecord) -> tuple[object, ...]:
    """Name the process of a run; of one without, the run."""
    return (record.host, record.pid, record.argv) if record.pid else (record.track_id,)


if __name__ == "__main__":
    not_a_script(__file__)
