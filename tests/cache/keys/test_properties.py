"""Keys of generated values: equal values of one type have equal keys, in any process."""

from __future__ import annotations

import copy
import json
import os
import pickle
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import examples
from xetrack_cache.keys.key import key_of_call

ROOT = Path(__file__).resolve().parents[3]

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.complex_numbers()
    | st.dates()
    | st.datetimes()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.uuids()
)


def nested(atoms):
    """Tuples, lists, dicts and sets of values."""
    hashable = st.recursive(
        atoms,
        lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
        max_leaves=6,
    )
    return st.recursive(
        hashable,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.tuples(inner, inner)
            | st.dictionaries(hashable, inner, max_size=4)
            | st.sets(hashable, max_size=4)
        ),
        max_leaves=12,
    )


VALUES = nested(ATOMS)


def of(value):
    """What is called with generated values."""


def key(value):
    return key_of_call(of, (value,), {}, content=True).text


def canonical(value):
    """A form that is equal for equal values of one type alone; nan equals nan."""
    kind = type(value).__name__
    if isinstance(value, list | tuple):
        return kind, *map(canonical, value)
    if isinstance(value, set | frozenset):
        return kind, frozenset(map(canonical, value))
    if isinstance(value, dict):
        return kind, *((canonical(k), canonical(v)) for k, v in value.items())
    return kind, value.hex() if isinstance(value, float) else repr(value)


@given(VALUES)
def test_a_copy_has_the_same_key(value):
    """A copy has the same key, whatever is shared in it, and whichever order its sets came in."""
    assert key(value) == key(copy.deepcopy(value)) == key(pickle.loads(pickle.dumps(value)))


@given(VALUES, VALUES)
@settings(max_examples=examples(200))
def test_values_that_differ_have_keys_that_differ(one, other):
    """Values that differ have keys that differ, by type or by value, at any depth."""
    assert (canonical(one) == canonical(other)) == (key(one) == key(other))


def mutated(value):
    """A value that differs from another in one place."""
    if isinstance(value, tuple | list) and value:
        return type(value)([mutated(value[0]), *value[1:]])
    if isinstance(value, dict) and value:
        first, *rest = value.items()
        return dict([(first[0], mutated(first[1])), *rest])
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return float(value) if abs(value) < 2**53 else value + 1
    return (value,)


@given(VALUES)
def test_one_change_anywhere_changes_the_key(value):
    """``True`` is not 1, and 1 is not 1.0."""
    assert key(value) != key(mutated(value))


MANY = [
    {"a": frozenset({"x", "y", "z"}), "b": {"p", "q", "r"}},
    frozenset({(1, "a"), ("b", 2.5), frozenset({"c", b"d"})}),
    [1, 1.0, True, None, -0.0, float("nan"), 2**70, "ä\ud800", b"\x00", 1j],
    (date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC), timedelta(days=-1), Decimal("1.50")),
    (Fraction(1, 3), Path("a/b"), range(3), len, str.upper, int, "abc".upper),
    lambda x, y={"a", "b", "c"}: x in {"p", "q", "r"},
]


def keys_of_many():
    """What another process prints."""
    return [key(value) for value in MANY]


def test_keys_are_the_same_in_processes_with_other_hash_seeds():
    """Sets in values, defaults and constants of code among them."""
    code = (
        "import json; from tests.cache.keys.test_properties import keys_of_many;"
        "print(json.dumps(keys_of_many()))"
    )
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert keys_of_many() == json.loads(done.stdout)


def generated_keys(seed):
    """Keys of values that depend on a seed alone."""
    chance = random.Random(seed)
    return [key(_value(chance, 4)) for _ in range(200)]


def _value(chance, depth):
    kinds = [
        lambda: chance.randint(-(2**70), 2**70),
        lambda: chance.uniform(-1e9, 1e9),
        lambda: "".join(chance.choices("abcäé\ud800", k=chance.randint(0, 5))),
        lambda: chance.choice([None, True, False, b"x", Decimal("2.50")]),
    ]
    if depth:
        inner = [
            lambda: tuple(_value(chance, depth - 1) for _ in range(chance.randint(0, 3))),
            lambda: [_value(chance, depth - 1) for _ in range(chance.randint(0, 3))],
            lambda: {str(n): _value(chance, depth - 1) for n in range(chance.randint(0, 3))},
            lambda: {f"{chance.random()}" for _ in range(chance.randint(0, 3))},
        ]
        kinds += inner * 2
    return chance.choice(kinds)()


def test_generated_values_have_the_same_keys_in_another_process():
    """Generated values have the same keys in another process: two hundred nested ones, with another
    hash seed.
    """
    code = (
        "import json; from tests.cache.keys.test_properties import generated_keys;"
        "print(json.dumps(generated_keys(7)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "99"},
        capture_output=True,
        text=True,
        check=True,
    )
    mine = generated_keys(7)
    assert mine == json.loads(done.stdout)
    assert len(set(mine)) > 100
