"""The columns for what a tracked function returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.model.kinds import ATOMS, plain
from xetrack.model.names import RESULT, checked_key
from xetrack.model.objects.bounded_repr import text_of
from xetrack.model.times import rounded_times

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS = {int, float}


def columns_of(result: Any) -> dict[Any, Any]:
    """Return the items of a dict whose keys can name columns, and anything else as one column.

    Parameters
    ----------
    result
        What a function returned.

    Returns
    -------
    dict
        Values by key: the dict itself, or the result under ``function_result``.

    Examples
    --------
    >>> columns_of({"loss": 0.5})
    {'loss': 0.5}
    >>> columns_of({True: 9})
    {'function_result': {True: 9}}
    """
    try:
        if isinstance(result, dict):
            for key in result:
                if type(key) is not str or not key:
                    break
            else:  # as nearly always
                return result
            unusual = [key for key in result if type(key) is not str or not key]
            names = [*map(checked_key, unusual)]
            if _NUMBERS.issuperset(map(type, unusual)):
                return result
            # Keys of a class of the user's may raise when they are compared.
            exact = dict(zip(unusual, names, strict=True))
            columns = {exact.get(key, key): value for key, value in result.items()}
            return columns if len(columns) == len(result) else {RESULT: result}
    except Exception:  # noqa: BLE001 - classes of users may raise anything
        return {RESULT: result}
    return {RESULT: result}


def has_only_atoms(columns: Mapping[Any, Any]) -> bool:
    """Return True if no key or value can be the reason why a row was not stored.

    Parameters
    ----------
    columns
        The values of a row, by key.
    """
    try:
        return ATOMS.issuperset(map(type, (*columns, *columns.values())))
    except Exception:  # noqa: BLE001 - a dict of users may raise anything
        return False


def plain_result(columns: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return plain values and texts for what could not be stored as it is.

    Parameters
    ----------
    columns
        What `columns_of` returned.

    Returns
    -------
    dict
        Plain values by checked key; if the dict cannot be read, its text as ``function_result``.
    """
    try:
        return {checked_key(key): plain_or_text(value) for key, value in columns.items()}
    except Exception:  # noqa: BLE001 - classes of users may raise anything
        return {RESULT: text_of(columns)}


def plain_or_text(value: object) -> object:
    """Return a plain value that is ours, and the text of anything else.

    A time that would lose digits stays as it is, so that whoever stores it can warn of that.

    Parameters
    ----------
    value
        A value for a row, from the function of a user.
    """
    rounded = rounded_times()
    try:
        plain_value = plain(value)
        return plain_value if rounded_times() == rounded else value
    except Exception:  # noqa: BLE001 - to read an object of a user may raise anything
        return text_of(value)
