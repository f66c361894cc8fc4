"""What one configuration file says, after a look at its keys."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from xetrack.configuration.project import Source
from xetrack.errors import ConfigurationError, near

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = {"pyproject.toml": 0, "xetrack.toml": 1}
"""The levels of the files, by their names."""

PARTS = ("asset_store", "cache", "engine", "probes", "recorders", "sinks")
"""The keys of parts in a file."""


def source_of_file(path: str, table: Mapping[str, Any], text: str) -> Source:
    """Return what a file says, after a look at its keys.

    Parameters
    ----------
    path
        The absolute path of the file.
    table
        What is in it for xetrack.
    text
        The whole file, in which lines are looked up for errors.

    Raises
    ------
    ConfigurationError
        It has a key that means nothing, or no table where one must be.
    """
    check = _KeyCheck(path, text)
    check.known(table, ("parts", "options"), "the configuration")
    parts, options = table.get("parts", {}), table.get("options", {})
    check.known(parts, PARTS, "'parts'")
    for key in parts:
        if key in {"sinks", "probes", "recorders"} and not isinstance(parts[key], list | str):
            raise check.error(key, f"{key!r} must be a list of parts")
    if not isinstance(options, dict):
        raise check.error("options", "'options' must be a table")
    for name, values in options.items():
        if not isinstance(values, dict):
            raise check.error(name, f"the options of {name!r} must be a table")
    lines = {key: line for key in parts if (line := check.line_of(key))}
    level = LEVELS.get(os.path.basename(path), 1)  # noqa: PTH119 - a text
    folder = os.path.dirname(path)  # noqa: PTH120 - a text
    return Source(path, level, parts, options, folder, lines)


class _KeyCheck:
    """Looks at the keys of one file."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def known(self, table: object, names: tuple[str, ...], where: str) -> None:
        """Raise an error unless this is a table of these names."""
        if not isinstance(table, dict):
            raise self.error(where.strip("'"), f"{where} must be a table")
        for key in table:
            if key not in names:
                suggestion = near(key, names).rstrip(" .")
                reason = f"{where} has a key {key!r}, which means nothing. {suggestion}"
                raise self.error(key, reason)

    def error(self, key: str, reason: str) -> ConfigurationError:
        """Return an error that names the line of a key."""
        return ConfigurationError(self._path, reason, self.line_of(key))

    def line_of(self, key: str) -> int | None:
        """Return the number of the first line that is about a key; None if there is none."""
        quoted = re.escape(key)
        form = re.compile(rf"""\s*(["']?{quoted}["']?\s*[.=]|\[.*["'.\[]?{quoted}["']?\s*[.\]])""")
        numbers = (number for number, line in enumerate(self._lines, 1) if form.match(line))
        return next(numbers, None)
