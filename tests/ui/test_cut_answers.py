"""Reads that are cut while the page is answered: it gets the answer of a later moment."""

from __future__ import annotations

import pytest

from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import InterruptedReadError
from xetrack.interfaces.engine import Selection


@pytest.fixture
def cut(monkeypatch):
    """Cut some answers of the engine after their first batch."""
    read, left = SQLiteEngine.read, []

    def batches(selection):
        for batch in selection.batches:
            yield batch
            if left:
                left.pop()
                raise InterruptedReadError("runs.db")

    def cutting(self, table, query):
        selection = read(self, table, query)
        return Selection(selection.columns, batches(selection))

    def arm(number):
        monkeypatch.setattr(SQLiteEngine, "read", cutting)
        left.extend([1] * number)
        return left

    return arm


def test_an_answer_of_which_a_read_was_cut_is_given_all_the_same(page, cut):
    """Nobody has seen a part of it."""
    whole = page.json("rows", columns=["loss", "step"], limit=5)
    left = cut(2)
    assert whole["rows"] == page.json("rows", columns=["loss", "step"], limit=5)["rows"]
    assert not left


def test_an_answer_that_is_always_cut_is_an_error(page, cut):
    """The page asks again by itself."""
    cut(100)
    answer = page.answer("rows", columns=["loss", "step"], limit=5)
    assert 503 == answer.status_code
    assert "Read again." == answer.json()["error"]["hint"]
