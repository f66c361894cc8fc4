"""Changes to the rows of a table: the part of a `Reader` that sets and deletes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from xetrack.assets.manager import AssetManager
from xetrack.errors import MissingPackageError, RunNotFoundError, TableNotFoundError
from xetrack.facades.table_view import TableView
from xetrack.interfaces.engine import Field, Settings
from xetrack.interfaces.query import Condition
from xetrack.model.kinds import kind_of
from xetrack.model.names import TRACK_ID, checked_change
from xetrack.opening import open_engine
from xetrack.recording.pending_assets import PendingAssets, checked_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.assets.view import Assets
    from xetrack.interfaces.engine import Engine


class TableEditingMixin(TableView):
    """Changes rows and assets, on a connection of its own for each change."""

    db: str
    _engine_name: str | None
    _timeout: float
    _asset_store: str | None
    _asset_manager: AssetManager
    _assets: Assets

    @contextmanager
    def _writable_engine(self) -> Iterator[Engine]:
        """Lend an engine that may change the database."""
        engine = open_engine(self.db, self._engine_name, Settings(timeout=self._timeout))
        try:
            yield engine
        finally:
            engine.close()

    def remove_asset(
        self,
        hash: str,  # noqa: A002
        column: str | None = None,
        remove_keys: bool = True,
    ) -> None:
        """Remove an asset; rows keep its id.

        Parameters
        ----------
        hash
            Its id, or the beginning of it.
        column
            Only the references under this column or key; the content goes when none is left.
        remove_keys
            Whether the references go; otherwise only the content does, and logging an equal
            object brings it back under all of them.

        Raises
        ------
        AssetNotFoundError
            There is no such asset.
        MissingPackageError
            No asset store is installed.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"labels": {"cat", "dog"}})
        >>> reader = Reader("runs.db")
        >>> reader.remove_asset(row["labels"])
        >>> len(reader.assets)
        0
        """
        if not self._asset_manager.has_store():
            raise MissingPackageError("The asset store", "assets")
        self._assets.remove(hash, column and self._key_of(column), remove_keys=remove_keys)

    def set_value(self, key: str, value: object, track_id: str | None = None) -> int:
        """Set a value in all rows, or in those of one run.

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
        InvalidKeyError
            The key is empty, or names what identifies a row.
        UnsupportedValueError
            The value is no plain one, and no asset store is installed.
        TableNotFoundError
            The table does not exist.
        StorageError
            The rows could not be changed; none of them is.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db", track_id="first").log({"loss": 0.5})
        >>> Reader("runs.db").set_value("dataset", "cifar10", track_id="first")
        1
        """
        return self._set(key, value, [], track_id)

    def set_where(
        self,
        key: str,
        value: object,
        where_key: str,
        where_value: object,
        track_id: str | None = None,
    ) -> int:
        """Set a value in the rows where another column has a given value.

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
        ColumnNotFoundError
            The table has no column `where_key`.
        InvalidKeyError, UnsupportedValueError, TableNotFoundError, StorageError
            See `set_value`.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log_batch([{"epoch": 0}, {"epoch": 1}])
        >>> reader = Reader("runs.db")
        >>> reader.set_where("best", True, "epoch", 1)
        1
        >>> reader.select(["epoch", "best"]).rows()
        [(0, None), (1, True)]
        """
        where = [Condition(self._column_of(where_key), "=", checked_value(where_key, where_value))]
        return self._set(key, value, where, track_id)

    def _set(self, key: str, value: object, where: list[Condition], track_id: str | None) -> int:
        if track_id is not None:
            where.append(Condition(TRACK_ID, "=", track_id))
        name = checked_change(key)
        with self._writable_engine() as engine:
            if self._table not in (tables := engine.tables()):
                raise TableNotFoundError(self._table, engine.location, tables)
            manager = AssetManager(engine, self._table, track_id or "", store=self._asset_store)
            pending = PendingAssets(manager)
            cell = checked_value(name, value, pending)
            kind = kind_of(cell)
            field = Field(name, frozenset((kind,) if kind else ()))
            (column,) = engine.add_columns(self._table, [field])
            with pending.storing():
                number = engine.update(self._table, {column: cell}, where)
        pending.issue_warnings()
        return number

    def delete_run(self, track_id: str) -> int:
        """Delete all rows of a run.

        Assets that no other run refers to stay until ``reader.assets.gc()``.

        Parameters
        ----------
        track_id
            Name of the run.

        Returns
        -------
        int
            How many rows were deleted.

        Raises
        ------
        RunNotFoundError
            The table has no such run.
        StorageError
            The rows could not be deleted; all of them are still there.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db", track_id="first").log({"loss": 0.5})
        >>> reader = Reader("runs.db")
        >>> reader.delete_run("first")
        1
        >>> len(reader)
        0
        """
        with self._writable_engine() as engine:
            deleted = engine.delete(self._table, [Condition(TRACK_ID, "=", track_id)])
            if deleted and self._asset_manager.has_store():
                with self._asset_manager.writable_store() as store:
                    store.dereference(table=self._table, track_id=track_id)
        if not deleted:
            raise RunNotFoundError(track_id, self._table)
        return deleted
