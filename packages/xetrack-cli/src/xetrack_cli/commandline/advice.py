"""What an error says to type next, with the names that this command line has.

The errors of the library know no command line: they write ``xt columns DB``, and here DB becomes
the database that was asked.
"""

from __future__ import annotations

import inspect
import re
import shlex
from typing import TYPE_CHECKING, Any

from xetrack.errors import ColumnNotFoundError, QueryError
from xetrack.model.locations import shown_location

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.errors import XetrackError

_COMMAND = re.compile(r"(?<=xt )((?:[a-z-]+ ){1,2})DB\b")
"""A command with a place for a database."""

_OF_RUNS = {
    "age": "--sort age",
    "duration": "--sort duration",
    "group": "--group NAME",
    "name": "--columns name",
    "notes": "--columns notes",
    "started": "--since 1d",
    "status": "--status failed",
    "tag": "--tag NAME",
    "tags": "--tag NAME",
}
"""What is known of runs and stands in no row, and the option of ``xt runs`` that is about it."""

_RUNS_TABLE = re.compile(r"""(?:table: |table with name |relation ["'])runs\b""", re.IGNORECASE)
"""How SQLite, DuckDB and PostgreSQL say that there is no table of this name."""

_TOO_MANY = "are too much, or need quotes around them"

_NO_FUNCTION = "no such function"
"""How SQLite begins."""


def complete(error: XetrackError, database: object) -> None:
    """Write the database that was asked into the commands that an error names.

    Parameters
    ----------
    error
        What the command raised; its text is changed.
    database
        Path or URL; None where the command has none. What cannot be typed as it is shown stays
        ``DB``: a URL with a secret, a name with control characters.
    """
    text = str(error)
    if isinstance(error, ColumnNotFoundError) and error.column in _OF_RUNS:
        text += f", and what is known of runs with: xt runs DB {_OF_RUNS[error.column]}"
    elif isinstance(error, QueryError) and _RUNS_TABLE.search(error.reason):
        text += ", and the runs with: xt runs DB"
    elif isinstance(error, QueryError) and error.reason.startswith(_NO_FUNCTION):
        text += ". DuckDB has more functions: add --engine duckdb"
    location = str(database)
    if database is not None and location.isprintable() and shown_location(location) == location:
        shown = shlex.quote(f"./{location}" if location.startswith("-") else location)
        text = _COMMAND.sub(lambda command: f"{command[1]}{shown}", text)
    if text != str(error):
        error.text = text


def too_much(command: Callable[..., Any] | None, words: list[str]) -> str:
    """Return what is wrong with words that a command does not take.

    Parameters
    ----------
    command
        The command, if it is known.
    words
        The words.

    Returns
    -------
    str
        Whole sentences; where the command takes ``--columns``, how to say that columns are meant.
    """
    is_one = len(words) == 1
    wrong = "is too much, or needs quotes around it" if is_one else _TOO_MANY
    text = f"{', '.join(map(repr, words))} {wrong}."
    parameters = inspect.signature(command).parameters.values() if command else ()
    for each in parameters:
        fields = getattr(each.annotation, "__attrs_attrs__", ())
        if "columns" in {each.name, *(field.name for field in fields)}:
            return f"{text} For columns type: --columns {shlex.quote(','.join(words))}."
    return text
