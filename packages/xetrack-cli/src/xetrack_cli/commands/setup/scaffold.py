"""`xt plugins new`."""

import shlex
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from xetrack_cli.scaffold import project, write


def new(
    name: Annotated[str, Parameter(help="What the part is to be called: redis.")],
    /,
    *,
    kind: Annotated[
        Literal["engine", "asset-store", "cache", "sink", "probe", "command"],
        Parameter(help="What the part is for."),
    ],
    into: Annotated[Path, Parameter(help="Where to make the folder.")] = Path(),
) -> str:
    """Write a new plugin, which passes its own tests; then make it yours."""
    texts = project(name, kind)
    folder = into / f"xetrack-{name.removeprefix('xetrack-')}"
    write(texts, folder)
    return (
        f"{folder} has {len(texts)} files. "
        f"Type: cd {shlex.quote(str(folder))} && pip install -e '.[test]' && pytest"
    )
