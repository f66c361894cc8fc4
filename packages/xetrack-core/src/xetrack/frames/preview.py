"""A few rows as text and as HTML, for the eyes of whoever types at a prompt or in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from xetrack.errors.escapes import escaped
from xetrack.model.kinds import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDS = 5
"""Rows that are shown of each end."""

_LONGEST = 40
_LONGEST_HTML = 200
_DOTS = "…"


def text_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Write a table with one line a row; of many rows the first and the last.

    Parameters
    ----------
    names, rows
        The table.

    Examples
    --------
    >>> print(text_table(["epoch", "loss"], [(0, 0.5), (1, 0.25)]))
    epoch  loss
    0      0.5
    1      0.25
    """
    lines = [[_cut(name, _LONGEST) for name in names]]
    lines += [[_text(cell, _LONGEST) for cell in row] for row in _ends(rows, len(names))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join(padded)


def html_table(names: Sequence[str], rows: Sequence[Sequence[Any]], caption: str) -> str:
    """Write a table of HTML, in which all texts are text; of many rows the first and the last.

    Parameters
    ----------
    names, rows
        The table.
    caption
        What it shows.
    """
    head = "".join(f"<th>{escape(_cut(name, _LONGEST_HTML))}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_text(cell, _LONGEST_HTML))}</td>' for cell in row)}</tr>"
        for row in _ends(rows, len(names))
    )
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _ends(rows: Sequence[Sequence[Any]], width: int) -> list[Sequence[Any]]:
    if len(rows) <= 2 * ENDS:
        return list(rows)
    return [*rows[:ENDS], [_DOTS] * width, *rows[-ENDS:]]


def _text(value: Any, longest: int) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return _cut("" if value is None else shown(value), longest)


def _cut(text: str, longest: int) -> str:
    # Cut first: a cell may have gigabytes.
    text = escaped(text[: longest + 1])
    return text if len(text) <= longest else f"{text[: longest - 1]}{_DOTS}"
