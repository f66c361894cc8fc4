"""The examples in the docstrings of what users call are there, and are true."""

from __future__ import annotations

import doctest
import inspect

import pytest

import xetrack
from xetrack import Reader, Tracker
from xetrack.assets.view import Assets
from xetrack.logs.logger import Logger

FACADES = (Tracker, Reader, Assets, Logger)
PLAIN = {"IN_MEMORY", "SKIP_INSERT"}
"""Attributes without a docstring of their own."""


def public(cls):
    """The names of a class that users have."""
    return [name for name in dir(cls) if not name.startswith("_") and name not in PLAIN]


SHOWN = [
    *((cls, name) for cls in FACADES for name in public(cls)),
    (Tracker, "__getitem__"),
    (Assets, "__iter__"),
    *((cls, "") for cls in (Tracker, Reader, Assets)),
    (xetrack, "copy"),
]
METHODS = [(cls, name) for cls, name in SHOWN if inspect.isroutine(getattr(cls, name, None))]


def named(value):
    """Tell tests apart by what they look at."""
    return getattr(value, "__name__", value)


@pytest.mark.parametrize(("cls", "name"), SHOWN, ids=named)
def test_the_examples_of_the_facades_are_true(cls, name, tmp_path, monkeypatch):
    """Each begins in an empty folder."""
    monkeypatch.chdir(tmp_path)
    shown = inspect.getattr_static(cls, name) if name else cls  # not what a property returns
    shown = getattr(shown, "__func__", shown)
    (example,) = doctest.DocTestFinder(recurse=False).find(shown, name or cls.__name__, globs={})
    done = doctest.DocTestRunner().run(example)
    assert (0, len(example.examples)) == (done.failed, done.attempted)
    assert example.examples


@pytest.mark.parametrize(("cls", "name"), METHODS, ids=named)
def test_the_facades_describe_what_they_take_and_return(cls, name):
    """Every parameter by its name, and what is returned unless that is None."""
    method = getattr(cls, name)
    text = inspect.getdoc(method) or ""
    signature = inspect.signature(method)
    parameters = set(signature.parameters) - {"self"}
    assert set() == {parameter for parameter in parameters if parameter not in text}
    assert not parameters or "Parameters\n----------\n" in text
    is_silent = signature.return_annotation == "None" or name == "__iter__"
    assert is_silent or "Returns\n-------\n" in text


def test_the_example_of_the_package_is_true():
    """It is what a reader of `help(xetrack)` sees first."""
    done = doctest.testmod(xetrack)
    assert (0, True) == (done.failed, done.attempted > 0)
