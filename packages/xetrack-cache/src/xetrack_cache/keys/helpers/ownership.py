"""Whose code it is: the user's own, or that of a library, which is not followed.

A user's own is what lies neither in the standard library nor below ``site-packages`` or
``dist-packages``: scripts, modules beside them, packages on ``PYTHONPATH`` and those installed
editable, cells of notebooks, and what was made at the prompt.
"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack_cache.keys.classes import MAIN, is_python

if TYPE_CHECKING:
    from types import FunctionType, ModuleType

_INSTALLED = {"site-packages", "dist-packages"}
_STANDARD = tuple(
    os.path.join(os.path.realpath(sysconfig.get_path(name)), "")  # noqa: PTH118 - with the slash
    for name in ("stdlib", "platstdlib")
)
_OURS = {
    "xetrack",
    *(
        f"xetrack_{name}"
        for name in ("arrow", "assets", "cache", "cli", "duckdb", "postgres", "testing")
    ),
}
"""Our own packages are a library, also where they are installed editable."""

_CYTHON = "_cython_"
"""Begins the name of a module without a file, which has the types of what Cython compiled."""


@functools.lru_cache(maxsize=10_000)
def is_own_file(path: str) -> bool:
    """Return True for a file of the user's; also for no file, such as ``<stdin>``.

    Parameters
    ----------
    path
        The file of a code object, as ``co_filename`` has it.
    """
    if path.startswith("<frozen"):
        return False
    if path.startswith("<") or not path:
        return True
    path = os.path.realpath(path)
    return not path.startswith(_STANDARD) and _INSTALLED.isdisjoint(Path(path).parts)


def is_own_module(module: ModuleType | None, name: str) -> bool:
    """Return True for a module of the user's, and for one that was made without a file.

    Parameters
    ----------
    module
        The module; None where there is none of this name.
    name
        Its name.
    """
    if name in MAIN:
        return True
    if name.partition(".")[0] in _OURS or name in sys.builtin_module_names:
        return False
    if name.startswith(_CYTHON):
        return False
    path = getattr(module, "__file__", None)
    if isinstance(path, str):
        return is_own_file(path)
    return getattr(module, "__spec__", None) is None or hasattr(module, "__path__")


def is_own_function(function: FunctionType) -> bool:
    """Return True for a function that the user wrote.

    Parameters
    ----------
    function
        A function that is written in Python.
    """
    module = function.__module__ or ""
    return module.partition(".")[0] not in _OURS and is_own_file(function.__code__.co_filename)


def is_own_class(cls: type) -> bool:
    """Return True for a class that the user wrote in Python.

    Parameters
    ----------
    cls
        Any class; its module need not be imported.
    """
    name = cls.__module__
    module = sys.modules.get(name)
    if module is None:  # a name that its package gave it, as numpy.rec, need not be imported
        module = sys.modules.get(name.partition(".")[0])
    return is_python(cls) and is_own_module(module, name)
