"""A whole config as params, and dicts that get columns of their own where that is asked for."""

from __future__ import annotations

import argparse
import dataclasses
from types import SimpleNamespace

import attrs
import pytest
from omegaconf import OmegaConf
from pydantic import BaseModel, SecretStr

from xetrack import Tracker
from xetrack.errors import InvalidArgumentError


@dataclasses.dataclass
class Optimizer:
    name: str = "adam"
    rate: float = 0.1


@dataclasses.dataclass
class Data:
    seed: int = 1
    optimizer: Optimizer = dataclasses.field(default_factory=Optimizer)
    hidden: str = dataclasses.field(default="h", repr=False)


@attrs.define
class Attrs:
    seed: int = 1
    optimizer: Optimizer = attrs.Factory(Optimizer)


class Model(BaseModel):
    seed: int = 1
    optimizer: Optimizer = Optimizer()
    token: SecretStr | None = None


FLAT = {"seed": 1, "optimizer_name": "adam", "optimizer_rate": 0.1}
CONFIGS = {
    "dataclass": Data(),
    "attrs": Attrs(),
    "pydantic": Model(),
    "namespace": argparse.Namespace(seed=1, optimizer=argparse.Namespace(name="adam", rate=0.1)),
    "simple": SimpleNamespace(seed=1, optimizer=Optimizer()),
    "omegaconf": OmegaConf.create(
        {"seed": 1, "optimizer": {"name": "adam", "rate": "${base}"}, "base": 0.1}
    ),
    "structured": OmegaConf.structured(Data),
    "dict of models": {"seed": 1, "optimizer": Optimizer()},
}


@pytest.fixture(params=["runs.db", "runs.duckdb", ":memory:"])
def db(request, tmp_path):
    """A database of each engine."""
    return request.param if request.param == ":memory:" else tmp_path / request.param


@pytest.mark.parametrize("name", CONFIGS)
def test_a_whole_config_is_the_params(db, name):
    """Its fields are columns, those of configs within it too; hidden ones are none."""
    expected = FLAT | ({"base": 0.1} if name == "omegaconf" else {})
    expected |= {"token": None} if name == "pydantic" else {}
    with Tracker(db, CONFIGS[name]) as tracker:
        assert expected == tracker.params
        row = tracker.log({"loss": 0.5})
    assert expected | {"loss": 0.5} == {key: row[key] for key in (*expected, "loss")}
    assert len(expected) + 3 == len(row)


def test_params_may_be_set_by_a_config_later(db):
    """Beside those that are there."""
    with Tracker(db, {"a": {"b": 1}}) as tracker:
        tracker.set_params(Data(seed=2))
        assert {"a": {"b": 1}, **FLAT, "seed": 2} == tracker.params


def test_a_reset_takes_a_config(tmp_path):
    """A mistake in it is found before the table is dropped."""
    with Tracker(tmp_path / "x.db") as tracker:
        tracker.log({"a": 1})
    with pytest.raises(InvalidArgumentError):
        Tracker(tmp_path / "x.db", 5, reset=True)
    with Tracker(tmp_path / "x.db", Data(), reset=True) as tracker:
        tracker.log({"a": 1})
        assert 1 == len(tracker)


@pytest.mark.parametrize("wrong", [5, "text", [1]])
def test_what_is_no_config_is_an_error(wrong):
    """It says what params are."""
    with pytest.raises(InvalidArgumentError):
        Tracker(":memory:", wrong)


def test_dicts_are_flattened_where_that_is_asked_for(db):
    """At every level, with models in between; names that meet are told apart."""
    data = {
        "a": {"b": {"c": 1}, "d": [1], "e": {}, 3: "three"},
        "model": Optimizer(),
        "n": SimpleNamespace(x={"y": Data()}),
        "mixed": {None: 1},
    }
    with Tracker(db, warnings=False) as tracker:
        row = tracker.log(data, flatten=True)
        expected = {
            "a_b_c": 1,
            "a_d": [1],
            "a_e": {},
            "a_3": "three",
            "mixed": {None: 1},
            "model_name": "adam",
            "model_rate": 0.1,
            **{f"n_x_y_{key}": value for key, value in FLAT.items()},
        }
        assert expected == {key: row[key] for key in expected}
        assert len(expected) + 2 == len(row)
        assert {"b": 1} == tracker.log({"a": {"b": 1}})["a"]
        row = tracker.log({"a": {"b": 1}, "a_b": 2}, flatten=True)
        assert [1, 2] == [row["a_b"], row["a_b_2"]]
        assert 1 in tracker.log({"a": {"b": 1}}, flatten=True, sep="/").values()


def test_a_dict_within_itself_is_no_endless_row(db):
    """It ends at some level."""
    loop: dict = {"x": 1}
    loop["loop"] = loop
    with Tracker(db, warnings=False) as tracker:
        assert 1 == tracker.log({"a": loop}, flatten=True)["a_x"]


def test_what_is_no_mapping_is_an_error(db):
    """As without the option."""
    with Tracker(db) as tracker, pytest.raises(InvalidArgumentError):
        tracker.log([1], flatten=True)
