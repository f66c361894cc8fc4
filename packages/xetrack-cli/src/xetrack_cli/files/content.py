"""What was read from a file of rows, and what users say about its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.model.kinds import Value


@frozen
class Content:
    """The columns of a file of rows."""

    names: tuple[str, ...]
    columns: tuple[Sequence[Value], ...]
    """The cells of each column."""


@frozen(kw_only=True)
class TextForm:
    """How the text of a file is to be read, where its content does not tell."""

    delimiter: str | None = None
    """In CSV; None to choose it by the first lines."""
    encoding: str | None = None
    """None for what a byte order mark says, else UTF-8."""
    header: bool = True
    """Whether a CSV begins with the names of its columns."""
    raw: bool = False
    """In CSV: keep the ``'`` before what looks like a formula."""
