"""What a type checker sees of `track` and `wrap`, rows and values; checked by mypy, never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

from xetrack import Reader, Tracker
from xetrack.model.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

    import pandas as pd

    from xetrack.model.kinds import Value

tracker = Tracker(Tracker.IN_MEMORY)


@tracker.wrap
def bare(a: int, *, b: str = "x") -> list[str]:
    return [b] * a


@tracker.wrap()
def empty(a: int, *, b: str = "x") -> list[str]:
    return [b] * a


@tracker.wrap(params={"name": "foo"})
def named(a: int, *, b: str = "x") -> list[str]:
    return [b] * a


@tracker.wrap()
async def awaited(a: int) -> str:
    return str(a)


@tracker.wrap
def yielding(a: int) -> Generator[int, None, str]:
    yield a
    return "x"


class Model:
    @tracker.wrap()
    def method(self, x: int) -> float:
        return x / 2


assert_type(bare(1), list[str])
assert_type(empty(1, b="y"), list[str])
assert_type(named(1), list[str])
assert_type(Model().method(2), float)
assert_type(tracker.track(len, args=["abc"]), int)
assert_type(tracker[1], dict[str, Any])
assert_type(tracker.log({"x": 1}), dict[str, Any])
assert_type(tracker.set_value("x", 1), int)
assert_type(Reader("x.db").select().dicts(), list[dict[str, Any]])

better: bool = tracker.latest["loss"] < 0.5
nested: Value = [1, {"a": [None, b"x"], 3: 1.5}]
kind_of(object())  # type: ignore[arg-type]

frame: pd.DataFrame = tracker.to_df()
latest: pd.DataFrame = Reader("x.db").latest()
column: pd.Series[Any] = tracker["x"]
yields: Callable[[int], Generator[int, None, str]] = yielding
waits: Callable[[int], Coroutine[Any, Any, str]] = awaited
keeps: Callable[[Model, int], float] = Model.method

bare("one")  # type: ignore[arg-type]
empty(b=1)  # type: ignore[call-arg, arg-type]
named(1, c=2)  # type: ignore[call-arg]
Model().method("x")  # type: ignore[arg-type]
