"""Errors about assets and cached results that cannot be stored, found or trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors.base import XetrackError
from xetrack.errors.escapes import shell_quoted
from xetrack.errors.storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable


class AssetNotStoredError(XetrackError, TypeError):
    """An object that no codec can encode, or that its store cannot store."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(
            f"A {kind} cannot be stored as an asset: {reason}. Give what can be pickled, or a "
            "number or a text made from it."
        )
        self.kind = kind
        self.reason = reason


_LONGEST = 64
"""Characters of what is no id that are shown; a digest has as many."""


class AssetNotFoundError(XetrackError, LookupError):
    """No asset has this id, or several begin so."""

    def __init__(self, asset: str, location: str, several: Iterable[str] = ()) -> None:
        self.asset = asset
        self.location = location
        self.several = tuple(several)
        # Who gives the object itself, and not its id, need not read all of it.
        shown = asset if len(asset) <= _LONGEST else f"{asset[: _LONGEST - 1]}…"
        what = f"Several assets of {location!r} begin with {shown!r}: {', '.join(self.several)}"
        if not self.several:
            what = f"There is no asset {shown!r} in {location!r}"
        super().__init__(f"{what}. List them with: xt assets ls DB")


class AssetError(XetrackError, ValueError):
    """An asset that exists, but cannot be decoded to an object."""

    def __init__(self, asset: str, reason: str, hint: str) -> None:
        super().__init__(f"The asset {asset} cannot be loaded: {reason}. {hint}")
        self.asset = asset
        self.reason = reason


class DamagedAssetError(AssetError):
    """The stored content of an asset is damaged."""

    def __init__(self, asset: str, reason: str) -> None:
        super().__init__(asset, reason, "Delete it, and store the object again.")


class AssetStoreError(StorageError):
    """An asset store elsewhere could not be reached, read or written."""

    def __init__(self, location: str, doing: str, reason: str) -> None:
        XetrackError.__init__(
            self,
            f"{doing} the asset store {location!r} failed: {reason}. Rows do not need it. Check "
            "its address, and the credentials and the endpoint in the environment.",
        )
        self.location = location
        self.doing = doing
        self.reason = reason


class UntrustedStoreError(XetrackError, PermissionError):
    """A database names an asset store elsewhere that this user did not choose."""

    def __init__(self, location: str, store: str) -> None:
        super().__init__(
            f"The database {location!r} names {store!r} as the place of its objects, and you did "
            f"not write that yourself. Give asset_store={store!r}, trust=True, or "
            "XETRACK_TRUST=1, if you know the place."
        )
        self.location = location
        self.store = store


class CacheNotFoundError(XetrackError, FileNotFoundError):
    """There is no cache to read at a path; reading never makes one."""

    def __init__(self, location: str) -> None:
        what = "URL" if "://" in location else "path"
        super().__init__(
            f"There is no cache at {location!r}. Check the {what}: "
            "it is what a Tracker was given as cache=..., and the first result makes the cache."
        )
        self.location = location


class CacheError(XetrackError, OSError):
    """A result could not be stored in a cache, or a cache could not be read."""

    def __init__(self, location: str, reason: str, hint: str = "") -> None:
        super().__init__(
            f"The cache {location!r} cannot be used: {reason}. "
            f"{hint or f'See what is in it with: xt cache stats {shell_quoted(location)}'}"
        )
        self.location = location
        self.reason = reason


class DamagedCacheError(CacheError):
    """The storage of a cache cannot be read, so that only emptying it helps."""

    def __init__(self, location: str, reason: str) -> None:
        hint = f"To empty it, type: xt cache clear {shell_quoted(location)}"
        super().__init__(location, reason, hint)


class TrustKeyError(XetrackError, ValueError):
    """The key that signs pickles cannot be used."""

    def __init__(self, path: object, reason: str, command: str = "") -> None:
        remedy = f"Type: {command or f'rm {path}'}"
        super().__init__(f"The key {str(path)!r} cannot be used: {reason}. {remedy}")
        self.path = str(path)
        self.reason = reason


class UntrustedPickleError(XetrackError, PermissionError):
    """A pickle that this user did not store; loading it could run code of its author."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is a pickle that you did not store yourself, and loading it can run any code. "
            "Give trust=True, XETRACK_TRUST=1, or --trust with xt, if you know where it comes from."
        )
        self.what = what
