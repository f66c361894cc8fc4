"""The objects that the rows of one run name."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from xetrack.assets.cells import clear_cells
from xetrack.assets.manager import is_id
from xetrack.errors import ColumnNotFoundError, InvalidArgumentError, MissingPackageError
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition
from xetrack.model.validation import checked_text

if TYPE_CHECKING:
    from xetrack.assets.manager import AssetManager
    from xetrack.assets.view import Assets
    from xetrack.recording.recorder import RowRecorder
    from xetrack.views.run_view import RunView


class RunAssets:
    """Loads the objects that one run logged.

    Parameters
    ----------
    manager
        Opens the asset store, if one is installed.
    assets
        Loads objects by their ids.
    run_view
        The rows of the run.
    recorder
        Its params.
    """

    def __init__(
        self, manager: AssetManager, assets: Assets, run_view: RunView, recorder: RowRecorder
    ) -> None:
        self._manager = manager
        self._assets = assets
        self._run_view = run_view
        self._recorder = recorder

    @property
    def assets(self) -> Assets | None:
        """All assets of the database; None where no asset store is installed."""
        return self._assets if self._manager.has_store() else None

    def get(self, name: str, default: Any) -> Any:
        """Load an object; see `xetrack.Tracker.get`.

        Parameters
        ----------
        name
            Its id, or the beginning of it; or a key, for what the run logged last under it.
        default
            What to return when there is no such object; `xetrack.assets.view.MISSING` for an
            error.

        Returns
        -------
        object
            An equal object, or `default`.

        Raises
        ------
        AssetNotFoundError
            There is no such object.
        InvalidArgumentError
            The name is no text.
        MissingPackageError
            No asset store is installed.
        """
        if not isinstance(name, str):
            expected = "the id of an object, or the key under which it was logged"
            raise InvalidArgumentError("name", name, expected)
        assets = self.assets
        if assets is None:
            raise MissingPackageError("The asset store", "assets")
        asset = None if is_id(name) else self._last_id(name)
        return assets.get(asset or name, default)

    def remove(self, asset: str, column: str | None, *, remove_keys: bool) -> bool:
        """Remove an object; see `xetrack.Tracker.remove_asset`.

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
        MissingPackageError
            No asset store is installed.
        """
        if column is not None:
            checked_text("column", column, "the name of a column")
        assets = self.assets
        if assets is None:
            raise MissingPackageError("The asset store", "assets")
        table_view = self._run_view.table_view
        key = column and table_view.key_of(column)
        asset = assets.info(asset).id
        if remove_keys:
            # Before the asset goes: stopped in between, the same call can be made again.
            engine = table_view.engine
            clear = functools.partial(clear_cells, engine, asset, key)
            if engine.is_writing():
                engine.after_write(clear)
            else:
                clear()
            params = self._recorder.params.items()
            names = [name for name, value in params if value == asset and key in {None, name}]
            self._recorder.set_params(dict.fromkeys(names))
        return assets.remove(asset, key, remove_keys=remove_keys)

    def _last_id(self, key: str) -> str | None:
        """Return the id that the run logged last under a key."""
        try:
            column = self._run_view.table_view.column_of(key)
        except ColumnNotFoundError:
            cell: Any = self._recorder.params.get(key)
        else:
            where = [*self._run_view.conditions, Condition(column, "!=", None)]
            from xetrack.frames.result import Result  # noqa: PLC0415 - logging needs none

            def read() -> Result:
                view = self._run_view.table_view
                return Result.of(view.selection(columns=(column,), where=where, tail=1))

            rows = read_whole(self._run_view.table_view.engine, read).rows()
            cell = rows[0][0] if rows else self._recorder.params.get(key)
        return cell if isinstance(cell, str) else None
