"""A database with 10,000 runs."""

import pytest

from tests.ui.page.databases import log_many

pytestmark = pytest.mark.servers


def test_ten_thousand_runs_scroll(visit, tmp_path):
    """The page has the rows in sight only, and asks for the pages where one stops."""
    watched = visit(log_many(tmp_path / "many.db"))
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for(timeout=30_000)
    assert "10,000" in page.locator(".foot-count").inner_text()
    grid = page.get_by_role("grid", name="Runs")
    assert grid.get_attribute("aria-rowcount") == "10001"
    assert page.locator(".tbody .tr").count() < 60

    asked = len(watched.asked("/runs?"))
    page.evaluate(
        """async () => {
          const table = document.querySelector(".table");
          for (let at = 0; at <= 40; at += 1) {
            table.scrollTop = (at / 40) * table.scrollHeight;
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    watched.until("document.querySelector('.tbody .tr:last-child:not(.is-loading)')")
    assert page.locator(".tbody .tr").count() < 60
    assert len(watched.asked("/runs?")) - asked < 15

    grid.focus()
    page.keyboard.press("Home")
    watched.until("document.querySelector('.table').scrollTop === 0")
    page.keyboard.press("End")
    watched.until("document.querySelector('.tr.is-active')?.ariaRowIndex === '10001'")


def test_they_are_sorted_by_the_server(visit, tmp_path):
    """A click on a head gives the greatest value of all runs first."""
    watched = visit(log_many(tmp_path / "many.db"))
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for(timeout=30_000)
    page.get_by_role("columnheader", name="loss").get_by_role("button").click()
    watched.until("document.querySelector('.tbody .tr .run-link')?.textContent === 'run-09999'")
    assert page.get_by_role("columnheader", name="loss").get_attribute("aria-sort") == "descending"
