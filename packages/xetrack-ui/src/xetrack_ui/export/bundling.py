"""The modules of the page as one script, which a file may hold and a hash may allow.

A page that was opened from a file can import no other file. So each module becomes a function that
returns what the module exports, in the order in which modules need each other. The page writes its
imports and exports in the few forms that are read here; what is none of them is an error, which the
tests find before anybody exports.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from xetrack_ui.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_IMPORT = re.compile(
    r"""^import\s*(?:(?P<default>\w+)|\{(?P<names>[^}]*)\})\s*from\s*"(?P<path>[^"]+)";?""",
    re.MULTILINE,
)
_REEXPORT = re.compile(
    r"""^export\s*\{(?P<names>[^}]*)\}\s*from\s*"(?P<path>[^"]+)";?""", re.MULTILINE
)
_LIST = re.compile(r"(?:^|(?<=[;}]))export\s*\{(?P<names>[^}]*)\};?\s*\Z", re.MULTILINE)
_DECLARED = re.compile(
    r"^export\s+(?P<what>(?:async\s+)?function\*?|class|const)\s+(?P<name>\w+)", re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n?", re.MULTILINE | re.DOTALL)
_REST = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)

_HINT = "Report it: this is a mistake in a module of the page."


def bundle(start: str, read: Callable[[str], str]) -> str:
    """Return a module and all that it imports as one module without imports.

    Parameters
    ----------
    start
        The path of the module.
    read
        Returns the text of a module by its path.

    Raises
    ------
    ExportError
        A module is written in a form that is not known here, or two modules need each other.
    """
    names: dict[str, str] = {}
    parts: list[str] = []
    _add(start, read, names, parts, ())
    return "\n".join(parts)


def _add(
    path: str,
    read: Callable[[str], str],
    names: dict[str, str],
    parts: list[str],
    above: tuple[str, ...],
) -> str:
    """Add a module behind those that it needs, and return the name of its exports."""
    if path in names:
        return names[path]
    if path in above:
        raise ExportError(f"the modules {' and '.join((*above, path))} need each other", _HINT)
    text = _COMMENT.sub("", read(path))
    folder = posixpath.dirname(path)

    def module(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match["path"]))
        return _add(target, read, names, parts, (*above, path))

    exports: dict[str, str] = {}

    def reexport(match: re.Match[str]) -> str:
        source = module(match)
        exports.update({name: f"{source}.{inner}" for inner, name in _pairs(match["names"])})
        return ""

    def bind(match: re.Match[str]) -> str:
        source = module(match)
        if match["default"]:
            return f"const {match['default']} = {source}.default;"
        inner = ", ".join(f"{inner}: {name}" for inner, name in _pairs(match["names"]))
        return f"const {{ {inner} }} = {source};"

    def list_exports(match: re.Match[str]) -> str:
        exports.update({name: inner for inner, name in _pairs(match["names"])})
        return ""

    def declare(match: re.Match[str]) -> str:
        exports[match["name"]] = match["name"]
        return f"{match['what']} {match['name']}"

    text = _REEXPORT.sub(reexport, text)
    text = _IMPORT.sub(bind, text)
    text = _LIST.sub(list_exports, text)
    text = _DECLARED.sub(declare, text)
    rest = _REST.search(text)
    if rest:
        raise ExportError(f"{path} has {rest[0][:60]!r}, which is not known here", _HINT)
    names[path] = name = f"$module{len(names)}"
    listed = ", ".join(f"{name}: {inner}" for name, inner in exports.items())
    parts.append(f"const {name} = (() => {{\n{text}\nreturn {{ {listed} }};\n}})();")
    return name


def _pairs(names: str) -> Iterator[tuple[str, str]]:
    """Yield the inner and the outer name of each item of a list."""
    for item in filter(None, (each.strip() for each in names.split(","))):
        inner, _, outer = item.partition(" as ")
        yield inner.strip(), outer.strip() or inner.strip()
