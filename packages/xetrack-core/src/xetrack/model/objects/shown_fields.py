"""The fields of models (dataclasses, attrs classes, Pydantic models), and which of them are hidden.

A model hides a field that is declared with ``repr=False``, or with ``exclude=True`` of Pydantic.
A secret (Pydantic's ``SecretStr``, ``SecretBytes``, ``Secret``) hides its value. Neither may reach
a row, a log, an asset or a text.

Models are recognised by attributes of their classes, so that none of their libraries is imported.
"""

from __future__ import annotations

import sys
from collections import ChainMap, UserDict, UserList, deque
from itertools import islice
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "**********"
"""What stands in place of a secret, as Pydantic writes it."""

_NO_MODELS = frozenset({bool, int, float, str, bytes, list, dict, tuple, set, type(None)})
_MAPPINGS = (dict, UserDict, MappingProxyType, ChainMap)
_ITERABLES = (list, tuple, set, frozenset, deque, UserList)
_LEAVES = frozenset({bool, int, float, str, bytes, type(None)})
_MOST_OBJECTS = 1_000


class ClassFields(NamedTuple):
    """The names of the fields that a class of models declares."""

    shown: tuple[str, ...]
    hidden: frozenset[str]
    excluded: bool
    """Whether the ``repr`` of the class shows a field that is hidden."""
    extra: bool
    """Whether an instance may have further fields, in ``model_extra`` of Pydantic."""


_known: WeakKeyDictionary[type, ClassFields | None] = WeakKeyDictionary()


def fields_of_class(cls: type) -> ClassFields | None:
    """Return what a class declares, or None for a class that is no model.

    Parameters
    ----------
    cls
        Any class, such as a dataclass or a model of pydantic.
    """
    try:
        return _known[cls]
    except KeyError:
        return _known.setdefault(cls, _declared_fields(cls))
    except TypeError:  # a metaclass of a user may have no hash
        return _declared_fields(cls)


def _declared_fields(cls: Any) -> ClassFields | None:
    declared: dict[str, Any] = {}
    by_pydantic: Any = getattr(cls, "__pydantic_fields__", None)
    if hasattr(cls, "__dataclass_fields__"):
        declared = {field.name: field for field in sys.modules["dataclasses"].fields(cls)}
    elif isinstance(attributes := getattr(cls, "__attrs_attrs__", None), tuple):
        declared = {attribute.name: attribute for attribute in attributes}
    elif isinstance(fields := getattr(cls, "model_fields", None), dict):
        declared = by_pydantic = fields
    else:
        return None
    by_pydantic = by_pydantic if isinstance(by_pydantic, dict) else {}
    excluded = {
        name for name, field in by_pydantic.items() if getattr(field, "exclude", None) is True
    }
    silent = {
        name
        for name, field in (*declared.items(), *by_pydantic.items())
        if getattr(field, "repr", True) is False
    }
    shown = tuple(name for name in declared if name not in excluded | silent)
    has_extra = declared is by_pydantic
    return ClassFields(shown, frozenset(excluded | silent), bool(excluded), has_extra)


def fields_of(value: object) -> dict[str, object] | None:
    """Return the fields of a model by name without the hidden ones, or None for anything else.

    Parameters
    ----------
    value
        Any object, such as one of a dataclass.

    Returns
    -------
    dict or None
        The values of the fields; one that was never set is left out.
    """
    cls = type(value)
    if cls in _NO_MODELS:
        return None
    fields = fields_of_class(cls)
    if fields is None:
        return None
    names: Iterable[str] = fields.shown
    if fields.extra:
        names = (*names, *(getattr(value, "model_extra", None) or ()))
    # A field without a value was never set.
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


def is_secret(value: object) -> bool:
    """Return True for an object that gives its value only to who asks for a secret.

    Parameters
    ----------
    value
        Any object, such as a ``SecretStr`` of pydantic.
    """
    return callable(getattr(type(value), "get_secret_value", None))


def attributes_of(value: object) -> dict[str, object] | None:
    """Return the attributes of a namespace, also of `argparse`; None for anything else.

    Parameters
    ----------
    value
        Any object.

    Returns
    -------
    dict or None
        A copy, by name.
    """
    argparse: Any = sys.modules.get("argparse")
    if isinstance(value, SimpleNamespace) or (argparse and isinstance(value, argparse.Namespace)):
        return dict(vars(value))
    return None


def parts_of(value: Any, most: int = _MOST_OBJECTS) -> dict[Any, object] | list[object] | None:
    """Return the items of a container or namespace, of which a text shows each.

    Parameters
    ----------
    value
        Any object.
    most
        At most so many items.

    Returns
    -------
    dict, list or None
        None for what is no container of the standard library.
    """
    if isinstance(value, _MAPPINGS):
        return dict(islice(value.items(), most))
    if isinstance(value, _ITERABLES):
        return list(islice(value, most))
    return attributes_of(value)


def can_show_hidden(value: object, most: int = _MOST_OBJECTS) -> bool:
    """Return True if the ``repr`` of a value may show a field that a model within it hides.

    Parameters
    ----------
    value
        Any object.
    most
        So many objects are looked at, of each container and in all; a text of more is cut off
        before it shows the others.
    """
    remaining = [value]
    for _ in range(most):
        if not remaining:
            return False
        try:
            is_found, inner = _look_into(remaining.pop(), most)
        except Exception:  # noqa: BLE001, S112 - classes of users may raise anything
            continue
        if is_found:
            return True
        remaining += inner
    return False


def _look_into(item: Any, most: int) -> tuple[bool, list[Any]]:
    """Return whether the ``repr`` of a model shows what it hides, and what lies within a value."""
    if type(item) in _LEAVES:
        return False, []
    parts = parts_of(item, most)
    if parts is not None:
        items = [*parts, *(parts.values() if isinstance(parts, dict) else ())]
        return False, [] if _LEAVES.issuperset(map(type, items)) else items
    fields = fields_of_class(type(item))
    if fields is None:
        return False, []
    return fields.excluded, list((fields_of(item) or {}).values())
