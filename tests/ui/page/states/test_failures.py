"""What cannot be read, or cannot be drawn, is said; the page goes on when it can."""

import pytest

from tests.ui.page.databases import log_sweep
from xetrack import Tracker

pytestmark = pytest.mark.servers


def test_a_table_that_cannot_be_read_any_more_is_said(visit, tmp_path):
    """The page said "Live" while the database was gone; when it is back, it is read anew."""
    path = log_sweep(tmp_path / "runs.db", runs=2, steps=5)
    watched = visit(path, view="runs")
    page = watched.page
    watched.expected.update((404, 503))
    page.wait_for_selector(".live-live")
    away = tmp_path / "away"
    away.mkdir()
    for file in tmp_path.glob("runs.db*"):
        file.rename(away / file.name)
    page.get_by_role("alert").get_by_text("The table cannot be read now.").wait_for()
    assert page.get_by_text("sweep 1").count() == 1  # what it had
    for file in away.iterdir():
        file.rename(tmp_path / file.name)
    page.get_by_role("alert").wait_for(state="detached")
    page.wait_for_selector(".live-live")
    assert page.get_by_text("sweep 1").count() == 1


def test_a_view_that_cannot_be_drawn_leaves_the_others(look):
    """The whole page was empty; now the view says it, and the next one is drawn."""
    watched = look(view="rows")
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    page.route("**/runs?*", lambda route: route.fulfill(json={"runs": [None], "total": 1}))
    page.get_by_role("link", name="Charts").click()
    page.get_by_role("alert").get_by_text("This view cannot be drawn").wait_for()
    page.unroute("**/runs?*")
    page.get_by_role("link", name="Rows").click()
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    page.get_by_role("link", name="Charts").click()
    page.locator(".panel canvas").first.wait_for()
    watched.forgive("TypeError")
    assert page.get_by_role("alert").count() == 0


def test_the_menu_of_tables_counts_the_rows_that_are_there_now(visit, tmp_path):
    """It said how many there were when the page was loaded."""
    path = tmp_path / "runs.db"
    for table in ("first", "second"):
        with Tracker(path, table=table) as tracker:
            tracker.log({"loss": 1.0})
    watched = visit(path, table="first")
    page = watched.page
    page.wait_for_selector(".live-live")
    with Tracker(path, table="second") as tracker:
        tracker.log_batch([{"loss": 0.5}] * 41)
    page.get_by_title("Choose a database and a table").click()
    page.get_by_role("dialog").get_by_text("42 rows").wait_for()
    assert page.get_by_role("dialog").get_by_text("1 row", exact=True).count() == 1
