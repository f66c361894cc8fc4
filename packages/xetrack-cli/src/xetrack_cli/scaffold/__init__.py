"""The project of a new plugin: templates, and the names that fill them."""

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
class _PartTemplate:
    """What differs between the kinds of part."""

    module: str
    part: str
    summary: str


PART_TEMPLATES: Mapping[str, _PartTemplate] = {
    "engine": _PartTemplate(
        "engine", "${cls}Engine", "Tables in one text file that is only appended to."
    ),
    "sink": _PartTemplate("sink", "${cls}Sink", "A line of text for each row."),
    "probe": _PartTemplate(
        "probe", "${cls}Probe", "The load of the machine, in runnable processes."
    ),
    "cache": _PartTemplate(
        "cache", "${cls}Cache", "Results of functions in a folder, a file for each."
    ),
    "asset-store": _PartTemplate(
        "store", "${cls}Store", "Objects as files, in a folder by the database."
    ),
    "command": _PartTemplate("commands", "${function}", "Count the rows of each run."),
}
"""The kinds of part that there are templates for."""


def render_project(name: str, kind: str) -> dict[str, str]:
    """Render the files of a new project.

    Parameters
    ----------
    name
        What the part is called, with ``xetrack-`` in front or without.
    kind
        One of `PART_TEMPLATES`.

    Returns
    -------
    dict
        Texts by their paths in the folder of the project.

    Raises
    ------
    InvalidArgumentError
        The name cannot be that of a plugin.
    """
    name = name.removeprefix("xetrack-")
    if not NAME.fullmatch(name):
        raise InvalidArgumentError("name", name, "lower-case letters, digits and '-': redis")
    template_of_part = PART_TEMPLATES[kind]
    words = {
        "name": name,
        "kind": kind,
        "distribution": f"xetrack-{name}",
        "package": f"xetrack_{name.replace('-', '_')}",
        "cls": "".join(part.capitalize() for part in name.split("-")),
        "function": f"run_{name.replace('-', '_')}",
        "variable": f"XETRACK_{name.replace('-', '_').upper()}",
        "hook": next(hook for hook, part_kind in HOOKS.items() if part_kind == kind),
        "module": template_of_part.module,
        "summary": template_of_part.summary,
        # What makes signed bytes of results.
        "needs": '"xetrack-cache>=1,<2", ' if kind == "cache" else "",
        "claims": f'\n            suffixes=(".{name}",),' if kind == "engine" else "",
    }
    words["part"] = Template(template_of_part.part).substitute(words)
    source = f"src/{words['package']}"
    texts = {f"{source}/py.typed": ""}
    for folder in ("all", kind):
        for template in (files(__name__) / folder).iterdir():
            file = template.name.removesuffix(".txt")
            place = {"py": source}.get(file.rpartition(".")[2], ".")
            place = "tests" if file.startswith("test_") else place
            text = Template(template.read_text(encoding="utf-8")).substitute(words)
            texts[file if place == "." else f"{place}/{file}"] = text
    return texts


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
