"""Promise 30: `import xetrack` changes nothing in the process."""

from __future__ import annotations

import xetrack

HEAVY = {"pandas", "numpy", "loguru", "psutil", "cyclopts", "duckdb"}
SLOW = {"attr", "asyncio", "difflib", "importlib.metadata", "logging", "multiprocessing"}
"""What takes milliseconds to import, and neither a tracker nor a row needs."""

FOR_FEW = {
    "xetrack.calls.pending",
    "xetrack_cache",
    "xetrack.interfaces.engines.series",
    "xetrack.runs.series",
}
"""What only caches, charts and settings of metrics need."""


def test_promise_30_the_import_loads_no_library(python):
    """The import loads no library, nor does asking for a name that does not exist."""
    code = "import sys, xetrack; hasattr(xetrack, 'nothing'); print(*sys.modules)"
    assert set() == HEAVY & set(python(code).stdout.split())


def test_logging_and_reading_rows_loads_no_library(python):
    """Only a frame needs pandas."""
    code = (
        "import sys; from xetrack import Reader, Tracker\n"
        "with Tracker('x.db', {'a': 1}) as t:\n"
        "    t.log({'x': 1}); t.log_batch([{'x': 2}]); t.track(len, args=['abc'])\n"
        "    t.set_value('y', 1); list(t); t[1]; len(t)\n"
        "Reader('x.db').select().dicts()\n"
        "print(*sys.modules)"
    )
    done = python(code)
    assert "" == done.stderr
    loaded = set(done.stdout.split())
    assert set() == (HEAVY | SLOW | FOR_FEW) & loaded


def test_promise_30_the_import_leaves_the_process_as_it_was(python):
    """No thread, start method, warnings filter, handler, signal or hook."""
    code = (
        "import logging, multiprocessing, signal, sys, threading, warnings\n"
        "def state():\n"
        "    signals = [signal.getsignal(one) for one in signal.valid_signals()]\n"
        "    return (threading.enumerate(), warnings.filters[:], logging.root.handlers[:],\n"
        "        multiprocessing.get_start_method(allow_none=True), signals, sys.excepthook)\n"
        "before = state()\n"
        "import xetrack\n"
        "from xetrack import *\n"
        "print(before == state(), before[3])"
    )
    assert "True None\n" == python(code).stdout


def test_the_public_names_are_those_of_all():
    """Each can be had, `dir` shows it, and a star brings nothing else."""
    namespace: dict[str, object] = {}
    exec("from xetrack import *", namespace)
    namespace.pop("__builtins__")
    assert sorted(xetrack.__all__) == sorted(namespace) == list(xetrack.__all__)
    assert set(xetrack.__all__) <= set(dir(xetrack))
    assert isinstance(xetrack.__version__, str)


def test_a_name_that_does_not_exist_is_an_attribute_error(python):
    """A name that does not exist is an attribute error, as for any module."""
    done = python("import xetrack; xetrack.Trakcer")
    assert "AttributeError: module 'xetrack' has no attribute 'Trakcer'" in done.stderr
