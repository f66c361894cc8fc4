"""Wrong arguments of every parameter: the request is refused with what to type, never answered."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.ui.pages import HOSTILE, of_table
from xetrack_ui.values.parameters import Parameters

WRONG = [
    ("runs", {"sort": "nothing"}),
    ("runs", {"sort": "loss:median"}),
    ("runs", {"desc": "yes"}),
    ("runs", {"offset": "-1"}),
    ("runs", {"offset": "1.5"}),
    ("runs", {"limit": "all"}),
    ("runs", {"limit": "10001"}),
    ("runs", {"limit": "9" * 400}),
    ("runs", {"limit": "\u0663"}),
    ("runs", {"status": "done"}),
    ("runs", {"where": "nothing > 1"}),
    ("runs", {"metrics": "nothing"}),
    ("runs", {"metrics": "optimizer"}),
    ("runs", {"page": "2"}),
    ("columns", {"limit": "1"}),
    ("run/run-1", {"x": "1"}),
    ("series", {}),
    ("series", {"y": ","}),
    ("series", {"y": "nothing"}),
    ("series", {"y": "optimizer"}),
    ("series", {"y": "track_id"}),
    ("series", {"y": ["loss"] + [f"c{n}" for n in range(60)]}),
    ("series", {"y": "loss", "x": "optimizer"}),
    ("series", {"y": "loss", "buckets": "0"}),
    ("series", {"y": "loss", "buckets": "20001"}),
    ("series", {"y": "loss", "low": "nan"}),
    ("series", {"y": "loss", "high": "inf"}),
    ("series", {"y": "loss", "low": "2", "high": "1"}),
    ("series", {"y": "loss", "smooth": "1"}),
    ("series", {"y": "loss", "smooth": "-0.1"}),
    ("series", {"y": "loss", "where": "loss"}),
    ("series", {"y": "loss", "where": "nothing = 1"}),
    ("series", {"y": "loss", "where": "loss > 1 OR loss < 2"}),
    ("series", {"y": "loss", "where": "loss = "}),
    ("series", {"y": "loss", "where": "loss > 1 AND"}),
    ("series", {"y": "loss", "where": "1 = 1"}),
    ("series", {"y": "loss", "where": "loss IS 1"}),
    ("series", {"y": "loss", "where": "loss = 'a"}),
    ("series", {"y": "loss", "where": "loss ; DROP"}),
    ("series", {"y": "loss", "parts": "median"}),
    ("rows", {"columns": "nothing"}),
    ("rows", {"where": "nothing = 1"}),
    ("rows", {"where": "1) OR (1"}),
    ("rows", {"where": "; DELETE FROM events"}),
    ("rows", {"sort": "nothing"}),
    ("rows", {"desc": "2"}),
    ("rows", {"limit": "x"}),
    ("rows", {"offset": "x"}),
    ("compare", {}),
    ("compare", {"runs": [f"r{n}" for n in range(60)]}),
    ("compare", {"runs": "run-0", "baseline": "run-1"}),
    ("/api/db/0/sql", {}),
    ("/api/db/0/sql", {"q": "SELECT 1", "limit": "-1"}),
    ("/api/db/0/sql", {"q": "SELECT 1; SELECT 2"}),
    ("/api/db/9/sql", {"q": "SELECT 1"}),
    ("/api/db/x/default/runs", {}),
    ("/api/db/-1/default/runs", {}),
    ("/api/databases", {"x": "1"}),
    ("complete", {"text": "a", "at": "99"}),
    ("complete", {"text": "a", "at": "-1"}),
    ("complete", {"of": "tables"}),
    ("/api/events", {"db": "7"}),
    ("/api/events", {"columns": "nothing"}),
    ("/api/events", {"x": "optimizer"}),
    ("/api/events", {"token": "x"}),
]


@pytest.mark.parametrize(("path", "parameters"), WRONG)
def test_a_wrong_argument_is_refused(page, path, parameters):
    """With status 400, the argument, and what there is instead."""
    if (path, parameters) == ("rows", {"where": "1) OR (1"}):
        assert 22 == page.json("rows", **parameters)["total"]  # two conditions, and no other table
        return
    error = page.error(400, path, **parameters)
    assert error["hint"], error


@pytest.mark.parametrize(
    "path",
    [
        "/api/db/0/nothing/runs",
        "/api/db/0/xetrack_runs/runs",
        "/api/db/0/default/run/none",
        "/api/db/0/default/asset/none",
        "/api/db/0/default/nothing",
        "/api/nothing",
        "/api/events/more",
        "/api/events?table=nothing",
    ],
)
def test_what_is_not_there_is_not_found(page, path):
    """A table, a run, an asset or a path; the message names it."""
    error = page.error(404, path)
    assert "no" in error["message"].casefold()


def test_hostile_texts_in_any_parameter_are_texts(page):
    """They are looked for, and not there; nothing else happens."""
    paths = {
        "runs": ("sort", "desc", "offset", "limit", "status", "q", "ids", "metrics", "where"),
        "series": ("y", "x", "runs", "low", "high", "buckets", "smooth", "where"),
        "rows": ("columns", "where", "runs", "sort", "desc", "offset", "limit"),
        "compare": ("runs", "baseline"),
        "complete": ("text", "at", "of"),
    }
    for path, names in paths.items():
        for name in names:
            for text in HOSTILE:
                others = {"y": "loss"} if path == "series" and name != "y" else {}
                answer = page.answer(path, **others, **{name: text})
                assert answer.status_code in {200, 400, 404}, (path, name, text, answer.text)
                assert "InternalError" not in answer.text
    for text in HOSTILE:
        assert 404 == page.answer(of_table("runs", text)).status_code
        assert page.answer(f"run/{quote(text, safe='')}").status_code in {400, 404}


def test_too_many_characters_are_refused(page):
    """Before anybody reads them."""
    assert 414 == page.answer("runs", q="x" * 61_000).status_code


def test_parameters_are_read_as_the_page_writes_them():
    """Items with commas and percent signs, empty values, and a value twice."""
    pairs = [("y", "a%2Cb,c%2525,,a%2Cb"), ("x", ""), ("n", "3")]
    parameters = Parameters(pairs, ("y", "x", "n", "z"))
    assert ("a,b", "c%25") == parameters.names("y")
    assert ("", (), True, False) == (
        parameters.text("x"),
        parameters.names("x"),
        parameters.has("x"),
        parameters.has("z"),
    )
    assert 3 == parameters.whole("n", 1, most=9)
    with pytest.raises(ValueError, match="once"):
        Parameters([("y", ""), ("y", "b")], ("y",))
