"""The page as one file, opened without a server and without a network."""

import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from tests.ui.page.databases import log_sweep
from tests.ui.page.watching import Watched
from xetrack import Tracker

pytestmark = pytest.mark.servers

VIEWS = {
    "runs": "sweep 5",
    "charts": "loss",
    "compare": "Metrics",
    "run": "sweep 5",
    "rows": "optimizer",
    "plots": "6 runs",
}


@contextmanager
def saved_page(browser, database):
    """Open the page of a database from a file, offline."""
    path = database.with_suffix(".html")
    command = [sys.executable, "-m", "xetrack_cli", "ui", database, "--export", path]
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    with browser.new_context(offline=True) as context:
        watched = Watched(context.new_page(), path.as_uri())
        watched.origin = path.as_uri()
        yield watched
        assert watched.problems() == []


@pytest.fixture
def saved(browser, tmp_path):
    """A page of six runs, opened from a file."""
    with saved_page(browser, log_sweep(tmp_path / "runs.db")) as watched:
        yield watched


def test_each_view_works_from_a_file(saved):
    """What the export holds is shown; SQL, which needs a server, is not offered."""
    for view, text in VIEWS.items():
        saved.open(f"?{urlencode({'view': view})}")
        saved.page.get_by_role("main").get_by_text(text).filter(visible=True).first.wait_for()
    assert saved.page.get_by_role("link", name="SQL").count() == 0


def test_packages_are_compared_by_their_names(browser, tmp_path):
    """As the server has them: a version each, and the source of what was built from one."""
    database = tmp_path / "runs.db"
    for name in ("first", "second"):
        with Tracker(database, name=name, record=["packages"]) as tracker:
            tracker.log({"loss": 1.0})
    with saved_page(browser, database) as saved:
        saved.open("?view=compare")
        page = saved.page
        page.get_by_role("button", name="All values").click()
        page.get_by_role("rowheader", name="pytest", exact=True).wait_for()
        headers = page.locator("table.compare th[scope=row]").all_inner_texts()
        assert not {"distributions", "direct_urls"} & {name.split(".")[0] for name in headers}
        core = page.get_by_role("rowheader", name="xetrack-core")
        assert "(" in page.locator("table.compare tr", has=core).inner_text()


def test_it_sorts_searches_and_smooths_by_itself(saved):
    """What the server does otherwise, the page does."""
    page = saved.page
    saved.open("?view=runs")
    links = page.locator(".tbody .run-link")
    links.first.wait_for()
    assert links.first.inner_text().startswith("sweep 5")
    page.get_by_role("columnheader", name="seed").get_by_role("button").click()
    page.get_by_role("columnheader", name="seed").get_by_role("button").click()
    saved.until("document.querySelector('.tbody .run-link').textContent.startsWith('sweep 0')")
    page.get_by_role("searchbox").fill("sweep 3")
    saved.until("document.querySelectorAll('.tbody .tr').length === 1")
    saved.open("?view=charts&smooth=0.9&y=loss")
    page.locator(".plot canvas").wait_for()
    drawn = """() => {
      const canvas = document.querySelector(".plot canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, at) => at % 4 === 3 && value === 255);
    }"""
    saved.until(drawn)
