"""The kinds of tests that `make quick` leaves out; what each is stands with the markers of pytest.

A kind is seen from where a test lies, what it calls and what it asks for, so that a new test has it
without a word. Where that does not show, a module says it: ``pytestmark = pytest.mark.processes``.
"""

from __future__ import annotations

import re
from functools import cache
from inspect import isfunction, unwrap
from pathlib import Path
from types import CodeType

import pytest

from tests.slow_tests import SLOW

TESTS = Path(__file__).parent
OURS = ("tests.", "xetrack_testing.")
"""How the modules begin whose functions are looked into."""

FOLDERS = {
    "processes": ("workspace", "e2e", "examples", "skills/git_versioning"),
    "faults": ("faults", "seams"),
    "servers": ("postgres",),
}
"""Of these, all tests are of the kind."""

FILES = {
    "processes": ("duckdb/test_processes.py", "duckdb/test_links.py"),
    "faults": (
        "test_interrupts.py",
        "test_hostile*.py",
        "test_kills.py",
        "core/test_read_hostile_logs.py",
        "core/sqlite/test_damaged_files.py",
        "duckdb/test_conflicts.py",
        "duckdb/test_locks.py",
        "duckdb/test_model.py",
        "postgres/test_widening.py",
    ),
    "slow": (
        "cache/keys/test_fitted_models.py",  # it imports scikit-learn
        "cli/test_every_engine.py",  # a table of commands and engines
        "duckdb/test_contract.py",  # the kit, on an engine that takes 16 ms to open a file
        "skills/benchmark/test_pages.py",  # each program of the pages
    ),
}
"""Likewise, by the ends of paths."""

STARTERS = {
    *("subprocess", "multiprocessing", "Popen", "Pool", "ProcessPoolExecutor"),
    *("together", "killed"),  # of the kit
    *("OtherProcess", "Environment"),
}
"""What starts interpreters, by its name."""

SWEEPS = {"at_line", "lines_of"}
"""What interrupts a piece of work at some of its lines, by its name."""

SERVERS = {"server", "mortal"}
"""Fixtures that are a server."""


WITHOUT = re.compile(r"not \((\w+(?: or \w+)*)\)")
"""The markers that `make quick` leaves out, as it says it."""


def is_left_out(path, markers):
    """Whether markers leave out all tests of a file, so that it need not be imported."""
    without = WITHOUT.fullmatch(markers)
    return bool(without and _kinds_of_file(path) & {*without[1].split(" or ")})


def mark(items):
    """Mark each test with its kinds; those first for which each worker builds all distributions."""
    items.sort(key=lambda item: "workspace" not in _folders(item.path))
    for item in items:
        for kind in _kinds(item):
            item.add_marker(getattr(pytest.mark, kind))


def _kinds(item):
    yield from _kinds_of_file(item.path)
    fixtures = (definitions[-1].func for definitions in item._fixtureinfo.name2fixturedefs.values())
    names = [_names(function) for function in (item.function, *fixtures)]
    if not all(map(STARTERS.isdisjoint, names)):
        yield "processes"
    if not SWEEPS.isdisjoint(names[0]):
        yield "faults"
    if not SERVERS.isdisjoint(item.fixturenames):
        yield "servers"
    if getattr(item.function, "is_hypothesis_test", False):
        yield "properties"
    if item.originalname.startswith(("test_a_broken_", "test_a_sound_")):
        yield "mutants"
    if item.originalname in _slow(item.path) or _is_other_case(item):
        yield "slow"


def _is_other_case(item):
    """Whether it is the case on DuckDB of a test that shows the same on quicker engines."""
    case = item.name.removeprefix(item.originalname)
    return "duckdb" in case and "duckdb" not in _folders(item.path)


@cache
def _folders(path):
    return {str(folder) for folder in path.relative_to(TESTS).parents}


@cache
def _kinds_of_file(path):
    by_folder = {kind for kind, folders in FOLDERS.items() if _folders(path) & {*folders}}
    by_name = {kind for kind, patterns in FILES.items() if any(map(path.match, patterns))}
    return by_folder | by_name


@cache
def _slow(path):
    return SLOW.get(str(path.relative_to(TESTS)), ())


@cache
def _names(function):
    """What a function names, and what those functions of ours name that it calls."""
    names = set()
    todo = [function]
    for wrapped in todo:
        callee = unwrap(wrapped)
        if not isfunction(callee) or not callee.__module__.startswith(OURS):
            continue
        new = set(_named(callee.__code__)) - names
        names |= new
        todo += [callee.__globals__[name] for name in new if name in callee.__globals__]
    return names


def _named(code):
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _named(constant)
