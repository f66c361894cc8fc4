"""The objects of a run: the part of a `Tracker` that gives back what is no plain value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.assets.manager import Keeping, is_id
from xetrack.assets.view import MISSING, Assets
from xetrack.errors import ColumnNotFoundError, MissingPackageError
from xetrack.frames.result import Result
from xetrack.interfaces.query import Condition
from xetrack.table_view import RunView

if TYPE_CHECKING:
    from xetrack.recording.recorder import Rows


class KeepsObjects(RunView):
    """The rows of one run, and the objects that they name."""

    _rows: Rows
    _keeping: Keeping
    _assets: Assets

    @property
    def assets(self) -> Assets | None:
        """What was logged and is no plain value; None where no asset store is installed."""
        return self._assets if self._keeping.has_store() else None

    def get(self, name: str, default: Any = MISSING) -> Any:
        """Load an object that was logged.

        Parameters
        ----------
        name
            The id that stands in the row, or the beginning of it; or a key, for the object that
            this run logged last under it.
        default
            What to return when there is no such object; by default that is an error.

        Raises
        ------
        AssetNotFoundError
            There is no such object.
        DamagedAssetError, UntrustedPickleError, AssetError
            See `xetrack.assets.view.Assets.get`.
        """
        if not self._keeping.has_store():
            raise MissingPackageError("The asset store", "assets")
        logged = None if is_id(name) else self._logged_as(name)
        return self._assets.get(logged or name, default)

    def _logged_as(self, key: str) -> str | None:
        """Return the id that this run logged last under a key."""
        try:
            column = self._column_of(key)
        except ColumnNotFoundError:
            found: Any = self._rows.params.get(key)
        else:
            where = [*self._mine, Condition(column, "!=", None)]
            rows = Result.of(self._selection(columns=(column,), where=where, tail=1)).rows()
            found = rows[0][0] if rows else self._rows.params.get(key)
        return found if isinstance(found, str) else None
