"""One more part for a plugin that is there: new files, and a hook in its ``plugin.py``."""

from __future__ import annotations

import ast
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.errors import InvalidArgumentError
from xetrack.plugins.entrypoints import normalized
from xetrack_cli.scaffold.names import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "xetrack.plugins"
"""The group of entry points."""

_IMPORTED = ("Component", "hookimpl")
"""What a hook needs of `xetrack.plugins`."""


@frozen
class Project:
    """The project of a plugin."""

    folder: Path
    plugin: Path
    """The module that its entry point names."""
    requirements: tuple[str, ...]
    """Its dependencies, as they are written."""


def find_project(folder: Path, name: str) -> Project | None:
    """Return the project of a plugin in a folder; None where another, or none, is there.

    Parameters
    ----------
    folder
        Where to look.
    name
        The name of the plugin, without the prefix of distributions.

    Raises
    ------
    InvalidArgumentError
        It is there, but cannot be added to: it has no module of hooks that could be found.
    """
    try:
        facts = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    project = _table(facts, "project")
    if normalized(str(project.get("name", ""))) != PREFIX + name:
        return None
    for value in _table(_table(project, "entry-points"), GROUP).values():
        module = Path(*str(value).split(".")).with_suffix(".py")
        for root in (folder / "src", folder):
            if ":" not in str(value) and (root / module).is_file():
                plugin = (root / module).resolve()
                needs = project.get("dependencies")
                return Project(
                    folder, plugin, tuple(map(str, needs if isinstance(needs, list) else ()))
                )
    expected = f"a project whose entry point in the group {GROUP} names a module that is there"
    raise InvalidArgumentError("into", str(folder), expected)


def _table(facts: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a table of a file; empty where something else, or nothing, has its name."""
    table = facts.get(key)
    return table if isinstance(table, dict) else {}


def add_part(project: Project, texts: Mapping[str, str], hook: str) -> list[Path]:
    """Write the files of one more part; all of them, or nothing.

    What the author wrote stays as it is, but for the hook at the end of the module of hooks, and
    an import of what it needs.

    Parameters
    ----------
    project
        The project of the plugin.
    texts
        Texts by their paths in a project of the usual layout; see `render_part`.
    hook
        The hook.

    Returns
    -------
    list of Path
        The new files.

    Raises
    ------
    InvalidArgumentError
        The plugin answers this hook, has a file of such a name, or cannot be read or written.
    """
    package = project.plugin.parent
    files = {
        package / Path(path).name if path.startswith("src/") else project.folder / path: text
        for path, text in texts.items()
    }
    written: list[Path] = []
    try:
        before = project.plugin.read_bytes().decode("utf-8")
        after = with_hook(before, hook)
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
        temporary = project.plugin.with_name(f".{project.plugin.name}.new")
        written.append(temporary)
        temporary.write_bytes(after.encode("utf-8"))
        shutil.copymode(project.plugin, temporary)
        temporary.replace(project.plugin)
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError | SyntaxError | ValueError):
            raise _refusal(project, error) from error
        raise
    return [*files]


def _refusal(project: Project, error: Exception) -> InvalidArgumentError:
    if isinstance(error, InvalidArgumentError):
        return error
    expected = f"a plugin that one more part can be added to ({error})"
    return InvalidArgumentError("into", str(project.folder), expected)


def with_hook(text: str, hook: str) -> str:
    """Return the text of a module of hooks with one more hook at its end.

    Parameters
    ----------
    text
        What the author wrote.
    hook
        The hook, two empty lines before it.

    Raises
    ------
    InvalidArgumentError
        The module has a hook of that name, or something else.
    SyntaxError
        It is no Python.
    """
    tree = ast.parse(text)
    name = next(node.name for node in ast.parse(hook).body if isinstance(node, ast.FunctionDef))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {alias.asname or alias.name for node in imports for alias in node.names}
    defined = {getattr(node, "name", "") for node in tree.body} | {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if name in imported | defined:
        expected = f"a kind that it lacks: it answers {name} already. Add a Component to that"
        raise InvalidArgumentError("kind", name, expected)
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    missing = [needed for needed in _IMPORTED if needed not in imported]
    if missing:
        line = f"from {GROUP} import {', '.join(missing)}{ending}"
        lines.insert(_place_of_import(tree, imports), line)
    body = "".join(lines).rstrip()
    return body + (f"\n{hook}").replace("\n", ending)


def _place_of_import(tree: ast.Module, imports: list[ast.Import | ast.ImportFrom]) -> int:
    """Return the line after the last import, or after the docstring."""
    if imports:
        return imports[-1].end_lineno or 0
    if tree.body and ast.get_docstring(tree) is not None:
        return tree.body[0].end_lineno or 0
    return 0
