"""One server for all tests of a module that only look: starting it takes longer than they do."""

from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from tests.ui.page.conftest import serving
from tests.ui.page.databases import log_sweep
from tests.ui.page.watching import Watched


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return the URL of a server for three runs of twenty rows."""
    path = log_sweep(tmp_path_factory.mktemp("served") / "runs.db", runs=3, steps=20)
    with serving(path) as (url, _):
        yield url


@contextmanager
def looking(browser, served):
    """Yield a function that opens a view of the runs; all that it did wrong is an error."""
    opened = []

    def go(width=1280, height=800, expected=None, **query):
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        watched = Watched(context.new_page(), served)
        watched.expected.add(expected)
        opened.append((context, watched))
        watched.open(f"&{urlencode(query)}")
        return watched

    yield go
    problems = [watched.problems() for _, watched in opened]
    for context, _ in opened:
        context.close()
    assert problems == [[]] * len(problems)


@pytest.fixture
def look(browser, served):
    """Return a function that opens a view of these runs; all it did wrong fails the test."""
    with looking(browser, served) as go:
        yield go


@pytest.fixture(scope="module")
def module_page(browser, served):
    """Return a page for all tests of a module that call functions only."""
    with looking(browser, served) as go:
        yield go(view="sql").page
