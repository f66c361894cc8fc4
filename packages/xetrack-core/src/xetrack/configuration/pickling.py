"""Whether what a user gave as an object can go to another process with its tracker."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING, Any

from xetrack.errors import PartNotPickledError, describe_error

if TYPE_CHECKING:
    from xetrack.configuration.choice import PartChoice


def check_picklable(choice: PartChoice) -> None:
    """Check that an object or a class can be pickled, by whatever is pickling its tracker.

    Parameters
    ----------
    choice
        The choice of a part.

    Raises
    ------
    PartNotPickledError
        It cannot.
    """
    if choice.is_named:
        return
    try:
        _pickler().dumps(choice.part)
    except Exception as error:
        raise PartNotPickledError(choice.kind, choice.name, describe_error(error)) from error


def _pickler() -> Any:
    """Return the module that is pickling: `pickle`, or one that can do more.

    `pickle` itself leaves no frame. cloudpickle, which joblib brings too, and dill do, as the first
    beyond xetrack.
    """
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to walk the stack
    while frame.f_back and str(frame.f_globals.get("__name__")).startswith("xetrack."):
        frame = frame.f_back
    name = str(frame.f_globals.get("__name__"))
    has_own = "cloudpickle" in name.split(".") or name.partition(".")[0] == "dill"
    module = sys.modules.get(name) if has_own else None
    return module if hasattr(module, "dumps") else pickle
