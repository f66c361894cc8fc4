"""Cells of CSV: how values are written, and what a column of texts is read as.

Numbers, durations, truth values and lists are written as they are, a missing cell as nothing. A
text that would be read as one of these stands in quotes, and so does every text beside other
values. So a cell in quotes that needs none is a text, and ``""`` an empty one; other programs see
no difference.
What needs quotes in any case, as a list does, is told by its content, and a text that looks like a
list gets the mark of formulas.

Where another program quotes all names, as R and pandas do, ``""`` is a missing cell; and where it
quotes all cells, quotes tell nothing.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.frames.csv_injection import MARK, guarded, is_formula
from xetrack.model.kinds import Kind
from xetrack_cli.files.csv_records import Quoted
from xetrack_cli.files.json_text import json_text
from xetrack_cli.queries.typed_values import guess_value, parse_value
from xetrack_cli.render.cells import raw_text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from xetrack.model.kinds import Value

MISSING = frozenset({"NA", "N/A", "null", "NULL", "None"})
"""Words for a missing cell, where a column holds no texts without quotes."""

_WORDS = {"TRUE": True, "FALSE": False}
_TEXTS = frozenset({Kind.TEXT, Kind.RAWTEXT})
TEXT_KINDS = _TEXTS | {Kind.PATH, Kind.BYTES, Kind.DATETIME, Kind.DATE, Kind.TIME}
"""Kinds that are texts in CSV."""

_VALUES = (bool, int, float, Decimal, timedelta, list, dict)
_NEEDS_QUOTES = re.compile(r'[,\t"\r\n]')


def unguarded(text: str) -> str:
    """Take the ``'`` away that a CSV of xetrack has before a formula.

    Parameters
    ----------
    text
        A cell of a CSV file.
    """
    return text[1:] if text[:1] == MARK and is_formula(text[1:]) else text


def write_cell(value: Value, *, only_texts: bool, raw: bool) -> str:
    """Write a value as a cell.

    Parameters
    ----------
    value
        A plain value.
    only_texts
        Whether all values of the column are texts, and there are other columns.
    raw
        Leave out the marks before formulas, and before texts that look like lists.
    """
    text = json_text(value) if isinstance(value, list | dict) else raw_text_of(value)
    if value is None or isinstance(value, _VALUES):
        return _in_quotes(text) if _NEEDS_QUOTES.search(text) else text
    needs = _NEEDS_QUOTES.search(text) is not None
    marked = text if raw else guarded(text)
    if needs and not raw and _is_json(text.lstrip(MARK)):
        marked = MARK + text
    plain = only_texts and not needs and text not in _AMBIGUOUS and type(_guess(text)) is str
    return marked if plain else _in_quotes(marked)


_NEVER_TEXTS = frozenset({"null", "None"})
_AMBIGUOUS = MISSING | {""}


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def write_names(names: Sequence[str], *, raw: bool) -> list[str]:
    """Write names of columns as cells, in quotes where they need them.

    Parameters
    ----------
    names
        The names.
    raw
        Leave out the marks before formulas.
    """
    shown = names if raw else list(map(guarded, names))
    return [_in_quotes(name) if _NEEDS_QUOTES.search(name) else name for name in shown]


def _is_json(text: str) -> bool:
    return text[:1] in {"[", "{"} and not isinstance(guess_value(text), str)


def _guess(text: str) -> Value:
    return _WORDS[text] if text in _WORDS else guess_value(str(text))


@frozen
class CellReader:
    """Reads the cells of a file, by what its quotes mean."""

    needs_quotes: re.Pattern[str]
    """Finds what a cell has in quotes for, with the delimiter of this file."""
    raw: bool
    """Keep marks."""
    empty: str | None = ""
    """What an empty cell in quotes is."""
    tells: bool = True
    """Whether quotes tell texts from other values."""
    has_bare: bool = True
    """Whether there are cells without quotes, so that a number in quotes was meant as a text."""

    @classmethod
    def of(
        cls, names: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str, *, raw: bool
    ) -> CellReader:
        """Return the reader of a file.

        Parameters
        ----------
        names
            The cells of its header; those that it lacks are none.
        rows
            The cells of its rows.
        delimiter
            What stands between them.
        raw
            Keep marks.
        """
        needs = re.compile(f'[,\t"\r\n{re.escape(delimiter)}]')
        quotes_names = (
            bool(names)
            and all(isinstance(name, Quoted) for name in names)
            and any(name and not needs.search(name) for name in names)
        )
        has_bare = any(cell and not isinstance(cell, Quoted) for row in rows for cell in row)
        if not quotes_names:
            return cls(needs, raw, has_bare=has_bare)
        return cls(needs, raw, None, has_bare, has_bare)

    def column(self, cells: Sequence[str], kinds: Collection[Kind] | None) -> list[Value]:
        """Read a column.

        Parameters
        ----------
        cells
            Its cells.
        kinds
            What the column of the table holds that the values go to; None where it has none.

        Returns
        -------
        list
            The values, None for missing ones.
        """
        # What stands without quotes decides whether they are all texts.
        decide = {cell for cell in cells if cell and not self._is_quoted(cell)} - MISSING
        if kinds:
            missing = MISSING if not decide else _NEVER_TEXTS
            return [self._known(cell, frozenset(kinds), missing) for cell in cells]
        if any(type(_guess(cell)) is str for cell in decide):
            return [self._text(cell) if cell else self._empty(cell) for cell in cells]
        return [self._value(cell) for cell in cells]

    def text_column(self, cells: Sequence[str]) -> list[Value]:
        """Read a column of texts, whatever they look like.

        Parameters
        ----------
        cells
            The cells of the column, from the first row to the last.

        Returns
        -------
        list
            Texts; None for empty cells.
        """
        return [(cell if self.raw else unguarded(str(cell))) or None for cell in cells]

    def _is_quoted(self, cell: str) -> bool:
        return self.tells and isinstance(cell, Quoted)

    def _empty(self, cell: str) -> str | None:
        return self.empty if isinstance(cell, Quoted) else None

    def _text(self, cell: str) -> str:
        text = str(cell)
        if self.raw:
            return text
        if text[:1] == MARK and self.needs_quotes.search(text) and _is_json(text.lstrip(MARK)):
            return text[1:]
        return unguarded(text)

    def _value(self, cell: str) -> Value:
        if not cell:
            return self._empty(cell)
        if not self._is_quoted(cell):
            return None if cell in MISSING else _guess(cell)
        if self.needs_quotes.search(cell) and _is_json(cell):
            return guess_value(str(cell))
        return self._text(cell)

    def _known(self, cell: str, kinds: frozenset[Kind], missing: frozenset[str]) -> Value:
        """Read a cell of a column of known kinds; `missing` are words where all are texts."""
        has_texts = not kinds.isdisjoint(_TEXTS)
        if not cell:
            return self._empty(cell) if has_texts else None
        text = self._text(cell)
        if kinds <= _TEXTS:
            return text if self._is_quoted(cell) or text not in missing else None
        tells = has_texts or (self.has_bare and kinds <= _NO_TEXTS)
        if tells and self._is_quoted(cell):
            if self.needs_quotes.search(cell) and _is_json(cell):
                return guess_value(str(cell))
            return text if kinds <= _TEXTS | _NO_TEXTS else parse_value(text, kinds)
        return None if cell in MISSING else parse_value(_SHOUTED.get(text, text), kinds)


_NO_TEXTS = {Kind.BOOL, Kind.INT, Kind.BIGINT, Kind.HUGEINT, Kind.FLOAT, Kind.NAN, Kind.JSON}
_SHOUTED = {"TRUE": "true", "FALSE": "false"}
