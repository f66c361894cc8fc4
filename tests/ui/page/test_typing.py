"""What is typed stays, whatever the page learns meanwhile; on a machine that draws slowly."""

import pytest

from tests.ui.page.databases import log_sweep

pytestmark = pytest.mark.servers

SLOW = """
const later = window.setTimeout.bind(window);
window.requestAnimationFrame = (draw) => later(() => draw(performance.now()), 150);
window.setTimeout = (call, delay, ...rest) => later(call, Math.max(delay || 0, 150), ...rest);
"""


@pytest.fixture
def slow(visit, tmp_path):
    """Return a function that opens a view in a browser that draws, and then acts, late."""

    def go(**query):
        watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5))
        watched.page.add_init_script(SLOW)
        watched.go(**query)
        return watched

    return go


def test_a_query_that_is_typed_is_not_replaced_by_the_suggested_one(slow):
    """The suggestion came a moment after the first key, and took the query's place."""
    watched = slow()
    page = watched.page
    with page.expect_response("**/rows?*"):
        watched.go(view="sql")
    text = page.get_by_role("textbox", name="Query in SQL")
    text.fill("SELECT count(*) AS rows FROM events")
    page.wait_for_timeout(600)
    assert text.input_value() == "SELECT count(*) AS rows FROM events"


def test_what_is_suggested_comes_into_a_box_that_nobody_touched(slow):
    """And goes back to it by the browser's own way."""
    watched = slow(view="sql")
    text = watched.page.get_by_role("textbox", name="Query in SQL")
    watched.until("document.querySelector('.sql-text')?.value.includes('LIMIT 100')")
    suggested = text.input_value()
    text.press("Control+Enter")
    watched.page.get_by_role("grid", name="Answer").wait_for()
    text.fill("SELECT 1")
    text.press("Control+Enter")
    watched.until("location.search.includes('SELECT+1')")
    text.fill("SELECT 2")
    watched.page.go_back()
    watched.until("!location.search.includes('SELECT+1')")
    watched.until("document.querySelector('.sql-text')?.value.includes('LIMIT 100')")
    assert text.input_value() == suggested


def test_a_name_that_is_typed_slowly_is_kept_whole(slow):
    """The first letters are looked for while the others are typed."""
    watched = slow(view="runs")
    box = watched.page.get_by_role("searchbox", name="Search runs by name, tag or param")
    box.fill("swe")
    watched.until("location.search.includes('q=swe')")
    box.press_sequentially("ep 1")
    watched.page.wait_for_timeout(600)
    assert box.input_value() == "sweep 1"
    watched.until("location.search.includes('q=sweep+1')")


def test_a_condition_that_is_typed_on_after_it_was_sent_is_kept(slow):
    """Enter, and more at once."""
    watched = slow(view="runs")
    box = watched.page.get_by_role("combobox", name="Filter runs by a condition in SQL")
    box.fill("lr > 0")
    box.press("Enter")
    box.press_sequentially(" AND seed = 1")
    watched.page.wait_for_timeout(600)
    assert box.input_value() == "lr > 0 AND seed = 1"
    assert "where=lr" in watched.page.url
