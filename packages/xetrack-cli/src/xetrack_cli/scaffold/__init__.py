"""The project of a new plugin: files of the example plugin, with the names replaced.

``example`` beside this file is a link to `examples/xetrack-example`, which a build follows: so what
is written here is what is tested there.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.errors import InvalidArgumentError
from xetrack.plugins.loader import HOOKS

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""Names that a distribution and a part may both have."""

COMPONENT = re.compile(
    r' {8}Component\((?:\n {12}.*)+?\n {12}summary="(.*)",(?:\n {12}.*)*\n {8}\),\n'
)
"""One part in the example's ``plugin.py``, and its summary."""

README = """\
# xetrack-example

A plugin for xetrack, with the {kind} `example`: {summary}

```bash
pip install -e '.[test]'
pytest
xt plugins --check
```

`src/xetrack_example/{module}.py` works as it stands. Make it yours piece by piece:
`tests/test_{module}.py` says when a promise breaks.
`src/xetrack_example/plugin.py` describes the part, and must stay light.
"""


@frozen
class _PartTemplate:
    """Where the example has a part of a kind: its modules, the first of which defines it."""

    modules: tuple[str, ...]
    name: str


PART_TEMPLATES: Mapping[str, _PartTemplate] = {
    "engine": _PartTemplate(("engine", "journal"), "JournalEngine"),
    "sink": _PartTemplate(("sink",), "ExampleSink"),
    "probe": _PartTemplate(("probe",), "LoadProbe"),
    "cache": _PartTemplate(("cache", "locks"), "ExampleCache"),
    "asset-store": _PartTemplate(("store",), "ExampleStore"),
    "command": _PartTemplate(("commands",), "run_example"),
}
"""The kinds of part that the example has."""


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
    texts = _example_texts(kind)
    identifier = name.replace("-", "_")
    cls = "".join(word.capitalize() for word in name.split("-"))
    names = {
        "xetrack-example": f"xetrack-{name}",
        "xetrack_example": f"xetrack_{identifier}",
        "XETRACK_EXAMPLE": f"XETRACK_{identifier.upper()}",
        "run_example": f"run_{identifier}",
        "JournalEngine": f"{cls}Engine",
        "LoadProbe": f"{cls}Probe",
        "Example": cls,
        "example": name,
    }
    pattern = re.compile("|".join(names))  # in one pass, as a new name may contain an old one

    def rename(text: str) -> str:
        return pattern.sub(lambda match: names[match[0]], text)

    return {rename(path): rename(text) for path, text in texts.items()}


def _example_texts(kind: str) -> dict[str, str]:
    """Return the texts of a project with one part of the example, under the example's names."""
    template = PART_TEMPLATES[kind]
    module, source = template.modules[0], "src/xetrack_example"
    modules = [f"{source}/{name}.py" for name in ("__init__", "plugin", *template.modules)]
    tests = ["tests/test_plugin.py", f"tests/test_{module}.py"]
    example = files(__name__) / "example"
    texts = {
        path: (example / path).read_text(encoding="utf-8")
        for path in ("LICENSE", "pyproject.toml", *modules, f"{source}/py.typed", *tests)
    }
    plugin = texts[f"{source}/plugin.py"]
    target = f"xetrack_example.{module}:{template.name}"
    component, summary = next(
        (match[0], match[1]) for match in COMPONENT.finditer(plugin) if target in match[0]
    )
    texts[f"{source}/plugin.py"] = _plugin_text(plugin, component, kind)
    texts["pyproject.toml"] = _project_text(texts["pyproject.toml"], summary, kind)
    owners = "The xetrack authors", "The authors of xetrack-example"
    texts["LICENSE"] = texts["LICENSE"].replace(*owners)
    texts["README.md"] = README.format(kind=kind, summary=summary, module=module)
    return texts


def _plugin_text(text: str, component: str, kind: str) -> str:
    """Return the example's ``plugin.py`` with one component alone, named ``example``."""
    head, mark, _ = text.partition("@hookimpl\n")
    hook = next(hook for hook, part_kind in HOOKS.items() if part_kind == kind)
    component = re.sub(r'(name="|suffixes=\("\.)[a-z]+', r"\1example", component)
    return (
        f'{head}{mark}def {hook}() -> list[Component]:\n    """Offer the {kind}."""\n'
        f"    return [\n{component}    ]\n"
    )


def _project_text(text: str, summary: str, kind: str) -> str:
    """Return the example's ``pyproject.toml`` as that of a part of one kind."""
    text = re.sub(
        "(?m)^description = .*$", f'description = "A plugin for xetrack: {summary}"', text
    )
    text = re.sub("(?m)^classifiers = .*\n", "", text)
    if kind != "cache":  # which alone makes signed bytes of results
        text = text.replace('"xetrack-cache>=1,<2", ', "")
    return text


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
