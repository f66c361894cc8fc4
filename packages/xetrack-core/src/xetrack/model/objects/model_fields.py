"""Dataclasses, Pydantic models and attrs classes become columns ``{parameter}_{field}``."""

from __future__ import annotations

import inspect
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from xetrack.model.kinds import ATOMS
from xetrack.model.objects.nested_values import SEPARATOR, NestedValues
from xetrack.model.objects.shown_fields import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_DEEPEST = 20
"""Levels of models within models; only a model that contains itself has more."""


def unpack_fields(name: str, value: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Yield a value under its name, or the shown fields of a model under names of their own.

    Parameters
    ----------
    name
        Name of the value.
    value
        A model, values that are marked as nested, or any other object.
    depth
        The number of models that contain it.

    Yields
    ------
    (str, object)
        The name and the value; for each field of a model ``{name}_{field}``, recursively.

    Examples
    --------
    >>> from dataclasses import make_dataclass
    >>> Config = make_dataclass("Config", ["rate", "layers"])
    >>> [*unpack_fields("config", Config(0.1, 2))]
    [('config_rate', 0.1), ('config_layers', 2)]
    """
    sep, fields = SEPARATOR, None
    if type(value) is NestedValues:
        if depth < _DEEPEST:
            sep, fields = value.sep, value.fields()
        else:
            value = value.items
    elif depth < _DEEPEST:
        fields = fields_of(value)
    if fields is None:
        yield name, value
        return
    for field, inner in fields.items():
        yield from unpack_fields(f"{name}{sep}{field}", inner, depth + 1)


_signatures: WeakKeyDictionary[Any, tuple[inspect.Signature | None, bool]] = WeakKeyDictionary()


def _signature(function: Callable[..., object]) -> tuple[inspect.Signature | None, bool]:
    """Return the signature, or None if there is none, and whether a default is a model.

    The answer is cached for each function.
    """
    # A bound method is a new object at each access; its function stays.
    key = getattr(function, "__func__", function)
    try:
        return _signatures[key]
    except (KeyError, TypeError):
        pass
    try:
        signature = inspect.signature(key)
    except (ValueError, TypeError):
        inspected: tuple[inspect.Signature | None, bool] = (None, False)
    else:
        inspected = (signature, _defaults(signature))
    try:
        _signatures[key] = inspected
    except TypeError:  # a builtin takes no weak reference
        return inspected
    return inspected


def _defaults(signature: inspect.Signature) -> bool:
    return any(
        fields_of(parameter.default) is not None
        for parameter in signature.parameters.values()
        if parameter.default is not parameter.empty
    )


def _is_without_defaults(function: Any) -> bool:
    """Return True if a function or method is without attributes and without defaults."""
    # What it wraps, or another signature, is among its attributes.
    if getattr(function, "__dict__", True):
        return False
    defaults = getattr(function, "__defaults__", ())
    return defaults is None and getattr(function, "__kwdefaults__", ()) is None


def models_in_call(
    function: Callable[..., object], args: Sequence[object], kwargs: Mapping[str, object]
) -> Iterable[tuple[str, object]]:
    """Return the fields of all models among the arguments of a call, defaults included.

    Parameters
    ----------
    function
        The function that is called.
    args, kwargs
        Its arguments.

    Returns
    -------
    iterable of (str, object)
        Names ``{parameter}_{field}``, and the values of the fields.
    """
    while isinstance(function, partial):  # what it was given before is an argument too
        args = (*function.args, *args)
        kwargs = {**function.keywords, **kwargs}
        function = function.func
    arguments = (*args, *kwargs.values())
    if _is_without_defaults(function) and ATOMS.issuperset(
        map(type, arguments)
    ):  # as nearly always
        return ()
    signature, by_default = _signature(function)
    if not by_default and (
        ATOMS.issuperset(map(type, arguments))
        or all(fields_of(argument) is None for argument in arguments)
    ):
        return ()
    named = _named(signature, function, args, kwargs)
    return chain.from_iterable(
        unpack_fields(name, value) for name, value in named if fields_of(value) is not None
    )


def _named(
    signature: inspect.Signature | None,
    function: Callable[..., object],
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> Iterator[tuple[str, object]]:
    """Yield each argument under the name of its parameter."""
    if signature is None:
        yield from ((f"arg_{at}", value) for at, value in enumerate(args))
        yield from kwargs.items()
        return
    owner = getattr(function, "__self__", None)
    bound_to = () if owner is None or not hasattr(function, "__func__") else (owner,)
    try:
        bound = signature.bind(*bound_to, *args, **kwargs)
    except TypeError:  # the call itself is about to say so
        return
    bound.apply_defaults()
    skipped = len(bound_to)
    for name, value in bound.arguments.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            yield from ((f"{name}_{at}", item) for at, item in enumerate(value[skipped:]))
        elif kind is inspect.Parameter.VAR_KEYWORD:
            yield from value.items()
        elif not skipped:
            yield name, value
        skipped = 0
