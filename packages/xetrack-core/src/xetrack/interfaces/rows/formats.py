"""The format: what `xt` prints the rows of a command as."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TextIO


class Format(ABC):
    """Writes tables as text: HTML, LaTeX, whatever other programs read.

    **Errors.** An exception ends the command, with its text.

    Examples
    --------
    >>> class Words(Format):
    ...     def write(self, names, rows, out):
    ...         for row in rows:
    ...             print(*row, file=out)
    >>> import sys
    >>> Words({}).write(["epoch", "loss"], [[1, 0.5], [2, None]], sys.stdout)
    1 0.5
    2 None
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to write.

        Parameters
        ----------
        options
            The options of this format.
        """
        self.options = options

    @abstractmethod
    def write(self, names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
        """Write a table.

        Parameters
        ----------
        names
            The names of the columns; two may be the same.
        rows
            The cells of each row, in the order of the names: plain values (see
            `xetrack.model.kinds`, whose `shown` makes texts of them), or other objects, of which
            ``str`` does. Rows may come one by one, and are not all in memory.
        out
            Where to. Texts come from whoever logged them: escape what has a meaning in the format.
        """
