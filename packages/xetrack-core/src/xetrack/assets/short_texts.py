"""Short texts of assets for tables, made by their codecs from the beginnings of the contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import XetrackError
from xetrack.plugins.quarantine import Refusal, isolated

if TYPE_CHECKING:
    from xetrack.assets.manager import AssetManager
    from xetrack.interfaces.assets import AssetInfo, AssetStore

LONGEST = 60
"""Characters of a text that are shown."""


class _EnoughError(Exception):
    """The beginning of a content is there; nothing more needs to be read."""


class ShortTexts:
    """Describes the assets of one database."""

    _manager: AssetManager

    def __repr__(self) -> str:
        try:
            infos = self._manager.store.infos()
        except XetrackError as error:
            return f"<Assets: {error}>"
        size = sum(info.stored_size for info in infos)
        number = "1 asset" if len(infos) == 1 else f"{len(infos):,} assets"
        return f"<Assets of {self._manager.store.engine.location!r}: {number}, {size:,} bytes>"

    def _repr_html_(self) -> str:
        from xetrack.frames.preview import html_table  # noqa: PLC0415 - in notebooks

        infos = self._manager.store.infos()
        rows = [
            (info.id, info.header.codec, info.stored_size, info.references, info.time)
            for info in infos
        ]
        names = ("id", "codec", "bytes", "references", "time")
        return html_table(names, rows, repr(self)[1:-1])

    def short_text(self, info: AssetInfo) -> str:
        """Return a short text of an asset, without loading it.

        Parameters
        ----------
        info
            What is known of the asset.

        Returns
        -------
        str
            What its codec says of it, such as ``float32 (512, 10)``; empty where that says nothing.

        Examples
        --------
        >>> import numpy as np
        >>> from xetrack import Tracker
        >>> assets = Tracker(Tracker.IN_MEMORY).assets
        >>> assets.short_text(assets.info(assets.put(np.zeros((2, 3)))))
        'float64 (2, 3)'
        """
        from xetrack.interfaces.codecs import Codec  # noqa: PLC0415 - for those who list assets

        try:
            codec = self._manager.codecs.named(info.header.codec)
        except XetrackError:  # of a plugin that is not installed
            return ""
        if type(codec).render is Codec.render:
            return ""
        head = _head(self._manager.store, info.id)
        try:
            with isolated("rendering an asset"):
                text = codec.render(head, info.header.size, info.header.version)
                return "" if text is None else " ".join(text.split())[:LONGEST]
        except Refusal:  # the content may be anything, and is only looked at
            return ""


def _head(store: AssetStore, asset_id: str) -> bytes:
    """Return the first bytes of a content, without reading what follows."""
    from xetrack.interfaces.codecs import HEAD  # noqa: PLC0415 - for those who list assets

    head = bytearray()

    def write(piece: bytes) -> None:
        head.extend(memoryview(piece)[: HEAD - len(head)])
        if len(head) >= HEAD:
            raise _EnoughError

    try:
        store.content(asset_id, write)
    except Exception:
        # A store may have made another error of ours.
        if len(head) < HEAD:
            raise
    return bytes(head)
