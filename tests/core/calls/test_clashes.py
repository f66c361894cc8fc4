"""Results and params that come under a name which a call has itself."""

from __future__ import annotations

import pytest

from xetrack import XetrackWarning

OWN = {"function_name": "f", "args": "[]", "kwargs": "{}", "error": ""}


def test_promise_19_params_never_override_results(tracker):
    """Params never override results, nor what the call says of itself.

    The params of the tracker come last.
    """
    tracker.set_params({"score": "param", "other": "tracker", "own": "tracker"})
    tracker.track(lambda: {"score": 1}, params={"score": "call", "other": "call"})
    row = tracker.latest
    assert (1, "call", "tracker") == (row["score"], row["other"], row["own"])


@pytest.mark.parametrize("source", ["result", "params", "tracker"])
@pytest.mark.parametrize("key", ["function_name", "function_time", "args", "kwargs", "error"])
def test_promise_11_what_a_call_says_of_itself_is_never_overwritten(tracker, key, source):
    """A clash is kept under a suffixed name, and warned of once."""

    def f() -> object:
        return {key: "mine"} if source == "result" else 1

    if source == "tracker":
        tracker.set_param(key, "mine")
    params = {key: "mine"} if source == "params" else None
    with pytest.warns(XetrackWarning, match=f"'{key}'.*'{key}_2'") as caught:
        tracker.track(f, params)
    assert [__file__] == [one.filename for one in caught]
    tracker.track(f, params)
    for row in tracker:
        assert "mine" == row[f"{key}_2"]
        assert isinstance(row["function_time"], float)
        assert OWN == {name: row[name] for name in OWN}


def test_a_clash_takes_no_name_that_the_result_has_itself(tracker):
    """All three are kept; so is a key in another case."""
    with pytest.warns(XetrackWarning, match="(?i)error"):
        tracker.track(lambda: {"error": 1, "error_2": 2, "Error": 3})
    values = {key: value for key, value in tracker.latest.items() if "rror" in key}
    assert ["", 1, 2, 3] == sorted(values.values(), key=str)
    assert ("", 2) == (values["error"], values["error_2"])


def test_a_clash_takes_no_name_of_a_param_of_the_tracker(tracker):
    """Which would otherwise give way to the result."""
    tracker.set_param("error_2", "param")
    with pytest.warns(XetrackWarning, match="'error'.*'error_3'"):
        tracker.track(lambda: {"error": "result"})
    assert ("param", "result") == (tracker.latest["error_2"], tracker.latest["error_3"])


def test_a_param_in_another_case_is_kept_once(tracker):
    """Under one name, of which one warning tells."""
    tracker.set_param("Error", "param")
    with pytest.warns(XetrackWarning) as caught:
        tracker.track(lambda: 1)
    assert ["", "param"] == sorted(v for k, v in tracker.latest.items() if "rror" in k)
    assert 1 == len(caught)
