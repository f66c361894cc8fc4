"""The process that checks one plugin: ``python -m`` this module, a distribution and a name.

On stdout it writes a line of JSON before each step that may hang, and one after each part.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from xetrack.plugins.entrypoints import find
from xetrack.plugins.hints import unusable_status
from xetrack.plugins.loader import import_part, load_parts
from xetrack.plugins.quarantine import Refusal

if TYPE_CHECKING:
    from typing import TextIO


def main(distribution: str, name: str) -> None:
    """Import a plugin and all of its parts, and report each step on stdout.

    Parameters
    ----------
    distribution
        Name of the distribution that has it.
    name
        Name of its entry point.
    """
    # What a plugin prints is not ours.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for point in find():
        if (point.distribution, point.name) != (distribution, name):
            continue
        _write(out, step="asking what it offers")
        try:
            parts = load_parts(point)
        except Refusal:
            return  # `xt plugins` says why without help
        for part in parts:
            _write(out, step=f"importing {part.title}")
            try:
                import_part(part)
            except Refusal as refusal:
                status = unusable_status(part, refusal)
                _write(
                    out,
                    kind=part.kind,
                    name=part.name,
                    state=status.state,
                    reason=status.reason,
                )


def _write(out: TextIO, **what: str) -> None:
    out.write(json.dumps(what) + "\n")
    out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
    # A thread that the plugin left behind must not keep the process.
    os._exit(0)
