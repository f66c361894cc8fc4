"""The assets of a database, as users see them: ``tracker.assets`` and ``reader.assets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.assets.cells import ids_in_rows
from xetrack.assets.manager import is_id
from xetrack.assets.short_texts import ShortTexts
from xetrack.assets.stores.place import StorePlace
from xetrack.errors import AssetNotFoundError, DamagedAssetError
from xetrack.interfaces.engines.repeats import write_whole

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from xetrack.assets.manager import AssetManager
    from xetrack.interfaces.assets import AssetInfo, Reference

MISSING: Any = object()
"""Stands for a default that was not given."""


class Assets(StorePlace, ShortTexts):
    """Objects that are no plain values, each stored once.

    An id, as it stands in a row, names an asset, and so does any beginning of it of at least 6
    digits that no other asset shares. ``len`` counts the assets, ``in`` asks for one, and
    ``assets[id]`` loads it, as `get` does.

    Parameters
    ----------
    manager
        The store of a tracker or reader.
    trust
        Whether to load pickles that this user did not store; by default ``XETRACK_TRUST`` decides.

    Examples
    --------
    >>> from xetrack import Tracker
    >>> assets = Tracker(Tracker.IN_MEMORY).assets
    >>> asset = assets.put({"cat", "dog"})
    >>> asset in assets, len(assets), sorted(assets[asset])
    (True, 1, ['cat', 'dog'])
    """

    def __init__(self, manager: AssetManager, *, trust: bool | None = None) -> None:
        super().__init__(manager)
        self._trust = trust

    def __len__(self) -> int:
        return len(self._manager.store.infos())

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[AssetInfo]:
        """Iterate over what is known of each asset, in the order they were stored.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> asset = assets.put({"cat", "dog"})
        >>> [info.header.codec for info in assets]
        ['pickle']
        """
        return iter(self._manager.store.infos())

    def __contains__(self, asset: object) -> bool:
        try:
            self._manager.resolve(asset)
        except AssetNotFoundError as error:
            return bool(error.several)
        return True

    def __getitem__(self, asset: str) -> Any:
        return self.get(asset)

    def info(self, asset: str) -> AssetInfo:
        """Return what is known of an asset.

        Parameters
        ----------
        asset
            Its id, or the beginning of it.

        Returns
        -------
        AssetInfo
            Its id, codec, size, digest and number of references.

        Raises
        ------
        AssetNotFoundError
            There is no such asset, or several begin so.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> assets.info(assets.put({"cat", "dog"})).header.codec
        'pickle'
        """
        store = self._manager.store
        info = store.info(asset) if is_id(asset) else None
        info = info or store.info(self._manager.resolve(asset))
        if info is None:  # deleted just now
            raise AssetNotFoundError(asset, store.engine.location)
        return info

    def get(self, asset: str, default: Any = MISSING, *, trust: bool | None = None) -> Any:
        """Load an object, after its digest was checked.

        Parameters
        ----------
        asset
            Its id, or the beginning of it.
        default
            What to return when there is no such asset; by default that is an error.
        trust
            Load a pickle even though this user did not store it; by default what the tracker or
            reader was made with, or ``XETRACK_TRUST``.

        Returns
        -------
        object
            An equal object, or `default`.

        Raises
        ------
        AssetNotFoundError
            There is no such asset, or several begin so.
        DamagedAssetError
            What is stored is not what was stored.
        UntrustedPickleError
            It is a pickle that this user did not store.
        AssetError
            Its codec or its class cannot be used here.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> asset = assets.put({"cat", "dog"})
        >>> sorted(assets.get(asset))
        ['cat', 'dog']
        >>> assets.get("123456", default="no such asset")
        'no such asset'
        """
        try:
            info = self.info(asset)
        except AssetNotFoundError as error:
            if default is MISSING or error.several:
                raise
            return default
        from xetrack.assets.signing import trusting  # noqa: PLC0415 - most load no object

        store = self._manager.store
        trusted = trusting(self._trust if trust is None else trust)
        return self._manager.codecs.decoded(info, store, trusted=trusted)

    def put(self, value: object, key: str = "") -> str:
        """Store an object by itself, and return the id to log.

        The run, if there is one, refers to it under the key until it is deleted.

        Parameters
        ----------
        value
            The object.
        key
            The name under which the run refers to it.

        Returns
        -------
        str
            Its id, which `get` takes and a row may hold.

        Raises
        ------
        AssetNotStoredError
            No codec can turn the object into bytes.
        StorageError
            The object could not be stored.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> asset = tracker.assets.put({"cat", "dog"}, "labels")
        >>> row = tracker.log({"labels": asset})
        >>> sorted(tracker.get("labels"))
        ['cat', 'dog']
        """
        content = self._manager.content(key, value)

        def store() -> str:
            with self._manager.storing([content], [(content.id, key)]):
                return content.id

        return write_whole(self._manager.store.engine, store)

    def export(self, asset: str, path: str | os.PathLike[str]) -> None:
        """Write the content of an asset to a file, whole or not at all; nothing is unpickled.

        The codec, which `info` names, says what it is: ``numpy`` a ``.npy`` file, ``pandas`` and
        ``arrow`` an Arrow file, ``pickle`` what ``cloudpickle.loads`` takes.

        Parameters
        ----------
        asset
            Its id, or the beginning of it.
        path
            The file to write; what is there is replaced once the new file is complete.

        Raises
        ------
        AssetNotFoundError, DamagedAssetError
            As for `get`.
        StorageError
            The file cannot be written; an older one is still there, unchanged.

        Examples
        --------
        >>> import numpy as np
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> assets.export(assets.put(np.arange(3)), "array.npy")
        >>> np.load("array.npy").tolist()
        [0, 1, 2]
        """
        from xetrack.assets.encoding import copy  # noqa: PLC0415 - most never export
        from xetrack.frames.files import replacing  # noqa: PLC0415

        info = self.info(asset)
        with replacing(path, follow=False) as temporary, temporary.open("wb") as file:
            copy(info, self._manager.store, file.write)

    def delete(self, asset: str) -> None:
        """Remove an asset and all references to it; rows keep its id.

        Parameters
        ----------
        asset
            Its id, or the beginning of it.

        Raises
        ------
        AssetNotFoundError
            There is no such asset, or several begin so.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> assets.delete(assets.put({"cat", "dog"}))
        >>> len(assets)
        0
        """
        self.remove(asset)

    def remove(self, asset: str, key: str | None = None, *, remove_keys: bool = True) -> bool:
        """Remove the references to an asset, and its content when none is left.

        Parameters
        ----------
        asset
            Its id, or the beginning of it.
        key
            Only the references under this key; by default all.
        remove_keys
            Whether the references go; otherwise only the content does, and storing an equal
            object brings it back under all of them.

        Returns
        -------
        bool
            Whether anything was removed.

        Raises
        ------
        AssetNotFoundError
            There is no such asset, or several begin so.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> asset = assets.put({"cat", "dog"}, "labels")
        >>> asset == assets.put({"cat", "dog"}, "classes")
        True
        >>> assets.remove(asset, "labels")
        True
        >>> [reference.key for reference in assets.references(asset)]
        ['classes']
        """
        with self._manager.writable_store() as store:
            info = self.info(asset)
            others = key is not None and (
                any(reference.key != key for reference in store.references(info.id))
                # What xetrack 0.7 counted has no keys.
                or (not info.header.digest and info.references > 1)
            )
            # In this order: killed in between, content without a reference is left.
            number = store.dereference(asset=info.id, key=key) if remove_keys else 0
            if not others:
                store.delete(info.id)
            return number > 0 or not others

    def references(self, asset: str) -> list[Reference]:
        """Return which runs refer to an asset, and under which keys.

        Parameters
        ----------
        asset
            Its id, or the beginning of it.

        Returns
        -------
        list of Reference
            Table, key and track id of each reference.

        Raises
        ------
        AssetNotFoundError
            There is no such asset, or several begin so.

        Examples
        --------
        >>> from array import array
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY, track_id="first")
        >>> row = tracker.log({"weights": array("f", [0.5, 0.25])})
        >>> [(ref.track_id, ref.key) for ref in tracker.assets.references(row["weights"])]
        [('first', 'weights')]
        """
        return self._manager.store.references(self._manager.resolve(asset))

    def gc(self) -> list[str]:
        """Remove the assets that no run refers to and whose id stands in no row.

        Returns
        -------
        list of str
            Their ids.

        Raises
        ------
        StorageError
            The assets could not be removed.

        Examples
        --------
        >>> from array import array
        >>> from xetrack import Reader, Tracker
        >>> weights = array("f", [0.5, 0.25])
        >>> row = Tracker("runs.db", track_id="first").log({"weights": weights})
        >>> reader = Reader("runs.db")
        >>> reader.delete_run("first")
        1
        >>> reader.assets.gc() == [row["weights"]]
        True
        """
        with self._manager.writable_store() as store:
            return store.collect(lambda: ids_in_rows(store.engine))

    def verify(self) -> dict[str, str]:
        """Check the content of every asset against its digest.

        What xetrack 0.7 stored has no digest to check.

        Returns
        -------
        dict
            What is wrong, by id; empty when no asset is damaged.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> asset = assets.put({"cat", "dog"})
        >>> assets.verify()
        {}
        """
        from xetrack.assets.encoding import copy  # noqa: PLC0415 - most never verify

        wrong = {}
        for info in self:
            try:
                copy(info, self._manager.store, len)
                self._manager.codecs.check_seal(info)
            except DamagedAssetError as error:
                wrong[info.id] = error.reason
        return wrong
