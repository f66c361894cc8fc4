"""A call is found again when it is the same call, and its row says so."""

from __future__ import annotations

import functools
import time

import pytest

from tests.cache.conftest import RAN
from xetrack import Tracker
from xetrack.errors import InvalidArgumentError, XetrackWarning


def power(base, exponent=2, *more, scale=1, **named):
    """A function with every sort of parameter."""
    RAN.append((base, exponent))
    return base**exponent * scale + len(more) + len(named)


class Model:
    """An object that a user made comparable."""

    def __init__(self, weight):
        self.weight = weight

    def __eq__(self, other):
        return isinstance(other, Model) and self.weight == other.weight

    def __hash__(self):
        return hash(self.weight)

    def predict(self, x):
        RAN.append((self.weight, x))
        return self.weight * x

    @classmethod
    def made(cls, x):
        RAN.append(x)
        return x + 1

    @staticmethod
    def doubled(x):
        RAN.append(x)
        return x * 2


def test_a_call_is_run_once_and_found_by_every_other_tracker(track, ran):
    """The row of a hit names the run that computed the result."""
    first, second = track(track_id="first-run"), track(track_id="second-run")
    assert [1024] * 3 == [one.track(power, args=[2, 10]) for one in (first, first, second)]
    assert [(2, 10)] == ran
    assert ["", "first-run"] == first["cache"].tolist()
    assert ["first-run"] == second["cache"].tolist()


def test_results_are_cached_for_the_run_that_is_set(track):
    """A hit names the run that computed it."""
    tracker = track(track_id="first")
    tracker.track_id = "second"
    tracker.track(power, args=[2, 3])
    tracker.track_id = "third"
    tracker.track(power, args=[2, 3])
    assert "second" == tracker.latest["cache"]


def test_promise_19_the_row_of_a_hit_has_the_columns_of_a_computed_one(track, monkeypatch):
    """In the same order, figures of the system and fields of models included; it took no time."""
    # A busy machine takes longer for the first sample than a user should wait.
    monkeypatch.setattr("xetrack.interfaces.probes.sampling.FIRST_WAIT", 20.0)
    tracker = track(log_system_params=True, params={"model": "bert"})
    tracker.track(power, args=[2], params={"stage": "a"})
    computed = tracker.latest
    tracker.track(power, args=[2], params={"stage": "a"})
    found = tracker.latest
    assert list(computed) == list(found)
    assert 0.0 == found["function_time"] < computed["function_time"]
    same = {"function_name", "args", "kwargs", "error", "function_result", "model", "stage"}
    assert all(computed[name] == found[name] for name in same)
    assert computed["track_id"] == found["cache"]


def test_promise_19_a_result_named_cache_does_not_hide_where_it_is_from(tracker):
    """It gets another column, in both rows."""

    def look():
        return {"cache": 5}

    with pytest.warns(XetrackWarning, match="'cache' is kept in the column 'cache_2'"):
        assert {"cache": 5} == tracker.track(look)
    assert {"cache": 5} == tracker.track(look)
    assert ["", tracker.track_id] == tracker["cache"].tolist()
    assert [5, 5] == tracker["cache_2"].tolist()


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ([3, 2], {}),
        ([3], {"exponent": 2}),
        ([], {"base": 3}),
        ([3], {"scale": 1}),
    ],
)
def test_arguments_are_compared_by_parameter_and_after_defaults(tracker, ran, args, kwargs):
    """However a call is written."""
    tracker.track(power, args=[3])
    assert 9 == tracker.track(power, args=args, kwargs=kwargs)
    assert [(3, 2)] == ran


def test_a_partial_is_the_call_that_it_makes(tracker, ran):
    """What it was given before is an argument like another."""
    assert 8 == tracker.track(functools.partial(power, 2), args=[3])
    assert 8 == tracker.track(power, args=[2], kwargs={"exponent": 3})
    assert [(2, 3)] == ran


def test_methods_are_cached_with_their_instance(tracker, ran):
    """Methods are cached with their instance: bound or wrapped, of the class or static."""
    assert [6, 6] == [tracker.track(Model(2).predict, args=[3]) for _ in range(2)]
    assert 9 == tracker.track(Model(3).predict, args=[3])
    assert [4, 4] == [tracker.track(Model.made, args=[3]) for _ in range(2)]
    assert [8, 8] == [tracker.track(Model.doubled, args=[4]) for _ in range(2)]
    assert [(2, 3), (3, 3), 3, 4] == ran


def test_a_wrapped_function_is_cached(tracker, ran):
    """Each of its calls is a row all the same."""
    wrapped = tracker.wrap(params={"stage": "a"})(power)
    assert [16, 16, 25] == [wrapped(4), wrapped(4), wrapped(5)]
    assert ([(4, 2), (5, 2)], 3) == (ran, len(tracker))


def test_params_of_tracker_and_call_are_part_of_the_key(track, ran):
    """Wherever they come from."""
    plain, bert = track(), track(params={"model": "bert"})
    plain.track(power, args=[2])
    bert.track(power, args=[2])
    plain.track(power, args=[2], params={"model": "bert"})
    bert.set_param("model", "gpt")
    bert.track(power, args=[2])
    assert 3 == len(ran)
    assert ["", bert.track_id] == plain["cache"].tolist()


def test_force_runs_the_function_and_keeps_what_is_new(tracker, ran):
    """The next call finds that."""
    answers = iter([1, 2])

    def answer():
        RAN.append(0)
        return GIVEN.pop(0)

    GIVEN[:] = answers
    assert [1, 1] == [tracker.track(answer), tracker.track(answer)]
    assert 2 == tracker.track(answer, cache_force=True)
    assert 2 == tracker.track(answer)
    assert ["", tracker.track_id, "", tracker.track_id] == tracker["cache"].tolist()


GIVEN = []


def test_an_exception_is_not_cached(tracker, ran):
    """The next call runs again."""

    def fail(x):
        RAN.append(x)
        raise ValueError(x)

    for _ in range(2):
        with pytest.raises(ValueError, match="1"):
            tracker.track(fail, args=[1])
    assert ([1, 1], ["", ""]) == (ran, tracker["cache"].tolist())


def test_an_exception_that_does_not_go_on_is_not_cached_either(track, ran):
    """None is what the caller gets, and not a result."""
    tracker = track(raise_on_error=False)

    def fail():
        RAN.append(0)
        raise ValueError

    assert [None, None] == [tracker.track(fail), tracker.track(fail)]
    assert 2 == len(ran)


@pytest.mark.parametrize("result", [None, False, 0, "", [], {}, b"", float("-inf"), 2**70, "007"])
def test_a_result_comes_back_as_it_was(tracker, ran, result):
    """A result comes back as it was: equal and of the same type, falsy ones too."""
    GIVEN[:] = [result]

    def give():
        RAN.append(0)
        return GIVEN[0]

    tracker.track(give)
    found = tracker.track(give)
    assert (type(result), result) == (type(found), found)
    assert [0] == ran


def test_a_result_is_a_new_object_each_time(tracker):
    """What one caller changes, no other one sees."""

    def give():
        return {"a": [1]}

    first = tracker.track(give)
    first["a"].append(2)
    second = tracker.track(give)
    second["a"].append(3)
    assert {"a": [1]} == tracker.track(give)


def test_a_hit_is_what_another_tracker_stored_last(track):
    """A result that was read before is not the answer once another one is in its place."""
    one, other = track(), track()
    first = one.track(time.perf_counter_ns)
    assert first == one.track(time.perf_counter_ns)
    last = other.track(time.perf_counter_ns, cache_force=True)
    assert first != last
    assert (last, other.track_id) == (one.track(time.perf_counter_ns), one.latest["cache"])


def test_calls_that_cannot_be_made_are_not_looked_for(tracker):
    """The function itself says what is wrong."""
    with pytest.raises(TypeError, match="positional"):
        tracker.track(power, args=[])
    with pytest.raises(InvalidArgumentError, match="arguments that power takes"):
        tracker.why_miss(power, [])


def test_a_tracker_that_stores_no_rows_caches(track, ran, tmp_path):
    """SKIP_INSERT and a log."""
    tracker = track(jsonl=tmp_path / "rows.jsonl")
    skipping = Tracker(Tracker.SKIP_INSERT, cache=tmp_path / "cache", jsonl=tmp_path / "x.jsonl")
    tracker.track(power, args=[2])
    assert 4 == skipping.track(power, args=[2])
    assert tracker.track_id == skipping.latest["cache"]
    assert [(2, 2)] == ran
    skipping.close()


def test_a_generator_is_not_cached_and_that_is_said_once(tracker):
    """Its items come one by one."""

    def count(n):
        yield from range(n)

    with pytest.warns(XetrackWarning, match="generator") as said:
        assert [[0, 1], [0, 1]] == [list(tracker.track(count, args=[2])) for _ in range(2)]
    assert (1, ["", ""]) == (len(said), tracker["cache"].tolist())


def test_a_call_in_a_call_does_not_wait_for_itself(tracker, ran):
    """A call in a call does not wait for itself, neither with other arguments nor with the same."""

    @tracker.wrap
    def again(n):
        RAN.append(n)
        return 0 if len(RAN) > 3 else 1 + again(n)

    with pytest.warns(XetrackWarning, match="Tracker is told"):  # it closed over the tracker
        again(1)
    assert 4 == len(ran)
    RAN.clear()
    assert 3 == tracker.track(recursive, args=[tracker.track_id, 3])


def recursive(run, n):
    RAN.append(n)
    with Tracker(Tracker.IN_MEMORY, cache=FOLDER[0]) as tracker:
        return 0 if len(RAN) > 3 else 1 + tracker.track(recursive, args=[run, n])


FOLDER = [""]


@pytest.fixture(autouse=True)
def _remember(folder):
    FOLDER[0] = str(folder)
