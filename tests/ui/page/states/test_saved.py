"""A page in a file finds what it holds, and sorts as the server would."""

import sqlite3

import pytest

from tests.ui.page.test_export import saved_page
from xetrack import Tracker

pytestmark = pytest.mark.servers


@pytest.fixture
def saved(browser, tmp_path):
    """A page of three runs, with a metric whose name has what addresses escape."""
    path = tmp_path / "runs.db"
    for number, losses in enumerate([(9.0, 1.0), (3.0, 2.0), (8.0, 0.5)]):
        with Tracker(path, name=f"run {number}") as tracker:
            tracker.define("loss", goal="min")
            for loss in losses:
                tracker.log({"loss": loss, "top": loss / 10})
    with sqlite3.connect(path) as connection:  # a file of another program may have such names
        connection.execute('ALTER TABLE "default" RENAME COLUMN top TO "top 5%, all"')
    connection.close()
    with saved_page(browser, path) as watched:
        yield watched


def test_a_metric_is_found_whatever_its_name_is(saved):
    """A percent sign, and a comma, were escaped twice."""
    saved.open("?view=charts")
    panel = saved.page.locator(".panel-body[aria-label^='top 5%, all over'][aria-label*='3 lines']")
    panel.wait_for()
    assert panel.count() == 1


def test_runs_are_sorted_by_the_best_of_a_metric(saved):
    """By its goal, and not always by the largest."""
    saved.open("?view=runs&sort=metric%3Aloss&as=best&desc=0")
    saved.page.locator(".run-link").nth(2).wait_for()
    names = saved.page.locator(".run-link").all_inner_texts()
    assert [name[:5] for name in names] == ["run 2", "run 0", "run 1"]


def test_keys_go_to_the_views_that_there_are(saved):
    """The sixth tab is the sixth key: SQL is not among them, as there is no server."""
    saved.open("?view=runs")
    saved.page.locator(".run-link").first.wait_for()
    saved.page.keyboard.press("6")
    saved.page.locator(".plot-host").wait_for()
    assert "view=plots" in saved.page.url
