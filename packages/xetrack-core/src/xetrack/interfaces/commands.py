"""The command: a function that a plugin adds to ``xt``.

A command is a plain function with annotated parameters and a numpy-style docstring. ``xt``
turns the parameters into arguments and options, the docstring into help, and what the function
returns into a table, JSON or CSV, as the user asks:

* a list of dicts is a table, one row a dict;
* a dict is one row;
* a text is a message;
* None prints nothing;
* an `Outcome` is any of these with an exit code.

**Confirmation.** A command that deletes asks first, with a keyword parameter annotated with
`Confirm`: ``xt`` passes a function that asks a question on the terminal, and does not return if the
answer is no. The option ``--yes`` answers it.

**Output and errors.** A command prints nothing itself, reads no ``sys.argv`` and never exits. It
raises one of `xetrack.errors`, whose text is shown; the exit code is the ``exit_code`` of the
error, which is 1 unless it says otherwise.

**Imports.** A command runs in the main thread of a process of its own. Its module may import what
it needs at the top, because it is imported only when the command is called.

Examples
--------
::

    def replay(db: str, *, topic: str = "rows", confirm: Confirm) -> CommandResult:
        \"\"\"Send the rows of a database again.

Parameters
----------
        db
            Path of the database.
        topic
            Where to send them.
        \"\"\"
        confirm(f"Send all rows of {db} to {topic}?")
        return {"sent": send_all(db, topic)}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Rows: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A table whose exit code says how it came out, as that of a check."""

    rows: Rows
    """The table."""
    heading: str = ""
    """A text above it, which programs that read the table do not get."""
    failure: str = ""
    """Why the command failed although it has a table; empty if it did not."""
    exit_code: int = 1
    """The exit code of a failure."""


CommandResult: TypeAlias = Rows | dict[str, Any] | str | Outcome | None
"""What a command returns: a table, one row, a message, a table with an exit code, or nothing."""

Command: TypeAlias = Callable[..., CommandResult]
"""A function that ``xt`` runs."""

Confirm: TypeAlias = Callable[[str], None]
"""A function that asks a question; without a terminal, or with ``--yes``, it returns at once."""
