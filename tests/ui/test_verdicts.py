"""What judges of plugins say of two runs, beside the comparison of the page."""

from __future__ import annotations

import pytest

from tests.ui.pages import HOSTILE, opened
from xetrack import Tracker
from xetrack.interfaces.component import Component, PartKind
from xetrack.interfaces.runs.judges import Judge, Verdict
from xetrack.plugins.registry import Registry
from xetrack_ui.answers.comparison import verdicts


class Rates(Judge):
    """Compares a param."""

    def judge(self, engine, first, second):
        if "rate" not in second.params:
            return None
        return Verdict(first.params["rate"] == second.params["rate"], HOSTILE[0] + "x" * 10_000)


class Raising(Judge):
    """Gives up."""

    def judge(self, engine, first, second):
        raise SystemExit("no more")


class Chatty(Judge):
    """Says what is no verdict."""

    def judge(self, engine, first, second):
        return "the same"


class Careful(Judge):
    """Never knows."""

    def judge(self, engine, first, second):
        return Verdict(None, "too long to say")


JUDGES = {"rates": Rates, "raising": Raising, "chatty": Chatty, "careful": Careful, "broken": None}


@pytest.fixture
def judged(monkeypatch):
    """A registry whose judges are those above, of which one cannot be loaded."""

    class Stub(Registry):
        def components(self, kind):
            assert kind is PartKind.JUDGE
            return [Component(name=name, target="no:module", summary=name) for name in JUDGES]

        def load(self, kind, name):
            if JUDGES[name] is None:
                raise RuntimeError("cannot be imported")
            return JUDGES[name]

    monkeypatch.setattr(verdicts, "registry", Stub)


def fill(location):
    """Log three runs: two with the same param, and one without."""
    for name, params in (("a", {"rate": 1}), ("b", {"rate": 1}), ("c", {"other": 2})):
        with Tracker(location, params, track_id=name, record=[]) as tracker:
            tracker.log({"loss": 0.5})


def test_each_judge_is_asked_of_each_run_but_the_baseline(tmp_path, judged):
    """One that fails costs its own verdicts; a line is as long as there is room."""
    fill(tmp_path / "runs.db")
    with opened(tmp_path / "runs.db") as page:
        answer = page.json("verdicts", runs=["a", "b", "c"], baseline="a")
    assert (["a", "b", "c"], 0) == (answer["runs"], answer["baseline"])
    by_name = {each["name"]: each["verdicts"] for each in answer["judges"]}
    assert [*JUDGES] == [*by_name]
    first, same, nothing = by_name["rates"]
    assert (None, True, None) == (first, same["same"], nothing)
    assert same["text"] == (HOSTILE[0] + "x" * 10_000)[:500]
    for name, word in (("raising", "no more"), ("broken", "cannot be imported"), ("chatty", "str")):
        assert by_name[name][0] is None
        for verdict in by_name[name][1:]:
            assert verdict["same"] is None
            assert word in verdict["text"]
    assert [None, *[{"same": None, "text": "too long to say"}] * 2] == by_name["careful"]


def test_a_judge_that_says_nothing_is_left_out(tmp_path, judged):
    """So is everybody where there is one run; a wrong baseline is an error, as in a comparison."""
    fill(tmp_path / "runs.db")
    with opened(tmp_path / "runs.db") as page:
        names = [each["name"] for each in page.json("verdicts", runs=["b", "c"])["judges"]]
        assert "rates" not in names
        assert [] == page.json("verdicts", runs="b")["judges"]
        assert "baseline" in page.error(400, "verdicts", runs="a", baseline="b")["message"]


def test_the_judge_of_xetrack_reproduce_is_asked(tmp_path):
    """It is installed here: runs that logged the same are the same."""
    fill(tmp_path / "runs.db")
    with opened(tmp_path / "runs.db") as page:
        (results,) = page.json("verdicts", runs=["a", "b"])["judges"]
    assert ("results", [None, {"same": True, "text": "1 row equal in 1 column"}]) == (
        results["name"],
        results["verdicts"],
    )
