"""The assets of a database, as users see them: ``tracker.assets`` and ``reader.assets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.assets.manager import ids_in_rows, is_id
from xetrack.errors import AssetNotFoundError, DamagedAssetError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from xetrack.assets.manager import Keeping
    from xetrack.interfaces.assets import AssetInfo, Reference

MISSING: Any = object()
"""Stands for a default that was not given."""


class Assets:
    """Objects that are no plain values, each kept once.

    An id, as it stands in a row, names an asset, and so does any beginning of it of at least 6
    digits that no other asset shares.
    """

    def __init__(self, keeping: Keeping, *, trust: bool | None = None) -> None:
        self._keeping = keeping
        self._trust = trust

    def __len__(self) -> int:
        return len(self._keeping.store.infos())

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[AssetInfo]:
        """Go through what is known of each asset, in the order they were stored."""
        return iter(self._keeping.store.infos())

    def __contains__(self, asset: object) -> bool:
        try:
            self._keeping.whole(asset)
        except AssetNotFoundError as error:
            return bool(error.several)
        return True

    def __getitem__(self, asset: str) -> Any:
        return self.get(asset)

    def info(self, asset: str) -> AssetInfo:
        """Return what is known of an asset.

        Raises
        ------
        AssetNotFoundError
            There is no such asset, or several begin so.
        """
        store = self._keeping.store
        found = store.info(asset) if is_id(asset) else None
        found = found or store.info(self._keeping.whole(asset))
        if found is None:  # deleted just now
            raise AssetNotFoundError(asset, store.engine.location)
        return found

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
        """
        try:
            info = self.info(asset)
        except AssetNotFoundError as error:
            if default is MISSING or error.several:
                raise
            return default
        from xetrack.assets.signing import trusting  # noqa: PLC0415 - most load no object

        store = self._keeping.store
        trusted = trusting(self._trust if trust is None else trust)
        return self._keeping.codecs.decoded(info, store, trusted=trusted)

    def put(self, value: object, key: str = "") -> str:
        """Store an object by itself, and return the id to log.

        The run, if there is one, refers to it under the key until it is deleted.

        Raises
        ------
        AssetNotStoredError
            It cannot be said in bytes.
        """
        content = self._keeping.content(key, value)
        with self._keeping.storing([content], [(content.id, key)]):
            return content.id

    def export(self, asset: str, path: str | os.PathLike[str]) -> None:
        """Write the content of an asset to a file, whole or not at all; nothing is unpickled.

        The codec, which `info` names, says what it is: ``numpy`` a ``.npy`` file, ``pandas`` and
        ``arrow`` an Arrow file, ``pickle`` what ``cloudpickle.loads`` takes.

        Raises
        ------
        AssetNotFoundError, DamagedAssetError
            As for `get`.
        StorageError
            The file cannot be written; an older one is still there, unchanged.
        """
        from xetrack.assets.encoding import copy  # noqa: PLC0415 - most never export
        from xetrack.frames.files import replacing  # noqa: PLC0415

        info = self.info(asset)
        with replacing(path, follow=False) as temporary, temporary.open("wb") as file:
            copy(info, self._keeping.store, file.write)

    def delete(self, asset: str) -> None:
        """Remove an asset and all references to it; rows keep its id."""
        self.remove(asset)

    def remove(self, asset: str, key: str | None = None, *, remove_keys: bool = True) -> None:
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
        """
        with self._keeping.changing() as store:
            info = self.info(asset)
            others = key is not None and (
                any(one.key != key for one in store.references(info.id))
                # What xetrack 0.7 counted was not under which key.
                or (not info.header.digest and info.references > 1)
            )
            # In this order: killed in between, content without a reference is left.
            if remove_keys:
                store.dereference(asset=info.id, key=key)
            if not others:
                store.delete(info.id)

    def references(self, asset: str) -> list[Reference]:
        """Return which runs keep an asset, and under which keys."""
        return self._keeping.store.references(self._keeping.whole(asset))

    def gc(self) -> list[str]:
        """Remove the assets that no run refers to and whose id stands in no row.

        Returns
        -------
        list of str
            Their ids.
        """
        with self._keeping.changing() as store:
            return store.collect(lambda: ids_in_rows(store.engine))

    def verify(self) -> dict[str, str]:
        """Check the content of every asset, and return what is wrong, by id.

        What xetrack 0.7 stored has no digest to check.
        """
        from xetrack.assets.encoding import copy  # noqa: PLC0415 - most never verify

        wrong = {}
        for info in self:
            try:
                copy(info, self._keeping.store, len)
                self._keeping.codecs.check_seal(info)
            except DamagedAssetError as error:
                wrong[info.id] = error.reason
        return wrong
