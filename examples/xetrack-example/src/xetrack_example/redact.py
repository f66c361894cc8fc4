"""The redacting filter: no row with a password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.rows.filters import RowFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

STARS = "***"
"""What stands in place of a value that is masked."""


class ExampleFilter(RowFilter):
    """Masks the values of keys that sound like secrets, also within dicts and lists.

    The option ``keys`` is a regular expression for them.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        keys = options.get("keys") or "password|passwd|secret|token|api_?key"
        try:
            self._keys = re.compile(keys, re.IGNORECASE)
        except (re.error, TypeError) as error:
            raise InvalidArgumentError("keys", keys, f"a regular expression ({error})") from error

    def filter(self, row: dict[str, Value]) -> Mapping[str, Value] | None:
        """Return the row with stars in place of secrets; see `RowFilter.filter`."""
        return {key: self._masked(key, value) for key, value in row.items()}

    def _masked(self, key: object, value: Value) -> Value:
        if isinstance(key, str) and self._keys.search(key):
            return STARS
        if isinstance(value, dict):
            return {inner: self._masked(inner, item) for inner, item in value.items()}
        if isinstance(value, list):
            return [self._masked("", item) for item in value]
        return value
