"""The Tracker: one line in a user's code, and the row is there."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from xetrack.assets.manager import Keeping
from xetrack.assets.view import Assets
from xetrack.calls.tracking import TracksCalls
from xetrack.dispatch import fan_out
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.query import Condition
from xetrack.interfaces.sql import RunsSQL
from xetrack.logs.reading import Logger, no_logs
from xetrack.model.clock import generate_track_id
from xetrack.model.names import DEFAULT_TABLE, checked_table
from xetrack.model.validation import checked_batch, checked_count, checked_text
from xetrack.opening import location_of, open_call_cache, open_engine
from xetrack.process.paths import absolute_option
from xetrack.process.worker_imports import is_repeated_reset
from xetrack.recording.pending_assets import checked_value
from xetrack.recording.recorder import Rows
from xetrack.run_assets import KeepsObjects

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.cache import Cache
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.probes import Probe
    from xetrack.interfaces.sinks import Sink
    from xetrack.model.kinds import Value

TRACKING = "TRACKING"
"""Level of the log records of rows."""


class Tracker(TracksCalls, KeepsObjects):
    """Logs rows of one run into a table, and reads them back.

    A row is stored, and survives a kill of the process, when `log` returns. Any number of
    trackers, threads and processes may log into one database at once. A tracker is a context
    manager, which closes it.

    Parameters
    ----------
    db
        Path of the database, made when missing; ``":memory:"`` keeps the rows in memory, and
        ``"SKIP_INSERT"`` keeps none, for those who only want logs.
    params
        Values that every row gets where it has none of its own.
    reset
        Drop the table first, with all its rows. Once in a program: not where a worker process
        imports again what the main process did; a call in a worker's own function counts.
    log_system_params
        Record processor, memory and disk: their means over a call, their present values otherwise.
    log_network_params
        Record the MB sent and received.
    raise_on_error
        Whether an exception of a tracked function goes on to the caller after it was recorded;
        otherwise the call returns None.
    measurement_interval
        Seconds between two samples of what is recorded of the system.
    track_id
        Name of the run; by default a new one such as ``cool-name-1234``.
    logs_path
        Folder for text logs of the rows, one file a day; made when missing.
    logs_file_format
        Name of a log file, in which loguru replaces ``{time:...}``.
    logs_stdout
        Print a text log of the rows.
    jsonl
        Path of a file to which each row is appended as a line of JSON.
    cache
        Folder in which the results of tracked functions are kept, to be returned for the next
        equal call in any process; an object that extends `xetrack.interfaces.cache.Cache`; or a
        URL whose scheme names such a part, as ``postgresql://`` does.
    compress
        Compress what is stored as assets; it is read whatever this says.
    warnings
        Whether to warn of keys that got other names, of columns that widened, and of calls that
        cannot be cached.
    git_root
        A folder of a git repository whose commit is recorded.
    engine
        Name of a storage engine; by default the one that an existing file belongs to, and
        SQLite for a new one.
    table
        The table to log into.
    durability
        ``"normal"``: a row survives a kill of the process; ``"full"``: the loss of power too.
    args_length
        Longest text kept of the arguments of a call, in characters.
    cache_unhashable
        Cache also calls with lists, dicts, sets, arrays and frames, by their content.
    cache_version
        Stands for the code of functions: as long as it stays, a result is found again though the
        code was edited; where it changes, nothing is, though it was not.
    cache_size_limit
        Bytes from which on results are removed from the cache, those stored first; by default
        everything is kept.
    sinks, probes
        More of them, by name or as objects; ``xt plugins`` lists the names.
    asset_store
        Name of the store for what is no plain value; by default the one that goes with the engine.
    trust
        Whether to load pickles that this user did not store; by default ``XETRACK_TRUST`` decides.
    """

    IN_MEMORY: ClassVar[str] = ":memory:"
    """As `db`: keep the rows in memory only."""

    SKIP_INSERT: ClassVar[str] = "SKIP_INSERT"
    """As `db`: keep no rows; the logs get them all the same."""

    def __init__(
        self,
        db: str | os.PathLike[str] = "track.db",
        params: Mapping[str, object] | None = None,
        reset: bool = False,
        log_system_params: bool = False,
        log_network_params: bool = False,
        raise_on_error: bool = True,
        measurement_interval: float = 1,
        track_id: str | None = None,
        logs_path: str | os.PathLike[str] | None = None,
        logs_file_format: str | None = None,
        logs_stdout: bool = False,
        jsonl: str | os.PathLike[str] | None = None,
        cache: str | os.PathLike[str] | Cache | None = None,
        compress: bool = False,
        warnings: bool = True,
        git_root: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        table: str = DEFAULT_TABLE,
        *,
        durability: Literal["normal", "full"] = "normal",
        args_length: int = 1_000,
        cache_unhashable: bool = False,
        cache_version: str | None = None,
        cache_size_limit: int | None = None,
        sinks: Sequence[str | Sink] = (),
        probes: Sequence[str | Probe] = (),
        asset_store: str | None = None,
        trust: bool | None = None,
    ) -> None:
        self.db = location_of(db)
        cache, logs_path = absolute_option(cache), absolute_option(logs_path)
        jsonl, git_root = absolute_option(jsonl), absolute_option(git_root)
        # What a copy in another process is made with; see __reduce__.
        self._options = {
            name: value
            for name, value in locals().items()
            if name not in {"self", "db", "params", "reset", "track_id"}
        }
        self.raise_on_error = raise_on_error
        self.args_length = checked_count("args_length", args_length) or 0
        self._track_id = generate_track_id()
        if track_id is not None:
            self._track_id = checked_text("track_id", track_id, "a text that is not empty")
        wanted = {"log": logs_path, "stdout": logs_stdout, "jsonl": jsonl}
        self._sinks = fan_out.sinks(
            [*(name for name, value in wanted.items() if value), *sinks],
            {"logs_path": logs_path, "logs_file_format": logs_file_format, "jsonl": jsonl},
        )
        wanted = {"system": log_system_params, "network": log_network_params, "git": git_root}
        self._probes = fan_out.probes(
            [*(name for name, value in wanted.items() if value), *probes],
            {"interval": measurement_interval, "git_root": git_root},
        )
        self._alone = not self._probes
        self._measure = self._probes.start if self._probes else None
        self._caching = None
        if cache is not None:
            # For those who have one.
            from xetrack.calls.pending import CachedCall  # noqa: PLC0415
            from xetrack.interfaces.cache import CallSettings  # noqa: PLC0415

            self._cached_call = CachedCall
            settings = CallSettings(
                track_id=self._track_id,
                content=cache_unhashable,
                version=cache_version,
                warn=warnings,
            )
            self._caching = open_call_cache(cache, settings, cache_size_limit)
        engine = "skip" if self.db == self.SKIP_INSERT else engine
        self._engine: Engine = open_engine(db, engine, Settings(durability=durability))
        self._table = checked_table(table, self._engine.tables())
        self._keeping = Keeping(
            self._engine, self._table, self._track_id, store=asset_store, compress=compress
        )
        self._assets = Assets(self._keeping, trust=trust)
        if reset and not is_repeated_reset(self._table):
            self._reset(params or {})
        self._engine.add_columns(self._table, ())
        heard = functools.partial(self._sinks.emit, level=TRACKING) if self._sinks else None
        self._rows = Rows(
            self._engine, self._table, self._track_id, self._keeping, warn=warnings, heard=heard
        )
        self._rows.set_params(params or {})

    def _reset(self, params: Mapping[str, object]) -> None:
        """Drop the table, unless there is a mistake in the params."""
        rows = Rows(self._engine, self._table, self._track_id, self._keeping, warn=False)
        rows.plain(params, rows.bundle())
        was_there = self._table in self._engine.tables()
        self._engine.drop(self._table)
        if was_there and self._keeping.has_store():
            with self._keeping.changing() as store:
                store.dereference(table=self._table)

    @staticmethod
    def generate_track_id() -> str:
        """Return a new name for a run, such as ``cool-name-1234``."""
        return generate_track_id()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as what makes a tracker of the same run, with the same params, elsewhere."""
        if self.db == self.IN_MEMORY:
            message = "a tracker in memory cannot be pickled: its rows are in this process only"
            raise TypeError(message)
        options = {**self._options, "params": self._rows.params, "track_id": self._track_id}
        return functools.partial(type(self), self.db, **options), ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back connections, log files and threads; a later row is stored all the same."""
        self._sinks.close()
        self._probes.close()
        if self._caching is not None:
            self._caching.close()
        self._engine.close()

    def __repr__(self) -> str:
        missed = self._sinks.missed
        told = f"; its sinks missed {missed:,} rows" if missed else ""
        return f"<Tracker {self.track_id!r} of {self._table!r} in {self._engine.location!r}{told}>"

    @property
    def track_id(self) -> str:
        """Name of this run."""
        return self._track_id

    @property
    def params(self) -> dict[str, Value]:
        """The values that every row gets; a copy, to be changed by `set_params`."""
        return self._rows.plain(self._rows.params)

    @property
    def latest(self) -> dict[str, Value]:
        """The row that this tracker logged last; empty before the first."""
        return self._rows.last

    @property
    def table_name(self) -> str:
        """Name of the table, as SQL on `conn` has it: ``db.default`` in DuckDB."""
        engine = self._engine
        return engine.table_name(self._table) if isinstance(engine, RunsSQL) else self._table

    @property
    def logger(self) -> Logger:
        """Writes records to the logs only; see `xetrack.logs.reading.Logger`."""
        return Logger(self._record)

    def _record(self, rows: Iterable[Mapping[Any, object]], level: str) -> None:
        if not self._sinks:
            raise no_logs("a tracker without a log")
        for row in rows:
            self._sinks.emit(self._rows.unstored(row), level)

    def log(self, data: Mapping[Any, object]) -> dict[str, Value]:
        """Store one row; it is durable when this returns.

        Parameters
        ----------
        data
            Values by name. Models (dataclass, Pydantic, attrs) become a column for each field.

        Returns
        -------
        dict
            What was stored, by column, with the params, ``timestamp`` and ``track_id``.

        Raises
        ------
        InvalidKeyError
            A key is empty, or neither a string nor a number.
        UnsupportedValueError
            A value is no plain one, and no asset store is installed.
        StorageError
            The row could not be stored.
        """
        if self._alone:
            return self._rows.log(data)
        figures = self._probes.present()
        if figures and isinstance(data, Mapping):
            data = {**data, **self._lacking(data, figures)}
        return self._rows.log(data)

    def _lacking(
        self, data: Mapping[Any, object], figures: Mapping[str, Value]
    ) -> dict[str, Value]:
        """Return the figures that neither a row nor the params have a value for."""
        params = self._rows.params
        return {k: v for k, v in figures.items() if k not in data and k not in params}

    def log_batch(self, data: Sequence[Mapping[Any, object]]) -> dict[str, Value]:
        """Store many rows at once, all of them or none.

        Parameters
        ----------
        data
            One mapping of names to values a row, as `log` takes it.

        Returns
        -------
        dict
            The last row as it was stored; empty for an empty batch.

        Raises
        ------
        InvalidArgumentError
            It is no list of mappings.
        """
        if not checked_batch(data):
            return {}
        return self._rows.log_batch(data, self._probes.present() if self._probes else {})

    def set_param(self, key: str, value: object) -> None:
        """Give every later row a value, where it has none of its own."""
        self._rows.set_params({key: value})

    def set_params(self, params: Mapping[str, object]) -> None:
        """Give every later row these values, where it has none of its own."""
        self._rows.set_params(params)

    def set_value(self, key: str, value: object) -> int:
        """Set a value in all rows of this run, back in time; return how many that were."""
        return self._set({key: value}, [])

    def set_where(self, key: str, value: object, where_key: str, where_value: object) -> int:
        """Set a value in those rows of this run where another column has a given value.

        Parameters
        ----------
        key, value
            What is set; a column that is not there is added.
        where_key, where_value
            Rows count in which this column has this value.

        Returns
        -------
        int
            How many rows were set.
        """
        wanted = checked_value(where_key, where_value)
        where = Condition(self._column_of(where_key), "=", wanted)
        return self._set({key: value}, [where])

    def _set(self, values: Mapping[str, object], where: list[Condition]) -> int:
        bundle = self._rows.bundle()
        plain_values = self._rows.changes(values, bundle)
        where = [*self._mine, *where]
        number = self._engine.count(self._table, where)
        if not number:
            return 0

        def set_cells() -> int:
            cells = self._rows.add_columns(plain_values)
            with bundle.storing():
                return self._engine.update(self._table, cells, where)

        if self._engine.is_writing():
            self._engine.after_write(set_cells)
        else:
            number = set_cells()
        bundle.say()
        self._rows.say()
        return number
