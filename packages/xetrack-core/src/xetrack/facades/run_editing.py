"""Changes to the rows of one run: the part of a `Tracker` that goes back in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.facades.run_view import RunView
from xetrack.interfaces.query import Condition
from xetrack.recording.pending_assets import checked_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.recording.recorder import RowRecorder


class RunEditingMixin(RunView):
    """Sets values in rows of one run that are stored already."""

    _recorder: RowRecorder

    def set_value(self, key: str, value: object) -> int:
        """Set a value in all rows of this run that are stored already.

        Parameters
        ----------
        key
            Name of the value; a column that is not there is added.
        value
            A plain value, or an object for the asset store.

        Returns
        -------
        int
            How many rows were set.

        Raises
        ------
        InvalidKeyError
            The key is empty, or names what identifies a row.
        UnsupportedValueError
            The value is no plain one, and no asset store is installed.
        StorageError
            The rows could not be changed; none of them is.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"epoch": 0}, {"epoch": 1}])
        >>> tracker.set_value("accuracy", 0.9)
        2
        >>> tracker[1]["accuracy"]
        0.9
        """
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

        Raises
        ------
        ColumnNotFoundError
            The table has no column `where_key`.
        InvalidKeyError, UnsupportedValueError, StorageError
            See `set_value`.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"epoch": 0}, {"epoch": 1}])
        >>> tracker.set_where("best", True, "epoch", 1)
        1
        >>> [row["best"] for row in tracker]
        [None, True]
        """
        wanted = checked_value(where_key, where_value)
        where = Condition(self._column_of(where_key), "=", wanted)
        return self._set({key: value}, [where])

    def _set(self, values: Mapping[str, object], where: list[Condition]) -> int:
        pending = self._recorder.pending_assets()
        plain_values = self._recorder.checked_changes(values, pending)
        where = [*self._own_rows, *where]
        number = self._engine.count(self._table, where)
        if not number:
            return 0

        def set_cells() -> int:
            cells = self._recorder.add_columns(plain_values)
            with pending.storing():
                return self._engine.update(self._table, cells, where)

        if self._engine.is_writing():
            self._engine.after_write(set_cells)
        else:
            number = set_cells()
        pending.issue_warnings()
        self._recorder.issue_warnings()
        return number
