"""The search for the result of an equal call: by its key, and by the ``==`` of objects."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.key import OBJECTS
from xetrack_cache.keys.netstrings import split_parts

if TYPE_CHECKING:
    from xetrack.interfaces.cache import Cache, CacheEntry
    from xetrack_cache.keys.key import Key


class Lookup:
    """A search for entries of one cache by keys.

    What the cache raises is not caught.

    Parameters
    ----------
    cache
        Where results are stored.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._known: dict[str, dict[tuple[Any, ...], str]] = {}
        self._seen: set[str] = set()

    def entry(self, key: Key) -> CacheEntry | None:
        """Return the result of an equal call, if there is one.

        Parameters
        ----------
        key
            The key of the call.

        Returns
        -------
        CacheEntry | None
            The stored result and its material; None where no call is equal.
        """
        entry = self._cache.get(key.text)
        if entry is not None and _belongs_to(entry.material, key):
            return entry
        other = self.equal(key) if key.objects else None
        return None if other is None else self._cache.get(other)

    def equal(self, key: Key) -> str | None:
        """Return the key of a call with objects that are equal to these, if there is one.

        Each is loaded once in the life of a tracker, and found by Python's own hash from then on.

        Parameters
        ----------
        key
            The key of the call, with the objects that only ``==`` can compare.
        """
        known = self._known.setdefault(key.base, {})
        for other in self._cache.keys(f"{key.base}-"):
            if other not in self._seen:
                material = self._cache.material(other)
                objects = () if material is None else _objects_in(material, key)
                if objects:
                    known[objects] = other
                self._seen.add(other)
        equal = known.get(key.objects)
        if equal is None:
            return None
        material = self._cache.material(equal)
        return equal if material is not None and _belongs_to(material, key) else None


def _objects_in(material: bytes, key: Key) -> tuple[Any, ...]:
    """Return the objects that an entry was stored for; none where they cannot be loaded."""
    if not material.startswith(key.common):
        return ()
    ((tag, pickled, _),) = split_parts(material[len(key.common) :])
    if tag != OBJECTS or not pickled:
        return ()
    try:
        return tuple(pickle.loads(pickled))  # noqa: S301 - the cache gives what this user signed
    except Exception:  # noqa: BLE001 - a class may be gone, and __setstate__ may raise anything
        return ()


def _belongs_to(material: bytes, key: Key) -> bool:
    """Return True if an entry was stored for a call that equals this one."""
    if material == key.material and not key.pickled:
        return True
    stored = _objects_in(material, key)
    return len(stored) == len(key.objects) and all(map(_equal, stored, key.objects))


def _equal(left: object, right: object) -> bool:
    try:
        return type(left) is type(right) and bool(left == right)
    except Exception:  # noqa: BLE001 - a user's __eq__ may raise anything
        return False
