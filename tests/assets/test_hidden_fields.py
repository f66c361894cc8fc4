"""What a model hides is in no row, no asset, no log and no entry of a cache."""

from __future__ import annotations

import dataclasses
import warnings
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pydantic
import pytest
from pydantic import BaseModel, Field, Secret, SecretBytes, SecretStr

from xetrack import Tracker, XetrackWarning

HIDDEN = "s3cr3t-w0rd"


class Settings(BaseModel):
    """Each way in which Pydantic hides a value."""

    rate: float = 0.1
    token: SecretStr = SecretStr(HIDDEN)
    data: SecretBytes = SecretBytes(HIDDEN.encode())
    any_type: Secret[str] = Secret(HIDDEN)
    excluded: str = Field(HIDDEN, exclude=True)
    silent: str = Field(HIDDEN, repr=False)
    tags: list[SecretStr] = [SecretStr(HIDDEN)]


class Outer(BaseModel):
    inner: Settings = Settings()
    by_name: dict[str, Settings] = {"a": Settings()}


@dataclasses.dataclass
class Data:
    rate: float = 0.1
    silent: str = dataclasses.field(default=HIDDEN, repr=False)
    nested: Any = dataclasses.field(default_factory=Settings)


@dataclasses.dataclass
class OpenData:
    rate: float = 0.1
    silent: str = dataclasses.field(default=HIDDEN, repr=False)


@dataclasses.dataclass(slots=True, frozen=True)
class Slots:
    rate: float = 0.1
    silent: str = dataclasses.field(default=HIDDEN, repr=False)


@dataclasses.dataclass(slots=True)
class OpenSlots:
    rate: float = 0.1
    silent: str = dataclasses.field(default=HIDDEN, repr=False)


@pydantic.dataclasses.dataclass
class Both:
    rate: float = 0.1
    excluded: str = Field(default=HIDDEN, exclude=True)
    silent: str = Field(default=HIDDEN, repr=False)


@attrs.define
class Attrs:
    rate: float = 0.1
    silent: str = attrs.field(default=HIDDEN, repr=False)


@attrs.frozen(slots=False)
class Frozen:
    rate: float = 0.1
    silent: str = attrs.field(default=HIDDEN, repr=False)


class Estimator:
    """An object that no row can hold."""

    def __init__(self, config):
        self.config = config
        self.weights = np.arange(3)

    def __eq__(self, other):
        return isinstance(other, Estimator)

    def __hash__(self):
        return 1


class Names(list):
    """A subclass with the text of a list."""


MODELS = [Settings, Outer, Data, Slots, OpenSlots, Both, Attrs, Frozen]
WAYS = {
    "itself": lambda model: model,
    "in a list": lambda model: [model, 1],
    "in a dict": lambda model: {"a": {"b": model}},
    "in a tuple": lambda model: (model,),
    "with an array": lambda model: [model, np.arange(3)],
    "in an object": Estimator,
    "in a namespace": lambda model: SimpleNamespace(model=model),
    "in a model": lambda model: Data(nested=model),
    "in a subclass": lambda model: Names([model]),
    "the class": type,
}


def scored(config, seed=0):
    return 0.5


def echo(config):
    return {"config": config, "seed": 1}


# It is hidden before any engine gets it: two models show that DuckDB's files are no exception.
@pytest.mark.parametrize(
    ("cls", "suffix"),
    [
        *((cls, "db") for cls in MODELS),
        *(pytest.param(cls, "duckdb", marks=pytest.mark.slow) for cls in (Outer, Data)),
    ],
)
@pytest.mark.filterwarnings("ignore::xetrack.XetrackWarning")
def test_what_a_model_hides_is_in_no_file(tmp_path, cls, suffix):
    """However it is logged: in no byte of any file, and in no line of a log."""
    values = {way: wrap(cls()) for way, wrap in WAYS.items()}
    db = tmp_path / f"runs.{suffix}"
    options = {"logs_path": tmp_path / "logs", "jsonl": tmp_path / "rows.jsonl"}
    with Tracker(db, cache=tmp_path / "cache", **options) as tracker:
        for way, value in values.items():
            tracker.set_params({"p": value})
            tracker.log({"config": value})
            tracker.log_batch([{"config": value}, {"config": 1}])
            tracker.set_value("later", value)
            tracker.track(scored, args=[value])
            tracker.track(scored, kwargs={"config": value}, params={"own": value})
            shown = str(tracker.latest) + str(tracker.params) + tracker.why_miss(scored, [value])
            assert HIDDEN not in shown, way
        assert HIDDEN not in str(list(tracker))
    with Tracker(db, **options) as tracker:
        for value in values.values():
            for function in (echo, lambda config: config):
                tracker.track(function, args=[value])
        assert HIDDEN not in str(list(tracker))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 3
    for path in files:
        with suppress(FileNotFoundError):  # DuckDB's log goes when its rows are in the database
            assert HIDDEN.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("cls", MODELS)
def test_what_a_model_shows_is_there(tmp_path, cls):
    """The fields that are shown are columns, and the others are none."""
    with Tracker(tmp_path / "runs.db") as tracker:
        row = tracker.log({"config": cls()})
    if cls is Outer:
        assert 0.1 == row["config_inner_rate"]
        assert {"rate": 0.1, "token": "*" * 10} == {
            key: row["config_by_name"]["a"][key] for key in ("rate", "token")
        }
    else:
        assert 0.1 == row["config_rate"]
    assert not [key for key in row if "silent" in key or "excluded" in key]


def test_secrets_are_masked(tmp_path):
    """Everywhere in a value."""
    with Tracker(tmp_path / "runs.db") as tracker:
        row = tracker.log({"key": SecretStr(HIDDEN), "keys": {"a": [SecretBytes(b"x")]}})
    assert ("*" * 10, {"a": ["*" * 10]}) == (row["key"], row["keys"])


@pytest.mark.parametrize("cls", [Settings, Data, Slots, OpenSlots, Attrs, Frozen, Both])
def test_an_asset_comes_back_without_what_its_models_hide(tmp_path, cls):
    """The rest of the object is whole, and a warning names the class."""
    with Tracker(tmp_path / "runs.db") as tracker:
        with pytest.warns(XetrackWarning, match=cls.__name__):
            row = tracker.log({"model": Estimator(cls())})
        back = tracker.get(row["model"])
    assert [0, 1, 2] == back.weights.tolist()
    assert 0.1 == back.config.rate
    assert HIDDEN != getattr(back.config, "__dict__", {}).get("silent")
    if cls is Settings:
        assert "*" * 10 == back.config.token.get_secret_value()


@dataclasses.dataclass(frozen=True)
class Key:
    rate: float = 0.1
    silent: str = dataclasses.field(default=HIDDEN, repr=False)


class FrozenModel(BaseModel, frozen=True):
    rate: float = 0.1
    silent: str = Field(HIDDEN, exclude=True)


@pytest.mark.parametrize("cls", [Key, Slots, Frozen, FrozenModel])
def test_an_asset_with_models_in_sets_can_be_loaded(tmp_path, cls):
    """Where the hash of a model is of its hidden fields too, and is wanted while it is loaded."""
    value = [{cls()}, {cls(): 1}, np.arange(2)]
    with Tracker(tmp_path / "runs.db", warnings=False) as tracker:
        back = tracker.get(tracker.log({"value": value})["value"])
    (model,) = back[0]
    assert (0.1, None) == (model.rate, model.silent)
    assert [1] == [*back[1].values()]


@pytest.mark.parametrize("error", [ValueError, KeyError, RuntimeError])
def test_an_error_with_a_model_does_not_show_what_it_hides(tmp_path, error):
    """As Pydantic's own text does where a field has `exclude=True`."""

    def fail(*values):
        raise error(*values)

    with Tracker(tmp_path / "runs.db", raise_on_error=False) as tracker:
        for values in ([FrozenModel()], ["no", [FrozenModel()]], [{"a": Settings()}]):
            tracker.track(fail, args=values)
            assert HIDDEN not in str(tracker.latest)
            assert f"{error.__name__}: " in tracker.latest["error"]
            assert "rate=0.1" in tracker.latest["error"]


def test_a_hidden_field_tells_calls_apart(tmp_path):
    """A cache hits for the same secret only."""
    changes = [{}, {}, {"token": SecretStr("other")}, {"silent": "o"}, {"excluded": "o"}, {}]
    hits = []
    with Tracker(tmp_path / "a.db", cache=tmp_path / "cache", cache_unhashable=True) as tracker:
        for fields in changes:
            tracker.track(scored, args=[Settings(**fields)])
            hits.append(tracker.latest["cache"] != "")
    assert [False, True, False, False, False, True] == hits


def test_a_result_with_a_secret_is_not_cached(tmp_path):
    """As it could come back only from plain text; a warning says so."""
    with Tracker(tmp_path / "a.db", cache=tmp_path / "cache") as tracker:
        with pytest.warns(XetrackWarning, match="holds a secret"):
            result = tracker.track(lambda: [Settings()])
        assert HIDDEN == result[0].token.get_secret_value()
        assert [HIDDEN] == [model.silent for model in result]
        assert HIDDEN not in tracker.latest["function_result"][0].values()


def test_texts_of_arguments_stay_as_they_were(tmp_path):
    """Where nothing is hidden, and for all else that is shown."""

    class Plain(BaseModel):
        a: int = 1
        b: list[int] = [1, 2]

    class Partly(Plain):
        c: str = Field(HIDDEN, exclude=True)

    with warnings.catch_warnings(), Tracker(tmp_path / "runs.db") as tracker:
        tracker.track(len, args=[[Plain(), Partly()]])
        assert "[[Plain(a=1, b=[1, 2]), Partly(a=1, b=[1, 2])]]" == tracker.latest["args"]
