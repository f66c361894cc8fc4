"""A page in a notebook: the same file, in a frame."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from xetrack_ui.export.writing import make_page
from xetrack_ui.tables.workspace import Workspace

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from xetrack import Reader

_HEIGHT = 720


class NotebookPage:
    """A page that a notebook shows as the value of a cell.

    Parameters
    ----------
    text
        The document.
    height
        Height of the frame, in pixels.
    left_out
        What is not in it, in words.
    """

    def __init__(self, text: str, height: int, left_out: Sequence[str]) -> None:
        self.text = text
        self.height = height
        self.left_out = tuple(left_out)

    def __repr__(self) -> str:
        return f"<Page of {len(self.text):,} characters>"

    def _repr_html_(self) -> str:
        """Return the frame, which can reach neither the notebook nor a network."""
        return (
            f'<iframe srcdoc="{html.escape(self.text)}" sandbox="allow-scripts allow-downloads" '
            f'width="100%" height="{self.height}" style="border: 0"></iframe>'
        )


def page(
    reader: Reader | str | os.PathLike[str],
    runs: Sequence[str] = (),
    *,
    table: str = "",
    height: int = _HEIGHT,
) -> NotebookPage:
    """Return a page of HTML with the runs of a table, for a notebook.

    It holds what it shows, and goes on showing it when the database has changed or is gone.

    Parameters
    ----------
    reader
        A reader, or the path or URL of a database.
    runs
        The runs: ids, beginnings of ids, names, or ``"@1"`` for the newest; the latest hundred by
        default.
    table
        The table; by default that of the reader.
    height
        Height of the frame, in pixels.

    Returns
    -------
    NotebookPage
        What a notebook shows.

    Raises
    ------
    ExportError
        There is no run.

    Examples
    --------
    >>> from xetrack import Reader, Tracker
    >>> with Tracker("runs.db", track_id="first") as tracker:
    ...     row = tracker.log({"loss": 0.5})
    >>> page(Reader("runs.db")).left_out
    ()
    """
    location = str(getattr(reader, "db", reader))
    workspace = Workspace([location], table or str(getattr(reader, "table", "")))
    with workspace.closing():
        made = make_page(workspace, runs=runs)
    return NotebookPage(made.text, height, made.left_out)
