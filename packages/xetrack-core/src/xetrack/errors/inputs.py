"""Errors about arguments, keys, values and SQL that cannot be used."""

from __future__ import annotations

from xetrack.errors.base import XetrackError


class InvalidKeyError(XetrackError, ValueError):
    """A key that cannot name a column."""

    def __init__(self, key: object, reason: str) -> None:
        super().__init__(
            f"The key {key!r} cannot name a column: {reason}. Use a non-empty string or a number."
        )
        self.key = key
        self.reason = reason


class InvalidTableError(XetrackError, ValueError):
    """A name that cannot be given to a table."""

    def __init__(self, table: object, reason: str, hint: str = "Choose another table=...") -> None:
        super().__init__(f"The table name {table!r} cannot be used: {reason}. {hint}")
        self.table = table
        self.reason = reason


class InvalidArgumentError(XetrackError, ValueError):
    """An argument out of its range; the text says which values are taken."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used. Give {expected}.")
        self.name = name
        self.value = value
        self.expected = expected


class UnsupportedOperationError(InvalidArgumentError):
    """What was asked for is beyond the part that would have to do it; the text names the part."""

    def __init__(self, part: str, operation: str, hint: str, reason: str = "") -> None:
        why = f": {reason}" if reason else ""
        text = f"{part[:1].upper()}{part[1:]} cannot {operation}{why}. {hint}"
        XetrackError.__init__(self, text)
        self.name = "engine"
        self.value = part
        self.expected = hint
        self.part = part
        self.operation = operation


class UnsupportedValueError(XetrackError, TypeError):
    """A value that is no plain value, where there is no asset store to keep it."""

    def __init__(self, key: str, value: object, why: str = "") -> None:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        hint = why or "no asset store is installed. Type: pip install 'xetrack[assets]'"
        super().__init__(
            f"The value of {key!r} is a {kind}, which is no plain value but an asset, and {hint}, "
            "or log a number or a text made from it."
        )
        self.key = key
        self.kind = kind


class QueryError(XetrackError, ValueError):
    """The SQL was refused or could not be run."""

    def __init__(self, query: str, reason: str, hint: str = "") -> None:
        super().__init__(
            f"The query failed: {reason}. {hint or 'See the names with: xt columns DB'}"
        )
        self.query = query
        self.reason = reason
