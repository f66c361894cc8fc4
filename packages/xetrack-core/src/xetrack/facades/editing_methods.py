"""The methods of a `Reader` that set values, and delete runs and assets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xetrack.editing.table_editor import TableEditor


class EditingMethods:
    """Changes rows and assets, on a connection of its own for each change."""

    _table_editor: TableEditor

    def remove_asset(
        self,
        hash: str,  # noqa: A002
        column: str | None = None,
        remove_keys: bool = True,
    ) -> bool:
        """Remove an asset, and its id from the cells of all tables.

        Parameters
        ----------
        hash
            Its id, or the beginning of it.
        column
            Only the references and cells under this column or key; the content goes when no
            reference is left.
        remove_keys
            Whether the references go, and cells that are the id become None; otherwise only the
            content goes, and logging an equal object brings it back under all of them.

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

        Examples
        --------
        >>> from array import array
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"weights": array("f", [0.5, 0.25])})
        >>> reader = Reader("runs.db")
        >>> reader.remove_asset(row["weights"])
        True
        >>> len(reader.assets), reader.select(["weights"]).rows()
        (0, [(None,)])
        """
        return self._table_editor.remove_asset(hash, column, remove_keys=remove_keys)

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
        TableNotFoundError, RunNotFoundError
            The table does not exist, or has no such run.
        StorageError
            The rows could not be changed; none of them is.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db", track_id="first").log({"loss": 0.5})
        >>> Reader("runs.db").set_value("dataset", "cifar10", track_id="first")
        1
        """
        return self._table_editor.set_value(key, value, track_id)

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
        InvalidKeyError, UnsupportedValueError, TableNotFoundError, RunNotFoundError, StorageError
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
        return self._table_editor.set_where(key, value, where_key, where_value, track_id)

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
        return self._table_editor.delete_run(track_id)
