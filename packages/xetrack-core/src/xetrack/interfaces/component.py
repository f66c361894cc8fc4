"""The light description by which a plugin offers a part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a part is for; each kind has a hook of its own."""

    ENGINE = "engine"
    ASSET_STORE = "asset-store"
    CODEC = "codec"
    CACHE = "cache"
    CALL_CACHE = "call-cache"
    SINK = "sink"
    PROBE = "probe"
    FRAME_BACKEND = "frame-backend"
    COMMAND = "command"


NAME = re.compile(r"[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)?")
TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part that a plugin offers, described without importing what it needs.

    A plugin returns a list of these from a hook such as ``xetrack_engines``. Making one is
    cheap; `target` is imported when the part is first used, and not before.
    """

    name: str
    """Unique within its kind: lower-case letters, digits and ``-``, a letter first. For a
    command, a second word makes it a command of a group: ``assets ls``."""

    target: str
    """Where the part is: ``package.module:attribute``. For a command the attribute is
    a function, for all else a class that extends the interface of its kind; for an engine it may
    also be an `EngineFactory`, which chooses by what is at the location."""

    summary: str
    """One line for ``xt plugins`` and ``xt --help``."""

    schemes: tuple[str, ...] = ()
    """Engines and caches only: URL schemes that choose this part, such as ``postgresql``. A cache
    is chosen by its name, too."""

    suffixes: tuple[str, ...] = ()
    """Engines only: endings of a new file's name that choose this engine: ``.duckdb``."""

    def __post_init__(self) -> None:
        for field, form in (("name", NAME), ("target", TARGET)):
            value = getattr(self, field)
            if form.fullmatch(value) is None:
                message = f"{field!r} must match regex {form.pattern!r} ({value!r} doesn't)"
                raise ValueError(message)
