"""Writing the files of a project: all of them, or none."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_project(texts: Mapping[str, str], folder: Path) -> None:
    """Write a project into a new folder; all of it, or nothing.

    Parameters
    ----------
    texts
        What `render_project` returned.
    folder
        Must not exist.

    Raises
    ------
    InvalidArgumentError
        The folder exists, or cannot be made.
    """
    try:
        if folder.exists():
            raise FileExistsError("it exists already")
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
        try:
            temporary.chmod(0o755)
            for path, text in texts.items():
                (temporary / path).parent.mkdir(parents=True, exist_ok=True)
                (temporary / path).write_text(text, encoding="utf-8")
            temporary.rename(folder)
        except BaseException:
            shutil.rmtree(temporary)
            raise
    except OSError as error:
        expected = f"a folder that does not exist and can be made ({error})"
        raise InvalidArgumentError("into", str(folder), expected) from error
