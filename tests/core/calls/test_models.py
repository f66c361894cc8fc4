"""Models among the arguments of a call: odd signatures, changes meanwhile, clashing names."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import pytest
from pydantic import BaseModel, ConfigDict

from xetrack import Tracker, XetrackWarning

FIELDS = {"cfg_lr": 0.1, "cfg_tags": ["a"]}


@dataclass
class Config:
    lr: float = 0.1
    tags: list[str] = field(default_factory=lambda: ["a"])


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    lr: float


@dataclass
class Outer:
    name: str
    inner: object


@dataclass
class AB:
    b_c: int = 1


@dataclass
class C:
    c: int = 2


@dataclass
class Named:
    name: str = "mine"


class Model:
    def many(*args: object) -> int:
        return 1


def unpacked(tracker: Tracker, *starts: str) -> dict[str, object]:
    """The columns of the last row that begin so."""
    return {key: value for key, value in tracker.latest.items() if key.startswith(starts)}


def test_a_method_of_nothing_but_variable_arguments_is_unpacked_too(tracker):
    """Its object is not counted."""
    tracker.track(Model().many, args=[1, Config()])
    assert {"args_1_lr": 0.1, "args_1_tags": ["a"]} == unpacked(tracker, "args_")


def test_several_models_and_plain_arguments(tracker):
    """Plain ones stay in the texts only."""
    tracker.track(lambda a, n, b: {"score": 1}, args=[Config(0.5), 7, Open(lr=1, extra="e")])
    row = tracker.latest
    assert (0.5, 1.0, "e", 1) == (row["a_lr"], row["b_lr"], row["b_extra"], row["score"])
    assert "n" not in row
    assert "7, " in row["args"]


def test_a_default_of_a_decorated_function_is_unpacked(tracker):
    """A default of a decorated function is unpacked, as what decorates it has no defaults
    itself.
    """

    def train(cfg: Config = Config()) -> int:  # noqa: B008 - that is what is tested
        return 1

    @functools.wraps(train)
    def decorated(*args: object, **kwargs: object) -> int:
        return train(*args, **kwargs)

    tracker.track(decorated)
    assert FIELDS == unpacked(tracker, "cfg_")


def test_a_function_whose_signature_is_unknown_numbers_its_arguments(tracker):
    """A function whose signature is unknown numbers its arguments, as some builtins and extension
    types are.
    """
    tracker.track(max, args=[Config(), Config(0.2)], kwargs={"key": lambda cfg: cfg.lr})
    assert (0.1, 0.2) == (tracker.latest["arg_0_lr"], tracker.latest["arg_1_lr"])


def test_promise_10_a_model_is_recorded_as_it_was_when_the_call_began(tracker):
    """A model is recorded as it was when the call began, whatever the function does to it."""

    def spoil(cfg: Config) -> None:
        cfg.lr = 9.0
        cfg.tags.append("b")

    tracker.track(spoil, args=[Config()])
    assert FIELDS == unpacked(tracker, "cfg")


def test_promise_8_a_field_and_a_key_of_one_name_are_both_kept(tracker):
    """As are two arguments whose fields read alike, and a result."""
    with pytest.warns(XetrackWarning, match="'cfg_lr'.*'cfg_lr_2'"):
        tracker.log({"cfg": Config(), "cfg_lr": 5})
    assert (0.1, 5) == (tracker.latest["cfg_lr"], tracker.latest["cfg_lr_2"])
    with pytest.warns(XetrackWarning, match="a_b_c"):
        tracker.track(lambda a, a_b: {"a_b_c": 3}, args=[AB(), C()])
    assert [1, 2, 3] == sorted(unpacked(tracker, "a_b_c").values())


def test_promise_11_a_field_overwrites_nothing_that_the_call_says_of_itself(tracker):
    """A parameter `function` with a field `name`."""
    with pytest.warns(XetrackWarning, match="'function_name'"):
        tracker.track(lambda function: 1, args=[Named()])
    assert ("<lambda>", "mine") == (
        tracker.latest["function_name"],
        tracker.latest["function_name_2"],
    )


def test_a_model_that_holds_itself_ends():
    """What is left after twenty levels is no plain value."""
    tracker = Tracker(Tracker.IN_MEMORY, warnings=False)
    ring = Outer("ring", None)
    ring.inner = ring
    tracker.track(lambda cfg: 1, args=[ring])
    assert "ring" == tracker.latest["cfg_inner_inner_name"]
