"""A new plugin's project: templates, and what their names become."""

from __future__ import annotations

import re
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.errors import InvalidArgumentError
from xetrack.plugins.loader import HOOKS

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""Names that a distribution and a part may both have."""


@frozen
class _Sort:
    """What differs between the kinds of part."""

    module: str
    part: str
    summary: str


SORTS: Mapping[str, _Sort] = {
    "engine": _Sort("engine", "${cls}Engine", "Tables in one text file that is only appended to."),
    "sink": _Sort("sink", "${cls}Sink", "A line of text for each row."),
    "probe": _Sort("probe", "${cls}Probe", "The load of the machine, in runnable processes."),
    "cache": _Sort("cache", "${cls}Cache", "Results of functions in a folder, a file for each."),
    "asset-store": _Sort("store", "${cls}Store", "Objects as files, in a folder by the database."),
    "command": _Sort("commands", "${function}", "Count the rows of each run."),
}
"""The kinds of part that there are templates for."""


def project(name: str, kind: str) -> dict[str, str]:
    """Return the texts of a new project by their paths in its folder.

    Raises
    ------
    InvalidArgumentError
        The name cannot be that of a plugin.
    """
    name = name.removeprefix("xetrack-")
    if not NAME.fullmatch(name):
        raise InvalidArgumentError("name", name, "lower-case letters, digits and '-': redis")
    sort = SORTS[kind]
    words = {
        "name": name,
        "kind": kind,
        "distribution": f"xetrack-{name}",
        "package": f"xetrack_{name.replace('-', '_')}",
        "cls": "".join(part.capitalize() for part in name.split("-")),
        "function": f"run_{name.replace('-', '_')}",
        "variable": f"XETRACK_{name.replace('-', '_').upper()}",
        "hook": next(hook for hook, one in HOOKS.items() if one == kind),
        "module": sort.module,
        "summary": sort.summary,
        # What makes signed bytes of results.
        "needs": '"xetrack-cache>=1,<2", ' if kind == "cache" else "",
        "claims": f'\n            suffixes=(".{name}",),' if kind == "engine" else "",
    }
    words["part"] = Template(sort.part).substitute(words)
    source = f"src/{words['package']}"
    found = {f"{source}/py.typed": ""}
    for folder in ("all", kind):
        for template in (files(__name__) / folder).iterdir():
            file = template.name.removesuffix(".txt")
            place = {"py": source}.get(file.rpartition(".")[2], ".")
            place = "tests" if file.startswith("test_") else place
            text = Template(template.read_text(encoding="utf-8")).substitute(words)
            found[file if place == "." else f"{place}/{file}"] = text
    return found


def write(texts: Mapping[str, str], folder: Path) -> None:
    """Write a project into a folder that must not exist; wholly or not at all.

    Raises
    ------
    InvalidArgumentError
        The folder exists, or cannot be made.
    """
    try:
        if folder.exists():
            raise FileExistsError("it exists already")
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
        try:
            made.chmod(0o755)
            for path, text in texts.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_text(text, encoding="utf-8")
            made.rename(folder)
        except BaseException:
            shutil.rmtree(made)
            raise
    except OSError as error:
        expected = f"a folder that does not exist and can be made ({error})"
        raise InvalidArgumentError("into", str(folder), expected) from error
