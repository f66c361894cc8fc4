"""Plans: how a row is stored quickly when one with the same keys and types was stored before.

Where many such rows come, their values are looked at by a function that is compiled for their
types, as attrs compiles an ``__init__``: 0.5 us for 8 values, where a loop over their positions
takes 1.1 us, and with that a row of 13.5 us 4 % longer. The code has numbers and types in it, and
nothing of what users log.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.model.kinds import EXACT_INT, Kind, kind_of
from xetrack.model.names import TIMESTAMP, TRACK_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType

    from xetrack.interfaces.engine import Inserter
    from xetrack.model.kinds import Value

    Keys: TypeAlias = "tuple[Any, ...]"
    Types: TypeAlias = "tuple[type, ...]"
    Take: TypeAlias = "Callable[[Iterable[Any]], list[Value] | None]"

_MAX_PLANS = 1_000
"""Plans that are kept; code that makes up new keys all the time must not fill the memory."""

_COMPILE_AFTER = 200
"""Rows after which a plan is compiled: that takes as long as it saves in some hundred rows."""

_MAX_COMPILED_VALUES = 400
"""Values of a row of which a plan is compiled; to store more takes much longer than the look."""

_TESTS = {
    int: "type({0}) is int and -EXACT_INT <= {0} <= EXACT_INT",
    float: "type({0}) is float and {0} == {0}",
    str: "type({0}) is str and ({0}.isascii() or kind_of({0}) is TEXT)",
    bool: "type({0}) is bool",
    bytes: "type({0}) is bytes",
    type(None): "{0} is None",
}
"""Code that checks the type of a value, and that it is of the kind most values of it have."""

_NAMES = {"EXACT_INT": EXACT_INT, "TEXT": Kind.TEXT, "kind_of": kind_of}

SIMPLE = frozenset(_TESTS)
"""Types of which a plan can be made."""

PLANNED = {Kind.INT, Kind.FLOAT, Kind.TEXT, Kind.BOOL, Kind.BYTES, None}
"""Kinds that values of these types have, but for a few."""


def _take_nothing(_: Iterable[Any]) -> None:
    """Take no values."""


@dataclass(slots=True)
class Plan:
    """How to store a row."""

    insert: Callable[[Sequence[Value]], None]
    columns: tuple[str, ...]
    tail: tuple[Value, ...]
    """The cells after the values: those of the params, room for the timestamp, the track id."""
    rest: dict[str, Value]
    """The same by their keys."""
    renamed: bool
    """Whether its columns have other names than its keys, or its values can be changed."""
    take: Take = _take_nothing
    """Returns the cells for values; None where one is of another type or kind than planned."""


UNKNOWN = Plan(print, (), (), {}, renamed=False)
"""Stands for the missing plan of a row that has none; it takes no values."""


class PlanCache:
    """The plans of one tracker."""

    def __init__(self) -> None:
        self.recent: dict[Keys, Plan] = {}
        """The plan that was followed last for each tuple of keys."""
        self._all: dict[tuple[Keys, Types], Plan] = {}

    def remember(
        self,
        data: Mapping[Any, object],
        values: Mapping[str, Value],
        full: Mapping[str, Value],
        inserter: Inserter,
        track_id: str,
    ) -> None:
        """Remember how to store such a row quickly, if it is one that can be.

        Parameters
        ----------
        data
            What the user logged, by key.
        values
            The plain values that it became.
        full
            These with the params.
        inserter
            The prepared insert of the row.
        track_id
            The run.
        """
        types = tuple(map(type, data.values()))
        if tuple(values) != tuple(data) or not SIMPLE.issuperset(types):
            return
        if not PLANNED.issuperset(map(kind_of, values.values())):
            return
        params = {key: value for key, value in full.items() if key not in values}
        plan = Plan(
            inserter.append,
            inserter.columns,
            (*params.values(), None, track_id),
            {**params, TIMESTAMP: None, TRACK_ID: track_id},
            tuple(full) != inserter.columns[: len(full)]
            or not SIMPLE.issuperset(map(type, full.values())),
        )
        self.add(tuple(data), types, plan)

    def add(self, keys: Keys, types: Types, plan: Plan) -> None:
        """Remember a plan, to be followed when another row has these keys and types.

        Parameters
        ----------
        keys
            The keys of the row, in order.
        types
            The types of its values.
        plan
            How to store it.
        """
        if len(self._all) >= _MAX_PLANS:
            self.clear()
        plan.take = _checked_take(plan, types)
        self._all[keys, types] = plan

    def find(self, keys: Keys, values: Iterable[Any]) -> Plan:
        """Return the plan for these types, and make it the recent one for the keys.

        Parameters
        ----------
        keys
            The keys of a row, in order.
        values
            Its values.

        Returns
        -------
        Plan
            `UNKNOWN` when no plan matches.
        """
        # Read first: if another thread clears all meanwhile, the plan goes to the old ones.
        recent = self.recent
        plan = self._all.get((keys, tuple(map(type, values))), UNKNOWN)
        if plan is not UNKNOWN:
            recent[keys] = plan
        return plan

    def clear(self) -> None:
        """Forget all plans."""
        self._all = {}  # first, see `find`
        self.recent = {}


def _checked_take(plan: Plan, types: Types) -> Take:
    """Return what takes the first values of a plan, and has it compiled for the others."""
    remaining = _COMPILE_AFTER if len(types) <= _MAX_COMPILED_VALUES else math.inf

    def take(values: Iterable[Any]) -> list[Value] | None:
        nonlocal remaining
        cells = [*values]
        if tuple(map(type, cells)) != types or not PLANNED.issuperset(map(kind_of, cells)):
            return None
        remaining -= 1
        if remaining <= 0:
            plan.take = _compiled_take(types, plan.tail)
        return [*cells, *plan.tail]

    return take


def _compiled_take(types: Types, tail: tuple[Value, ...]) -> Take:
    names: dict[str, Any] = {**_NAMES, "tail": tail}
    exec(_code_of(types), names)  # noqa: S102 - see the module
    take: Take = names["take"]
    return take


@lru_cache(_MAX_PLANS)
def _code_of(types: Types) -> CodeType:
    names = [f"v{number}" for number in range(len(types))]
    tests = [_TESTS[cls].format(name) for cls, name in zip(types, names, strict=True)]
    source = f"""
def take(values):
    [{", ".join(names)}] = values
    if {" and ".join(tests) or "True"}:
        return [{", ".join([*names, "*tail"])}]
"""
    return compile(source, __file__, "exec")
