"""Imports within functions: their modules count as files, without being imported.

To import a module in order to look for a result would run code that a hit need not run, and would
make a key depend on what was imported before.
"""

from __future__ import annotations

import ast
import functools
import sys
from importlib.machinery import PathFinder
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.functions import encode_code
from xetrack_cache.keys.helpers.ownership import is_own_file, is_own_module
from xetrack_cache.keys.netstrings import netstring
from xetrack_cache.keys.values import ValueEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        path = _file_of(module, tuple(sys.path))
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


@functools.lru_cache(maxsize=10_000)
def _file_of(module: str, _search_path: tuple[str, ...]) -> str | None:
    """Return the path of a module of the user's; None for any other, and where there is none.

    Parameters
    ----------
    module
        Its whole name.
    _search_path
        Where Python looks, for which the answer is remembered.
    """
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
    """Return the digest of a file's code, without docstrings, and what it imports."""
    known = _known.get(path)
    if known is None:
        imports: list[tuple[int, str, tuple[str, ...]]] = []
        try:
            tree = ast.parse(Path(path).read_bytes())
            for node in _statements(tree):
                if isinstance(node, ast.ImportFrom):
                    names = tuple(alias.name for alias in node.names)
                    imports.append((node.level, node.module or "", names))
                elif isinstance(node, ast.Import):
                    imports += [(0, alias.name, ()) for alias in node.names]
            code = compile(tree, "<helper>", "exec", dont_inherit=True)
            digest = encode_code(ValueEncoder(content=True), code)
        except (OSError, SyntaxError, ValueError, RecursionError):
            digest = netstring(b"K", b"")
        known = _known[path] = digest, imports
    return known


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements, and take the docstrings away.

    `ast.walk` would go through expressions too, which are most of a tree.
    """
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        yield node
        body = getattr(node, "body", None)
        if isinstance(node, _DOCUMENTED) and body and isinstance(body[0], ast.Expr):
            first = body[0].value
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                body[:1] = [] if len(body) > 1 else [ast.Pass(lineno=1, col_offset=0)]
        for inner in ("body", "orelse", "finalbody", "handlers", "cases"):
            nodes = getattr(node, inner, None)
            if isinstance(nodes, list):
                stack += nodes


_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
