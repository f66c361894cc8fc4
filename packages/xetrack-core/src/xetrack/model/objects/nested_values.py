"""Configs and dicts whose items become columns of their own, and the step of a row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from numbers import Number, Real
from typing import Any, cast

from xetrack.errors import InvalidArgumentError
from xetrack.model.objects.shown_fields import attributes_of, fields_of
from xetrack.model.objects.small_values import is_config, items_of_config

SEPARATOR = "_"
"""Between the name of a value and that of a field within it."""

STEP = "step"
"""The key that a step is stored under."""


class NestedValues:
    """Marks values that get columns of their own, named after what contains them.

    Parameters
    ----------
    items
        Values by name.
    sep
        What stands between the names.
    has_mappings
        Whether dicts within are such values as well, or cells.
    """

    __slots__ = ("_has_mappings", "items", "sep")

    def __init__(self, items: Mapping[Any, object], sep: str, *, has_mappings: bool) -> None:
        self.items = items
        self._has_mappings = has_mappings
        self.sep = sep

    def fields(self) -> dict[Any, object]:
        """Return the values by name, marked where they are nested themselves."""
        return {
            name: _nested(value, self.sep, has_mappings=self._has_mappings)
            for name, value in self.items.items()
        }


def _nested(value: object, sep: str, *, has_mappings: bool) -> object:
    """Mark a config, or a mapping if these are asked for; return anything else as it is."""
    items: Any = attributes_of(value)
    if items is None and is_config(value):
        items = items_of_config(value)
    if items is None and has_mappings:
        items = value if isinstance(value, Mapping) else fields_of(value)
    if not isinstance(items, Mapping) or not items or not all(map(_is_name, items)):
        return value
    return NestedValues(items, sep, has_mappings=has_mappings)


def _is_name(key: object) -> bool:
    return (isinstance(key, str) and key != "") or (
        isinstance(key, Number) and not isinstance(key, bool)
    )


def config_items(config: Any) -> Any:
    """Return the values of a whole config by name.

    Parameters
    ----------
    config
        A mapping; or a dataclass, an attrs or Pydantic model, a ``Namespace``, or a config of
        OmegaConf, of which those within get columns of their own as well.

    Returns
    -------
    mapping
        The values; anything that is no config as it is.
    """
    if type(config) is dict:
        return config
    items: Any = attributes_of(config)
    if items is None:
        items = items_of_config(config) if is_config(config) else fields_of(config)
    if not isinstance(items, dict):
        return config
    return NestedValues(items, SEPARATOR, has_mappings=False).fields()


def checked_config(params: Any) -> Mapping[Any, object]:
    """Return params by name if they are a mapping or a whole config.

    Parameters
    ----------
    params
        See `config_items`.

    Raises
    ------
    InvalidArgumentError
        They are neither.
    """
    items = config_items(params)
    if not hasattr(items, "items"):
        expected = "a mapping of names to values, as {'model': 'resnet18'}, or a config"
        raise InvalidArgumentError("params", params, expected)
    return cast("Mapping[Any, object]", items)


def flattened(data: Mapping[Any, object], sep: str = SEPARATOR) -> dict[Any, object]:
    """Return data of which all mappings, at every level, get columns of their own.

    Parameters
    ----------
    data
        What the user logs, by key.
    sep
        What stands between the key of a mapping and those within it.
    """
    if not isinstance(data, Mapping):  # which is an error of `log`
        return data
    return NestedValues(data, sep, has_mappings=True).fields()


def with_step(data: Mapping[Any, object], step: object) -> Mapping[Any, object]:
    """Return the values of a row with its step in front.

    Parameters
    ----------
    data
        What the user logs; what is no mapping is returned as it is, for the recorder to refuse.
    step
        A number.

    Raises
    ------
    InvalidArgumentError
        It is no number, or the values have another step.
    """
    if not isinstance(step, Real | Decimal) or isinstance(step, bool):
        raise InvalidArgumentError("step", step, "a number, such as that of the batch or epoch")
    if not isinstance(data, Mapping):
        return data
    if STEP in data and data[STEP] != step:
        raise InvalidArgumentError(STEP, step, f"it once: the row has a {STEP!r} of {data[STEP]!r}")
    return {STEP: step, **data}
