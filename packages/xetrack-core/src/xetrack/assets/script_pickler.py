"""The pickler for what no module holds; for parts whose distribution depends on cloudpickle."""

from __future__ import annotations

import io
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any

import cloudpickle  # type: ignore[import-untyped]

from xetrack.assets.script_classes import KEY, MAIN, MARK, describe_class

if TYPE_CHECKING:
    from typing import Protocol

    class _Writable(Protocol):
        def write(self, piece: Any, /) -> Any: ...


def dump_pickle(value: object, file: _Writable) -> None:
    """Write the pickle of an object.

    ``pickle.loads`` takes it where cloudpickle is installed, and `load_pickle` of
    `xetrack.assets.script_classes` besides knows the classes of scripts again.

    Parameters
    ----------
    value
        The object.
    file
        Whatever has a ``write``.

    Raises
    ------
    Exception
        Whatever pickling the object raises.
    """
    # A spawned process knows the script by another name, which is no module elsewhere either.
    main = sys.modules.get("__mp_main__")
    if main is not None:
        cloudpickle.register_pickle_by_value(main)
    # Of protocol 5 as every Python that xetrack supports reads it.
    pickler = _ScriptPickler(file, protocol=5)
    pickler.dump(value)
    if pickler.has_script_parts:
        file.write(MARK)


def to_pickle(value: object) -> bytes:
    """Return the pickle of an object; see `dump_pickle`."""
    file = io.BytesIO()
    dump_pickle(value, file)
    return file.getvalue()


class _ScriptPickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Stores beside the value of a script's class from which script it is."""

    has_script_parts = False

    def reducer_override(self, value: Any) -> Any:
        """Return what cloudpickle returns, and for classes of scripts where they are from."""
        # First what nearly every object is, which must not take longer than cloudpickle alone.
        if not issubclass(type(value), type) and not isinstance(value, FunctionType):
            return NotImplemented
        reduced = super().reducer_override(value)
        if reduced is NotImplemented or getattr(value, "__module__", None) not in MAIN:
            return reduced
        self.has_script_parts = True
        stored = describe_class(value) if isinstance(value, type) else None
        if stored is None:
            return reduced
        make, arguments, *state = reduced
        return make, (*arguments[:-1], {KEY: tuple(stored)}), *state
