"""Dataclasses, Pydantic models and attrs classes become a column for each field."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import attrs
import pytest
from pydantic import BaseModel

from xetrack import Tracker


@dataclass(frozen=True)
class Config:
    lr: float = 0.1
    tags: list[str] = field(default_factory=lambda: ["a"])


@dataclass(slots=True)
class Slotted:
    lr: float = 0.1
    tags: list[str] = field(default_factory=lambda: ["a"])


class Pydantic(BaseModel):
    lr: float = 0.1
    tags: list[str] = ["a"]


@attrs.define
class Attrs:
    lr: float = 0.1
    tags: list[str] = attrs.Factory(lambda: ["a"])


@dataclass
class Outer:
    name: str
    inner: object


class Model:
    def fit(self, cfg: object) -> int:
        return 1

    @classmethod
    def of(cls, cfg: object) -> int:
        return 1


KINDS = pytest.mark.parametrize("kind", [Config, Slotted, Pydantic, Attrs])
FIELDS = {"cfg_lr": 0.1, "cfg_tags": ["a"]}


@pytest.fixture
def tracker():
    return Tracker(Tracker.IN_MEMORY)


def unpacked(tracker: Tracker, *starts: str) -> dict[str, object]:
    """The columns of the last row that begin so."""
    return {key: value for key, value in tracker.latest.items() if key.startswith(starts)}


@KINDS
def test_a_logged_model_becomes_a_column_for_each_field(tracker, kind):
    """In `log`, `log_batch` and in params; nested ones under longer names."""
    tracker.log({"cfg": kind()})
    assert FIELDS == unpacked(tracker, "cfg")
    tracker.log_batch([{"cfg": kind()}])
    assert FIELDS == unpacked(tracker, "cfg")
    tracker.set_params({"out": Outer("n", Outer("m", kind()))})
    tracker.log({})
    assert {
        "out_name": "n",
        "out_inner_name": "m",
        "out_inner_inner_lr": 0.1,
        "out_inner_inner_tags": ["a"],
    } == unpacked(tracker, "out")


@KINDS
@pytest.mark.parametrize("way", ["track", "wrap"])
def test_a_model_is_unpacked_however_it_reaches_a_function(tracker, kind, way):
    """A model is unpacked however it reaches a function, by position, by keyword, as a default,
    nested, in variable arguments.
    """

    def call(function, *args, **kwargs):
        if way == "track":
            tracker.track(function, args=args, kwargs=kwargs)
        else:
            tracker.wrap()(function)(*args, **kwargs)
        assert "" == tracker.latest["error"]
        return unpacked(tracker, "cfg")

    assert FIELDS == call(lambda cfg: 1, kind())
    assert FIELDS == call(lambda *, cfg: 1, cfg=kind())
    default = kind()
    assert FIELDS == call(lambda x, cfg=default: 1, 1)
    assert FIELDS == call(lambda **others: 1, cfg=kind())
    assert {"cfg_1_lr": 0.1, "cfg_1_tags": ["a"]} == call(lambda *cfg: 1, 0, kind())
    nested = {"cfg_name": "n", "cfg_inner_lr": 0.1, "cfg_inner_tags": ["a"]}
    assert nested == call(lambda cfg: 1, Outer("n", kind()))
    assert FIELDS == call(Model().fit, kind())
    assert FIELDS == call(Model.of, kind())
    assert FIELDS == call(Model.fit, Model(), kind())
    assert FIELDS == call(partial(lambda cfg: 1, kind()))
    assert FIELDS == call(partial(lambda x, cfg: 1, cfg=kind()), 1)


def test_promise_21_a_logged_model_is_not_kept_by_reference(tracker):
    """A logged model is not kept by reference, nor a list in it."""
    model = Slotted()
    tracker.set_params({"cfg": model})
    model.tags.append("b")
    tracker.log({})
    assert FIELDS == unpacked(tracker, "cfg")
