"""Changes to the rows and assets of a table, for those who read it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xetrack.assets.cells import clear_cells
from xetrack.errors import MissingPackageError, RunNotFoundError, TableNotFoundError
from xetrack.interfaces.engine import Field, Settings
from xetrack.interfaces.engines.repeats import write_whole
from xetrack.interfaces.query import Condition
from xetrack.model.kinds import kind_of
from xetrack.model.names import TRACK_ID, checked_change
from xetrack.model.validation import checked_run_name, checked_text
from xetrack.opening import open_engine
from xetrack.recording.column_warnings import ColumnWarnings
from xetrack.recording.pending_assets import PendingAssets, checked_value
from xetrack.runs.events import EventKind, RunEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from xetrack.assets.manager import AssetManager
    from xetrack.assets.view import Assets
    from xetrack.configuration.forms import EngineForm
    from xetrack.configuration.project import Configuration
    from xetrack.interfaces.engine import Engine
    from xetrack.views.table_view import TableView


@contextmanager
def writable_engine(
    db: str, engine: EngineForm | None, timeout: float, configuration: Configuration
) -> Iterator[Engine]:
    """Lend an engine that may change a database, and close it.

    Parameters
    ----------
    db
        Path or URL of the database.
    engine
        Name of a storage engine; None for the one that the file belongs to.
    timeout
        Seconds to wait while another process has the database for itself.
    configuration
        The options of parts.
    """
    opened = open_engine(db, engine, Settings(timeout=timeout), configuration)
    try:
        yield opened
    finally:
        opened.close()


class TableEditor:
    """Changes rows and assets of one table, on a connection of its own for each change.

    Parameters
    ----------
    table_view
        The table.
    manager
        Opens the asset store of the database, if one is installed.
    assets
        Removes assets.
    open_writable
        Lends an engine that may change the database.
    """

    def __init__(
        self,
        table_view: TableView,
        manager: AssetManager,
        assets: Assets,
        open_writable: Callable[[], AbstractContextManager[Engine]],
    ) -> None:
        self._table_view = table_view
        self._table = table_view.table
        self._manager = manager
        self._assets = assets
        self._open_writable = open_writable

    def remove_asset(self, asset: str, column: str | None, *, remove_keys: bool) -> bool:
        """Remove an asset; see `xetrack.Reader.remove_asset`.

        Parameters
        ----------
        asset
            Its id, or the beginning of it.
        column
            Only the references and cells under this column or key; None for all.
        remove_keys
            Whether references and cells go; otherwise only the content does.

        Returns
        -------
        bool
            Whether anything was removed.

        Raises
        ------
        AssetNotFoundError
            There is no such asset.
        MissingPackageError
            No asset store is installed.
        """
        if not self._manager.has_store():
            raise MissingPackageError("The asset store", "assets")
        if column is not None:
            checked_text("column", column, "the name of a column")
        key = column and self._table_view.key_of(column)
        asset = self._assets.info(asset).id
        if remove_keys:
            # Before the asset goes: stopped in between, the same call can be made again.
            with self._open_writable() as engine:
                clear_cells(engine, asset, key)
        return self._assets.remove(asset, key, remove_keys=remove_keys)

    def set_value(self, key: str, value: object, track_id: str | None) -> int:
        """Set a value in all rows, or in those of one run; see `xetrack.Reader.set_value`.

        Parameters
        ----------
        key
            Name of the value; a column that is not there is added.
        value
            A plain value, or an object for the asset store.
        track_id
            Only this run.

        Returns
        -------
        int
            How many rows were set.

        Raises
        ------
        RunNotFoundError
            The table has no such run.
        """
        return self._set(key, value, [], track_id)

    def set_where(
        self, key: str, value: object, where_key: str, where_value: object, track_id: str | None
    ) -> int:
        """Set a value in some rows; see `xetrack.Reader.set_where`.

        Parameters
        ----------
        key, value
            What is set; a column that is not there is added.
        where_key, where_value
            Rows count in which this column has this value.
        track_id
            Only this run.

        Returns
        -------
        int
            How many rows were set.

        Raises
        ------
        RunNotFoundError
            The table has no such run.
        """
        column = self._table_view.column_of(where_key)
        condition = Condition(column, "=", checked_value(where_key, where_value))
        return self._set(key, value, [condition], track_id)

    def _set(self, key: str, value: object, where: list[Condition], track_id: str | None) -> int:
        of_run = [] if checked_run_name(track_id) is None else [Condition(TRACK_ID, "=", track_id)]
        where = [*where, *of_run]
        name = checked_change(key)
        with self._open_writable() as engine:
            if self._table not in (tables := engine.tables()):
                raise TableNotFoundError(self._table, engine.location, tables)
            if where and not engine.count(self._table, where):
                if track_id is not None and not engine.count(self._table, of_run):
                    raise RunNotFoundError(track_id, self._table)
                return 0  # and no new column
            pending = PendingAssets(self._manager.on(engine, track_id or ""))
            cell = checked_value(name, value, pending)
            pending.raise_failures()
            with pending.uploaded():
                pending.raise_failures()  # what was stored before stays
                kind = kind_of(cell)
                field = Field(name, frozenset((kind,) if kind else ()))
                column_warnings = ColumnWarnings(engine, self._table)
                (column,) = engine.add_columns(self._table, [field])
                column_warnings.note_columns([field], [column])

                def store() -> int:
                    with pending.storing():
                        return engine.update(self._table, {column: cell}, where)

                number = write_whole(engine, store)
        pending.issue_warnings()
        column_warnings.issue_warnings()
        return number

    def edit_run(self, track_id: str, changes: Mapping[str, Any]) -> None:
        """Change what is said of a run; see `xetrack.Reader.edit_run`.

        Parameters
        ----------
        track_id
            The id of the run.
        changes
            What `xetrack.runs.live.checked_changes` returned.

        Raises
        ------
        StorageError
            The change could not be stored.
        """
        if changes:
            with self._open_writable() as engine:
                RunEvents(engine).add(EventKind.CHANGED, track_id, self._table, changes)

    def define(self, key: str, settings: dict[str, str]) -> None:
        """Store settings of a metric; see `xetrack.Reader.define`.

        Parameters
        ----------
        key
            The key of the metric.
        settings
            What `xetrack.runs.series.checked_settings` returned.

        Raises
        ------
        StorageError
            They could not be stored.
        """
        from xetrack.runs.series import write_settings  # noqa: PLC0415 - few do

        if settings:
            with self._open_writable() as engine:
                write_settings(engine, self._table, key, settings)

    def delete_run(self, track_id: str) -> int:
        """Delete all rows of a run, its record, and the references of its assets.

        Parameters
        ----------
        track_id
            The whole name of the run.

        Returns
        -------
        int
            How many rows were deleted.

        Raises
        ------
        InvalidArgumentError
            The name is no text, or empty.
        RunNotFoundError
            The table has no such run.
        """
        checked_text("track_id", track_id, "the name of a run, as a text")
        of_run = [Condition(TRACK_ID, "=", track_id)]
        with self._open_writable() as engine:
            if engine.count(self._table, of_run) and self._manager.has_store():
                # First: while a store elsewhere is away, an error comes before any row is lost.
                with self._manager.writable_store() as store:
                    store.dereference(table=self._table, track_id=track_id)
            deleted = engine.delete(self._table, of_run)
            had_record = RunEvents(engine).delete(self._table, track_id) > 0
        if not deleted and not had_record:
            raise RunNotFoundError(track_id, self._table)
        return deleted
