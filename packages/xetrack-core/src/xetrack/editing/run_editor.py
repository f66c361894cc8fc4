"""Changes to the rows of one run, and the reset of a table before a run begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engines.repeats import write_whole
from xetrack.interfaces.query import Condition
from xetrack.model.names import checked_change
from xetrack.recording.pending_assets import checked_value
from xetrack.recording.plain_rows import PlainRows
from xetrack.runs.events import RunEvents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.assets.manager import AssetManager
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value
    from xetrack.recording.recorder import RowRecorder
    from xetrack.views.run_view import RunView


class RunEditor:
    """Sets values in rows of one run that are stored already.

    Parameters
    ----------
    recorder
        Makes plain values and columns, as for a new row of the run.
    run_view
        The rows of the run.
    """

    def __init__(self, recorder: RowRecorder, run_view: RunView) -> None:
        self._recorder = recorder
        self._run_view = run_view

    def set_value(self, key: str, value: object) -> int:
        """Set a value in all rows of the run; see `xetrack.Tracker.set_value`.

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
        """
        return self._set({checked_change(key): value}, self._run_view.conditions)

    def set_where(self, key: str, value: object, where_key: str, where_value: object) -> int:
        """Set a value in some rows of the run; see `xetrack.Tracker.set_where`.

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
        condition = Condition(self._run_view.table_view.column_of(where_key), "=", wanted)
        return self._set({checked_change(key): value}, (*self._run_view.conditions, condition))

    def _set(self, values: Mapping[str, object], where: Sequence[Condition]) -> int:
        table_view = self._run_view.table_view
        engine = table_view.engine
        pending = self._recorder.pending_assets()
        plain_values = self._recorder.checked_changes(values, pending)
        pending.raise_failures()
        number = table_view.count(where)
        if not number:
            return 0

        def set_cells() -> int:
            cells = self._recorder.add_columns(plain_values)
            return write_whole(engine, lambda: store(cells))

        def store(cells: Mapping[str, Value]) -> int:
            with pending.storing():
                return engine.update(table_view.table, cells, where)

        with pending.uploaded():
            pending.raise_failures()
            if engine.is_writing():
                engine.after_write(set_cells)
            else:
                number = set_cells()
        pending.issue_warnings()
        self._recorder.issue_warnings()
        return number


def reset_table(
    engine: Engine, table: str, manager: AssetManager, params: Mapping[str, object]
) -> None:
    """Drop a table with all its rows, unless there is a mistake in the params of the new run.

    Parameters
    ----------
    engine
        The engine that has the table.
    table
        Name of the table, which need not exist.
    manager
        Its assets, which lose the references from it.
    params
        What the user wants every row of the new run to get.

    Raises
    ------
    InvalidArgumentError, InvalidKeyError, UnsupportedValueError
        The params cannot be stored; the table is still there.
    """
    rows = PlainRows(manager, None)
    rows.to_plain(params, rows.pending_assets())
    if table in engine.tables() and manager.has_store():
        # First: while a store elsewhere is away, an error comes before any row is lost.
        with manager.writable_store() as store:
            store.dereference(table=table)
    engine.drop(table)
    RunEvents(engine).delete(table)
