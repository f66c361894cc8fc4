"""Views follow what is logged, and disturb nobody who reads."""

import pytest

from tests.ui.page.databases import log_many, log_sweep
from xetrack import Tracker

pytestmark = pytest.mark.servers


def begin(path, **words):
    """Return a tracker that has logged one row."""
    tracker = Tracker(path, **words)
    tracker.log({"step": 0, "loss": 0.25})
    return tracker


def test_figures_of_a_run_stay_while_it_goes_on(visit, tmp_path):
    """News name the run without its metrics: these became a dash."""
    with begin(tmp_path / "runs.db", name="live") as tracker:
        watched = visit(tmp_path / "runs.db", cols="rows,metric:loss")
        watched.page.wait_for_selector(".live-live")
        watched.page.get_by_text("0.25").wait_for()
        tracker.log({"step": 1, "loss": 0.125})
        watched.page.get_by_text("0.125").wait_for()
        assert watched.page.get_by_text("0.25").count() == 0


def test_the_view_of_a_run_says_when_it_has_ended(visit, tmp_path):
    """It said for good that it was running."""
    with begin(tmp_path / "runs.db", name="live") as tracker:
        watched = visit(tmp_path / "runs.db", view="run", id=tracker.track_id)
        watched.page.wait_for_selector(".live-live")
        watched.page.locator(".run-head .status-running").wait_for()
        tracker.log({"step": 1, "loss": 0.125})
        watched.page.locator(".run-head").get_by_text("2 rows").wait_for()
    watched.page.locator(".run-head .status-finished").wait_for()
    assert watched.page.locator(".run-head .status-running").count() == 0


def test_the_list_beside_charts_says_when_a_run_has_ended(visit, tmp_path):
    """And asks for no series again, as these are the same."""
    with begin(tmp_path / "runs.db", name="live"):
        watched = visit(tmp_path / "runs.db", view="charts")
        watched.page.wait_for_selector(".live-live")
        watched.page.locator(".legend .status-running").wait_for()
        asked = len(watched.asked("/series?"))
    watched.page.locator(".legend .status-running").wait_for(state="detached")
    assert len(watched.asked("/series?")) == asked


def test_the_first_rows_of_an_empty_table_come_by_themselves(visit, tmp_path):
    """The page promises it: it shows the lines to run, and that rows show as they are logged."""
    path = tmp_path / "runs.db"
    with Tracker(path, table="other") as tracker:
        tracker.log({"step": 0, "loss": 0.5})
    with Tracker(path, table="default"):
        watched = visit(path, table="default")
    pages = {"runs": watched.page}
    for view in ("charts", "run", "rows", "plots"):
        pages[view] = watched.page.context.new_page()
        pages[view].goto(f"{watched.origin}/?view={view}&table=default")
    for page in pages.values():
        page.get_by_text("No rows yet").wait_for()
    with begin(path, params={"lr": 0.1}) as tracker:
        tracker.log({"step": 1, "loss": 0.125})
        seen = {"charts": ".plot canvas", "run": ".plot canvas", "plots": ".plot-host"}
        for view, page in pages.items():
            page.bring_to_front()
            page.locator(seen.get(view, ".tbody .tr:not(.is-loading)")).first.wait_for()
            assert page.get_by_text("No rows yet").count() == 0


def test_a_table_stays_where_it_was_scrolled_to(visit, tmp_path):
    """A run that began sent the reader back to the top."""
    path = log_many(tmp_path / "runs.db", runs=300)
    watched = visit(path, height=500)
    page = watched.page
    page.wait_for_selector(".live-live")
    page.locator(".table").evaluate("table => table.scrollTo({ top: 3000 })")
    page.wait_for_timeout(300)
    with begin(path, name="brand new"):
        watched.until("document.querySelector('.foot').textContent.includes('301')")
    assert page.locator(".table").evaluate("table => table.scrollTop") == 3000


def test_rows_of_a_run_that_is_filtered_out_do_not_reload_the_table(visit, tmp_path):
    """Each of them did."""
    path = log_sweep(tmp_path / "runs.db", runs=2, steps=5)
    with begin(path, name="other") as tracker:
        watched = visit(path, q="sweep")
        watched.page.wait_for_selector(".live-live")
        asked = len(watched.asked("/runs?"))
        for step in range(1, 6):
            tracker.log({"step": step, "loss": 1.0})
            watched.page.wait_for_timeout(500)
    assert len(watched.asked("/runs?")) <= asked + 2


def test_that_there_are_new_rows_is_said_until_they_are_shown(visit, tmp_path):
    """Scrolling took it back, though the first rows are still the old ones."""
    path = log_sweep(tmp_path / "runs.db", runs=1, steps=400)
    watched = visit(path, view="rows", height=500)
    page = watched.page
    page.wait_for_selector(".live-live")
    with begin(path):
        more = page.get_by_role("button", name="New rows: show them")
        more.wait_for()
        with page.expect_response("**/rows?*offset=300*"):
            page.locator(".table").evaluate("table => table.scrollTo({ top: 99999 })")
        page.wait_for_timeout(200)
        assert more.count() == 1
        more.click()
        more.wait_for(state="detached")
        watched.until("document.querySelector('.foot').textContent.includes('401')")


def test_a_metric_that_is_new_can_be_chosen(visit, tmp_path):
    """The list of metrics was that of when the page was opened."""
    with begin(tmp_path / "runs.db", name="live") as tracker:
        watched = visit(tmp_path / "runs.db", view="charts")
        watched.page.wait_for_selector(".live-live")
        tracker.log({"step": 1, "loss": 0.5, "recall": 0.5})
        recall = watched.page.locator(".panel", has_text="recall")
        recall.wait_for()
        assert recall.count() == 1
