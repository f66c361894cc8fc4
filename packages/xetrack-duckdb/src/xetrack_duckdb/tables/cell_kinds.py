"""Notes on the cells of a row whose type does not say what they mean.

They lie in one more column of the table, which is made when the first note comes: for each noted
cell ``;column=note;``, so that SQL finds one with a search for text. A note is the kind of the
cell, and its exact value where that is needed. The column's name is none that a key could get,
because names of columns for keys hold no blank.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.model.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMN = "xetrack kinds"
"""The column of notes on kinds."""

_NOTE = re.compile(r";([^=;]*)=([^;]*);")


def join_notes(notes: Iterable[tuple[str, str]]) -> str:
    """Return the text of a row's notes, from names of columns and their notes.

    Parameters
    ----------
    notes
        Names of columns and their notes.
    """
    return "".join(f";{name}={note};" for name, note in notes)


def split_notes(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names of the noted columns of a row, and their notes.

    Parameters
    ----------
    text
        What `join_notes` returned.
    """
    return (match.groups() for match in _NOTE.finditer(text))  # type: ignore[misc]


def is_noted(name: str, note: str = "") -> str:
    """Return SQL for whether a cell has a note; never NULL.

    Parameters
    ----------
    name
        The name of the column.
    note
        How the note begins; by default, any note.
    """
    return f"coalesce(contains({quoted(COLUMN)}, {_literal(f';{name}={note}')}), false)"


def exact_sql(name: str) -> str:
    """Return SQL for the exact value in the note of a cell; empty when there is none.

    Parameters
    ----------
    name
        The name of the column.
    """
    return f"regexp_extract({quoted(COLUMN)}, {_literal(f';{name}=[a-z]+:([^;]*);')}, 1)"


def without_sql(name: str, text: str = "") -> str:
    """Return SQL for the notes of a row without those on one column.

    Parameters
    ----------
    name
        The name of the column.
    text
        SQL for the notes; by default, the column of notes.
    """
    pattern = _literal(f";{name}=[^;]*;")
    return f"regexp_replace({text or quoted(COLUMN)}, {pattern}, '')"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
