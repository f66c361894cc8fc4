"""The base class of encoders, which turn values into parts of a key."""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NoReturn

from xetrack_cache.keys.netstrings import netstring, unordered_container

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotKeyableError(Exception):
    """A value that no key can stand for; it never leaves xetrack.

    Parameters
    ----------
    kind
        Its type, by which it is spoken of once.
    reason
        Why, in words that follow "a Config ".
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason


def kind_of(value: object) -> str:
    """Return the name of the type of a value, for users.

    Parameters
    ----------
    value
        Any object.
    """
    cls = type(value)
    name: str = type.__dict__["__qualname__"].__get__(cls)
    module = type.__dict__["__module__"].__get__(cls)  # past any metaclass
    return name if module == "builtins" else f"{module}.{name}"


class Encoder(ABC):
    """An encoder of values as parts of one key.

    Parameters
    ----------
    content
        Take also what Python calls unhashable, such as lists and arrays, by its content.
    state
        Tell objects by their state, as pickle would find it, instead of by their own ``==``.
    code
        Take the code of users' classes into the parts of objects that are told by their state.
    """

    def __init__(self, *, content: bool = False, state: bool = False, code: bool = True) -> None:
        self.content = content
        self.state = state
        self.code = code
        self.objects: list[Any] = []
        self.with_code: list[Any] = []
        """Functions, classes and objects in the values, which may lead to helpers."""
        self.within: list[object] = []

    @abstractmethod
    def of(self, value: Any) -> bytes:
        """Encode a value.

        Parameters
        ----------
        value
            An argument, a param, or a value within one.

        Returns
        -------
        bytes
            A part of the key's material, in netstrings.

        Raises
        ------
        NotKeyableError
            There is none.
        """

    def all(self, tag: bytes, values: Iterable[Any]) -> bytes:
        """Encode a container of values in their order.

        Parameters
        ----------
        tag
            The kind of container.
        values
            What it contains.

        Returns
        -------
        bytes
            The part of the key.
        """
        return netstring(tag, b"".join(map(self.of, values)))

    def unordered(self, tag: bytes, values: Iterable[Any]) -> bytes:
        """Encode a container of values that have no order of their own.

        Parameters
        ----------
        tag
            The kind of container.
        values
            What it contains.

        Returns
        -------
        bytes
            The part of the key.
        """
        known = len(self.with_code)
        pairs = [(self.of(value), value) for value in values]
        if len(self.with_code) > known:  # in an order that is chance
            del self.with_code[known:]
            pairs.sort(key=itemgetter(0))
            for _, value in pairs:
                self.of(value)
        return unordered_container(tag, (part for part, _ in pairs))

    def encode_mapping(self, tag: bytes, items: Iterable[tuple[Any, Any]]) -> bytes:
        """Encode a container of pairs, in their order.

        Parameters
        ----------
        tag
            The kind of container.
        items
            The pairs.

        Returns
        -------
        bytes
            The part of the key.
        """
        return netstring(tag, b"".join(self.of(key) + self.of(value) for key, value in items))

    def encode_by_content(self, value: Any) -> bytes:
        """Encode what belongs to code: there, unhashable values count by their content, always.

        Parameters
        ----------
        value
            A default, a global or a value that a function closed over.

        Returns
        -------
        bytes
            A part of the key's material, in netstrings.
        """
        before, self.content = self.content, True
        try:
            return self.of(value)
        finally:
            self.content = before

    def encode_by_state(self, value: Any) -> bytes:
        """Encode what belongs to a model that was fitted: all that pickle would find in it.

        Parameters
        ----------
        value
            A value within the model.

        Returns
        -------
        bytes
            A part of the key's material, in netstrings.
        """
        before, self.state = self.state, True
        try:
            return self.encode_by_content(value)
        finally:
            self.state = before

    def level_of(self, value: object) -> int | None:
        """Return the level of a value that contains the one being encoded; None for any other.

        Parameters
        ----------
        value
            A list, dict or other container.

        Returns
        -------
        int | None
            Its depth, 0 for the outermost container.
        """
        return next(
            (level for level, outer_value in enumerate(self.within) if outer_value is value), None
        )

    def refuse(self, value: object, reason: str) -> NoReturn:
        """Raise the error for a value that no key can stand for.

        Parameters
        ----------
        value
            The value.
        reason
            Why, in words that follow "a Config ".

        Raises
        ------
        NotKeyableError
            Always.
        """
        raise NotKeyableError(kind_of(value), reason)

    def need_content(self, value: object, reason: str = "is unhashable") -> None:
        """Refuse an unhashable value, unless content was asked for.

        Parameters
        ----------
        value
            A value without a hash, or with one that tells where it is in memory.
        reason
            Why its content must be asked for.

        Raises
        ------
        NotKeyableError
            Content was not asked for.
        """
        if not self.content:
            self.refuse(value, f"{reason}; cache_unhashable=True takes it by its content")
