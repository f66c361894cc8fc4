"""`xt plugins new`."""

import shlex
from pathlib import Path
from typing import Literal

from xetrack_cli.render.cells import pluralized
from xetrack_cli.scaffold.adding import Project, add_part, find_project
from xetrack_cli.scaffold.names import PREFIX, checked_name
from xetrack_cli.scaffold.projects import write_project
from xetrack_cli.scaffold.templates import render_part, render_project, requirements_of


def new(
    name: str,
    /,
    *,
    kind: Literal[
        "engine",
        "asset-store",
        "codec",
        "cache",
        "call-cache",
        "sink",
        "probe",
        "run-hook",
        "recorder",
        "row-filter",
        "frame-backend",
        "sql-runner",
        "format",
        "judge",
        "command",
    ],
    into: Path = Path(),
) -> str:
    """Write a new plugin, which passes its own tests; then make it yours.

    Where the plugin is there already, in this folder or as a folder in it, it gets a part of
    another kind: new files, and one hook more.

    Parameters
    ----------
    name
        The name of the part, such as redis.
    kind
        The kind of part.
    into
        Where to make the folder, or where the plugin is.

    Returns
    -------
    str
        How many files were written, and what to type next.

    Raises
    ------
    InvalidArgumentError
        The name is no name, or that of a part or distribution of xetrack's own; or something else
        is where the plugin would be.
    """
    name = checked_name(name, kind)
    folder = into / f"{PREFIX}{name}"
    for place in (into, folder):
        project = find_project(place, name)
        if project is not None:
            return _added(project, name, kind)
    texts = render_project(name, kind)
    write_project(texts, folder)
    return (
        f"{folder} has {len(texts)} files. "
        f"Type: cd {shlex.quote(str(folder))} && pip install -e '.[test]' && pytest"
    )


def _added(project: Project, name: str, kind: str) -> str:
    texts, hook = render_part(name, kind)
    files = add_part(project, texts, hook)
    known = " ".join(project.requirements)
    missing = [text for text in requirements_of(kind) if text.partition(">")[0] not in known]
    needs = f"Add {', '.join(map(repr, missing))} to its dependencies. " if missing else ""
    listed = ", ".join(str(file.name) for file in files)
    go = "" if project.folder == Path() else f"cd {shlex.quote(str(project.folder))} && "
    return (
        f"{PREFIX}{name} has the {kind} {name!r} now: {pluralized(len(files), 'new file')} "
        f"({listed}), and a hook in {project.plugin.name}. {needs}"
        f"Type: {go}pip install -e '.[test]' && pytest"
    )
