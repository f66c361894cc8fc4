"""The command: what a plugin adds to ``xt``.

A command is a plain function with annotated parameters and a numpy-style docstring. ``xt``
turns the parameters into arguments and options, the docstring into help, and what the function
returns into a table, JSON or CSV, as the user asks:

* a list of dicts is a table, one row a dict;
* a dict is one row;
* a text is a message;
* None prints nothing.

What deletes asks first: a keyword parameter annotated with `Confirm` is given a function that asks
a question on a terminal, and does not return where the answer is no. ``xt`` has ``--yes`` for it.

It prints nothing itself, reads no ``sys.argv`` and never exits: it raises one of
`xetrack.errors`, whose text is shown and whose exit code is 1. It runs in the main thread of a
process of its own. Its module may import what it needs at the top, because it is imported only
when the command is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

CommandResult: TypeAlias = "list[dict[str, Any]] | dict[str, Any] | str | None"
Command: TypeAlias = Callable[..., CommandResult]

Confirm: TypeAlias = Callable[[str], None]
"""Asks whether to go on; without a terminal, or with ``--yes``, it asks nobody and returns."""
