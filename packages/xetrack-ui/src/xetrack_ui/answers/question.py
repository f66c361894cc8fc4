"""A request, as those see it who answer it, and answers that are no JSON."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xetrack.errors import InterruptedReadError
from xetrack_ui.values.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from xetrack import Reader
    from xetrack_ui.tables.databases import Database
    from xetrack_ui.tables.state import TableState
    from xetrack_ui.tables.workspace import Workspace


_CUTS = 2
"""How often a question is asked anew."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request of the page."""

    workspace: Workspace
    names: Mapping[str, str]
    """What the path names: ``db``, ``table``, ``id``."""
    pairs: Sequence[tuple[str, str]] = ()
    """Names and values of the parameters."""

    @property
    def database(self) -> Database:
        """The database that the path names."""
        return self.workspace.databases.numbered(self.names["db"])

    @property
    def table(self) -> str:
        """The table that the path names."""
        return self.names["table"]

    def parameters(self, *known: str) -> Parameters:
        """Return the parameters.

        Parameters
        ----------
        *known
            The names that they may have.
        """
        return Parameters(self.pairs, known)

    @contextmanager
    def opened(self) -> Iterator[tuple[Reader, TableState]]:
        """Return a context with a reader of the table and what is known of the table."""
        with self.workspace.opened(self.database, self.table) as opened:
            yield opened


def answered(answer: Callable[[Question], Any], question: Question) -> Any:
    """Return an answer, of which nobody has seen a part where a fork or a lost server cut a read.

    Parameters
    ----------
    answer
        One of the routes; it only reads.
    question
        What is asked.
    """
    for _ in range(_CUTS):
        with suppress(InterruptedReadError):
            return answer(question)
    return answer(question)


@dataclass(frozen=True, slots=True)
class Binary:
    """An answer of bytes."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Download:
    """A file to send, which is removed afterwards."""

    path: Path
    media_type: str
    name: str
    is_inline: bool
    """Whether a page may show it; else a browser saves it."""
