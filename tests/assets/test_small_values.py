"""Small values and containers of all classes are in the row; only what is none is an asset."""

from __future__ import annotations

import argparse
import array
import collections
import datetime as dt
import decimal
import enum
import fractions
import ipaddress
import re
import sys
import types
import typing
import uuid
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from omegaconf import OmegaConf

from tests.assets.test_hidden_fields import HIDDEN, OpenData
from xetrack import Reader, Tracker


class Point(typing.NamedTuple):
    x: int
    y: object = None


class Color(enum.Enum):
    RED = "red"


class Torchlike:
    """What has an `item` and one element, but is of no library that is known."""

    shape = (1,)
    dtype = "float"

    def item(self):
        return 1.5


class Tensor:
    """What a tensor of torch has, under its name."""

    __module__ = "torch"
    dtype = "torch.float32"

    def __init__(self, *shape):
        self.shape = shape

    def item(self):
        return 1.5


class Mine(collections.abc.Mapping):
    """A mapping of a user."""

    def __init__(self, **items):
        self.items_ = items

    def __getitem__(self, key):
        return self.items_[key]

    def __iter__(self):
        return iter(self.items_)

    def __len__(self):
        return len(self.items_)


class Row(collections.abc.Sequence):
    """A sequence of a user."""

    def __init__(self, *items):
        self.items = items

    def __getitem__(self, at):
        return self.items[at]

    def __len__(self):
        return len(self.items)


ID = uuid.UUID(int=7)
CONFIG = OmegaConf.create(
    {"a": {"b": [1, "${a.c}"], "c": 2}, "missing": "???", "wrong": "${nowhere}", "list": [{"x": 1}]}
)
IN_ROWS = {
    "set": ({3, 1, 2}, "{1, 2, 3}"),
    "set of texts": ({"b", "a"}, "{'a', 'b'}"),
    "set without order": ({"a", 1}, "{'a', 1}"),
    "set of sets": ({frozenset({2, 1})}, "{frozenset({1, 2})}"),
    "set of tuples": ({(1, "a"), (0, "b")}, "{(0, 'b'), (1, 'a')}"),
    "set of enums": ({Color.RED}, "{<Color.RED: 'red'>}"),
    "empty set": (set(), "set()"),
    "frozenset": (frozenset({2, 1}), "frozenset({1, 2})"),
    "empty frozenset": (frozenset(), "frozenset()"),
    "uuid": (ID, "UUID('00000000-0000-0000-0000-000000000007')"),
    "complex": (1 + 2j, "(1+2j)"),
    "complex64": (np.complex64(1 + 2j), "(1+2j)"),
    "fraction": (fractions.Fraction(1, 3), "Fraction(1, 3)"),
    "dtype": (np.dtype("float32"), "dtype('float32')"),
    "pandas dtype": (pd.Int64Dtype(), "Int64Dtype()"),
    "polars dtype": (pl.Datetime("us"), "Datetime(time_unit='us', time_zone=None)"),
    "arrow type": (pa.int64(), "DataType(int64)"),
    "class": (collections.OrderedDict, "<class 'collections.OrderedDict'>"),
    "own class": (Point, "<class 'tests.assets.test_small_values.Point'>"),
    "enum class": (Color, "<class 'tests.assets.test_small_values.Color'>"),
    "alias": (list[int], "list[int]"),
    "slice": (slice(1, None, 2), "slice(1, None, 2)"),
    "ellipsis": (..., "Ellipsis"),
    "pattern": (re.compile("a+"), "re.compile('a+')"),
    "zone": (ZoneInfo("Europe/Berlin"), "zoneinfo.ZoneInfo(key='Europe/Berlin')"),
    "utc": (dt.UTC, "datetime.timezone.utc"),
    "address": (ipaddress.ip_address("::1"), "IPv6Address('::1')"),
    "period": (pd.Period("2024-01", "M"), "Period('2024-01', 'M')"),
    "one element": (np.array([1.5]), 1.5),
    "one element in three axes": (np.array([[[7]]]), 7),
    "one text": (np.array(["a"]), "a"),
    "one moment": (np.array(["2024-05-01"], "M8[ns]"), dt.datetime(2024, 5, 1)),  # noqa: DTZ001
    "one in a tensor": (Tensor(1, 1), 1.5),
    "no axes": (Tensor(), 1.5),
    "one masked": (np.ma.array([1], mask=[True]), None),
    "one bool": (np.array([True]), True),
    "one complex": (np.array([1j]), "1j"),
    "namespace": (argparse.Namespace(lr=0.1, layers=(1, 2)), {"lr": 0.1, "layers": [1, 2]}),
    "simple namespace": (types.SimpleNamespace(a={1}), {"a": "{1}"}),
    "user dict": (collections.UserDict(a=1), {"a": 1}),
    "user list": (collections.UserList([1, 2]), [1, 2]),
    "user string": (collections.UserString("abc"), "abc"),
    "chain map": (collections.ChainMap({"a": 1}, {"a": 2, "b": 3}), {"a": 1, "b": 3}),
    "proxy": (types.MappingProxyType({"a": 1}), {"a": 1}),
    "own mapping": (Mine(a=Mine(b=1)), {"a": {"b": 1}}),
    "own sequence": (Row(1, Row(2)), [1, [2]]),
    "deque": (collections.deque([1, 2]), [1, 2]),
    "range": (range(0, 6, 2), [0, 2, 4]),
    "long range": (range(10**12), "range(0, 1000000000000)"),
    "named tuple": (Point(1, Point(2)), {"x": 1, "y": {"x": 2, "y": None}}),
    "tuple": ((1, 2), [1, 2]),
    "config": (
        CONFIG,
        {
            "a": {"b": [1, 2], "c": 2},
            "missing": "???",
            "wrong": "${nowhere}",
            "list": [{"x": 1}],
        },
    ),
    "config list": (CONFIG.a.b, [1, 2]),
    "tuple keys": ({(0, 1): 5, "a": 6}, {"(0, 1)": 5, "a": 6}),
    "other keys": ({None: 1, dt.date(2024, 5, 1): 2}, {None: 1, dt.date(2024, 5, 1): 2}),
    "bytearray": (bytearray(b"ab"), b"ab"),
    "keys": ({"a": 1, "b": 2}.keys(), ["a", "b"]),
    "values of an own mapping": (Mine(a={1}).values(), ["{1}"]),
    "items": ([collections.OrderedDict(a=1).items()], [[["a", 1]]]),
    "counter": (collections.Counter("aab"), {"a": 2, "b": 1}),
    "all in a list": (
        [{1}, ID, Point(1), np.array([2])],
        ["{1}", repr(ID), {"x": 1, "y": None}, 2],
    ),
}
ASSETS = {
    "array": np.arange(2),
    "no element": np.array([]),
    "tensor": Tensor(2, 1),
    "array.array": array.array("d", [1, 2]),
    "many in a set": {*range(1_000)},
    "objects in a set": {object()},
    "long sequence": Row(*range(100_001)),
    "function": lambda: 0,
    "frame": pd.DataFrame({"a": [1]}),
    "series": pd.Series([1]),
    "polars series": pl.Series([1]),
    "object": Torchlike(),
    "in a list": [np.arange(2)],
    "in a mapping": Mine(a=Torchlike()),
}


@pytest.fixture(params=["sqlite", "duckdb", "memory"])
def tracker(request, tmp_path):
    """A tracker of each engine."""
    if request.param == "memory":
        yield Tracker(Tracker.IN_MEMORY, warnings=False)
        return
    path = tmp_path / f"runs.{request.param}"
    with Tracker(path, engine=request.param, warnings=False) as tracker:
        yield tracker


def exact(value):
    """A value with its types."""
    if isinstance(value, dict):
        return {exact(key): exact(item) for key, item in value.items()}.items().__repr__()
    return [*map(exact, value)] if isinstance(value, list) else (type(value), value)


def test_a_small_value_is_in_the_row(tracker):
    """What comes back is the same from `log`, from the file, and from a batch."""
    for value, expected in IN_ROWS.values():
        row = tracker.log({"value": value})
        assert exact(expected) == exact(row["value"])
    tracker.log_batch([{"value": value} for value, _ in IN_ROWS.values()])
    expected = [exact(expected) for _, expected in IN_ROWS.values()]
    assert expected * 2 == [exact(row["value"]) for row in tracker]
    assert [] == [*tracker.assets]


def test_params_results_and_changes_take_them_too(tracker):
    """A value is the same wherever it is given."""
    tracker.set_param("labels", {2, 1})
    tracker.track(lambda: {"ids": {ID}, "where": Point(1)})
    tracker.track(lambda: {1, 2})
    tracker.set_value("kind", int)
    rows = [*tracker]
    assert ["{1, 2}"] * 2 == [row["labels"] for row in rows]
    assert ["<class 'int'>"] * 2 == [row["kind"] for row in rows]
    assert (f"{{{ID!r}}}", {"x": 1, "y": None}) == (rows[0]["ids"], rows[0]["where"])
    assert "{1, 2}" == rows[1]["function_result"]


@pytest.mark.parametrize("name", ASSETS)
def test_anything_else_is_an_asset(tmp_path, name):
    """Large, or without a text that says all of it."""
    with Tracker(tmp_path / "runs.db") as tracker:
        row = tracker.log({"value": ASSETS[name]})
        assert 16 == len(row["value"])
        assert row["value"] in tracker.assets


def test_the_text_of_a_set_is_the_same_in_every_process(python):
    """Whatever the order in which Python has its items."""
    code = "from xetrack.model.kinds import plain; print(plain({'a', 'b', 'c', 1, None, 'd'}))"
    texts = {python(code, PYTHONHASHSEED=str(seed)) for seed in range(3)}
    assert {"{'a', 'b', 'c', 'd', 1, None}"} == texts


def test_a_hidden_field_of_a_structured_config_stays_hidden(tmp_path):
    """OmegaConf knows the dataclass."""
    with Tracker(tmp_path / "runs.db") as tracker:
        row = tracker.log({"config": OmegaConf.structured(OpenData)})
    assert {"rate": 0.1} == row["config"]
    assert HIDDEN.encode() not in (tmp_path / "runs.db").read_bytes()


def test_a_reader_finds_them(tmp_path):
    """By the text that they have."""
    with Tracker(tmp_path / "runs.db") as tracker:
        tracker.log({"id": ID})
    row = Reader(tmp_path / "runs.db").sql("SELECT id FROM events WHERE id LIKE 'UUID(%'")
    assert [repr(ID)] == row["id"].tolist()


@pytest.mark.parametrize("value", [decimal.Decimal(1), Path("a"), sys.float_info.max, "007"])
def test_a_plain_value_stays_as_it_is(tmp_path, value):
    """With its type."""
    with Tracker(tmp_path / "runs.db") as tracker:
        assert exact(value) == exact(tracker.log({"value": value})["value"])
