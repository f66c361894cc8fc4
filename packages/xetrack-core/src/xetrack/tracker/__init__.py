"""The Tracker: stores the rows of one run, and reads them back."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from xetrack.assets.manager import AssetManager
from xetrack.assets.view import Assets
from xetrack.calls.caller import FunctionCaller
from xetrack.configuration.call import CallParts
from xetrack.dispatch import fan_out
from xetrack.editing.run_editor import RunEditor, reset_table
from xetrack.errors import XetrackError, report
from xetrack.facades.asset_methods import AssetMethods
from xetrack.facades.call_methods import CallMethods
from xetrack.facades.column_methods import ColumnMethods
from xetrack.facades.record_methods import RecordMethods
from xetrack.facades.recording_methods import RecordingMethods
from xetrack.facades.run_methods import RunMethods
from xetrack.facades.settings_methods import SettingsMethods
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Settings
from xetrack.model.clock import generate_track_id
from xetrack.model.durations import optional_seconds
from xetrack.model.names import DEFAULT_TABLE, checked_rows_table
from xetrack.model.objects.nested_values import checked_config
from xetrack.model.validation import checked_count, checked_version
from xetrack.opening import absolute_cache, location_of, open_engine
from xetrack.process.paths import absolute_option
from xetrack.process.worker_imports import is_repeated_reset
from xetrack.recording.run_logger import RunLogger
from xetrack.runs.live import checked_details
from xetrack.tracker import wiring
from xetrack.views.run_assets import RunAssets
from xetrack.views.run_view import RunView
from xetrack.views.table_view import TableView

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from datetime import timedelta
    from types import TracebackType

    from xetrack.configuration import forms
    from xetrack.interfaces.engine import Engine


class Tracker(
    RecordingMethods,
    CallMethods,
    RunMethods,
    AssetMethods,
    ColumnMethods,
    SettingsMethods,
    RecordMethods,
):
    """Logs rows of one run into a table, and reads them back.

    A tracker is a context manager, which closes it; where an exception ends the block, its run has
    failed with that.

    **Durability.** A row is stored, and survives a kill of the process, when `log` returns.

    **Thread safety.** Any number of trackers, threads and processes may log into one database at
    once.

    Parameters
    ----------
    db
        Path of the database, made when missing; ``":memory:"`` keeps the rows in memory, and
        ``"SKIP_INSERT"`` keeps none, for those who only want logs.
    params
        Values that every row gets where it has none of its own: a mapping, or a whole config
        (dataclass, attrs or Pydantic model, ``Namespace``, ``DictConfig``), whose fields get
        columns, those of configs within it too.
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
        equal call in any process; a URL whose scheme names a cache, as ``postgresql://`` does, or
        a pair of it and options; or an object that extends `xetrack.interfaces.cache.Cache`.
    compress
        Compress what is stored as assets; it is read whatever this says.
    warnings
        Whether to warn of keys that got other names, of columns that widened, and of calls that
        cannot be cached.
    git_root
        A folder of a git repository whose commit is recorded.
    engine
        Name of a storage engine, or any other form that `sinks` take but a URL; by default the one
        that an existing file belongs to, and SQLite for a new one.
    table
        The table to log into.
    durability
        ``"normal"``: a row survives a kill of the process; ``"full"``: the loss of power too.
    args_length
        Longest text kept of the arguments of a call, in characters.
    cache_unhashable
        Cache also calls with lists, dicts, sets, arrays and frames, by their content.
    cache_version
        Stands for the code of functions and of what they refer to: as long as it stays, a result
        is found again though the code was edited; where it changes, nothing is, though it was not.
        `track` and `wrap` take one for a single function.
    cache_expire
        Age from which on a cached result is computed again: seconds, a timedelta, or a text such
        as ``"12h"`` or ``"30d"``; by default none is too old.
    cache_size_limit
        Bytes from which on results are removed from the cache, those stored first; by default
        everything is kept.
    sinks, probes
        Further sinks and probes: each a name, a name or URL with options as
        ``"jsonl?path=rows.jsonl"``, a pair such as ``("jsonl", {"path": "rows.jsonl"})``, a class,
        or an object; ``xt plugins`` lists the names. Those of the project come in addition.
    run_hooks
        What is called when a run begins and ends, in the same forms; see
        `xetrack.interfaces.runs.hooks.RunHooks`.
    filters
        What each row passes through before it is stored, in this order: names, objects that extend
        `xetrack.interfaces.rows.filters.RowFilter`, or functions that take a dict and return the
        row to be stored, or None for no row.
    asset_store
        The store for what is no plain value, in any of these forms but an object, such as
        ``"s3://bucket/prefix"``, which the database remembers; by default the one that it
        remembers, else that of the project, or that goes with its engine.
    trust
        Whether to load pickles that this user did not store, and to follow the URL of a store that
        another user wrote into the database; by default ``XETRACK_TRUST`` decides.
    options
        Options of parts by their names, as ``{"jsonl": {"path": "rows.jsonl"}}``, for whichever of
        them are used; ``xt plugins show jsonl`` lists them.
    name, group, parent, tags, notes
        What is said of the run in its record, beside host, command line and the like: a name for
        people, the name that the runs of one sweep share, the run that this one came from, words
        to find it by, and a free text. See `run`.
    resume
        Go on with the run `track_id`, with the params that it had and those of `params`, of which
        a warning names those that differ;
        ``"must"``: raise an error if it does not exist.
    record
        Which recorders write down under which conditions the run takes place, in the forms of
        `sinks`; by default those of the project, else ``environment``, ``packages``, ``git`` and
        ``command``. False for none.

    Examples
    --------
    >>> from xetrack import Tracker
    >>> tracker = Tracker("runs.db", params={"model": "resnet18"})
    >>> row = tracker.log({"epoch": 1, "loss": 0.5})
    >>> tracker.to_df()[["model", "epoch", "loss"]]
          model  epoch  loss
    0  resnet18      1   0.5
    """

    IN_MEMORY: ClassVar[str] = ":memory:"
    """As `db`: keep the rows in memory only."""

    SKIP_INSERT: ClassVar[str] = "SKIP_INSERT"
    """As `db`: keep no rows; the logs get them all the same."""

    def __init__(
        self,
        db: str | os.PathLike[str] = "track.db",
        params: Mapping[str, object] | object | None = None,
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
        cache: forms.CacheForm | None = None,
        compress: bool = False,
        warnings: bool = True,
        git_root: str | os.PathLike[str] | None = None,
        engine: forms.EngineForm | None = None,
        table: str = DEFAULT_TABLE,
        *,
        durability: Literal["normal", "full"] = "normal",
        args_length: int = 1_000,
        cache_unhashable: bool = False,
        cache_version: str | None = None,
        cache_expire: float | str | timedelta | None = None,
        cache_size_limit: int | None = None,
        sinks: Sequence[forms.SinkForm] = (),
        probes: Sequence[forms.ProbeForm] = (),
        asset_store: forms.StoreForm | None = None,
        trust: bool | None = None,
        options: Mapping[str, forms.Options] | None = None,
        run_hooks: Sequence[forms.HookForm] = (),
        filters: Sequence[forms.FilterForm] = (),
        name: str | None = None,
        group: str | None = None,
        parent: str | None = None,
        tags: Sequence[str] = (),
        notes: str | None = None,
        resume: bool | Literal["must"] = False,
        record: Sequence[forms.RecorderForm] | bool = True,
    ) -> None:
        if wiring.is_reproduction(db):  # of a run whose database must keep what it has
            db, track_id, name, parent, engine, cache, reset = wiring.reproduced(track_id, name)
        self.db = location_of(db)
        cache, logs_path = absolute_option(cache), absolute_option(logs_path)
        jsonl, git_root = absolute_option(jsonl), absolute_option(git_root)
        # What a copy in another process is made with; see __reduce__.
        self._options = {
            option: value
            for option, value in locals().items()
            if option not in {"self", "db", "params", "reset", "track_id", "resume"}
        }
        details = checked_details(name=name, group=group, parent=parent, tags=tags, notes=notes)
        self._parts = CallParts(options)
        args_length = checked_count("args_length", args_length) or 0
        self._track_id = wiring.checked_track_id(track_id)
        wanted = {"log": logs_path, "stdout": logs_stdout, "jsonl": jsonl}
        chosen_sinks = self._parts.rows(PartKind.SINK, sinks, wanted)
        wanted = {"system": log_system_params, "network": log_network_params, "git": git_root}
        chosen_probes = self._parts.rows(PartKind.PROBE, probes, wanted)
        chosen_cache = self._parts.one(PartKind.CACHE, absolute_cache(cache), "cache")
        lasts = self.db not in {self.IN_MEMORY, self.SKIP_INSERT}
        store = self._parts.store(asset_store, lasts=lasts)
        # Of rows that end with the program, nobody will ask how they came about.
        recorders = self._parts.recorders(record if lasts or record is not True else False)
        engine = "skip" if self.db == self.SKIP_INSERT else self._parts.engine(engine)
        chosen_hooks = self._parts.of_call(PartKind.RUN_HOOK, run_hooks, "run_hooks")
        chosen_filters = self._parts.of_call(PartKind.ROW_FILTER, filters, "filters")
        self._parts.check_names()
        self._sinks = fan_out.Sinks(
            chosen_sinks,
            {"logs_path": logs_path, "logs_file_format": logs_file_format, "jsonl": jsonl},
        )
        self._probes = fan_out.Probes(
            chosen_probes, {"interval": measurement_interval, "git_root": git_root}
        )
        self._run_hooks = wiring.make_run_hooks(chosen_hooks)
        make_recorder = wiring.recorder_class(chosen_filters)
        self._call_cache = wiring.make_call_cache(
            chosen_cache,
            cache_size_limit,
            track_id=self._track_id,
            content=cache_unhashable,
            version=checked_version(cache_version),
            expire=optional_seconds("cache_expire", cache_expire),
            warn=warnings,
        )
        self._engine: Engine = open_engine(
            db, engine, Settings(durability=durability), self._parts.configuration
        )
        table = checked_rows_table(table, self._engine.tables())
        self._asset_manager = AssetManager(
            self._engine,
            table,
            self._track_id,
            store=store,
            is_default=asset_store is None,
            trust=trust,
            compress=compress,
        )
        if asset_store is not None:
            self._asset_manager.remember()
        params = {} if params is None else checked_config(params)
        if reset and not is_repeated_reset(table):
            reset_table(self._engine, table, self._asset_manager, params)
        self._engine.add_columns(table, ())
        self._recorder = make_recorder(
            self._engine,
            table,
            self._track_id,
            self._asset_manager,
            warn=warnings,
            on_stored=wiring.listener_of_rows(self._sinks),
        )
        writer = wiring.make_writer(self._engine, table, details, recorders)
        if resume:
            params = wiring.resume(
                writer, self._engine, table, self._track_id, params, resume, warn=warnings
            )
        self._recorder.set_params(params)
        self._run_state = wiring.listen_to_runs(
            self, self._recorder, table, self._engine, writer, self._sinks, self._run_hooks
        )
        self._live_run = wiring.live_run(writer, self._recorder, self._engine, table)

        self._run_logger = RunLogger(self._recorder, self._probes, self._sinks)
        self._caller = FunctionCaller(
            self._recorder,
            self._probes.start if self._probes else None,
            self._call_cache,
            raise_on_error=raise_on_error,
            args_length=args_length,
        )
        self._table_view = TableView(self._engine, table)
        self._run_view = RunView(self._table_view, self._track_id)
        self._run_editor = RunEditor(self._recorder, self._run_view)
        assets = Assets(self._asset_manager, trust=trust)
        self._run_assets = RunAssets(self._asset_manager, assets, self._run_view, self._recorder)

    @staticmethod
    def generate_track_id() -> str:
        """Return a new name for a run, such as ``cool-name-1234``.

        Returns
        -------
        str
            Two words and a number, which no other run is likely to have.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> len(Tracker.generate_track_id().split("-"))
        3
        """
        return generate_track_id()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as what makes a tracker of the same run, with the same params, elsewhere."""
        if self.db == self.IN_MEMORY:
            message = "a tracker in memory cannot be pickled: its rows are in this process only"
            raise TypeError(message)
        options = {
            **self._options,
            **self._parts.pickled(),
            "record": False,  # the conditions of the run are those of the process that began it
            "params": self._recorder.params,
            "track_id": self._track_id,
        }
        return functools.partial(type(self), self.db, **options), ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        cls: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # sys.exit() is how a program ends that has done its work.
        ended_well = isinstance(error, SystemExit) and not error.code
        try:
            self._end_run(None if ended_well else error)
            self.close()
        except XetrackError as failure:
            if cls is None:
                raise
            report(str(failure))  # what the body raised is worth more

    def close(self) -> None:
        """Close connections and log files, and end threads; a later row is stored all the same.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker("runs.db")
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.close()
        """
        self._end_run(None)
        self._sinks.close()
        self._probes.close()
        if self._run_hooks is not None:
            self._run_hooks.close()
        self._caller.close()
        self._engine.close()

    def _end_run(self, error: BaseException | None) -> None:
        """End the run, if one has begun."""
        self._run_state.end(error)

    def __repr__(self) -> str:
        missed = self._sinks.missed
        rows = "1 row" if missed == 1 else f"{missed:,} rows"
        losses = f"; its sinks missed {rows}" if missed else ""
        table = self._table_view.table
        return f"<Tracker {self.track_id!r} of {table!r} in {self._engine.location!r}{losses}>"
