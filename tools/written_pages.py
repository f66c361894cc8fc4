"""Pages of the site that are written of other files of the repository, while it is built."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import TYPE_CHECKING

from tools.commands_page import commands
from tools.workspace import ROOT

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("added", "changed", "fixed")
"""Kinds of changes, in their order; see `changelog.d/README.md`."""


def examples() -> str:
    """Write what each example teaches, and its code."""
    sections = []
    for path in sorted((ROOT / "examples").glob("[0-9]*.py")):
        text = path.read_text(encoding="utf-8")
        taught = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        sections.append(f"## {path.name}\n\n{taught}\n\n```python\n{text}```")
    return "\n\n".join(sections)


def changes() -> str:
    """Write what changed: what is not released yet, and then each release, newest first."""
    sections = []
    for kind in KINDS:
        paths = sorted((ROOT / "changelog.d").glob(f"*.{kind}.md"))
        lines = [f"- {_indented(path.read_text(encoding='utf-8'))}" for path in paths]
        if lines:
            sections.append(f"### {kind.title()}\n\n" + "\n".join(lines))
    if sections:
        sections.insert(0, "## Not released yet")
    released = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition(_newest_first())[2]
    return "\n\n".join([*sections, released.strip()]).strip()


def _newest_first() -> str:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(settings["tool"]["towncrier"]["start_string"])


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n  ")


MARKS = {
    "<!-- commands -->": commands,
    "<!-- examples -->": examples,
    "<!-- changes -->": changes,
}
"""What a page has where a text is to stand, and what writes that."""


REPOSITORY = "https://github.com/xdssio/xetrack"


def complete(text: str, page: Path, root: Path) -> str:
    """Put in what the marks of a page ask for; links that leave the site lead to the repository.

    Parameters
    ----------
    text
        The page.
    page
        Its file.
    root
        The folder of the site's sources.

    Returns
    -------
    str
        The page as it is built.
    """

    def to_repository(link: re.Match[str]) -> str:
        target = (page.parent / link[2]).resolve()
        if target.is_relative_to(root):
            return link[0]
        return f"[{link[1]}]({REPOSITORY}/blob/HEAD/{target.relative_to(ROOT)})"

    for mark, write in MARKS.items():
        if mark in text:
            text = text.replace(mark, write())
    return re.sub(r"\[([^\]]+)\]\((\.\./[^)]+)\)", to_repository, text)
