"""Removing what nobody refers to from a `xetrack.assets.blobs.store.BlobStore`, while others store.

A bucket has no locks. So a content that is about to be referred to is protected in two ways:

* A content that was stored less than half of the grace period ago is referred to at once: the
  collector touches nothing before the whole period is over.
* An older one is announced first, and looked for afterwards. The collector condemns first, and
  looks for announcements afterwards. One of the two sees the other: a collector that sees the
  announcement spares the content; a writer that sees the condemnation uploads the content anew,
  under a name that this collector does not know.

Only names that were listed at the beginning are removed, and no name is ever used twice.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from typing import TYPE_CHECKING

from xetrack.assets.blobs.records import asset_of, condemned_name, content_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from xetrack.assets.blobs.checked import Blob, CheckedBlobs


class BlobCollection:
    """One collection.

    Parameters
    ----------
    blobs
        The blobs of the store.
    grace
        Seconds for which a content is safe after it was stored.
    """

    def __init__(self, blobs: CheckedBlobs, grace: float) -> None:
        self._blobs = blobs
        self._grace = grace

    def run(self, living: Callable[[], AbstractSet[str]]) -> list[str]:
        """Remove contents without references, and return the ids of their assets.

        Parameters
        ----------
        living
            See `xetrack.interfaces.assets.AssetStore.collect`.
        """
        records: dict[str, list[Blob]] = defaultdict(list)
        for blob in self._blobs.listed("assets/"):
            records[asset_of(blob.name)].append(blob)
        contents = self._blobs.listed("contents/")
        oldest = self._now() - self._grace
        named, used = self._ids("references/"), self._announced(oldest)
        candidates = {
            asset: versions
            for asset, versions in records.items()
            if asset not in named | used and all(blob.time <= oldest for blob in versions)
        }
        removed = self._remove_assets(candidates, oldest, living) if candidates else []
        for asset in removed:
            del records[asset]
        self._remove_contents(contents, records, oldest)
        self._remove_old("condemned/", oldest)  # of collectors that were killed
        return removed

    def _remove_assets(
        self,
        candidates: dict[str, list[Blob]],
        oldest: float,
        living: Callable[[], AbstractSet[str]],
    ) -> list[str]:
        mark = secrets.token_hex(8)  # of another collector, none may be removed
        condemned = [
            condemned_name(asset, version, mark)
            for asset, versions in candidates.items()
            for version in versions
        ]
        self._blobs.each(lambda name: self._blobs.put(name, [b""]), condemned)
        # In this order: a reference is added before its announcement is withdrawn.
        spared = self._announced(oldest)
        spared |= self._ids("references/")
        spared |= living()
        removed = [asset for asset in candidates if asset not in spared]
        names = [version.name for asset in removed for version in candidates[asset]]
        self._blobs.each(self._blobs.remove, names)
        self._blobs.each(self._blobs.remove, condemned)
        return removed

    def _remove_contents(
        self, contents: list[Blob], records: dict[str, list[Blob]], oldest: float
    ) -> None:
        """Remove old contents that no record names: of killed uploads, and of removed assets.

        Of two processes that stored one object at the same moment, the last record counts.
        """
        superseded = [
            version
            for versions in records.values()
            for version in versions[:-1]
            if version.time <= oldest
        ]
        named = {
            content_of(version.name) for versions in records.values() for version in versions
        } - {content_of(version.name) for version in superseded}
        self._blobs.each(self._blobs.remove, [version.name for version in superseded])
        unnamed = [b.name for b in contents if b.time <= oldest and b.name not in named]
        self._blobs.each(self._blobs.remove, unnamed)

    def _ids(self, folder: str) -> set[str]:
        return {blob.name.split("/")[1] for blob in self._blobs.listed(folder)}

    def _announced(self, oldest: float) -> set[str]:
        """Return the ids that writers announced, and forget announcements of those killed since."""
        self._remove_old("announced/", oldest)
        return self._ids("announced/")

    def _remove_old(self, folder: str, oldest: float) -> None:
        old = [blob.name for blob in self._blobs.listed(folder) if blob.time <= oldest]
        self._blobs.each(self._blobs.remove, old)

    def _now(self) -> float:
        """Return the time by the clock that stamps the blobs."""
        name = f"clock/{secrets.token_hex(8)}"
        self._blobs.put(name, [b""])
        try:
            return max(blob.time for blob in self._blobs.listed("clock/"))
        finally:
            self._blobs.remove(name)
