"""Pickles with classes of scripts: which class of today a stored one is, and loading by it.

Every script is ``__main__``, so no name leads from a pickle to the classes of one. cloudpickle
stores them by value, and what it makes of that is another class than the script's own. Beside the
value, `xetrack.assets.script_pickler` stores from which script a class is; where that script runs,
or is imported, and has the class, the class that is there is taken. See `docs/design/assets.md`.
"""

from __future__ import annotations

import dataclasses
import io
import os
import pickle
import sys
import types
import uuid
from enum import Enum
from hashlib import sha256
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from xetrack.errors import report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = b"xetrack script classes 1"
"""What follows such a pickle; whoever unpickles ignores what comes behind the end."""

KEY = "xetrack"
"""Name of a `ScriptClass` in what cloudpickle leaves for extensions."""

MAIN = {"__main__", "__mp_main__"}
"""The script; workers that multiprocessing spawns know it by the second name."""

_SESSION = uuid.uuid4().hex
"""Stands for the path where there is no script: in notebooks and at the prompt."""

_CLOUDPICKLE = "cloudpickle.cloudpickle"


class ChangedClassError(Exception):
    """A class of the script has other fields or members than when its object was stored."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the class {name} has other fields or members than when it was stored")
        self.name = name


class ScriptClass(NamedTuple):
    """What is stored of a class beside its value; in the pickle it is a plain tuple."""

    file: str
    """Name of the script's file; empty in a session without one."""
    place: str
    """Its path, or what stands for the session."""
    name: str
    """Qualified name of the class."""
    fields: tuple[str, ...]
    digest: str
    """Of the code of its methods."""


def place_of(module: ModuleType) -> tuple[str, str]:
    """Return the name of a module's file and its path; in a notebook, what stands for them.

    Parameters
    ----------
    module
        A module, as a rule ``__main__``.

    Returns
    -------
    str, str
        Name and path. The name is empty where there is no file.
    """
    path = getattr(module, "__file__", None)
    if not isinstance(path, str):
        path = getattr(module, "__vsc_ipynb_file__", None) or os.environ.get("JPY_SESSION_NAME")
        if not path:
            return "", _SESSION
    path = os.path.realpath(path)
    return Path(path).name, path


def is_of_script(value: Any) -> bool:
    """Return True for a class or function of the running script.

    Parameters
    ----------
    value
        Any class or function.
    """
    module = getattr(value, "__module__", None)
    # Before Python 3.12 what `make_dataclass` makes is said to be of the module `types`.
    made = module == "types" and isinstance(value, type)
    return module in MAIN or (made and getattr(types, value.__qualname__, None) is not value)


def describe_class(cls: type) -> ScriptClass | None:
    """Return what is stored of a class of the running script beside its value.

    Parameters
    ----------
    cls
        Any class.

    Returns
    -------
    ScriptClass or None
        None for a class that its script has not, or no more, under its name.
    """
    main = sys.modules.get("__main__")
    if main is None or not is_of_script(cls) or look_up(main, cls.__qualname__) is not cls:
        return None
    return ScriptClass(*place_of(main), cls.__qualname__, _fields_of(cls), _digest_of_class(cls))


def look_up(module: ModuleType, name: str) -> Any:
    """Return what a qualified name leads to in a module.

    Parameters
    ----------
    module
        The module.
    name
        The name, with dots for what is in classes.

    Returns
    -------
    object
        None where it leads nowhere.
    """
    value: Any = module
    for part in name.split("."):
        value = getattr(value, "__dict__", {}).get(part)
    return value


def load_pickle(content: bytes | bytearray, *, strict: bool) -> Any:
    """Unpickle an object, with the classes of today where its own are those of a script.

    **Trust**: this runs whatever code the pickle names.

    Parameters
    ----------
    content
        A pickle of `xetrack.assets.script_pickler` or cloudpickle.
    strict
        Raise an error where such a class has other fields or members today. Otherwise it is made
        as it was stored, with a warning.

    Returns
    -------
    object
        A new one.

    Raises
    ------
    ChangedClassError
        See `strict`.
    Exception
        Whatever unpickling raises.
    """
    if not content.endswith(MARK):
        return pickle.loads(content)  # noqa: S301 - see Trust
    return _ScriptUnpickler(io.BytesIO(content), strict=strict).load()


class _ScriptUnpickler(pickle.Unpickler):
    """Takes the class of today where cloudpickle would make one by value."""

    def __init__(self, file: io.BytesIO, *, strict: bool) -> None:
        super().__init__(file)
        self._strict = strict
        self._taken: list[Any] = []

    def find_class(self, module: str, name: str, /) -> Any:
        """Return what the pickle names, or what stands for it here."""
        make = super().find_class(module, name)
        if module != _CLOUDPICKLE:
            return make
        if name == "_make_skeleton_class":
            return lambda *args: self._take(self._class_of_today(args[-1], None)) or make(*args)
        if name == "_make_skeleton_enum":
            return lambda *args: self._take(self._class_of_today(args[-1], args[3])) or make(*args)
        if name == "_make_function":
            return lambda *args: self._take(_function_of_today(*args)) or make(*args)
        if name in {"_class_setstate", "_function_setstate"}:
            return lambda made, state: made if self._has(made) else make(made, state)
        return make

    def _take(self, value: Any) -> Any:
        if value is not None:
            self._taken.append(value)
        return value

    def _has(self, value: Any) -> bool:
        return any(value is taken for taken in self._taken)

    def _class_of_today(self, extra: Any, members: dict[str, Any] | None) -> type | None:
        """Return the class of today; None where the stored one is to be made."""
        stored = extra.get(KEY) if isinstance(extra, dict) else None
        if stored is None:
            return None
        stored = ScriptClass(*stored)
        cls = _find_class(stored)
        if cls is None or _is_compatible(cls, stored, members):
            return cls
        if self._strict:
            raise ChangedClassError(stored.name)
        report(
            f"The class {stored.name} has other fields or members than when an object of it was "
            "stored, so the object is of the class as it was."
        )
        return None


def _find_class(stored: ScriptClass) -> type | None:
    """Return the class that the same script has now, also where its folder was moved."""
    classes = []
    for module in _modules_of_file(stored.file):
        cls = look_up(module, stored.name)
        if isinstance(cls, type):
            if place_of(module)[1] == stored.place:
                return cls
            classes.append(cls)
    return next((cls for cls in classes if _digest_of_class(cls) == stored.digest), None)


def _modules_of_file(file: str) -> Iterator[ModuleType]:
    """Yield the modules whose file has this name, ``__main__`` first."""
    main = sys.modules.get("__main__")
    if main is not None and place_of(main)[0] == file:
        yield main
    for module in tuple(sys.modules.values()) if file else ():
        path = getattr(module, "__file__", None)
        if module is not main and isinstance(path, str) and Path(path).name == file:
            yield module


def _function_of_today(
    code: CodeType, namespace: dict[str, Any], _name: Any, _defaults: Any, closure: Any
) -> FunctionType | None:
    """Return the function that the script has under the name of this code, if it is the same."""
    if closure is not None or namespace.get("__name__") not in MAIN:
        return None
    path = namespace.get("__file__")
    main = sys.modules.get("__main__")
    modules: Iterable[Any] = (main,)
    if isinstance(path, str):
        modules = _modules_of_file(Path(path).name)
    elif hasattr(main, "__file__"):  # the function is from a session, and this is a script
        return None
    for module in modules:
        function = look_up(module, code.co_qualname)
        if isinstance(function, FunctionType) and _digest(function.__code__) == _digest(code):
            return function
    return None


def _is_compatible(cls: type, stored: ScriptClass, members: dict[str, Any] | None) -> bool:
    """Return True if what was stored of an object means the same in the class of today."""
    if issubclass(cls, Enum) is not (members is not None):
        return False
    if members is None:
        return _fields_of(cls) == tuple(stored.fields)
    today: Any = cls
    try:
        return all(bool(today[name].value == value) for name, value in members.items())
    except Exception:  # noqa: BLE001 - a member is gone, or the == of its value raises
        return False


def _fields_of(cls: type) -> tuple[str, ...]:
    """Return the names of the fields that a class declares; none for a plain one."""
    if dataclasses.is_dataclass(cls):
        return tuple(field.name for field in dataclasses.fields(cls))
    for attribute in ("__attrs_attrs__", "__pydantic_fields__", "_fields"):
        fields = getattr(cls, attribute, None)
        if isinstance(fields, tuple | dict):
            return tuple(str(getattr(field, "name", field)) for field in fields)
    slots = [vars(base).get("__slots__", ()) for base in cls.__mro__]
    return tuple(name for names in slots for name in ((names,) if type(names) is str else names))


def _digest_of_class(cls: type) -> str:
    """Return a digest of the code of a class's own methods."""
    digests = []
    for name, value in sorted(vars(cls).items()):
        functions = (value, *(getattr(value, part, None) for part in ("__func__", "fget", "fset")))
        digests += [
            (name, _digest(function.__code__))
            for function in functions
            if isinstance(function, FunctionType)
        ]
    return sha256(repr(digests).encode()).hexdigest()[:32]


def _digest(code: CodeType) -> str:
    """Return a digest of what code does; not of where it is written."""
    constants = [*map(_text_of_constant, code.co_consts)]
    parts = code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants
    return sha256(repr(parts).encode()).hexdigest()


def _text_of_constant(constant: Any) -> str:
    if isinstance(constant, CodeType):
        return _digest(constant)
    # The order of a frozenset is chance.
    return repr(sorted(map(repr, constant)) if isinstance(constant, frozenset) else constant)
