"""What assets are, told from their codecs and their first bytes; nothing is unpickled."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from xetrack.errors import XetrackError
from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.assets.view import Assets
    from xetrack.interfaces.assets import AssetInfo

Media = Literal["image", "audio", "text", "table", "array", "other"]

_BY_CODEC: dict[str, Media] = {
    "text": "text",
    "json": "text",
    "numpy": "array",
    "pandas": "table",
    "arrow": "table",
}

TEXT = "text/plain; charset=utf-8"
UNKNOWN = "application/octet-stream"

_LARGEST = 64 * 2**20
"""Bytes of a content that is looked into."""

_HEAD = 4096


def media_type(head: bytes) -> str:
    """Return the type of a content that every browser shows safely; that of unknown bytes else.

    Parameters
    ----------
    head
        Its first bytes.

    Examples
    --------
    >>> media_type(b"GIF89a..."), media_type(b"<svg>")
    ('image/gif', 'application/octet-stream')
    """
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], UNKNOWN)
    beginnings = {
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
        b"OggS": "audio/ogg",
        b"ID3": "audio/mpeg",
        b"\xff\xfb": "audio/mpeg",
        b"\xff\xf3": "audio/mpeg",
        b"\xff\xf2": "audio/mpeg",
    }
    return next((kind for start, kind in beginnings.items() if head.startswith(start)), UNKNOWN)


def is_text(head: bytes) -> bool:
    """Return True if bytes are the beginning of a text in UTF-8 without control characters.

    Parameters
    ----------
    head
        The first bytes of a content.
    """
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else a character may be cut
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(each.isprintable() or each in "\t\r\n" for each in text)


@contextmanager
def exported(assets: Assets, asset: str) -> Iterator[Path]:
    """Return a context with the content of an asset in a file, whose digest was checked.

    Parameters
    ----------
    assets
        The assets of a database.
    asset
        The id.
    """
    with tempfile.TemporaryDirectory(prefix="xetrack-ui-") as folder:
        path = Path(folder, "content")
        assets.export(asset, path)
        yield path


def read_head(assets: Assets, info: AssetInfo) -> bytes:
    """Return the first bytes of a content; none of one that is too large to be looked into.

    Parameters
    ----------
    assets
        The assets of a database.
    info
        What is known of the asset.
    """
    if info.header.size > _LARGEST:
        return b""
    with exported(assets, info.id) as path, path.open("rb") as file:
        return file.read(_HEAD)


def content_type(assets: Assets, info: AssetInfo) -> str:
    """Return the type with which the content of an asset is sent.

    Parameters
    ----------
    assets
        The assets of a database.
    info
        What is known of the asset.
    """
    if info.header.codec in {"text", "json"}:
        return TEXT
    if info.header.codec != "bytes":
        return UNKNOWN
    head = read_head(assets, info)
    kind = media_type(head)
    return TEXT if kind == UNKNOWN and is_text(head) else kind


def media_of(assets: Assets, info: AssetInfo) -> Media:
    """Return what a page shows of an asset.

    Parameters
    ----------
    assets
        The assets of a database.
    info
        What is known of the asset.
    """
    codec = info.header.codec
    if codec in _BY_CODEC:
        return _BY_CODEC[codec]
    kind = content_type(assets, info)
    media: dict[str, Media] = {"image": "image", "audio": "audio", "text": "text"}
    return media.get(kind.partition("/")[0], "other")


def describe_asset(assets: Assets, asset: str) -> dict[str, Any]:
    """Return what is known of an asset without loading it.

    Parameters
    ----------
    assets
        The assets of a database.
    asset
        The id.

    Raises
    ------
    AssetNotFoundError
        There is no such asset.
    """
    info = assets.info(asset)
    summary = assets.short_text(info)
    return {
        "id": info.id,
        "summary": summary or info.header.codec,
        "media": media_of(assets, info),
        "size": info.header.size,
    }


def runs_code(codec: str) -> bool:
    """Return True if decoding can run code, or if nobody can say.

    Parameters
    ----------
    codec
        Name of the codec.
    """
    try:
        return bool(registry().make(PartKind.CODEC, codec).runs_code)
    except XetrackError:
        return True
