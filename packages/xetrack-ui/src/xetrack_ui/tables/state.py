"""What was read of a table, remembered while nothing in it changes."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.record import RunStatus
from xetrack.model.names import HIDDEN_TABLES, TRACK_ID
from xetrack_ui.live.marks import Marks
from xetrack_ui.numbers.figures import Figures
from xetrack_ui.tables.columns import describe_columns
from xetrack_ui.tables.databases import check_table
from xetrack_ui.tables.inference import infer_params
from xetrack_ui.tables.runs import list_runs, param_names
from xetrack_ui.tables.spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from xetrack import Reader
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import BucketValues
    from xetrack.interfaces.runs.series import SeriesSettings
    from xetrack_ui.tables.columns import ShownColumn
    from xetrack_ui.tables.databases import Database
    from xetrack_ui.tables.runs import ShownRun

_CHEAP = 0.2
"""Seconds of reading for which nobody waits; what took longer may be older than the table."""

_SHARE = 5
"""What took a second to read is read again after five at the soonest."""

_DIGITS = 16
"""Of the digest of what an engine says, which may be long."""

_ALIVE = 3.0
"""Seconds after which runs that go on are looked at again: a process may be gone without a word."""


class TableState:
    """The columns, runs and figures of a table, each read when it is first asked for.

    **Thread safety.** Any number of threads may use it; each thing is read once.

    Parameters
    ----------
    reader
        Has the table.
    token
        What the engine said of the table before anything was read.
    """

    def __init__(self, reader: Reader, token: str) -> None:
        self.reader = reader
        self.token = token
        self.made = time.monotonic()
        self.cost = 0.0
        """Seconds that reading has taken."""
        self._lock = threading.RLock()
        self._figures = Figures(reader.engine, reader.table)

    def remember(self, name: str, make: Any) -> Any:
        """Return what was made under a name; it is made once.

        Parameters
        ----------
        name
            A name that the maker alone uses.
        make
            Called with this state, where there is nothing yet.
        """
        with self._lock:
            if name not in self.__dict__:
                begin = time.perf_counter()
                self.__dict__[name] = make(self)
                self.cost += time.perf_counter() - begin
            return self.__dict__[name]

    @property
    def columns(self) -> tuple[ShownColumn, ...]:
        """The columns, in the order they were added."""
        columns: tuple[ShownColumn, ...] = self.remember(
            "_columns", lambda state: describe_columns(state.reader)
        )
        return columns

    @property
    def runs(self) -> Mapping[str, ShownRun]:
        """The runs by their ids, the one that began first first."""
        runs: Mapping[str, ShownRun] = self.remember("_runs", _read_runs)
        return runs

    @property
    def has_runs(self) -> bool:
        """Whether rows say of which run they are; those of another program may not."""
        return any(each.name == TRACK_ID for each in self.columns)

    @property
    def settings(self) -> Mapping[str, SeriesSettings]:
        """Goal, unit and x of columns, as far as somebody has set them, by the names of columns."""
        settings: Mapping[str, SeriesSettings] = self.remember("_settings", _read_settings)
        return settings

    @property
    def params(self) -> list[str]:
        """Names of the params of runs, those that differ first."""
        names: list[str] = self.remember("_params", lambda state: param_names(state.runs.values()))
        return names

    @property
    def metrics(self) -> list[str]:
        """Names of the columns of numbers that are no params."""
        params = set(self.params)
        return [
            each.name
            for each in self.columns
            if each.kind == "number" and not each.is_fixed and each.name not in params
        ]

    def figures(
        self, names: Iterable[str], runs: Collection[str] | None = None
    ) -> Mapping[str, Mapping[str, BucketValues]]:
        """Return the figures of columns, by column and run; those of further runs may be there.

        Parameters
        ----------
        names
            Columns of numbers.
        runs
            The runs; None for all.
        """
        names = list(names)
        if not self.has_runs:
            return {name: {} for name in names}
        with self._lock:
            begin = time.perf_counter()
            values = self._figures.values(names, runs)
            self.cost += time.perf_counter() - begin
            return values

    def known_figures(self, name: str) -> Mapping[str, BucketValues]:
        """Return the figures of a column that somebody has asked for, by run.

        Parameters
        ----------
        name
            The column.
        """
        with self._lock:
            return self._figures.known(name)

    @cached_property
    def has_running(self) -> bool:
        """Whether a run goes on, as far as its record says."""
        return any(run.record.status is RunStatus.RUNNING for run in self.runs.values())

    def serves(self, token: str) -> bool:
        """Return True if this state may be shown for a table that has another token.

        Parameters
        ----------
        token
            What the engine says of the table now.
        """
        age = time.monotonic() - self.made
        if token == self.token:
            return age < max(_ALIVE, _SHARE * self.cost) or not self.has_running
        return self.cost > _CHEAP and age < _SHARE * self.cost


def _read_runs(state: TableState) -> Mapping[str, ShownRun]:
    reader = state.reader
    engine, table = reader.engine, reader.table
    # At once: a database scans rows without the interpreter, which makes records meanwhile.
    with ThreadPoolExecutor(1, "xetrack-ui-spans") as other:
        reading = other.submit(read_spans, engine, table)
        records = reader.run_records()
        spans = reading.result()
    without = {run for run in spans if run not in records}
    inferred = infer_params(engine, table, state.columns, without)
    names = {each.key: each.name for each in state.columns}
    return list_runs(table, records, spans, names, inferred)


def _read_settings(state: TableState) -> Mapping[str, SeriesSettings]:
    names = {each.key: each.name for each in state.columns}
    settings = state.reader.series_settings()
    return {
        names.get(key, key): replace(each, x=None if each.x is None else names.get(each.x, each.x))
        for key, each in settings.items()
    }


def read_token(engine: Engine, table: str) -> str:
    """Return a text that changes when a table or the records of its runs may have changed.

    Parameters
    ----------
    engine, table
        The table.
    """
    tokens = "\0".join(engine.change_token(name) for name in (table, *HIDDEN_TABLES))
    return hashlib.sha256(tokens.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


class TableStates:
    """The latest state of each table that was asked for."""

    def __init__(self) -> None:
        self._states: dict[tuple[int, str], TableState] = {}
        self._marks: dict[tuple[int, str], Marks] = {}
        self._lock = threading.Lock()

    def marks(self, database: Database, table: str) -> Marks:
        """Return the marks of a table, by the tokens that pages got with answers.

        Parameters
        ----------
        database, table
            The table.
        """
        with self._lock:
            return self._marks.setdefault((database.number, table), Marks())

    def token(self, database: Database, reader: Reader) -> str:
        """Return the token of a table now, which `marks` knows from now on.

        Parameters
        ----------
        database, reader
            The database, and its reader of the table.
        """
        token = read_token(reader.engine, reader.table)
        self.marks(database, reader.table).mark(reader.engine, reader.table, token)
        return token

    def state(self, database: Database, reader: Reader) -> TableState:
        """Return the state of a reader's table.

        Parameters
        ----------
        database, reader
            The database, and its reader of the table.

        Raises
        ------
        TableNotFoundError
            There is no such table.
        """
        check_table(reader)
        token = self.token(database, reader)
        place = database.number, reader.table
        with self._lock:
            state = self._states.get(place)
            if state is None or state.reader is not reader or not state.serves(token):
                self._states[place] = state = TableState(reader, token)
            return state
