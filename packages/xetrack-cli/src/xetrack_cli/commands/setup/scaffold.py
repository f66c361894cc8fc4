"""`xt plugins new`."""

import shlex
from pathlib import Path
from typing import Literal

from xetrack_cli.scaffold import render_project, write_project


def new(
    name: str,
    /,
    *,
    kind: Literal[
        "engine",
        "asset-store",
        "cache",
        "sink",
        "probe",
        "run-hook",
        "row-filter",
        "format",
        "command",
    ],
    into: Path = Path(),
) -> str:
    """Write a new plugin, which passes its own tests; then make it yours.

    Parameters
    ----------
    name
        The name of the part, such as redis.
    kind
        The kind of part.
    into
        Where to make the folder.

    Returns
    -------
    str
        How many files were written, and what to type next.
    """
    texts = render_project(name, kind)
    folder = into / f"xetrack-{name.removeprefix('xetrack-')}"
    write_project(texts, folder)
    return (
        f"{folder} has {len(texts)} files. "
        f"Type: cd {shlex.quote(str(folder))} && pip install -e '.[test]' && pytest"
    )
