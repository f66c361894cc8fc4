"""The parameters of a request: read by name, checked, and refused with what to type."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from xetrack.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_DIGITS = 15


class Parameters:
    """The parameters of one request. An empty value is as none.

    Parameters
    ----------
    pairs
        Names and values, as they stand in the URL.
    known
        The names that the request may have.

    Raises
    ------
    InvalidArgumentError
        There is another name, or a name twice.

    Examples
    --------
    >>> parameters = Parameters([("limit", "10"), ("y", "loss,a%2Cb")], ("limit", "y"))
    >>> parameters.whole("limit", 100, most=1000), parameters.names("y")
    (10, ('loss', 'a,b'))
    """

    def __init__(self, pairs: Iterable[tuple[str, str]], known: Sequence[str]) -> None:
        self._values: dict[str, str] = {}
        self._names: set[str] = set()
        for name, value in pairs:
            if name not in known:
                expected = f"one of: {', '.join(known)}" if known else "no parameter"
                raise InvalidArgumentError("parameter", name, expected)
            if name in self._names:
                raise InvalidArgumentError(name, value, "it once; the items of a list with commas")
            self._names.add(name)
            if value:
                self._values[name] = value

    def text(self, name: str, default: str = "") -> str:
        """Return a text.

        Parameters
        ----------
        name
            Name of the parameter.
        default
            What is returned where it has no value.
        """
        return self._values.get(name, default)

    def required(self, name: str, expected: str) -> str:
        """Return a text that has to be there.

        Parameters
        ----------
        name
            Name of the parameter.
        expected
            What it has to be, for the error.

        Raises
        ------
        InvalidArgumentError
            It has no value.
        """
        if name not in self._values:
            raise InvalidArgumentError(name, "", expected)
        return self._values[name]

    def names(self, name: str) -> tuple[str, ...]:
        """Return the items of a list, each once; ``%2C`` is a comma within an item.

        Parameters
        ----------
        name
            Name of the parameter, whose value is a list with commas.
        """
        items = self._values.get(name, "").split(",")
        return tuple(dict.fromkeys(unquote(item) for item in items if item))

    def has(self, name: str) -> bool:
        """Return True if a parameter is there, be it without a value.

        Parameters
        ----------
        name
            Name of the parameter.
        """
        return name in self._names

    def whole(self, name: str, default: int, *, least: int = 0, most: int) -> int:
        """Return a whole number.

        Parameters
        ----------
        name
            The parameter.
        default
            What it is where it is not given.
        least, most
            Its range, both ends in it.
        """
        text = self._values.get(name)
        if text is None:
            return default
        is_whole = re.fullmatch(r"[0-9]+", text, re.ASCII) and len(text) <= _MOST_DIGITS
        if not is_whole or not least <= int(text) <= most:
            raise InvalidArgumentError(name, text, f"a whole number from {least} to {most}")
        return int(text)

    def number(self, name: str) -> float | None:
        """Return a finite number; None where it is not given.

        Parameters
        ----------
        name
            Name of the parameter.

        Raises
        ------
        InvalidArgumentError
            Its value is no finite number.
        """
        text = self._values.get(name)
        if text is None:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise InvalidArgumentError(name, text, "a number, such as 0.5")
        return number

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a truth: 0 or 1.

        Parameters
        ----------
        name
            Name of the parameter.
        default
            What is returned where it has no value.

        Raises
        ------
        InvalidArgumentError
            Its value is neither 0 nor 1.
        """
        text = self._values.get(name)
        if text is None:
            return default
        if text not in {"0", "1"}:
            raise InvalidArgumentError(name, text, "0 or 1")
        return text == "1"

    def choices(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Return the items of a list, each of which is one of some words.

        Parameters
        ----------
        name
            Name of the parameter, whose value is a list with commas.
        allowed
            The words.

        Returns
        -------
        tuple of str
            Empty where it has no value.

        Raises
        ------
        InvalidArgumentError
            An item is none of the words.
        """
        items = self.names(name)
        for item in items:
            if item not in allowed:
                raise InvalidArgumentError(name, item, f"one of: {', '.join(allowed)}")
        return items
