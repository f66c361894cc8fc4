"""The methods of a `Reader` that read the records of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.record import RunRecord, RunStatus

if TYPE_CHECKING:
    from xetrack.views.table_view import TableView


class RunRecordMethods:
    """Reads the records of the runs of one table."""

    _table_view: TableView

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
        from xetrack.runs.table import select_runs  # noqa: PLC0415

        view = self._table_view
        return to_frame(select_runs(view.engine, view.table), backend)
