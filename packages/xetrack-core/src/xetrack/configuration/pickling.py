"""Whether what a user gave as an object can go to another process with its tracker."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING, Any

from xetrack.configuration.choice import PartChoice
from xetrack.errors import PartNotPickledError, describe_error
from xetrack.interfaces.component import PartKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def check_picklable(choice: PartChoice | Callable[..., Any]) -> None:
    """Check that a part and its options can be pickled, by whatever is pickling its tracker.

    Parameters
    ----------
    choice
        The choice of a part, or a plain function as a row filter.

    Raises
    ------
    PartNotPickledError
        It cannot.
    """
    if not isinstance(choice, PartChoice):
        name = getattr(choice, "__qualname__", type(choice).__name__)
        hint = "Give a function that stands in a module under its name."
        _check(choice, PartKind.ROW_FILTER, name, hint)
    else:
        if not choice.is_named:
            _check(choice.part, choice.kind, choice.name)
        check_options_picklable({choice.name: choice.options})


def check_options_picklable(options: Mapping[str, Mapping[str, object]]) -> None:
    """Check that options can be pickled.

    Parameters
    ----------
    options
        Options of parts by their names.

    Raises
    ------
    PartNotPickledError
        They cannot.
    """
    hint = "Give values that can be pickled, or have the part make them."
    for name, values in options.items():
        if values:
            _check(values, "options of", name, hint)


def _check(part: object, kind: str, name: str, hint: str = "") -> None:
    try:
        _pickler().dumps(part)
    except Exception as error:
        raise PartNotPickledError(kind, name, describe_error(error), hint) from error


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
