"""Which columns a terminal has room for: whatever is wanted, the table is not wider than that."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.profiles import examples
from xetrack_cli.render.fit import FRAME, LEAST, fit

NARROWEST = 4
DOTS = 1


def places_of(widths):
    """Return how wide a table is; the columns that are left out become one of dots."""
    shown = [width for width in widths if width is not None]
    return 1 + sum(width + FRAME for width in [*shown, *[DOTS] * (None in widths)])


def narrowed(widths, least=NARROWEST):
    return [min(width, least) for width in widths]


@st.composite
def tables(draw):
    """Draw what columns want, the room, and a rank for each column."""
    widths = draw(st.lists(st.integers(0, 20) | st.integers(0, 200), min_size=1, max_size=9))
    ranks = draw(st.lists(st.integers(0, 2), min_size=len(widths), max_size=len(widths)))
    return widths, draw(st.integers(1, 160)), draw(st.integers(0, 3)), ranks


@given(tables())
@example(([1] * 8 + [40], 40, 0, [0] * 9))
@example(([90, 40, 5], 84, 2, [1] * 3))
@example(([90, 40, 5], 84, 2, [1, 1, 0]))
@example(([40, 90], 25, 1, [1, 1]))
@settings(max_examples=examples(200))
def test_a_table_is_never_wider_than_the_terminal(table):
    """Unless its firm columns, or the one that it has to show, cannot be made so narrow."""
    widths, room, firm, ranks = table
    fitted = fit(widths, room, firm=firm, ranks=ranks)
    assert all(width is None or width <= wish for width, wish in zip(fitted, widths, strict=True))
    assert {None} != {*fitted}
    if firm:
        dots = [None] * (firm < len(widths))
        assert places_of(fitted) <= max(room, places_of([*narrowed(widths[:firm]), *dots]))
    else:
        dots = [None] * (len(widths) > 1)
        assert places_of(fitted) <= max(room, places_of([NARROWEST, *dots]))


@given(tables())
@example(([1] * 8 + [40], 40, 0, [0] * 9))
@example(([90, 40, 5], 84, 2, [1, 1, 0]))
@settings(max_examples=examples(200))
def test_what_was_asked_for_is_shown_where_it_can_be(table):
    """The first columns that are firm, too, as long as there are four places for each."""
    widths, room, firm, ranks = table
    fitted = fit(widths, room, firm=firm, ranks=ranks)
    assert None not in fitted[:firm]
    stay = [at for at, rank in enumerate(ranks) if rank == 0 or at < firm]
    dots = [None] * (len(stay) < len(widths))
    if places_of([*narrowed(widths[at] for at in stay), *dots]) <= room:
        assert all(fitted[at] is not None for at in stay)
        # None is narrower than that, but a firm one that takes half of a tiny room.
        assert all(
            fitted[at] >= min(widths[at], NARROWEST, room // 2 if at < firm else NARROWEST)
            for at in stay
        )


@given(tables())
@settings(max_examples=examples(200))
def test_nothing_is_cut_or_left_out_without_need(table):
    """Columns that fit are as wide as they like; others go before they are unreadable."""
    widths, room, firm, ranks = table
    fitted = fit(widths, room, firm=firm, ranks=ranks)
    if places_of(widths) <= room and max(widths[:firm], default=0) <= room // 2:
        assert widths == fitted
    rest = [at for at in range(firm, len(widths)) if fitted[at] is not None]
    if len(rest) > 1 and any(ranks[at] for at in rest):
        assert all(fitted[at] >= min(widths[at], LEAST) for at in rest)


@pytest.mark.parametrize("room", [26, 27, 30, 40, 80])
def test_firm_columns_are_as_wide_as_they_like(room):
    """Others go, as long as there is room for dots."""
    assert [10, 5] == fit([10, 5, 30, 30, 30], room, firm=2)[:2]


@pytest.mark.parametrize(
    ("wanted", "room", "ranks", "fitted"),
    [
        ([90, 40, 5], 84, [1, 1, 1], [36, 36, None]),
        ([90, 40, 50, 50], 40, [1, 1, 0, 0], [9, 9, 4, 4]),
        ([90, 40, 5], 84, [1, 1, 0], [34, 34, 5]),
        ([90, 40, 50, 5], 84, [1, 1, 0, 1], [29, 29, 12, None]),
        ([10, 5, 30], 25, [1, 1, 1], [9, 5, None]),
        ([500, 500, 30], 8, [1, 1, 1], [4, 4, None]),
    ],
)
def test_firm_columns_make_room_for_dots_and_for_what_was_asked_for(wanted, room, ranks, fitted):
    """The wider of them first."""
    assert fitted == fit(wanted, room, firm=2, ranks=ranks)
