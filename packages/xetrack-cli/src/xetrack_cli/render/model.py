"""What commands return to be shown, and how plain data of a plugin's command becomes that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from xetrack.interfaces.commands import Outcome
from xetrack_cli.render.fit import LEAST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from xetrack.interfaces.rows.formats import Format


@frozen(kw_only=True)
class Table:
    """Rows under names."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    """One sequence of cells a row, in the order of the names."""
    numbered: bool = False
    """Number the rows from 0, as a frame does, in Markdown."""
    selectable: bool = False
    """The command has an option that chooses columns."""
    whole: bool = False
    """On a terminal, break long texts into lines instead of cutting them."""
    least: int = LEAST
    """On a terminal, columns go rather than that others become narrower than this."""
    firm: int = 0
    """On a terminal, so many columns from the front stay, and are not cut."""
    ranks: Sequence[int] = ()
    """On a terminal, columns of a higher rank go first; those of rank 0 stay. One for each."""
    marked: frozenset[int] = frozenset()
    """Positions of the rows that stand out on a terminal."""
    failure: str = ""
    """Why the command failed all the same; the exit code is 1."""


@frozen
class Lines:
    """Values that stand for themselves, one a line, so that a shell can loop over them."""

    name: str
    values: Iterable[Any]


@frozen
class Verbatim:
    """A text that we made ourselves, shown as it is."""

    text: str


@frozen
class FileContent:
    """The content of a file of a user's: byte for byte in a pipe, harmless on a terminal."""

    name: str
    """What it is called in data."""
    text: str
    """Its bytes are ``text.encode("utf-8", "surrogateescape")``."""


@frozen(kw_only=True)
class Drawing:
    """A table that is drawn for whoever looks, and a table for programs."""

    table: Table
    draw: Callable[[int, int, bool], str]
    """Makes the drawing, for so many columns and lines of a terminal, with colours or without."""
    summary: str = ""
    """Text below the drawing."""


@frozen(kw_only=True)
class Stream:
    """Rows that come one after another, without an end."""

    names: tuple[str, ...]
    """The columns of CSV."""
    rows: Iterator[dict[str, Any]]


@frozen
class Report:
    """Texts and tables in order. As data, only one table counts."""

    parts: tuple[Table | str | FileContent, ...]
    data: Table | None = None
    """The table for programs; by default the first of the parts."""

    @property
    def table(self) -> Table:
        """The table for programs."""
        return self.data or next(part for part in self.parts if isinstance(part, Table))


Renderable: TypeAlias = (
    "Table | Lines | Report | Verbatim | FileContent | Drawing | Stream | str | None"
)


def to_renderable(result: object) -> Renderable:
    """Convert what a command returned into something that can be shown.

    A list of dicts has the names of all its dicts, in the order in which they first appear.

    Parameters
    ----------
    result
        A list of dicts, a dict, a text, None, an `Outcome`, or what `xt` itself has for its
        commands.

    Returns
    -------
    Renderable
        The result, as a table if it was plain data.

    Raises
    ------
    TypeError
        A command returned what `xetrack.interfaces.commands` does not allow.
    """
    if result is None or isinstance(
        result, str | Table | Lines | Report | Verbatim | FileContent | Drawing | Stream
    ):
        return result
    if isinstance(result, Outcome):
        table = _table_of(result.rows, result.failure)
        return Report((result.heading, table)) if result.heading else table
    rows = [result] if isinstance(result, dict) else result
    if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
        kind = type(result).__name__
        raise TypeError(f"a command returns a list of dicts, a dict, a text or None, not {kind}")
    return _table_of(rows)


def _table_of(rows: Sequence[dict[str, Any]], failure: str = "") -> Table:
    names = dict.fromkeys(name for row in rows for name in row)
    cells = [[row.get(name) for name in names] for row in rows]
    return Table(names=tuple(map(str, names)), rows=cells, failure=failure)


@frozen(kw_only=True)
class OutputFormat:
    """The form of output that the user asked for; a table without a writer."""

    json: bool = False
    csv: bool = False
    raw: bool = False
    """In CSV: leave what looks like a formula as it is."""
    markdown: bool = False
    """A table is Markdown on a terminal too."""
    writer: Format | None = None
    """What writes the rows for programs."""


READABLE = OutputFormat()
"""For people."""
