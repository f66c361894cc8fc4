"""Keys of objects whose type is registered with `xetrack.caches.key_of`."""

from __future__ import annotations

import abc

import pytest

from tests.cache.conftest import RAN
from xetrack.caches import key_of
from xetrack.errors import XetrackWarning


class Table:
    def __init__(self, name):
        self.name = name


class View(Table):
    pass


class Rows(abc.ABC):
    @abc.abstractmethod
    def rows(self): ...


class Page(Rows):
    def __init__(self, *rows):
        self._rows = rows

    def rows(self):
        return self._rows

    __eq__ = object.__eq__
    __hash__ = None


class Broken(Table):
    pass


class Cyclic(Table):
    pass


key_of.register(Table)(lambda table: {"name": table.name})
key_of.register(Rows)(lambda page: page.rows())
key_of.register(Broken)(lambda table: table.gone)
key_of.register(Cyclic)(lambda table: [table])


def use(x):
    RAN.append(x)
    return 1


SAME = [
    (Table("a"), Table("a")),
    ((1, Table("a")), (1, Table("a"))),
    (Page(1, 2), Page(1, 2)),
    (Page(Table("a")), Page(Table("a"))),
]
OTHER = [
    (Table("a"), Table("b")),
    (Table("a"), View("a")),
    (Table("a"), Page()),
    (Table(1), Table(True)),
    (Page(Table("a")), Page(View("a"))),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_equal_content_is_one_call(tracker, first, second):
    """By whatever the content says; also within tuples, and of a registered base."""
    for value in (first, second):
        tracker.track(use, args=[value])
    assert 1 == len(RAN)


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_other_content_or_another_class_is_another_call(tracker, first, second):
    for value in (first, second):
        tracker.track(use, args=[value])
    assert 2 == len(RAN)


def test_lists_of_them_are_unhashable_still(track):
    """What contains them decides for itself."""
    with pytest.warns(XetrackWarning, match="list is unhashable"):
        track().track(use, args=[[Table("a")]])
    content = track(cache_unhashable=True, params={"table": Table("a")})
    for _ in range(2):
        content.track(use, args=[[Table("a")]])
    assert 2 == len(RAN)


@pytest.mark.parametrize(("cls", "reason"), [(Broken, "gone"), (Cyclic, "holds itself")])
def test_a_registered_function_that_fails_costs_the_hit_only(tracker, cls, reason):
    """The function runs, and a warning says why it is not cached."""
    with pytest.warns(XetrackWarning, match=reason):
        assert 1 == tracker.track(use, args=[cls("a")])
    assert not tracker.is_cached(use, [cls("a")])


def test_why_miss_shows_the_content(tracker):
    tracker.track(use, args=[Page(1, 2)])
    assert "argument x: Page((1, 3)) instead of Page((1, 2))." in tracker.why_miss(
        use, [Page(1, 3)]
    )
