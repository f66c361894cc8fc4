"""Writing a page as one file, small enough to be sent to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xetrack.frames.files import replacing
from xetrack_ui.errors import ExportError
from xetrack_ui.export.document import make_document, pack
from xetrack_ui.export.gathering import Gathering
from xetrack_ui.values.cells import encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xetrack_ui.tables.workspace import Workspace

LARGEST = 5_000_000
"""Bytes of a file."""

_ASSETS = 800_000
"""Bytes of objects, before they are compressed."""

_ROWS = 400_000
"""Bytes of rows, before they are compressed."""

_MOST = 20_000
_LEAST = 8
"""Parts of an axis."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A page in one file."""

    text: str
    runs: int
    points: int
    """Parts of the axis; as many as the longest run has rows where no point is left out."""
    left_out: tuple[str, ...]
    """What did not fit, in words."""


def make_page(workspace: Workspace, table: str = "", runs: Sequence[str] = ()) -> Exported:
    """Return a page with runs of the only database of a workspace.

    Parameters
    ----------
    workspace
        Has the database.
    table
        The table; by default the default table, or the first one.
    runs
        Runs, as a user types them; the latest by default.

    Raises
    ------
    ExportError
        There is no run, or too much of what has to be in the file.
    """
    gathering = Gathering(workspace, table or workspace.table, runs)
    gathering.begin()
    left_out = []
    if gathering.others and not runs:  # nobody asked for them
        left_out.append(_counted(gathering.others, "run"))
    rows = gathering.add_rows(_ROWS)
    if rows:
        left_out.append(_counted(rows, "row"))
    assets = gathering.add_assets(_ASSETS)
    if assets:
        left_out.append(_counted(assets, "object"))
    buckets = max(_LEAST, min(gathering.points, _MOST))
    while True:
        gathering.add_series(buckets)
        text = _document(gathering, left_out, buckets)
        if len(text.encode()) <= LARGEST:
            break
        if buckets <= _LEAST:
            reason = f"it would have more than {LARGEST:,} bytes"
            raise ExportError(reason, "Name fewer runs with: --runs RUN")
        # Most of the file are numbers, but not all.
        buckets = max(_LEAST, min(buckets // 2, round(buckets * LARGEST / len(text))))
    return Exported(text, len(gathering.runs), buckets, tuple(_words(gathering, left_out, buckets)))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _words(gathering: Gathering, left_out: Sequence[str], buckets: int) -> list[str]:
    words = list(left_out)
    if buckets < gathering.points:
        words.append(
            f"points of longer runs: each line has {buckets:,} parts of {gathering.points:,} rows, "
            "with the smallest and the largest number of each"
        )
    return words


def _document(gathering: Gathering, left_out: Sequence[str], buckets: int) -> str:
    data = {"requests": gathering.requests, "left_out": _words(gathering, left_out, buckets)}
    database = next(iter(gathering.workspace.databases))
    return make_document(pack(encode(data)), f"{database.name} · {gathering.table} · xetrack")


def export_page(
    workspace: Workspace, path: Path, *, table: str = "", runs: Sequence[str] = ()
) -> dict[str, Any]:
    """Write a page, whole or not at all, and return what was written.

    Parameters
    ----------
    workspace
        Has the database.
    path
        The file; one that is there is replaced.
    table, runs
        See `make_page`.

    Raises
    ------
    ExportError
        See `make_page`.
    StorageError
        The file cannot be written.
    """
    if len(list(workspace.databases)) != 1:
        raise ExportError("it shows one database", "Name one: xt ui runs.db --export page.html")
    page = make_page(workspace, table, runs)
    content = page.text.encode()
    with replacing(path, follow=False) as temporary:
        temporary.write_bytes(content)
    return {
        "file": str(path),
        "bytes": len(content),
        "runs": page.runs,
        "parts": page.points,
        "left_out": "; ".join(page.left_out) or None,
    }
