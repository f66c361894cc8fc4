"""The objects of a run: the part of a `Tracker` that gives back what is no plain value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.assets.manager import AssetManager, is_id
from xetrack.assets.view import MISSING, Assets
from xetrack.errors import ColumnNotFoundError, MissingPackageError
from xetrack.facades.run_view import RunView
from xetrack.frames.result import Result
from xetrack.interfaces.query import Condition

if TYPE_CHECKING:
    from xetrack.recording.recorder import RowRecorder


class RunAssetsMixin(RunView):
    """The rows of one run, and the objects that they name."""

    _recorder: RowRecorder
    _asset_manager: AssetManager
    _assets: Assets

    @property
    def assets(self) -> Assets | None:
        """What was logged and is no plain value; None where no asset store is installed.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"labels": {"cat", "dog"}})
        >>> sorted(tracker.assets[row["labels"]])
        ['cat', 'dog']
        """
        return self._assets if self._asset_manager.has_store() else None

    def get(self, name: str, default: Any = MISSING) -> Any:
        """Load an object that was logged.

        Parameters
        ----------
        name
            The id that stands in the row, or the beginning of it; or a key, for the object that
            this run logged last under it.
        default
            What to return when there is no such object; by default that is an error.

        Returns
        -------
        object
            An equal object, or `default`.

        Raises
        ------
        AssetNotFoundError
            There is no such object.
        DamagedAssetError, UntrustedPickleError, AssetError
            See `xetrack.assets.view.Assets.get`.
        MissingPackageError
            No asset store is installed.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"labels": {"cat", "dog"}})
        >>> sorted(tracker.get("labels"))
        ['cat', 'dog']
        """
        if not self._asset_manager.has_store():
            raise MissingPackageError("The asset store", "assets")
        asset = None if is_id(name) else self._last_id(name)
        return self._assets.get(asset or name, default)

    def _last_id(self, key: str) -> str | None:
        """Return the id that this run logged last under a key."""
        try:
            column = self._column_of(key)
        except ColumnNotFoundError:
            cell: Any = self._recorder.params.get(key)
        else:
            where = [*self._own_rows, Condition(column, "!=", None)]
            rows = Result.of(self._selection(columns=(column,), where=where, tail=1)).rows()
            cell = rows[0][0] if rows else self._recorder.params.get(key)
        return cell if isinstance(cell, str) else None
