"""Names of scripts in keys: paths below their project, which stay when the project is moved."""

from __future__ import annotations

import functools
import os
from pathlib import Path

ROOT_MARKERS = (".git", ".hg", ".svn", "pyproject.toml", "setup.py", "setup.cfg")
"""What a folder has that is the root of a repository or project."""


@functools.lru_cache(maxsize=1_000)
def name_of_script(path: str) -> str:
    """Return the path of a script relative to its project; its file name where there is none.

    Parameters
    ----------
    path
        The path of the script, as ``__file__`` has it.

    Returns
    -------
    str
        The path below the nearest folder above that is a repository or a project, with slashes.
    """
    script = Path(os.path.realpath(path))
    for folder in script.parents:
        if any(map(os.path.exists, (folder / marker for marker in ROOT_MARKERS))):
            return script.relative_to(folder).as_posix()
    return script.name
