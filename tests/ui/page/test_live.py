"""Rows that are logged while the page is open."""

import time

import pytest

from tests.ui.page.conftest import serving
from tests.ui.page.databases import log_sweep
from tests.ui.page.watching import Watched
from xetrack import Tracker

pytestmark = pytest.mark.servers


def rows_in_table(page):
    """Return how many numbers the first chart has."""
    grid = page.get_by_role("grid", name="Numbers of loss")
    return int(grid.get_attribute("aria-rowcount"))


def test_a_logged_row_is_on_the_chart_within_a_second(visit, tmp_path):
    """It comes by the stream: no numbers are asked for again."""
    path = log_sweep(tmp_path / "runs.db", runs=1, steps=20)
    with Tracker(path, name="live") as tracker:
        tracker.log({"step": 0, "loss": 1.0})
        watched = visit(path, view="charts", y="loss", x="step")
        page = watched.page
        page.locator(".plot canvas").wait_for()
        page.get_by_role("button", name="Numbers of loss as a table").click()
        page.wait_for_selector(".live-live")
        before, asked = rows_in_table(page), len(watched.asked("/series?"))
        tracker.log({"step": 1, "loss": 0.5})
        began = time.monotonic()
        watched.until(
            "count => Number(document.querySelector('.panel [role=grid]').ariaRowCount) === count",
            before + 1,
        )
        assert time.monotonic() - began < 2
        assert len(watched.asked("/series?")) == asked


def test_nothing_is_asked_for_while_nothing_changes(visit, tmp_path):
    """An open page costs the server one stream."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=20), view="charts")
    watched.page.wait_for_selector(".live-live")
    watched.page.wait_for_timeout(500)
    count = len(watched.requests)
    watched.page.wait_for_timeout(2500)
    assert watched.requests[count:] == []


def test_a_new_run_comes_into_the_table(visit, tmp_path):
    """The table of runs has it without being loaded anew."""
    path = log_sweep(tmp_path / "runs.db", runs=2, steps=5)
    watched = visit(path)
    watched.page.wait_for_selector(".live-live")
    with Tracker(path, name="brand new") as tracker:
        tracker.log({"step": 0, "loss": 1.0})
        watched.page.get_by_text("brand new").wait_for()
    assert watched.page.get_by_text("sweep 1").count() == 1
    assert len(watched.asked("/static/js/app.js")) == 1


def test_the_latest_run_is_followed(visit, tmp_path):
    """The view of a run changes to a run that began later."""
    path = log_sweep(tmp_path / "runs.db", runs=2, steps=5)
    watched = visit(path, view="run", latest=1)
    heading = watched.page.locator("h1")
    heading.get_by_text("sweep 1").wait_for()
    watched.page.wait_for_selector(".live-live")
    with Tracker(path, name="later") as tracker:
        tracker.log({"step": 0, "loss": 1.0})
        heading.get_by_text("later").wait_for()
    assert heading.get_by_text("sweep 1").count() == 0
    assert len(watched.asked("/static/js/app.js")) == 1


def test_a_page_in_the_background_closes_its_stream(visit, tmp_path):
    """It opens another one when somebody looks again, and has then what came meanwhile."""
    path = log_sweep(tmp_path / "runs.db", runs=1, steps=5)
    watched = visit(path)
    page = watched.page
    page.wait_for_selector(".live-live")
    streams = len(watched.asked("/api/events"))
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.wait_for_selector(".live-paused")
    with Tracker(path, name="unseen") as tracker:
        tracker.log({"step": 0, "loss": 1.0})
    page.wait_for_timeout(1000)
    assert len(watched.asked("/api/events")) == streams
    assert page.get_by_text("unseen").count() == 0
    page.evaluate(hide, False)
    page.get_by_text("unseen").wait_for()


def test_a_page_says_that_its_server_is_gone(browser, tmp_path):
    """What it has stays in sight."""
    with serving(log_sweep(tmp_path / "runs.db", runs=2, steps=5)) as (url, process):
        context = browser.new_context()
        watched = Watched(context.new_page(), url)
        watched.open()
        watched.page.wait_for_selector(".live-live")
        process.terminate()
        watched.page.get_by_text("The server is gone.").wait_for()
        assert watched.page.get_by_text("sweep 1").count() == 1
        context.close()
