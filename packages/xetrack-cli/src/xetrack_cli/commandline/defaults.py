"""The database of command lines that name none, from the variable ``XETRACK_DB``.

cyclopts' own ``env_var`` does not do: it is for an argument that got no word, and words fill the
arguments from the left, so that the run of ``xt show RUN`` would be taken for the database.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias

from cyclopts import CycloptsError

from xetrack.process.paths import expanded
from xetrack_cli.commands import DEFAULT_DB

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Sequence

    from cyclopts import App

Call: TypeAlias = "tuple[Callable[..., Any], inspect.BoundArguments]"
"""A command, and the arguments it is to be called with."""

PARAMETER = "db"
"""The first argument of the commands that work on a database."""


def parse(app: App, words: Sequence[str]) -> Call:
    """Parse a command line, with the database of ``XETRACK_DB`` if it names none.

    A line names one if its first argument leads to something that exists, or is a URL. What cannot
    be read as a line without a database is left as it is, so that a mistyped path is reported.

    Parameters
    ----------
    app
        The application whose commands are meant.
    words
        The command line, without ``xt``.

    Returns
    -------
    Call
        The command and its arguments.

    Raises
    ------
    CycloptsError
        The line is wrong, with the default database and without.
    """
    default = os.environ.get(DEFAULT_DB)
    call = _parse(app, words) if default else None
    if default and not (call and _is_database(_database_of(call))):
        chain, _, rest = app.parse_commands(words)
        completed = _parse(app, [*chain, default, *rest])
        if completed and _database_of(completed) == default:
            return completed
    return call or app.parse_args(words)[:2]


def _parse(app: App, words: Sequence[str]) -> Call | None:
    """Parse a command line; None where it is wrong."""
    try:
        return app.parse_args(words)[:2]
    except CycloptsError:
        return None


def _database_of(call: Call) -> str | None:
    """Return the database that a call is about; None where it is about none."""
    database = call[1].arguments.get(PARAMETER)
    return database if isinstance(database, str) else None


def _is_database(location: str | None) -> bool:
    """Return True if this names a database, rather than another argument in its place."""
    return location is not None and ("://" in location or expanded(location).exists())
