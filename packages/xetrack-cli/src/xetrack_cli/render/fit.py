"""Which columns of a table a terminal has room for, and how their texts are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.model.names import BOOKKEEPING, CACHE, CALL_COLUMNS, FIGURE_COLUMNS, TRACK_ID
from xetrack_cli.render.cells import width_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

DOTS = "…"

LEAST = 12
"""A column is not made narrower than this to make room for others, unless a table says so."""

_NARROWEST = 4
"""The same for what was asked for: three places, and dots."""

FRAME = 3
"""Places that each column takes besides its text: a line and two blanks."""

_DOTS_ROOM = FRAME + len(DOTS)
"""Places of the column of dots."""

_ASKED, _RUN, _RESULT, _TIME, _BOOKKEEPING = range(5)
"""The ranks of columns."""


def ranks_of(names: Sequence[str], asked: Collection[str | None] = ()) -> list[int]:
    """Return a rank for each column: the higher it is, the sooner it makes room for others.

    What was asked for stays. Then come the run, params and metrics, timestamps, and last what is
    recorded of every call and measured beside it.

    Parameters
    ----------
    names
        The columns.
    asked
        Those that the rows are sorted or chosen by.
    """
    return [_ASKED if name in asked else _rank(name) for name in names]


def _rank(name: str) -> int:
    if name == TRACK_ID:
        return _RUN
    if name in CALL_COLUMNS or name in FIGURE_COLUMNS or name == CACHE:
        return _BOOKKEEPING
    return _TIME if name in BOOKKEEPING else _RESULT


def fit(
    widths: Sequence[int],
    room: int,
    least: int = LEAST,
    firm: int = 0,
    ranks: Sequence[int] = (),
) -> list[int | None]:
    """Choose the columns of a table that a terminal has room for, and their widths.

    Wide columns are narrowed first. If that is not enough, columns go, and a column of dots takes
    their place: those of the highest rank first, and of one rank those in the middle, as a table
    begins with what a row is and ends with what was logged last.

    Parameters
    ----------
    widths
        How wide each column would like to be.
    room
        Places that the whole table may take.
    least
        Columns go rather than that others become narrower than this.
    firm
        So many columns from the front stay, as wide as they like to be, unless one of them would
        take half of the room, or there would be no room for dots and for what was asked for.
    ranks
        A number for each column. Those of rank 0 stay as long as each has four places, or as many
        as it likes. By default all are of one rank.

    Returns
    -------
    list
        The width of each column; None for those that are left out.
    """
    ranks = ranks or [1] * len(widths)
    others, ranks = widths[firm:], ranks[firm:]
    fixed = [min(width, room // 2) for width in widths[:firm]]
    asked = [width for width, rank in zip(others, ranks, strict=True) if rank == _ASKED]
    left = room - 1 - (_DOTS_ROOM if len(asked) < len(others) else 0)
    caps = (_cap(fixed, left - _least_room(asked, each), each) for each in (least, _NARROWEST))
    cap = next((cap for cap in caps if cap is not None), _NARROWEST)
    fixed = [min(width, cap) for width in fixed]
    room -= sum(width + FRAME for width in fixed)
    return [*fixed, *_fit(others, room, least, ranks, is_whole_table=not fixed)]


def _fit(
    widths: Sequence[int], room: int, least: int, ranks: Sequence[int], *, is_whole_table: bool
) -> list[int | None]:
    inner = room - 1
    cap = _cap(widths, inner, least)
    if cap is None and not any(ranks):
        cap = _cap(widths, inner, _NARROWEST)
    if cap is not None:
        return [min(width, cap) for width in widths]
    inner -= _DOTS_ROOM
    shown = _chosen(widths, inner, least, ranks)
    chosen = [widths[at] for at in sorted(shown)]
    # Narrower than they should be rather than cut by the terminal, where no dots would say so.
    cap = _cap(chosen, inner, least) or _cap(chosen, inner, _NARROWEST)
    if cap is None:
        # But a table is cut rather than empty.
        cap, shown = _NARROWEST, shown if is_whole_table else set()
    return [min(width, cap) if at in shown else None for at, width in enumerate(widths)]


def _cap(widths: Sequence[int], room: int, least: int) -> int | None:
    """Find the largest width for all columns with which they fit."""
    for cap in range(max(least, min(room, max(widths, default=0))), least - 1, -1):
        if sum(min(width, cap) + FRAME for width in widths) <= room:
            return cap
    return None


def _least_room(widths: Iterable[int], least: int) -> int:
    """Return the places that columns take at least."""
    return sum(min(width, least) + FRAME for width in widths)


def _chosen(widths: Sequence[int], room: int, least: int, ranks: Sequence[int]) -> set[int]:
    """Take columns rank by rank while there is room, but at least one; those asked for first."""
    asked = [at for at, rank in enumerate(ranks) if rank == _ASKED]
    if asked and _least_room((widths[at] for at in asked), least) > room:
        least, order = _NARROWEST, iter(asked)  # nothing else is shown then
    else:
        order = (
            at
            for rank in sorted(set(ranks))
            for at in _from_both_ends([at for at, each in enumerate(ranks) if each == rank])
        )
    chosen: set[int] = set()
    for at in order:
        room -= _least_room([widths[at]], least)
        if room < 0 and chosen:
            break
        chosen.add(at)
    return chosen


def _from_both_ends(places: Sequence[int]) -> Iterator[int]:
    """Yield from both ends in turn, the last one first."""
    first, last = 0, len(places) - 1
    while first <= last:
        yield places[last]
        if first < last:
            yield places[first]
        first, last = first + 1, last - 1


def cut(texts: Sequence[str], width: int) -> list[str]:
    """Shorten the texts of a column to a width.

    They keep their beginnings, or their ends where the beginnings do not tell them apart, as
    with timestamps of one day.

    Parameters
    ----------
    texts
        The cells of the column, without control characters.
    width
        Places of a terminal.

    Returns
    -------
    list of str
        Texts that are no wider; an ellipsis stands for what was cut.
    """
    if all(width_of(text) <= width for text in texts):
        return list(texts)
    short = [shortened(text, width) for text in texts]
    if len(set(short)) == 1 and len(set(texts)) > 1:
        return [shortened(text[::-1], width)[::-1] for text in texts]
    return short


def shortened(text: str, width: int) -> str:
    """Return the beginning of a text that takes no more places than a width.

    Parameters
    ----------
    text
        Text without control characters.
    width
        Places of a terminal; an ellipsis takes the last one where something is cut.
    """
    if width_of(text) <= width:
        return text
    chars, room = [], width - len(DOTS)
    for char in text:
        room -= width_of(char)
        if room < 0:
            break
        chars.append(char)
    return "".join(chars) + DOTS
