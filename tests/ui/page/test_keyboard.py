"""Everything without a mouse."""

import re

import pytest

from tests.ui.page.databases import log_sweep

pytestmark = pytest.mark.servers


def focus(page):
    """Return the role or tag of what has the focus, and its name."""
    return page.evaluate(
        "[document.activeElement.getAttribute('role') ?? document.activeElement.tagName,"
        " document.activeElement.getAttribute('aria-label')]"
    )


def test_runs_are_chosen_hidden_pinned_and_opened(visit, tmp_path):
    """By keys on the row that is active."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=4, steps=5))
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    page.get_by_role("grid", name="Runs").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("h")
    page.keyboard.press("p")
    for name in ("runs", "hide", "pin"):
        assert re.search(rf"[?&]{name}=", page.url)
    assert page.locator(".tr.is-selected .run-link").inner_text().startswith("sweep 2")
    assert page.locator(".tr.is-pinned .run-link").inner_text().startswith("sweep 1")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="sweep 1").wait_for()


def test_a_chart_is_read_zoomed_and_shown_as_numbers(visit, tmp_path):
    """Arrows move the cursor and say its values; plus, minus and 0 zoom; t shows the numbers."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2), view="charts", y="loss")
    page = watched.page
    page.locator(".plot canvas").wait_for()
    page.locator(".panel-body").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    said = page.locator(".panel-foot [role=status]")
    watched.until("document.querySelector('.panel-foot [role=status]').textContent")
    assert "sweep 1" in said.inner_text()
    page.keyboard.press("+")
    page.wait_for_url(re.compile("low="))
    page.keyboard.press("0")
    watched.until("!location.search.includes('low=')")
    page.keyboard.press("t")
    page.get_by_role("grid", name="Numbers of loss").wait_for()


def test_views_help_filter_and_theme_have_keys(visit, tmp_path):
    """Digits go to views, a slash to the filter, d changes the theme, a question mark shows all."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5))
    page = watched.page
    page.locator(".tbody .tr").first.wait_for()
    page.keyboard.press("/")
    assert focus(page)[0] == "combobox"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    for key, view in (("2", "Charts"), ("3", "Compare"), ("5", "Rows"), ("7", "Plots")):
        page.keyboard.press(key)
        assert page.locator(".tab[aria-current=page]").inner_text() == view


def test_a_condition_is_completed(visit, tmp_path):
    """Columns are offered, the arrow and Enter take one, and typing goes on behind it."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5))
    page = watched.page
    box = page.get_by_role("combobox", name="Filter runs by a condition in SQL")
    box.press_sequentially("optim")
    page.get_by_role("option", name="optimizer").wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.keyboard.type("= 'sgd'")
    assert box.input_value() == "optimizer = 'sgd'"


def test_all_controls_can_be_reached(visit, tmp_path):
    """Tab goes from the bar through the tools to the table, and never gets stuck."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5))
    page = watched.page
    page.locator(".tbody .tr").first.wait_for()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(tuple(focus(page)))
    assert ("grid", "Runs") in reached
    assert ("combobox", "Filter runs by a condition in SQL") in reached
    assert ("BUTTON", "Keys") in reached
