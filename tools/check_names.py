"""Check that no variable, parameter or loop of the packages has a name that says nothing."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from tools.workspace import ROOT, files, report

if TYPE_CHECKING:
    from collections.abc import Iterator

SILENT = frozenset("found given heard held kept mine more one said told".split())
"""What happened to a value, or how many there are, in place of what it is."""


def silent_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of each binding that says nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in SILENT:
            yield node.lineno, node.id
        elif isinstance(node, ast.arg) and node.arg in SILENT:
            yield node.lineno, node.arg


def main() -> int:
    """Look at every module of the packages, print, and return the exit code."""
    paths = files("packages/*.py")
    problems = [
        f"{path.relative_to(ROOT)}:{line} binds {name!r}: name the value after what it is"
        for path in paths
        for line, name in silent_names(ast.parse(path.read_text(encoding="utf-8")))
    ]
    return report(problems, f"names: {len(paths)} files")


if __name__ == "__main__":
    sys.exit(main())
