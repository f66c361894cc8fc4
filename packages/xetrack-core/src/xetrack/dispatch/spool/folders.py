"""Where the rows of a sink wait: a folder for each name and options."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Any

from xetrack.dispatch.limits import SETTINGS, options_of
from xetrack.errors import InvalidArgumentError
from xetrack.model.kinds import TO_TEXT, Kind, NotPlainError, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.sinks import Sink

VARIABLE = "XETRACK_SPOOL_FOLDER"
"""The variable of the environment that names the folder of all spools."""

_OF_THE_TRACKER = frozenset({"logs_path", "logs_file_format", "jsonl"})
"""Options of the built-in sinks, which a tracker passes to all of its sinks."""


def spool_folder(name: str, sink: Sink) -> Path:
    """Return the folder in which the rows of a sink wait.

    Parameters
    ----------
    name
        The name of the sink.
    sink
        The sink, whose option ``spool_folder`` may name another place for all spools.

    Returns
    -------
    Path
        The folder, which need not exist.

    Raises
    ------
    InvalidArgumentError
        What names the other place is no path.
    """
    options = options_of(sink)
    folder = options.get("spool_folder") or os.environ.get(VARIABLE)
    if not folder:
        from platformdirs import user_state_path  # noqa: PLC0415 - for those who have a spool

        folder = user_state_path("xetrack") / "spool"
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:40]
    try:
        place = Path(folder).expanduser().absolute()
        os.access(place, os.F_OK)  # raises where the system takes no such path
    except (TypeError, ValueError, RuntimeError, OSError) as error:  # as of a user who is none
        source = "spool_folder" if options.get("spool_folder") else VARIABLE
        expected = f"the path of a folder ({error})"
        raise InvalidArgumentError(source, folder, expected) from error
    return place / f"{safe}-{_digest(name, sink, options)}"


def _digest(name: str, sink: Sink, options: Mapping[Any, Any]) -> str:
    """Return what stands for the destination: the class, the name and the options."""
    cls = type(sink)
    facts = {
        str(key): _fact(value)
        for key, value in options.items()
        if key not in _OF_THE_TRACKER and key not in SETTINGS and value is not None
    }
    text = json.dumps([name, f"{cls.__module__}.{cls.__qualname__}", facts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _fact(value: object) -> str:
    try:
        return TO_TEXT[Kind.JSON]([plain(value)])
    except NotPlainError:  # its text may have an address in it, which no other process has
        return f"{type(value).__module__}.{type(value).__qualname__}"


def new_name() -> str:
    """Return a new name for a file; names of later files come later in their order."""
    return f"{time_ns():020d}-{os.getpid()}-{os.urandom(4).hex()}"
