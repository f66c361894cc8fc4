"""`track` and `wrap` of the reference: what a call leaves, by what it takes and returns."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.spec.shown import OWN, PERCENT, SECONDS, Between, Like, cells
from xetrack import Tracker


@pytest.fixture
def tracker():
    """A tracker on a file."""
    return Tracker("exp.db")


def train(lr: float, epochs: int) -> dict:
    return {"accuracy": 0.95, "loss": 0.05}


RESULT = {"accuracy": 0.95, "loss": 0.05}


def call(args="[]", kwargs="{}", name="train"):
    """What every tracked call says of itself."""
    return {
        "function_name": name,
        "args": args,
        "kwargs": kwargs,
        "error": "",
        "function_time": SECONDS,
    }


def test_a_call_with_positional_arguments_is_logged(tracker):
    """The items of its dict are columns."""
    result = tracker.track(train, args=[0.01, 10])
    assert RESULT == result
    assert cells({**call("[0.01, 10]"), **RESULT, **OWN}) == cells(tracker.latest)


def test_params_of_one_call_are_logged_beside_it(tracker):
    """Params of one call are logged beside it, and not with the next."""
    result = tracker.track(train, args=[0.01, 10], params={"model": "bert"})
    assert RESULT == result
    row = {**call("[0.01, 10]"), **RESULT, "model": "bert", **OWN}
    assert cells(row) == cells(tracker.latest)
    assert "model" not in tracker.log({})


def test_a_call_with_keyword_arguments_is_logged(tracker):
    """A call with keyword arguments is logged, as a dict's text."""
    result = tracker.track(train, kwargs={"lr": 0.01, "epochs": 10})
    assert RESULT == result
    row = {**call(kwargs="{'lr': 0.01, 'epochs': 10}"), **RESULT, **OWN}
    assert cells(row) == cells(tracker.latest)


@pytest.mark.parametrize("value", [3, 0.5, "007", True, None])
def test_a_primitive_that_is_returned_is_kept_as_it_is(tracker, value):
    """A primitive that is returned is kept as it is, in `function_result`."""

    def give():
        return value

    assert value is tracker.track(give)
    assert cells({**call(name="give"), "function_result": value, **OWN}) == cells(tracker.latest)


def test_another_object_that_is_returned_is_kept_as_text(tracker):
    """The caller gets the object."""

    def give():
        return object()

    assert type(tracker.track(give)) is object
    wanted = {**call(name="give"), "function_result": Like("<object object at .+>"), **OWN}
    assert cells(wanted) == cells(tracker.latest)


@dataclass(frozen=True)
class Config:
    lr: float
    batch_size: int


def test_the_fields_of_an_argument_are_columns(tracker):
    """The fields of an argument are columns, by the name of its parameter."""

    def train(config: Config) -> dict:
        return {"accuracy": 0.95}

    tracker.track(train, args=[Config(lr=0.01, batch_size=32)])
    fields = {"config_lr": 0.01, "config_batch_size": 32, "accuracy": 0.95}
    text = Like(r"\[Config\(lr=0\.01, batch_size=32\)\]|\[.*Config.*\]")
    assert cells({**call(text), **fields, **OWN}) == cells(tracker.latest)


def test_a_decorated_function_is_tracked_automatically(tracker):
    """A decorated function is tracked automatically, with the params of its decorator."""

    @tracker.wrap(params={"experiment": "baseline"})
    def predict(x):
        return x * 2

    result = predict(5)
    assert 10 == result
    row = {**call("[5]", name="predict"), "function_result": 10, "experiment": "baseline"}
    assert cells({**row, **OWN}) == cells(tracker.latest)


def test_predictions_and_metrics_go_into_tables_of_their_own():
    """Predictions and metrics go into tables of their own: one row an item, one row in all."""
    pred_tracker = Tracker(db="exp.db", table="predictions")
    metrics_tracker = Tracker(db="exp.db", table="metrics")

    def predict(item, params):
        return item * params["factor"]

    dataset, params = [1, 2, 3], {"factor": 2}
    for item in dataset:
        pred_tracker.track(predict, args=[item, params])

    metrics_tracker.log({"accuracy": 0.95, "model": "bert"})
    assert [2, 4, 6] == pred_tracker["function_result"].tolist()
    assert "[1, {'factor': 2}]" == pred_tracker[1]["args"]
    assert [0.95] == metrics_tracker["accuracy"].tolist()
    assert (3, 1) == (pred_tracker.count_all(), metrics_tracker.count_all())


def test_a_call_is_measured_where_the_system_is_monitored():
    """A call is measured where the system is monitored: the machine in per cent, the network in
    MB.
    """

    def expensive_func(data):
        return sum(data)

    data = list(range(10))
    tracker = Tracker(db="exp.db", log_system_params=True, log_network_params=True)
    result = tracker.track(expensive_func, args=[data])
    assert 45 == result
    row = tracker.latest
    names = "cpu cpu_percent memory_percent ram_percent p_memory_percent disk_percent"
    for name in names.split():
        assert PERCENT == row[name]
    for name in ("bytes_sent", "bytes_recv"):
        assert Between(0) == row[name]
    tracker.close()
