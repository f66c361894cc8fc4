"""Where the objects of a database are; a part of the view that users have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xetrack.assets.manager import AssetManager


class StorePlace:
    """Tells where the objects are, and lets the database remember that they have moved."""

    def __init__(self, manager: AssetManager) -> None:
        self._manager = manager

    @property
    def location(self) -> str:
        """Where the objects are: the URL of a store elsewhere, or the name of the store.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> Tracker(Tracker.IN_MEMORY).assets.location
        'sqlite'
        """
        return self._manager.location

    def move(self, store: str) -> None:
        """Let the database remember that its objects have moved; they are not moved by this.

        The folder of the database lies below the new URL, under the name that it had.

        Parameters
        ----------
        store
            The new URL; or the name of a store.

        Raises
        ------
        UnknownComponentError, MissingPackageError
            No plugin offers a store of that name or scheme.
        InvalidArgumentError
            The engine of this database remembers nothing.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker("runs.db")
        >>> tracker.assets.move("file:///srv/models")
        >>> tracker.assets.location
        'file:///srv/models'
        """
        self._manager.move(store)
