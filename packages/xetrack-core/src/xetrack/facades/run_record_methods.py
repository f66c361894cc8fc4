"""The methods of a `Reader` that read and change the records of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack.model.validation import checked_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.editing.table_editor import TableEditor
    from xetrack.interfaces.runs.series import SeriesSettings
    from xetrack.model.kinds import Value
    from xetrack.views.table_view import TableView


class RunRecordMethods:
    """Reads and changes the records of the runs of one table."""

    _table_view: TableView
    _table_editor: TableEditor

    def run(self, track_id: str) -> RunRecord:
        """Return the record of a run, with all that recorders wrote down.

        Parameters
        ----------
        track_id
            The run: its id, the beginning of it, its name, or ``"@1"`` for the one that began last.

        Returns
        -------
        RunRecord
            Of the status `RunStatus.UNKNOWN`, where there are only rows.

        Raises
        ------
        InvalidArgumentError
            Several runs begin so.
        RunNotFoundError
            There is no such run.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker("runs.db", params={"lr": 0.1}, name="wide") as tracker:
        ...     row = tracker.log({"loss": 0.5})
        >>> record = Reader("runs.db").run("wide")
        >>> str(record.status), record.params
        ('finished', {'lr': 0.1})
        """
        from xetrack.runs.finding import find_run  # noqa: PLC0415 - not for every reader
        from xetrack.runs.reading import read_record  # noqa: PLC0415

        view = self._table_view
        chosen = find_run(view.engine, view.table, track_id)
        record = read_record(view.engine, view.table, chosen)
        return record or RunRecord(track_id=chosen, status=RunStatus.UNKNOWN, table=view.table)

    def run_records(self) -> dict[str, RunRecord]:
        """Return the records of all runs, in the order in which they began.

        What recorders wrote down is left out, as it is long: see `run`. Runs of earlier versions,
        which have rows only, have no record. No library of frames is needed.

        Returns
        -------
        dict
            Records by the id of the run.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> for name in ("first", "second"):
        ...     with Tracker("runs.db", track_id=name, group="sweep") as tracker:
        ...         row = tracker.log({"loss": 0.5})
        >>> records = Reader("runs.db").run_records()
        >>> [(each.track_id, each.group) for each in records.values()]
        [('first', 'sweep'), ('second', 'sweep')]
        """
        from xetrack.runs.reading import read_records  # noqa: PLC0415 - not for every reader

        return read_records(self._table_view.engine, self._table_view.table)

    def runs(self, backend: str | None = None) -> Any:
        """Return a frame with a row for each run: its record, and the last value of each column.

        Parameters
        ----------
        backend
            The name of a frame backend, such as ``"polars"``; by default what
            `xetrack.set_backend` chose.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            The run that began first comes first. ``duration`` is in seconds; ``first`` and
            ``last`` are the timestamps of its rows, of which there are ``rows``.

        Raises
        ------
        MissingPackageError
            The backend is not installed.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> for rate in (0.1, 0.2):
        ...     with Tracker("runs.db", params={"lr": rate}) as tracker:
        ...         row = tracker.log_batch([{"loss": 0.5}, {"loss": rate}])
        >>> Reader("runs.db").runs()[["status", "rows", "lr", "loss"]]
             status  rows   lr  loss
        0  finished     2  0.1   0.1
        1  finished     2  0.2   0.2
        """
        from xetrack.frames.backends import to_frame  # noqa: PLC0415 - not for every reader
        from xetrack.runs.summaries.table import select_runs  # noqa: PLC0415

        view = self._table_view
        return to_frame(select_runs(view.engine, view.table), backend)

    def best(
        self,
        column: str,
        *,
        maximize: bool | None = None,
        summary: Literal["last", "best"] = "last",
    ) -> dict[str, Value]:
        """Return the run with the best value of a metric.

        A run without a number, or whose number is nan, is never the best. Of runs with the same
        value, the one that was logged first is returned.

        Parameters
        ----------
        column
            The key of the metric.
        maximize
            Whether a larger number is better; by default the goal that `define` set.
        summary
            What stands for a run of several rows: its ``"last"`` value, or its ``"best"`` one. The
            best of many noisy values looks better than the run is.

        Returns
        -------
        dict
            The row of `runs` for this run: its record, its params and its results by column.

        Raises
        ------
        TableNotFoundError, ColumnNotFoundError
            The table or the column does not exist.
        InvalidArgumentError
            No goal is given or set, or no run has a number in this column.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> for rate, accuracy in [(0.1, 0.75), (0.2, 0.875), (0.4, 0.5)]:
        ...     with Tracker("runs.db", params={"lr": rate}) as tracker:
        ...         row = tracker.log({"accuracy": accuracy})
        >>> best = Reader("runs.db").best("accuracy", maximize=True)
        >>> best["lr"], best["accuracy"], best["status"]
        (0.2, 0.875, 'finished')
        """
        from xetrack.runs.summaries.ranking import find_best_run  # noqa: PLC0415 - not for every reader

        view = self._table_view
        name = view.column_of(checked_text("column", column, "the name of a column"))
        if maximize is None:
            maximize = self._goal_of(view.key_of(name)) == "max"
        elif not isinstance(maximize, bool):
            raise InvalidArgumentError("maximize", maximize, "True or False")
        return find_best_run(view.engine, view.table, name, maximize=maximize, summary=summary)

    def _goal_of(self, key: str) -> str:
        from xetrack.runs.series import read_settings  # noqa: PLC0415 - not for every reader

        view = self._table_view
        settings = read_settings(view.engine, view.table, view.key_of).get(key)
        if settings is None or settings.goal is None:
            expected = f"True or False, or set it once for all: define({key!r}, goal='max')"
            raise InvalidArgumentError("maximize", None, expected)
        return settings.goal

    def compare(self, *runs: str, differing: bool = False, backend: str | None = None) -> Any:
        """Return runs side by side: their params, their last values, and how each ended.

        Parameters
        ----------
        *runs
            Two runs or more, each by its id, the beginning of it, its name, or ``"@1"`` for the one
            that began last.
        differing
            Leave out the lines in which all runs are equal.
        backend
            The name of a frame backend, such as ``"polars"``; by default what
            `xetrack.set_backend` chose.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            A line for each value: its ``name``, whether it ``differs``, and a column for each run.

        Raises
        ------
        InvalidArgumentError
            Fewer than two different runs are named, or several runs begin so.
        RunNotFoundError
            There is no such run.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> for name, rate in [("first", 0.1), ("second", 0.2)]:
        ...     with Tracker("runs.db", track_id=name, params={"lr": rate}) as tracker:
        ...         row = tracker.log({"loss": 0.5})
        >>> frame = Reader("runs.db").compare("first", "second")
        >>> frame[frame["name"].isin(["lr", "loss"])]
           name  differs first second
        0    lr     True   0.1    0.2
        1  loss    False   0.5    0.5
        """
        from xetrack.frames.backends import to_frame  # noqa: PLC0415 - not for every reader
        from xetrack.runs.finding import find_run  # noqa: PLC0415
        from xetrack.runs.summaries.comparing import compare_runs  # noqa: PLC0415

        view = self._table_view
        chosen = list(dict.fromkeys(find_run(view.engine, view.table, run) for run in runs))
        if len(chosen) < 2:  # noqa: PLR2004 - a comparison is of two at least
            raise InvalidArgumentError("runs", runs, "two different runs, or more")
        lines = compare_runs(view.engine, view.table, chosen, only_differing=differing)
        return to_frame(lines, backend)

    def edit_run(
        self,
        track_id: str,
        *,
        name: str | None = None,
        group: str | None = None,
        parent: str | None = None,
        notes: str | None = None,
        add_tags: Iterable[str] = (),
        remove_tags: Iterable[str] = (),
    ) -> RunRecord:
        """Change what is said of a run, also of one that is over.

        A run that has rows and no record gets one. While a run goes on, `Tracker.run` does the
        same.

        Parameters
        ----------
        track_id
            The run: its id, the beginning of it, its name, or ``"@1"`` for the one that began last.
        name, group, parent, notes
            New texts; those that are None stay as they are.
        add_tags
            Tags to add; those that it has stay where they are.
        remove_tags
            Tags to remove, as far as the run has them.

        Returns
        -------
        RunRecord
            The record as it is now.

        Raises
        ------
        InvalidArgumentError
            Several runs begin so, a text is empty, or a tag is no word.
        RunNotFoundError
            There is no such run.
        StorageError
            The change could not be stored.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> with Tracker("runs.db", track_id="first", tags=["draft"]) as tracker:
        ...     row = tracker.log({"loss": 0.5})
        >>> record = Reader("runs.db").edit_run(
        ...     "first", notes="The best so far.", add_tags=["best"], remove_tags=["draft"]
        ... )
        >>> record.tags, record.notes
        (('best',), 'The best so far.')
        """
        from xetrack.runs.finding import find_run  # noqa: PLC0415 - not for every reader
        from xetrack.runs.live import checked_changes  # noqa: PLC0415

        changes = checked_changes(
            name=name,
            group=group,
            parent=parent,
            notes=notes,
            add_tags=add_tags,
            remove_tags=remove_tags,
        )
        run = find_run(self._table_view.engine, self._table_view.table, track_id)
        self._table_editor.edit_run(run, changes)
        return self.run(run)

    def define(
        self,
        column: str,
        *,
        goal: Literal["max", "min", ""] | None = None,
        unit: str | None = None,
        x: str | None = None,
    ) -> SeriesSettings:
        """Set which way a metric gets better, its unit, and its axis, for all runs of this table.

        What is None stays as it is; an empty text removes a setting. `Tracker.define` does the
        same while a run goes on.

        Parameters
        ----------
        column
            The key of the metric, which need not have been logged yet.
        goal
            Whether ``"max"`` or ``"min"`` is better.
        unit
            The unit of its numbers.
        x
            The key of the axis to show it over, or ``"timestamp"``.

        Returns
        -------
        SeriesSettings
            The settings as they are now.

        Raises
        ------
        InvalidArgumentError
            There is no such goal, or another argument is no text.
        StorageError
            The settings could not be stored.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"loss": 0.5})
        >>> Reader("runs.db").define("loss", goal="min")
        SeriesSettings(goal='min', unit=None, x=None)
        """
        from xetrack.interfaces.runs.series import SeriesSettings  # noqa: PLC0415 - few do
        from xetrack.runs.series import checked_settings, read_settings  # noqa: PLC0415

        settings = checked_settings(goal, unit, x)
        view = self._table_view
        key = view.key_of(checked_text("column", column, "the name of a column"))
        self._table_editor.define(key, settings)
        return read_settings(view.engine, view.table, view.key_of).get(key, SeriesSettings())
