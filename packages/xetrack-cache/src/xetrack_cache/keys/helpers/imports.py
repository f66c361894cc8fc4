"""Imports within functions: their modules count as files, without being imported.

To import a module in order to look for a result would run code that a hit need not run, and would
make a key depend on what was imported before.
"""

from __future__ import annotations

import ast
import sys
from hashlib import sha256
from importlib.machinery import PathFinder
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

from xetrack_cache.keys.helpers.ownership import is_own_file, is_own_module
from xetrack_cache.keys.netstrings import netstring

MOST_FILES = 200
"""Files that are read for one import."""

_known: dict[str, tuple[bytes, list[tuple[int, str, tuple[str, ...]]]]] = {}
"""Digests of files, and their imports; as they were when they were first needed."""


def digests_of_import(
    space: dict[str, Any], level: int, name: str, imported: tuple[str, ...]
) -> dict[str, bytes]:
    """Return the digests of the user's modules that an import leads to.

    Parameters
    ----------
    space
        The globals of the function.
    level
        The dots before the name.
    name
        The module's name as it is written.
    imported
        What is imported from it; they may be modules too.

    Returns
    -------
    dict
        Digests of the code of files by the names of modules.
    """
    package = space.get("__package__") or str(space.get("__name__", "")).rpartition(".")[0]
    stack = _modules_named(package, level, name, imported)
    digests: dict[str, bytes] = {}
    while stack and len(digests) < MOST_FILES:
        module = stack.pop()
        if module in digests:
            continue
        path = _file_of(module)
        if path is None:
            continue
        digest, imports = _read(path)
        digests[module] = digest
        inside = module if Path(path).name == "__init__.py" else module.rpartition(".")[0]
        for each in imports:
            stack += _modules_named(inside, *each)
    return digests


def _modules_named(package: str, level: int, name: str, imported: tuple[str, ...]) -> list[str]:
    """Return the names of all modules that an import may lead to."""
    try:
        base = resolve_name("." * level + name, package) if level else name
    except ImportError:
        return []
    parts = base.split(".")
    parents = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return [*parents, *(f"{base}.{inner}" for inner in imported)]


def _file_of(module: str) -> str | None:
    """Return the path of a module of the user's; None for any other, and where there is none."""
    loaded = sys.modules.get(module)
    path = getattr(loaded, "__file__", None)
    if path is None:
        places = None
        for count in range(1, module.count(".") + 2):
            name = ".".join(module.split(".")[:count])
            try:
                spec = PathFinder.find_spec(name, places)
            except Exception:  # noqa: BLE001 - finders of others may raise anything
                return None
            if spec is None:
                return None
            path, places = spec.origin, spec.submodule_search_locations
    if not isinstance(path, str) or not path.endswith(".py") or not is_own_file(path):
        return None
    return path if is_own_module(loaded, module) or loaded is None else None


def _read(path: str) -> tuple[bytes, list[tuple[int, str, tuple[str, ...]]]]:
    """Return the digest of a file's code and what it imports; text and comments do not count."""
    known = _known.get(path)
    if known is None:
        try:
            tree = ast.parse(Path(path).read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError):
            tree = ast.Module([], [])
        imports = [
            (node.level, node.module or "", tuple(alias.name for alias in node.names))
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imports += [(0, alias.name, ()) for alias in node.names]
            _drop_docstring(node)
        digest = sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).digest()[:16]
        known = _known[path] = netstring(b"K", digest), imports
    return known


def _drop_docstring(node: ast.AST) -> None:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, documented) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            del node.body[0]
