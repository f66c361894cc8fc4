"""The database of command lines that name none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import CycloptsError

from xetrack_cli.commands import DEFAULT_DB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cyclopts import App

PARAMETER = "db"
"""The first argument of the commands that work on a database."""


def with_database(app: App, words: Sequence[str]) -> list[str]:
    """Put the database of ``XETRACK_DB`` into a command line that names none.

    A line names one if its first argument leads to something that exists, or is a URL. What cannot
    be read as a line without a database is left as it is, so that a mistyped path is told as such.
    """
    default = os.environ.get(DEFAULT_DB)
    if not default:
        return list(words)
    chain, _, rest = app.parse_commands(words)
    full = [*chain, default, *rest]
    given = _database(app, words)
    if given is not None and ("://" in given or Path(given).exists()):
        return list(words)
    return full if _database(app, full) == default else list(words)


def _database(app: App, words: Sequence[str]) -> str | None:
    """Return the database that a command line names; None where it is wrong or names none."""
    try:
        _, bound, _ = app.parse_args(
            words, exit_on_error=False, print_error=False, help_on_error=False
        )
    except CycloptsError:
        return None
    found = bound.arguments.get(PARAMETER)
    return found if isinstance(found, str) else None
