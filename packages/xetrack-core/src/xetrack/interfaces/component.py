"""The component: a description of one part that a plugin offers, and of its options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class PartKind(StrEnum):
    """The kinds of parts; each has a hook of its own."""

    ENGINE = "engine"
    ASSET_STORE = "asset-store"
    CODEC = "codec"
    CACHE = "cache"
    CALL_CACHE = "call-cache"
    SINK = "sink"
    PROBE = "probe"
    FRAME_BACKEND = "frame-backend"
    SQL_RUNNER = "sql-runner"
    RUN_HOOK = "run-hook"
    RECORDER = "recorder"
    ROW_FILTER = "row-filter"
    FORMAT = "format"
    JUDGE = "judge"
    COMMAND = "command"


OPTION_NAME = re.compile(r"[a-z][a-z0-9_]*")
OPTION_TYPES = (str, int, float, bool, Path, list)


@dataclass(frozen=True, slots=True)
class Option:
    """The description of one option of a part, which is checked before the part is made.

    Raises
    ------
    ValueError
        `name` or `type` is not what it must be.

    Examples
    --------
    >>> Option("batch", int, 100, "Rows that are sent at once.").name
    'batch'
    """

    name: str
    """The name: lower-case letters, digits and ``_``, a letter first. `location` is what a URL
    says, and not an option."""

    type: type = str
    """``str``, ``int``, ``float``, ``bool``, ``pathlib.Path``, or ``list`` for a list of texts.
    What comes as text, as in a URL, becomes of this type; a path is made absolute."""

    default: object = None
    """The value where none is given; None where the part gets along without."""

    help: str = ""
    """A description of one line, for ``xt plugins show``."""

    def __post_init__(self) -> None:
        if OPTION_NAME.fullmatch(self.name) is None:
            message = f"'name' must match regex {OPTION_NAME.pattern!r} ({self.name!r} doesn't)"
            raise ValueError(message)
        if self.type not in OPTION_TYPES or self.name == LOCATION:
            message = f"the option {self.name!r} cannot have this name or type: {self.type!r}"
            raise ValueError(message)


LOCATION = "location"
"""What a part finds the URL under by which it was chosen."""

NAME = re.compile(r"[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)?")
TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """The description of one part that a plugin offers.

    A plugin returns a list of these from a hook such as ``xetrack_engines``.

    **Imports.** Making one imports nothing; `target` is imported when the part is first used.

    Raises
    ------
    ValueError
        `name` or `target` does not have the form that it must have.

    Examples
    --------
    >>> part = Component(
    ...     name="kafka",
    ...     target="xetrack_kafka.sink:KafkaSink",
    ...     summary="Each row as a message to a topic",
    ... )
    >>> part.name
    'kafka'
    """

    name: str
    """The name, unique within its kind: lower-case letters, digits and ``-``, a letter first. For
    a command, a second word makes it a command of a group: ``assets ls``."""

    target: str
    """The import path of the part: ``package.module:attribute``. For a command the attribute is
    a function, for all else a class that extends the interface of its kind; for an engine it may
    also be an `EngineFactory`, which chooses by the location."""

    summary: str
    """A description of one line, for ``xt plugins`` and ``xt --help``."""

    schemes: tuple[str, ...] = ()
    """URL schemes that select this part, such as ``postgresql``; for engines, asset stores, caches,
    sinks and probes. The name of a part selects it too, but for engines."""

    suffixes: tuple[str, ...] = ()
    """Engines only: suffixes of a new file's name that select this engine, such as ``.duckdb``."""

    options: tuple[Option, ...] | None = None
    """The options that the part takes; for engines, asset stores, caches, sinks, probes and
    recorders. What is not in here is then an error for the user, before the part is made. ``()``
    takes none; None says nothing of options, and the part gets whatever is given."""

    def __post_init__(self) -> None:
        for field, form in (("name", NAME), ("target", TARGET)):
            value = getattr(self, field)
            if form.fullmatch(value) is None:
                message = f"{field!r} must match regex {form.pattern!r} ({value!r} doesn't)"
                raise ValueError(message)


COMMON_OPTIONS: Mapping[str, tuple[Option, ...]] = {
    PartKind.SINK: (
        Option("shutdown_timeout", float, None, "Seconds that the end waits for its rows."),
        Option("queue_limit", int, None, "Rows that may wait in memory while it is slow."),
        Option("spool", bool, None, "Whether rows wait in a file, and outlive a crash."),
        Option("spool_limit", int, None, "Bytes that may wait in the file of one tracker."),
        Option("spool_folder", Path, None, "The folder of these files."),
    ),
    PartKind.RUN_HOOK: (
        Option("timeout", float, None, "Seconds that a call of it is waited for."),
    ),
    PartKind.RECORDER: (
        Option("timeout", float, None, "Seconds that the end of a program waits for it."),
    ),
}
"""The options that each part of a kind has beside its own; None leaves it to the part's class."""
