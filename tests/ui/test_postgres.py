"""The page on a server of PostgreSQL."""

from __future__ import annotations

import os

import pytest

from tests.postgres.servers import Server
from tests.ui.pages import fill, opened
from tests.ui.test_engines import check_answers
from xetrack import Tracker


@pytest.fixture(scope="module")
def server():
    """A server for these tests."""
    server = Server()
    yield server
    server.stop()


def test_postgresql_answers_as_the_others(server):
    """All that is asked of them."""
    url = f"{server.url}&schema=ui{os.getpid()}"
    fill(url)
    check_answers(url, runs_sql=True)


def test_a_server_that_was_stopped_is_an_error_and_comes_back(server):
    """The page goes on; nobody has to start it again."""
    url = f"{server.url}&schema=gone{os.getpid()}"
    with Tracker(url, track_id="a") as tracker:
        tracker.log({"loss": 1.0})
    with opened(url) as page:
        assert 1 == page.json("runs")["total"]
        server.halt()
        answer = page.answer("runs")
        assert answer.status_code in {404, 503}, answer.text
        assert "InternalError" != answer.json()["error"]["type"]
        assert "error" in page.json("/api/databases")[0]
        server.start()
        assert 1 == page.json("runs")["total"]
