"""Texts of arguments and errors are bounded, and safe to make."""

from __future__ import annotations

from functools import partial

import pytest

from xetrack.calls.argument_repr import arguments, error, function_name


class Rude:
    """Raises whenever it is shown."""

    def __repr__(self) -> str:
        raise ValueError("no")

    __str__ = __repr__


class SilentError(Exception):
    def __str__(self) -> str:
        raise ValueError("no")


class Row(list):
    """A subclass with a text of its own."""

    def __repr__(self) -> str:
        return "Row!"


def text(*args: object, length: int = 1_000) -> str:
    return arguments(args, {}, length)[0]


@pytest.mark.parametrize(
    "value",
    [
        [1, "a", None, 0.5],
        (1,),
        (),
        [[], {}, set(), frozenset()],
        {"a": {"b": [1, (2, 3)]}},
        {1, 2, 3},
        frozenset({1}),
        b"bytes",
        {3: "three", 1: "one"},
        'it\'s "quoted"\n',
        -(10**50),
    ],
    ids=repr,
)
def test_short_arguments_read_as_python_writes_them(value):
    """As `repr` does, dicts in their own order."""
    assert f"[{value!r}, [{value!r}]]" == text(value, [value])


def test_positional_and_keyword_arguments_are_two_texts():
    """Positional and keyword arguments are two texts, as the reference shows them."""
    assert ("[1, 'hello']", "{}") == arguments((1, "hello"), {}, 1_000)
    assert ("[]", "{'lr': [0.1]}") == arguments((), {"lr": [0.1]}, 1_000)


@pytest.mark.parametrize("length", [1, 2, 10, 50, 1_000])
@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        b"x" * 10**6,
        list(range(10**6)),
        set(range(10**5)),
        dict.fromkeys(range(10**4), "x" * 100),
        10**10_000,
        [["x" * 500] * 10] * 10,
    ],
    ids=["str", "bytes", "list", "set", "dict", "int", "nested"],
)
def test_a_long_argument_is_cut_at_the_length_asked_for(value, length):
    """An ellipsis says so, and the beginning is kept; alone, and inside a list."""
    for shown in (text(value, length=length), text([value], length=length)):
        assert length == len(shown)
        assert shown.endswith("…")
        assert "[" == shown[0] or length == 1


def test_a_list_in_itself_ends():
    """A list in itself ends, also one that holds itself three hundred times, on each of its
    levels.
    """
    ring: list[object] = []
    ring.append(ring)
    assert "[[[...]]]" == text(ring)
    many: list[object] = []
    many.extend([many] * 300)
    assert text(many).startswith("[[[...], [...], ")
    wide: list[object] = [0] * 300
    for _ in range(6):
        wide = [wide] * 300
    assert 1_000 == len(text(wide))


def test_a_list_nested_very_deep_ends():
    """Long before Python's own limit."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert text(deep, length=200).startswith("[[[[")
    while deep:  # taken apart step by step, as its own end would be too deep as well
        deep = deep.pop()


def test_a_repr_that_raises_is_replaced_by_the_type():
    """Alone, in a list, as a key and beside others."""
    assert "[<Rude>]" == text(Rude())
    assert "[1, [<Rude>], {'a': <Rude>}]" == text(1, [Rude()], {"a": Rude()})


def test_a_subclass_is_shown_as_it_shows_itself():
    """Its own `repr` may hide or add what it likes."""
    assert "[Row!, [Row!]]" == text(Row([1]), [Row()])


@pytest.mark.parametrize(
    ("raised", "shown"),
    [
        (ValueError("bad value"), "ValueError: bad value"),
        (ValueError(), "ValueError"),
        (KeyError("x"), "KeyError: 'x'"),
        (AssertionError(), "AssertionError"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (SystemExit(3), "SystemExit: 3"),
        (SilentError(), "SilentError"),
    ],
    ids=lambda one: repr(type(one)),
)
def test_promise_11_an_error_names_its_type_with_or_without_text(raised, shown):
    """An error names its type with or without text, even when its text cannot be made."""
    assert shown == error(raised)


def test_everything_callable_has_a_name():
    """A partial that of what it calls, an object that of its class."""
    names = [len, str.upper, lambda: 0, partial(partial(print)), Rude, type("Own", (), {})()]
    expected = ["len", "upper", "<lambda>", "print", "Rude", "Own"]
    assert expected == [function_name(one) for one in names]
