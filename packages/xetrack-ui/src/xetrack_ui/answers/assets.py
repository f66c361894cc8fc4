"""``/api/db/{db}/{table}/asset/{id}``: an asset, and its content. Nothing is unpickled."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import MissingPackageError, XetrackError
from xetrack.model.kinds import NotPlainError, plain
from xetrack_ui.answers.question import Download
from xetrack_ui.tables.assets import UNKNOWN, content_type, describe_asset, exported, runs_code
from xetrack_ui.values.cells import shorten, to_json

if TYPE_CHECKING:
    from xetrack import Reader
    from xetrack.assets.view import Assets
    from xetrack.interfaces.assets import AssetInfo
    from xetrack_ui.answers.question import Question

_TEXT = 200_000
"""Bytes of a text that are shown."""

_ROWS = 100
"""Rows of a table that are shown."""

_LARGEST = 64 * 2**20
"""Bytes of a table that is decoded."""

_SHAPE = re.compile(r"\(([0-9, ]*)\)$")
"""The shape behind the type of elements, as codecs of arrays write it."""

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "audio/wav": ".wav",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
}


def show_asset(question: Question) -> dict[str, Any]:
    """Return what is known of an asset, with the beginning of a text or a table.

    Parameters
    ----------
    question
        Its path names the table and the id of the asset; it has no parameters.

    Returns
    -------
    dict
        For JSON. ``text``, ``shape`` or ``table`` is there where the content is of that sort.
    """
    question.parameters()
    with question.opened() as (reader, _):
        assets = _assets_of(reader)
        info = assets.info(question.names["id"])
        described = {**describe_asset(assets, info.id), "codec": info.header.codec}
        if described["media"] == "text":
            with exported(assets, info.id) as path, path.open("rb") as file:
                text = file.read(_TEXT).decode("utf-8", "replace")
            cut = info.header.size > _TEXT
            described["text"] = f"{text}... ({info.header.size:,} bytes)" if cut else text
        elif described["media"] == "array":
            match = _SHAPE.search(described["summary"])
            if match:
                described["shape"] = [int(each) for each in match[1].split(",") if each.strip()]
        elif described["media"] == "table":
            described["table"] = _table(assets, info)
        return described


def send_asset(question: Question) -> Download:
    """Return the content of an asset in a file, which a page may show if its type is safe.

    Parameters
    ----------
    question
        Its path names the table and the id of the asset; it has no parameters.

    Returns
    -------
    Download
        A temporary file, which whoever sends it removes.
    """
    question.parameters()
    with question.opened() as (reader, _):
        assets = _assets_of(reader)
        info = assets.info(question.names["id"])
        kind = content_type(assets, info)
        with tempfile.NamedTemporaryFile(prefix="xetrack-ui-", delete=False) as file:
            path = Path(file.name)
        try:
            assets.export(info.id, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        suffix = _SUFFIXES.get(kind) or (".txt" if kind != UNKNOWN else ".bin")
        return Download(path, kind, f"{info.id}{suffix}", is_inline=kind != UNKNOWN)


def _assets_of(reader: Reader) -> Assets:
    assets = reader.assets
    if assets is None:
        raise MissingPackageError("The asset store", "assets")
    return assets


def _table(assets: Assets, info: AssetInfo) -> dict[str, Any] | None:
    """Return the first rows of a frame, if it can be decoded without running code."""
    if info.header.size > _LARGEST or runs_code(info.header.codec):
        return None
    try:
        frame = assets.get(info.id, trust=False)
    except XetrackError:  # a library is missing, or the content is damaged
        return None
    rows = getattr(frame, "head", None)
    frame = frame.slice(0, _ROWS) if rows is None else rows(_ROWS)
    columns = (
        frame.to_frame() if hasattr(frame, "to_frame") and not hasattr(frame, "columns") else frame
    )
    by_name = columns.to_pydict() if hasattr(columns, "to_pydict") else columns.to_dict("list")
    cells = [[_cell(cell) for cell in column] for column in by_name.values()]
    return {
        "columns": [shorten(str(name)) for name in by_name],
        "rows": [list(row) for row in zip(*cells, strict=True)],
    }


def _cell(value: Any) -> Any:
    try:
        return to_json(plain(value))
    except NotPlainError:
        return to_json(value)
