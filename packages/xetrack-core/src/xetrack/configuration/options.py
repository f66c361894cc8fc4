"""Options of parts, checked against what the part says of them, before the part is made."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.configuration.project import working_directory
from xetrack.errors import PartOptionError, near
from xetrack.interfaces.component import COMMON_OPTIONS
from xetrack.model.locations import shown_value
from xetrack.process.paths import expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from xetrack.configuration.choice import OptionLayer
    from xetrack.interfaces.component import Component, Option

_BOOLS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False, "no": False, "off": False, "0": False
}  # fmt: skip

_EXPECTED: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    Path: "a path",
    list: "a list of texts; in a text they are separated by commas",
}
"""The types of options, in words."""


def check_options(
    component: Component,
    kind: str,
    layer: OptionLayer,
    others: Callable[[], Collection[str] | None] = tuple,
) -> dict[str, object]:
    """Return options with each value of the type that the part wants.

    Parameters
    ----------
    component
        The description of the part; where it says nothing of options, all are returned as they are.
    kind
        The kind of the part.
    layer
        The options, all from one place.
    others
        Returns the options of parts of other kinds that have the same name, None for any; an
        unknown option that one of them takes is left out. It is called only where one is unknown.

    Raises
    ------
    PartOptionError
        An option is unknown, or its value is none of its type.
    """
    described = (*COMMON_OPTIONS.get(kind, ()), *(component.options or ()))
    known = {option.name: option for option in described}
    checked: dict[str, object] = {}
    for name, value in layer.values.items():
        if name in known:
            try:
                checked[name] = _converted(known[name], value, layer.folder)
            except (TypeError, ValueError) as error:
                shown, expected = shown_value(value, name), _EXPECTED[known[name].type]
                reason = f"it is {shown!r}, but must be {expected}."
                raise PartOptionError(kind, component.name, name, reason, layer.source) from error
            continue
        if component.options is None:
            checked[name] = value
            continue
        elsewhere = others()
        if elsewhere is not None and name not in elsewhere:
            takes = f"it takes {_listed(component.options) or 'none'}"
            if common := _listed(COMMON_OPTIONS.get(kind, ())):
                takes += f", and as every {kind} {common}"
            suggestion = near(name, known, all_else=False)
            reason = f"{takes}. {suggestion}".rstrip()
            raise PartOptionError(kind, component.name, name, reason, layer.source)
    return checked


def _listed(options: Iterable[Option]) -> str:
    return ", ".join(sorted(option.name for option in options))


def defaults_of(component: Component) -> dict[str, object]:
    """Return the default of each option that a part describes.

    Parameters
    ----------
    component
        The description of the part.

    Returns
    -------
    dict
        By the names of the options; None for an option without a default.
    """
    return {
        option.name: list(option.default) if isinstance(option.default, list) else option.default
        for option in component.options or ()
    }


def _converted(option: Option, value: object, folder: str) -> object:
    """Return a value of an option's type.

    Raises
    ------
    TypeError, ValueError
        It is none.
    """
    if value is None and option.default is None:
        return None
    convert: Callable[[Any, str], object] = _CONVERT[option.type]
    return convert(value, folder)


def _as_text(value: object, _: str) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _as_int(value: object, _: str) -> int:
    if isinstance(value, str):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _as_float(value: object, _: str) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    return float(value)


def _as_bool(value: object, _: str) -> bool:
    if isinstance(value, str) and value.lower() in _BOOLS:
        return _BOOLS[value.lower()]
    if not isinstance(value, bool):
        raise TypeError
    return value


def _as_path(value: object, folder: str) -> Path:
    path = os.fspath(value)  # type: ignore[call-overload]  # what is none raises
    if not isinstance(path, str) or not path or "\0" in path:
        raise ValueError
    return Path(folder or working_directory(), expanded(path))


def _as_list(value: object, _: str) -> list[str]:
    if isinstance(value, str):
        if value.startswith("["):
            value = json.loads(value)
        else:
            value = [item.strip() for item in value.split(",")] if value else []
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise TypeError
    return list(value)


_CONVERT: dict[type, Callable[[Any, str], object]] = {
    str: _as_text,
    int: _as_int,
    float: _as_float,
    bool: _as_bool,
    Path: _as_path,
    list: _as_list,
}


def as_query(options: Mapping[str, object]) -> str:
    """Return options as the query of a URL, from which the same are read again.

    Parameters
    ----------
    options
        Checked options, by name.

    Examples
    --------
    >>> as_query({"batch": 10, "tags": ["a", "b,c"], "quick": True})
    'batch=10&tags=%5B%22a%22%2C%20%22b%2Cc%22%5D&quick=true'
    """
    from urllib.parse import quote  # noqa: PLC0415 - for those who have options

    return "&".join(
        f"{quote(name, safe='')}={quote(_as_query_text(value), safe='')}"
        for name, value in options.items()
        if value is not None
    )


def _as_query_text(value: object) -> str:
    return json.dumps(value) if isinstance(value, list | bool) else str(value)
