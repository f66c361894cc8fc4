"""Arguments of wrong types: typed errors that end in what to type, whatever the method."""

from __future__ import annotations

import inspect
from itertools import count
from types import MappingProxyType

import pytest

import xetrack
from xetrack import Condition, Reader, Tracker, XetrackError
from xetrack.errors import InvalidArgumentError

WRONG = [
    None, 3, -1, 1.5, True, "x", "", b"x", [1], ("a",), [[]], {1: 2}, {"a"}, object(), len, int,
]  # fmt: skip


def function(*args, **kwargs):
    """Return nothing, whatever it is called with: a function to track."""


VALID = {
    "log": {"data": {"a": 1}},
    "log_batch": {"data": [{"a": 1}]},
    "set_param": {"key": "k", "value": 1},
    "set_params": {"params": {"k": 1}},
    "set_value": {"key": "k", "value": 1},
    "set_where": {"key": "k", "value": 1, "where_key": "loss", "where_value": 1},
    "track": {"func": function},
    "is_cached": {"func": function},
    "why_miss": {"func": function},
    "cache_key": {"func": function},
    "to_csv": {"path": "rows.csv"},
    "to_parquet": {"path": "rows.parquet"},
    "get": {"name": "labels"},
    "sql": {"query": "SELECT 1"},
    "remove_asset": {"hash": "0123456789abcdef"},
    "use": {"path": "runs.db"},
    "define": {"column": "loss", "goal": "min"},
    "best": {"column": "loss", "maximize": True},
    "compare": {"runs": "@1"},
    "delete_run": {"track_id": "nobody"},
    "edit_run": {"track_id": "@1", "notes": "x"},
    "backup": {"path": "backup.db", "overwrite": True},
    "read_logs": {"path": "logs"},
    "read_jsonl": {"path": "rows.jsonl"},
    "read_cache": {"path": "cache", "key": "k"},
    "scan_cache": {"path": "cache"},
    "delete_cache_by_track_id": {"path": "cache", "track_id": "nobody"},
    "read_db": {"db": "runs.db"},
}
"""Arguments that a method needs."""


@pytest.fixture
def tracker(tmp_path, monkeypatch, engine):
    """A tracker with a row, a cache and logs, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with Tracker(
        "runs.db", cache="cache", jsonl="rows.jsonl", logs_path="logs", engine=engine
    ) as made:
        made.log({"loss": 1.0})
        yield made


@pytest.fixture(params=["sqlite", pytest.param("duckdb", marks=pytest.mark.slow)])
def engine(request):
    """Each engine that a file can have."""
    return request.param


def some(engine, number):
    """The wrong values for an argument: with DuckDB, whose calls take long, a fourth by turns."""
    return WRONG if engine == "sqlite" else WRONG[number % 4 :: 4]


def with_items(method, parameters):
    """Return a method that takes one of any number of values by the name of their argument."""
    kinds = {each.kind: name for name, each in parameters.items()}
    several = kinds.get(inspect.Parameter.VAR_POSITIONAL)
    if several is None:
        return method
    return lambda **options: method(options.pop(several), "other", **options)


def attempt(call, arguments, name, values):
    """Call with wrong values of an argument in turn; return what was no typed error."""
    wrong = []
    for value in values:
        if name == "func" and value in (len, int):  # what these raise is their own
            continue
        try:
            answer = call(**{**arguments, name: value})
            if hasattr(answer, "__next__"):
                list(answer)
        except XetrackError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            wrong.append((name, value, repr(error)))
    return wrong


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::xetrack.XetrackWarning")
@pytest.mark.parametrize("cls", [Tracker, Reader])
def test_wrong_types_are_typed_errors(tracker, engine, cls):
    """Every public method, with each of its arguments wrong in turn."""
    subject = tracker if cls is Tracker else Reader("runs.db")
    wrong, numbers = [], count()
    # Of the class, where a property is no connection yet.
    for name, _ in inspect.getmembers(cls, callable):
        if name.startswith("_") or name in {"close", "wrap"}:
            continue
        method = getattr(subject, name)
        parameters = inspect.signature(method).parameters
        for parameter in parameters:
            values = some(engine, next(numbers))
            call = with_items(method, parameters)
            failures = attempt(call, VALID.get(name, {}), parameter, values)
            wrong += [(name, *failure) for failure in failures]
    assert [] == wrong


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::xetrack.XetrackWarning")
def test_wrong_types_of_options_are_typed_errors(tracker, engine):
    """Those of `Tracker`, of `Reader`, of `copy` and of `set_backend`."""
    wrong = []
    for call, arguments in (
        (lambda **options: Tracker(**options).close(), inspect.signature(Tracker).parameters),
        (lambda **options: Reader(**options).close(), inspect.signature(Reader).parameters),
    ):
        for number, name in enumerate(arguments.keys() - {"reset"}):
            wrong += attempt(call, {"db": "runs.db"}, name, some(engine, number))
    for number, name in enumerate(inspect.signature(xetrack.copy).parameters):
        ends = {"source": "runs.db", "target": "copy.db"}
        wrong += attempt(xetrack.copy, ends, name, some(engine, number))
    wrong += attempt(xetrack.set_backend, {}, "backend", WRONG)
    for name in ("evaluation", "params"):
        wrong += attempt(tracker.logger.experiment, {"evaluation": {"a": 1}}, name, WRONG)
    wrong += attempt(tracker.logger.monitor, {}, "data", WRONG)
    assert [] == wrong


@pytest.mark.parametrize(
    ("slip", "what_to_type"),
    [
        (lambda tracker, _: tracker.track(len, "x"), "args=[...]"),
        (lambda tracker, _: tracker.track(len, args="x"), "args=[...]"),
        (lambda tracker, _: tracker.track(len, args={"obj": "x"}), "kwargs={...}"),
        (lambda tracker, _: tracker.track(len, kwargs={1: "x"}), "kwargs={...}"),
        (lambda tracker, _: tracker.track(max, args={1, 2}), "args=[...]"),
        (lambda tracker, _: tracker.track(max, args=frozenset((1, 2))), "args=[...]"),
        (lambda tracker, _: tracker.track(len, args=bytearray(b"ab")), "args=[...]"),
        (lambda tracker, _: tracker.track(len, args=MappingProxyType({"obj": "x"})), "kwargs={"),
        (lambda tracker, _: tracker.log("loss"), "{'loss': 0.5}"),
        (lambda tracker, _: tracker.log([{"loss": 1}]), "log_batch"),
        (lambda tracker, _: tracker.log_batch([{"loss": 1}, 2]), "{'loss': 0.5}"),
        (lambda tracker, _: tracker.set_params("x"), "params='x' cannot be used. Give a mapping"),
        (lambda *_: Tracker(":memory:", params=["a"]), "params=['a'] cannot be used"),
        (lambda *_: Tracker(":memory:", params=""), "{'model': 'resnet18'}"),
        (lambda tracker, _: tracker.wrap("stage"), "@tracker.wrap({'stage': 'train'})"),
        (lambda tracker, _: tracker.wrap(cache_version=[2])(len), "cache_version=[2] cannot"),
        (lambda *_: Tracker(":memory:", cache=".", cache_version=["2"]), "a text, such as '2'"),
        (lambda _, reader: reader.select("loss"), "a list of the names"),
        (lambda _, reader: reader.select(where="loss < 1"), "where=[('loss', '<', 1)]"),
        (lambda _, reader: reader.select(where=("loss", "<", 1)), "where=[('loss', '<', 1)]"),
        (lambda _, reader: reader.select(where=[("loss", "==", 1)]), "=, !=, <, <=, >, >="),
        (lambda _, reader: reader.select(where=[(1, "=", 1)]), "the name of a column"),
        (lambda _, reader: reader.sql(None), "one statement of SQL"),
        (lambda _, reader: reader.to_df(7), "the name of a run"),
    ],
)
def test_common_slips_are_told_what_to_type(tracker, slip, what_to_type):
    """An error from inside would leave the user to guess; no function was called."""
    with pytest.raises(InvalidArgumentError) as caught:
        slip(tracker, Reader("runs.db"))
    assert what_to_type in str(caught.value)
    assert 1 == len(tracker)


def test_conditions_may_be_tuples(tracker):
    """Of the fields of a condition; one condition need not stand in a list."""
    tracker.log({"loss": 0.5})
    reader = Reader("runs.db")
    for where in ([("loss", "<", 1)], [["loss", "<", 1]], Condition("loss", "<", 1)):
        assert [0.5] == reader.select(["loss"], where).cells[0]
        assert [{"loss": 0.5}] == list(reader.iter_rows(["loss"], where))


@pytest.mark.parametrize("item", [1.5, None, b"loss", ("loss",)])
def test_an_item_that_is_no_row_or_column_says_what_is(tracker, item):
    """Numbers are those of rows, names those of columns."""
    with pytest.raises(TypeError, match="neither an integer, for a row, nor the name"):
        tracker[item]
