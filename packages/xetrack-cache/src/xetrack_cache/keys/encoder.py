"""Turning values into parts of a key: what the encodings of all types share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NoReturn

from xetrack_cache.keys.netstrings import net, unordered

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
    """Name the type of a value for users."""
    cls = type(value)
    return (
        cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
    )


class Encoder(ABC):
    """Turns values into parts of one key.

    Parameters
    ----------
    content
        Take also what Python calls unhashable, such as lists and arrays, by its content.
    state
        Tell objects by their state, as pickle would find it, instead of by their own ``==``.
    """

    def __init__(self, *, content: bool = False, state: bool = False) -> None:
        self.content = content
        self.state = state
        self.objects: list[Any] = []
        self.within: list[object] = []

    @abstractmethod
    def of(self, value: Any) -> bytes:
        """Return the part for a value.

        Raises
        ------
        NotKeyableError
            There is none.
        """

    def all(self, tag: bytes, values: Iterable[Any]) -> bytes:
        """Return a container of values in their order."""
        return net(tag, b"".join(map(self.of, values)))

    def mapping(self, tag: bytes, items: Iterable[tuple[Any, Any]]) -> bytes:
        """Return a container of pairs whose order does not count."""
        return unordered(tag, (self.of(key) + self.of(value) for key, value in items))

    def freely(self, value: Any) -> bytes:
        """Return the part for what belongs to code: there, content always counts."""
        before, self.content = self.content, True
        try:
            return self.of(value)
        finally:
            self.content = before

    def outer(self, value: object) -> int | None:
        """Tell at which level a value stands that holds what is looked at now."""
        return next((at for at, one in enumerate(self.within) if one is value), None)

    def refuse(self, value: object, reason: str) -> NoReturn:
        """Say that no key can stand for a value."""
        raise NotKeyableError(kind_of(value), reason)

    def need_content(self, value: object) -> None:
        """Refuse what is unhashable, unless content was asked for."""
        if not self.content:
            self.refuse(value, "is unhashable; cache_unhashable=True takes it by its content")
