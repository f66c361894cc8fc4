"""The pickler for what no module holds; for parts whose distribution depends on cloudpickle."""

from __future__ import annotations

import io
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any

import cloudpickle  # type: ignore[import-untyped]

from xetrack.assets.script_classes import KEY, MARK, describe_class, is_of_script

if TYPE_CHECKING:
    from typing import Protocol

    class _Writable(Protocol):
        def write(self, piece: Any, /) -> Any: ...


class ScriptPickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Stores beside the value of a script's class from which script it is.

    ``pickle.loads`` takes what it writes where cloudpickle is installed, and `load_pickle` of
    `xetrack.assets.script_classes` besides knows the classes of scripts again.

    Parameters
    ----------
    file
        Whatever has a ``write``.
    """

    def __init__(self, file: _Writable) -> None:
        # A spawned process knows the script by another name, which is no module elsewhere either.
        main = sys.modules.get("__mp_main__")
        if main is not None:
            cloudpickle.register_pickle_by_value(main)
        # Of protocol 5 as every Python that xetrack supports reads it.
        super().__init__(file, protocol=5)
        self._file = file
        self._has_script_parts = False

    def dump(self, value: object) -> None:
        """Write the pickle of an object.

        Parameters
        ----------
        value
            The object.

        Raises
        ------
        Exception
            Whatever pickling the object raises.
        """
        super().dump(value)
        if self._has_script_parts:
            self._file.write(MARK)

    def reducer_override(self, value: Any) -> Any:
        """Return what cloudpickle returns, and for classes of scripts where they are from.

        Parameters
        ----------
        value
            The object to pickle.

        Returns
        -------
        tuple or NotImplemented
            See `pickle.Pickler.reducer_override`.
        """
        # First what nearly every object is, which must not take longer than cloudpickle alone.
        if not issubclass(type(value), type) and not isinstance(value, FunctionType):
            return NotImplemented
        reduced = super().reducer_override(value)
        if reduced is NotImplemented or not is_of_script(value):
            return reduced
        self._has_script_parts = True
        stored = describe_class(value) if isinstance(value, type) else None
        if stored is None:
            return reduced
        make, arguments, *state = reduced
        return make, (*arguments[:-1], {KEY: tuple(stored)}), *state


def to_pickle(value: object, pickler: type[ScriptPickler] = ScriptPickler) -> bytes:
    """Return the pickle of an object.

    Parameters
    ----------
    value
        The object.
    pickler
        What pickles it.
    """
    file = io.BytesIO()
    pickler(file).dump(value)
    return file.getvalue()
