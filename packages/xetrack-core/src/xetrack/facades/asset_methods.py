"""The methods of a `Tracker` that load and remove the objects that it logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.assets.view import MISSING

if TYPE_CHECKING:
    from xetrack.assets.view import Assets
    from xetrack.views.run_assets import RunAssets


class AssetMethods:
    """Loads and removes objects."""

    _run_assets: RunAssets

    @property
    def assets(self) -> Assets | None:
        """What was logged and is no plain value; None where no asset store is installed.

        Examples
        --------
        >>> from array import array
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"weights": array("f", [0.5, 0.25])})
        >>> tracker.assets[row["weights"]]
        array('f', [0.5, 0.25])
        """
        return self._run_assets.assets

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
        >>> from array import array
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"weights": array("f", [0.5, 0.25])})
        >>> tracker.get("weights")
        array('f', [0.5, 0.25])
        """
        return self._run_assets.get(name, default)

    def remove_asset(
        self,
        hash: str,  # noqa: A002
        column: str | None = None,
        remove_keys: bool = True,
    ) -> bool:
        """Remove an asset, whichever run logged it, and its id from the cells of all tables.

        Parameters
        ----------
        hash
            Its id, or the beginning of it.
        column
            Only the references and cells under this column or key; the content goes when no
            reference is left.
        remove_keys
            Whether the references go, and cells that are the id become None; otherwise only the
            content does.

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
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"weights": array("f", [0.5, 0.25])})
        >>> tracker.remove_asset(row["weights"])
        True
        >>> tracker[1]["weights"] is None
        True
        """
        return self._run_assets.remove(hash, column, remove_keys=remove_keys)
