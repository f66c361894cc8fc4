"""The files of a new plugin: those of the example plugin, with the names replaced.

``example`` beside this file is a link to `examples/xetrack-example`, which a build follows: so what
is written here is what is tested there.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.plugins.loader import HOOKS

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    "engine": _PartTemplate(("engine",), "ExampleEngine"),
    "sink": _PartTemplate(("sink",), "ExampleSink"),
    "probe": _PartTemplate(("probe",), "LoadProbe"),
    "cache": _PartTemplate(("cache", "locks"), "ExampleCache"),
    "call-cache": _PartTemplate(("calls",), "ExampleCalls"),
    "asset-store": _PartTemplate(("store",), "ExampleStore"),
    "codec": _PartTemplate(("codec",), "ExampleCodec"),
    "frame-backend": _PartTemplate(("frames",), "ExampleBackend"),
    "sql-runner": _PartTemplate(("sql",), "ExampleRunner"),
    "run-hook": _PartTemplate(("runs",), "ExampleHooks"),
    "recorder": _PartTemplate(("recorder",), "ExampleRecorder"),
    "row-filter": _PartTemplate(("redact",), "ExampleFilter"),
    "format": _PartTemplate(("html",), "ExampleTable"),
    "judge": _PartTemplate(("judge",), "ExampleJudge"),
    "command": _PartTemplate(("commands",), "run_example"),
}
"""The kinds of part that the example has."""


def render_project(name: str, kind: str) -> dict[str, str]:
    """Render the files of a new project.

    Parameters
    ----------
    name
        What the part is called.
    kind
        One of `PART_TEMPLATES`.

    Returns
    -------
    dict
        Texts by their paths in the folder of the project.
    """
    template = PART_TEMPLATES[kind]
    component, summary = _component(template)
    texts = _read(
        "LICENSE",
        "pyproject.toml",
        f"{SOURCE}/__init__.py",
        f"{SOURCE}/py.typed",
        "tests/test_plugin.py",
        *_paths(template),
    )
    texts[PLUGIN] = _read(PLUGIN)[PLUGIN].partition("\n\n@hookimpl\n")[0] + _hook_text(
        component, kind
    )
    texts["pyproject.toml"] = _project_text(texts["pyproject.toml"], summary, kind)
    owners = "The xetrack authors", "The authors of xetrack-example"
    texts["LICENSE"] = texts["LICENSE"].replace(*owners)
    module = template.modules[0]
    texts["README.md"] = README.format(kind=kind, summary=summary, module=module)
    return _renamed(texts, name)


def render_part(name: str, kind: str) -> tuple[dict[str, str], str]:
    """Render the files of one more part of a plugin.

    Parameters
    ----------
    name
        What the part is called.
    kind
        One of `PART_TEMPLATES`.

    Returns
    -------
    dict, str
        Texts by their paths in the folder of the project; and the hook for its ``plugin.py``.
    """
    template = PART_TEMPLATES[kind]
    component, _ = _component(template)
    texts = _renamed({**_read(*_paths(template)), "": _hook_text(component, kind)}, name)
    return texts, texts.pop("")


SOURCE = "src/xetrack_example"
PLUGIN = f"{SOURCE}/plugin.py"


def _read(*paths: str) -> dict[str, str]:
    example = files(__package__) / "example"
    return {path: (example / path).read_text(encoding="utf-8") for path in paths}


def _paths(template: _PartTemplate) -> list[str]:
    """Return the modules of a part, and the module of its tests."""
    modules = [f"{SOURCE}/{name}.py" for name in template.modules]
    return [*modules, f"tests/test_{template.modules[0]}.py"]


def _renamed(texts: Mapping[str, str], name: str) -> dict[str, str]:
    """Replace the names of the example in paths and texts."""
    identifier = name.replace("-", "_")
    cls = "".join(word.capitalize() for word in name.split("-"))
    names = {
        "xetrack-example": f"xetrack-{name}",
        "xetrack_example": f"xetrack_{identifier}",
        "XETRACK_EXAMPLE": f"XETRACK_{identifier.upper()}",
        "run_example": f"run_{identifier}",
        "LoadProbe": f"{cls}Probe",
        "Example": cls,
        "example": name,
    }
    pattern = re.compile("|".join(names))  # in one pass, as a new name may contain an old one

    def rename(text: str) -> str:
        return pattern.sub(lambda match: names[match[0]], text)

    return {rename(path): rename(text) for path, text in texts.items()}


def _component(template: _PartTemplate) -> tuple[str, str]:
    """Return how the example describes a part, named ``example``; and the summary."""
    target = f"xetrack_example.{template.modules[0]}:{template.name}"
    text, summary = next(
        (match[0], match[1])
        for match in COMPONENT.finditer(_read(PLUGIN)[PLUGIN])
        if target in match[0]
    )
    return re.sub(r'(name="|suffixes=\("\.)[a-z]+', r"\1example", text), summary


def _hook_text(component: str, kind: str) -> str:
    """Return a hook that offers one part."""
    hook = next(hook for hook, part_kind in HOOKS.items() if part_kind == kind)
    return (
        f'\n\n@hookimpl\ndef {hook}() -> list[Component]:\n    """Offer the {kind}."""\n'
        f"    return [\n{component}    ]\n"
    )


def _project_text(text: str, summary: str, kind: str) -> str:
    """Return the example's ``pyproject.toml`` as that of a part of one kind."""
    text = re.sub(
        "(?m)^description = .*$", f'description = "A plugin for xetrack: {summary}"', text
    )
    text = re.sub("(?m)^classifiers = .*\n", "", text)
    for owner, requirements in _REQUIREMENTS.items():
        for requirement in requirements if owner != kind else ():
            text = text.replace(f'"{requirement}", ', "")
    return text


_REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "cache": ("xetrack-cache>=1,<2",),  # which makes signed bytes of results
}


def requirements_of(kind: str) -> tuple[str, ...]:
    """Return what a part of a kind requires besides the core.

    Parameters
    ----------
    kind
        A kind of part, such as ``sink``.

    Returns
    -------
    tuple of str
        Distributions, as ``dependencies`` of a ``pyproject.toml`` names them.
    """
    return _REQUIREMENTS.get(kind, ())
