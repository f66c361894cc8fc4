"""A choice of nothing is one: nothing is shown, instead of what is shown where nobody chose."""

import pytest

from xetrack import Tracker

pytestmark = pytest.mark.servers


def choose(page, menu, *names):
    """Take everything out of a menu's list, then tick some."""
    page.get_by_title(menu).click()
    page.get_by_role("button", name="None", exact=True).click()
    for name in names:
        page.locator(".check", has=page.get_by_text(name, exact=True)).locator("input").check()
    page.keyboard.press("Escape")


def log_losses(path, losses):
    """Log a run with these losses."""
    with Tracker(path) as tracker:
        for step, loss in enumerate(losses):
            tracker.log({"step": step, "loss": loss})
    return path


def test_no_metric_is_no_chart(look):
    """And one that is ticked then is the only one."""
    watched = look(view="charts")
    page = watched.page
    page.locator(".panel canvas").first.wait_for()
    choose(page, "Choose metrics")
    page.get_by_text("Nothing to draw").wait_for()
    assert page.locator(".panel").count() == 0
    choose(page, "Choose metrics", "accuracy")
    page.locator(".panel canvas").first.wait_for()
    assert page.locator(".panel-title").all_inner_texts() == ["accuracy"]


def test_no_column_is_no_table_of_rows(look):
    """The choice is in the address, so a page that is loaded anew shows the same."""
    watched = look(view="rows")
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    choose(page, "Choose columns")
    page.get_by_text("No column is shown").wait_for()
    page.reload()
    page.get_by_text("No column is shown").wait_for()
    choose(page, "Choose columns", "loss")
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    assert page.get_by_role("columnheader").all_inner_texts() == ["loss"]


def test_no_column_leaves_the_names_of_runs(look):
    """Without them nobody would know which run is which."""
    watched = look(view="runs")
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    choose(page, "Choose columns")
    watched.until("document.querySelectorAll('[role=columnheader]').length === 1")
    assert page.get_by_role("columnheader").all_inner_texts() == ["Run"]


def test_no_axis_is_no_plot(look):
    """A plot of parallel coordinates says how many it needs."""
    watched = look(view="plots", kind="parallel")
    page = watched.page
    page.locator(".axes").first.wait_for()
    choose(page, "Choose axes")
    page.get_by_text("At least two are needed").wait_for()
    choose(page, "Choose axes", "loss", "accuracy")
    page.locator(".axes").first.wait_for()
    assert page.get_by_text("At least two are needed").count() == 0


def test_points_without_a_place_on_a_logarithmic_axis_are_counted(visit, tmp_path):
    """A loss of zero was left out without a word."""
    path = log_losses(tmp_path / "runs.db", [0.5, 0.0, -1.0, 2.0])
    watched = visit(path, view="plots", of="rows", px="step", py="loss")
    page = watched.page
    page.get_by_text("4 rows").wait_for()
    assert page.get_by_text("without a place").count() == 0
    page.get_by_role("button", name="log y").click()
    page.get_by_text("2 without a place on these axes").wait_for()
    assert page.get_by_text("4 rows").count() == 1
