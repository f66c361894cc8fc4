"""Axe finds nothing serious, in each view, light and dark, wide and on a phone."""

from pathlib import Path

import pytest

from tests.ui.page.databases import log_sweep

pytestmark = pytest.mark.servers

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SERIOUS = {"serious", "critical"}
VIEWS = [
    {"view": "runs"},
    {"view": "charts"},
    {"view": "charts", "group": "optimizer"},
    {"view": "compare"},
    {"view": "run"},
    {"view": "rows"},
    {"view": "sql", "sql": "SELECT loss, step FROM events"},
    {"view": "sql", "sql": "SELECT nothing"},
    {"view": "plots"},
    {"view": "plots", "kind": "parallel"},
    {"view": "plots", "kind": "histogram"},
    {"view": "plots", "kind": "box"},
]


def serious(page):
    """Return what axe finds, one line for each kind of fault."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]} {fault['nodes'][0]['failureSummary']}"
        for fault in found
        if fault["impact"] in SERIOUS
    ]


def width_of(page):
    """Return how wide the page is, in pixels: more than its window where it scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.timeout(200)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_axe_finds_nothing_serious(visit, tmp_path, theme, width):
    """Labels, contrast, roles and what can be focused are right, and all of a view is seen.

    Tables scroll in themselves; the page does not scroll sideways.
    """
    watched = visit(log_sweep(tmp_path / "runs.db", runs=3), theme=theme, width=width)
    watched.expected.add(400)
    faults = {}
    for query in VIEWS:
        watched.go(**query)
        watched.page.wait_for_timeout(600)
        assert width_of(watched.page) <= width, query
        found = serious(watched.page)
        if found:
            faults[str(query)] = found
    assert faults == {}


def test_axe_finds_nothing_serious_in_what_opens(visit, tmp_path):
    """Menus, the list of keys, completions and a row."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5))
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    page.get_by_role("button", name="Columns").click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("combobox").first.press_sequentially("o")
    page.get_by_role("option").first.wait_for()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert serious(page) == []
    page.keyboard.press("Escape")
    watched.go(view="rows")
    page.locator(".tbody .tr:not(.is-loading) .td").nth(2).click()
    assert serious(page) == []


def test_no_view_is_wider_than_the_widest_window(visit, tmp_path):
    """At 3840 pixels; narrower ones are above."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=20), width=3840)
    watched.expected.add(400)
    for query in VIEWS:
        watched.go(**query)
        watched.page.wait_for_timeout(300)
        assert width_of(watched.page) <= 3840, query
