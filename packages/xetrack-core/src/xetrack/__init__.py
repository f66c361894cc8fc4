"""xetrack: track experiments and benchmarks in a file of your own.

>>> from xetrack import Tracker
>>> tracker = Tracker(Tracker.IN_MEMORY, params={"model": "resnet18"})
>>> row = tracker.log({"accuracy": 0.9, "epoch": 1})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xetrack.copying.rows import copy
    from xetrack.errors import XetrackError, XetrackWarning
    from xetrack.frames.backends import get_backend, set_backend
    from xetrack.frames.result import Result
    from xetrack.interfaces.query import Condition
    from xetrack.reader import Reader
    from xetrack.tracker import Tracker

__all__ = [
    "Condition",
    "Reader",
    "Result",
    "Tracker",
    "XetrackError",
    "XetrackWarning",
    "copy",
    "get_backend",
    "set_backend",
]

if __spec__.submodule_search_locations is None:
    # This is `xetrack.py`, which stands in where an upgrade from 0.7 removed `xetrack/__init__.py`
    # (docs/design/opening.md): become the package of that folder.
    __path__ = __spec__.submodule_search_locations = [__file__.rpartition(".")[0]]
    __package__ = __spec__.name

_HOMES = {
    "Condition": "xetrack.interfaces.query",
    "Reader": "xetrack.reader",
    "Result": "xetrack.frames.result",
    "Tracker": "xetrack.tracker",
    "XetrackError": "xetrack.errors",
    "XetrackWarning": "xetrack.errors",
    "copy": "xetrack.copying.rows",
    "get_backend": "xetrack.frames.backends",
    "set_backend": "xetrack.frames.backends",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import xetrack`` costs nothing."""
    from importlib import import_module  # noqa: PLC0415

    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("xetrack-core")
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, "__version__"])
