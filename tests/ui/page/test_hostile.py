"""A database whose names and values are HTML, SVG and scripts."""

import pytest

from tests.ui.page.databases import EVIL, log_evil

pytestmark = pytest.mark.servers

VIEWS = [
    {"view": "runs"},
    {"view": "runs", "cols": "status,tags,param:kind,metric:loss,track_id"},
    {"view": "charts", "group": "kind"},
    {"view": "compare"},
    {"view": "run"},
    {"view": "rows"},
    {"view": "plots", "kind": "box", "by": "kind"},
    {"view": "plots", "by": "kind"},
    {"view": "plots", "kind": "parallel"},
    {"view": "plots", "of": "rows", "kind": "histogram", "px": "text"},
    {"view": "sql", "sql": "SELECT text, name FROM (SELECT text, text AS name FROM events)"},
    {"view": EVIL, "q": EVIL, "sort": EVIL, "status": EVIL, "cols": EVIL},
]


def test_texts_of_a_database_are_texts_in_every_view(visit, tmp_path):
    """Nothing of them becomes an element, and nothing runs."""
    watched = visit(log_evil(tmp_path / "evil.db"))
    watched.expected.add(400)
    page = watched.page
    for query in VIEWS:
        watched.go(
            **{name: EVIL_QUERY if value == EVIL else value for name, value in query.items()}
        )
        page.wait_for_timeout(700)
        assert page.evaluate("window.hacked") is None
        assert page.locator("#app script, #app iframe, #app object, #app embed").count() == 0
        assert page.locator("#app img:not(.brand img):not(.asset img)").count() == 0
        assert page.locator("#app [onerror], #app [onload], #app [onclick]").count() == 0


EVIL_QUERY = EVIL.replace("&", "%26").replace("#", "%23").replace("+", "%2B")


def test_names_are_shown_as_they_are(visit, tmp_path):
    """A name of HTML is there to be read."""
    watched = visit(log_evil(tmp_path / "evil.db"))
    watched.page.locator(".run-link").nth(1).wait_for()
    assert "<script>" in watched.page.locator(".run-link").nth(1).inner_text()


def test_a_huge_cell_does_not_stop_the_page(visit, tmp_path):
    """The table shows the begin of it, and the row all."""
    watched = visit(log_evil(tmp_path / "evil.db"), view="rows", rwhere="text LIKE 'xxx%'")
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    longest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.td')].map((cell) => cell.textContent.length))"
    )
    assert longest < 1000
