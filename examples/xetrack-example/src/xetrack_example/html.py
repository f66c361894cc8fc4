"""The HTML format: what `xt ... --format html` prints."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.rows.formats import Format
from xetrack.model.kinds import NotPlainError, plain, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO


class ExampleTable(Format):
    """A table of HTML, a line for each row; a missing cell is empty."""

    def write(self, names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
        """Write the names, and each row when it comes; see `Format.write`."""
        out.write("<table>\n")
        out.write(_line("th", names))
        out.writelines(_line("td", map(_text, row)) for row in rows)
        out.write("</table>\n")


def _line(tag: str, texts: Iterable[str]) -> str:
    cells = "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
    return f"<tr>{cells}</tr>\n"


def _text(value: object) -> str:
    try:
        return "" if value is None else shown(plain(value))
    except NotPlainError:
        return str(value)
