"""Addresses that somebody typed, or that are of another database, show a view all the same."""

import pytest

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("view", ["constructor", "toString", "nothing"])
def test_a_view_that_there_is_not_is_the_table_of_runs(look, view):
    """Also where every object has something of that name."""
    runs = look(view=view).page.get_by_role("grid", name="Runs")
    runs.wait_for()
    assert runs.count() == 1


@pytest.mark.parametrize("kind", ["constructor", "nothing"])
def test_a_plot_that_there_is_not_is_a_scatter_plot(look, kind):
    """As above."""
    watched = look(view="plots", kind=kind)
    plot = watched.page.locator("[aria-roledescription='scatter plot']")
    plot.wait_for()
    assert plot.count() == 1


def test_a_percent_sign_that_was_typed_is_one(look):
    """The page broke, as it is the begin of no escape."""
    watched = look(view="runs", hide="100%", pin="%zz")
    watched.page.locator(".run-link").first.wait_for()
    assert watched.page.locator(".run-link").count() == 3


@pytest.mark.parametrize(
    "place",
    [
        {"low": "-5", "high": "100", "logx": "1"},
        {"low": "0", "high": "100", "logx": "1"},
        {"low": "7", "high": "7"},
        {"low": "9", "high": "3"},
        {"low": "abc", "high": "Infinity"},
        {"low": "-1e308", "high": "1e308"},
        {"low": "1", "high": "1.0000000000000002"},
    ],
    ids=str,
)
def test_a_range_that_cannot_be_drawn_is_not(look, place):
    """The page goes on: none of them stops it, or asks the server what it refuses."""
    watched = look(view="charts", y="loss", x="step", **place)
    watched.page.locator(".plot canvas").wait_for()
    watched.page.wait_for_timeout(300)
    assert watched.page.evaluate("1 + 1") == 2
    assert watched.page.locator(".state-error").count() == 0


@pytest.mark.parametrize(
    ("key", "low", "high"), [("-", "-1e307", "1e307"), ("+", "7", "7.0000000001")]
)
def test_a_zoom_ends_where_numbers_do(look, key, low, high):
    """A key that is held down zooms until nothing can be told apart, and not further."""
    watched = look(view="charts", y="loss", x="step", low=low, high=high)
    panel = watched.page.locator(".panel-body")
    watched.page.locator(".plot canvas").wait_for()
    for _ in range(10):
        panel.press(key)
    panel.press("0")
    watched.until("!location.search.includes('low=')")
    assert "high=" not in watched.page.url


def test_a_zoom_keeps_the_digits_that_it_needs(look):
    """Steps may be counted in billions."""
    watched = look(view="charts", y="loss", x="step", low="2000000000", high="2000000010")
    panel = watched.page.locator(".panel-body")
    watched.page.locator(".plot canvas").wait_for()
    panel.press("+")
    watched.until("location.search.includes('low=2000000002.5')")
    assert "high=2000000007.5" in watched.page.url
