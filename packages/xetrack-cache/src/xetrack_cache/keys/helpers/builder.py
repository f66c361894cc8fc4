"""The builder of graphs: it follows names as Python resolves them, and notes what counts."""

from __future__ import annotations

import functools
from collections import deque
from hashlib import sha256
from types import FunctionType, MethodType, ModuleType
from typing import Any

from xetrack_cache.keys import functions
from xetrack_cache.keys.classes import hides_fields, shown_module
from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.helpers import constants
from xetrack_cache.keys.helpers.imports import MOST_FILES, digests_of_import
from xetrack_cache.keys.helpers.names import CELL, Path, names_of
from xetrack_cache.keys.helpers.ownership import is_own_class, is_own_function, is_own_module
from xetrack_cache.keys.helpers.watch import MISSING, Place, Watch
from xetrack_cache.keys.helpers.written import (
    declarations,
    declared_parts,
    functions_in,
    is_written,
)
from xetrack_cache.keys.netstrings import conceal, netstring, text
from xetrack_cache.keys.values import ValueEncoder

DEEPEST = 100
"""How many references lead from a function to a helper, at most."""

MOST = 2_000
"""Functions, classes and globals that are followed from one function."""


def digest_of(content: bytes) -> bytes:
    """Return the digest of content as a part of a key.

    Parameters
    ----------
    content
        Bytes of any length.
    """
    return netstring(b"K", sha256(content).digest()[:16])


class Builder:
    """Follows references, breadth first.

    Parameters
    ----------
    root
        Where to begin.
    """

    def __init__(self, root: Any) -> None:
        self.watch = Watch()
        self.limit = ""
        self.digest_by_name: dict[str, bytes] = {}
        self._parts: dict[str, list[bytes]] = {}
        self._root = root
        self._seen: dict[int, Any] = {}
        self.referred = self._seen
        self._queue: deque[tuple[Any, int]] = deque()
        self._constants: dict[Place, tuple[str, constants.Constant]] = {}
        self._concealed: set[Place] = set()
        """Constants of which the key has the digest only: a class hides them."""
        self._changed: set[Place] = set()
        self._targets: dict[str, str] = {}
        self._namespaces: list[Any] = []  # their ids are keys
        self._encoder = ValueEncoder(content=True)
        self._follow(root, 0)
        while self._queue:
            value, depth = self._queue.popleft()
            self._visit(value, depth)
        # What the followed code itself changes is no constant.
        self._changed &= self._constants.keys()
        for place, (name, constant) in self._constants.items():
            if place not in self._changed:
                self._count_constant(place, name, constant)
        self.is_current = self.watch.finish(self._changed)
        if self._targets:
            pairs = (text(name) + text(target) for name, target in sorted(self._targets.items()))
            self._count("names", digest_of(b"".join(pairs)))
        for name, parts in self._parts.items():
            self.digest_by_name[name] = parts[0] if len(parts) == 1 else digest_of(b"".join(parts))

    def _follow(self, value: Any, depth: int) -> None:
        """Have a value visited, unless it was or is beyond a limit."""
        if id(value) in self._seen:
            return
        if depth > DEEPEST:
            self.limit = f"leads over more than {DEEPEST} functions"
        elif len(self._seen) >= MOST:
            self.limit = f"refers to more than {MOST:,} functions, classes and globals of yours"
        else:
            self._seen[id(value)] = value
            self._queue.append((value, depth))

    def _visit(self, value: Any, depth: int) -> None:
        kind = type(value)
        if issubclass(kind, FunctionType):
            self._visit_function(value, depth)
        elif issubclass(kind, type):
            if is_own_class(value):
                self._visit_class(value, depth)
        elif issubclass(kind, MethodType):
            self._follow(value.__func__, depth)
            owner = value.__self__
            self._follow(owner if issubclass(type(owner), type) else type(owner), depth)
        elif issubclass(kind, functools.partial):
            self._follow(value.func, depth)
            for argument in (*value.args, *value.keywords.values()):
                self._follow_within(argument, depth)
        elif constants.is_wrapper(value):
            self._follow(value.__wrapped__, depth)
        elif is_own_class(kind):  # a partial may be one of anything that can be called
            self._follow(kind, depth)

    def _visit_function(self, function: FunctionType, depth: int) -> None:
        inner = getattr(function, "__wrapped__", None)
        if constants.is_followed(inner):
            self._follow(inner, depth)
        is_own = is_own_function(function)
        is_root = function is self._root
        if is_root:  # whose code and closure are in the key by themselves
            for cell in function.__closure__ or ():
                self._follow_within(_content_of(cell), depth)
        else:
            self._visit_cells(function, depth)
        if not is_own:
            return
        if not is_root:
            self._count(_name_of(function), self._encoded_function(function))
        for default in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._follow_within(default, depth)
        self._visit_names(function, depth)

    def _visit_cells(self, function: FunctionType, depth: int) -> None:
        """Follow what a helper closed over; that of libraries does not count by its content."""
        is_own = is_own_function(function)
        changed = names_of(function.__code__).changed
        changed_names = {path[1] for path in changed if path[0] == CELL}
        names = function.__code__.co_freevars
        for name, cell in zip(names, function.__closure__ or (), strict=True):
            value = _content_of(cell, MISSING)
            if value is MISSING:
                continue
            place = id(cell), name
            self._namespaces.append(cell)
            if name in changed_names:
                self._changed.add(place)
            self.watch.add_cell(name, cell, value)
            shown = f"{_name_of(function)}.{name}"
            self._follow_value(shown, place, value, depth, is_counted=is_own)

    def _visit_names(self, function: FunctionType, depth: int) -> None:
        names = names_of(function.__code__)
        space = function.__globals__
        self._namespaces.append(space)
        for path in names.read:
            self._visit_path(space, path, depth)
        changed = (path for path in names.changed if path[0] != CELL)
        self._changed.update(_place_of(space, path) for path in changed)
        for level, module, imported in names.imported:
            digests = digests_of_import(space, level, module, imported)
            for name, digest in digests.items():
                self._parts.setdefault(f"module {name}", [digest])
            if len(digests) >= MOST_FILES:
                self.limit = f"imports more than {MOST_FILES} files of yours"

    def _visit_path(self, space: dict[str, Any], path: Path, depth: int) -> None:
        """Follow a global name, and attributes of modules."""
        module = str(space.get("__name__", ""))
        for at, name in enumerate(path):
            value: Any = space.get(name, MISSING)
            self.watch.add(space, space, name, value)
            if value is MISSING:
                lazy = space.get("__getattr__")
                if at and issubclass(type(lazy), FunctionType):  # as packages have for lazy parts
                    self.watch.add(space, space, "__getattr__", lazy)
                    self._follow(lazy, depth + 1)
                return
            if not issubclass(type(value), ModuleType):
                label = f"{shown_module(module)}.{name}"
                self._follow_value(label, (id(space), name), value, depth)
                return
            if at + 1 == len(path) or not is_own_module(value, value.__name__):
                return
            space, module = vars(value), value.__name__
            self._namespaces.append(space)

    def _follow_value(
        self,
        name: str,
        place: Place,
        value: Any,
        depth: int,
        *,
        is_counted: bool = True,
    ) -> None:
        """Follow what a name leads to, and count its content if it is no function."""
        bound = constants.bound_to(value)
        if bound and is_counted:  # what a partial or method was made with counts besides its code
            constant = constants.examine(bound)
            if constant.part() is not None:
                self._constants.setdefault(place, (name, constant))
            for inner in constant.followed:
                self._follow(inner, depth + 1)
        if constants.is_followed(value):
            if issubclass(type(value), FunctionType | type) and _name_of(value) != name:
                self._targets[name] = _name_of(value)
            self._follow(value, depth + 1)
        elif not issubclass(type(value), ModuleType):
            constant = constants.examine(value)
            for inner in constant.followed:
                self._follow(inner, depth + 1)
            if is_counted and place not in self._constants:
                self._constants[place] = name, constant

    def _follow_within(self, value: Any, depth: int) -> None:
        """Follow functions and classes in a value whose content counts elsewhere."""
        if constants.is_followed(value):
            self._follow(value, depth + 1)
        elif type(value) not in constants.SCALARS:
            for inner in constants.examine(value).followed:
                self._follow(inner, depth + 1)

    def _visit_class(self, cls: type, depth: int) -> None:
        attributes = vars(cls)
        self.watch.add_class(
            cls, [name for name in attributes if is_written(cls, name, attributes[name])]
        )
        parts = [
            text(name) + self._visit_attribute(cls, name, value, depth)
            for name, value in sorted(attributes.items())
            if is_written(cls, name, value)
        ]
        parts += declared_parts(cls)
        for label, value in declarations(cls):
            place = id(cls), label
            if hides_fields(cls):
                self._concealed.add(place)
            self._follow_value(f"{_name_of(cls)}.{label}", place, value, depth)
        for base in (*cls.__bases__, type(cls)):
            self._follow(base, depth + 1)
        self._count(_name_of(cls), digest_of(b"".join(parts)))

    def _visit_attribute(self, cls: type, name: str, value: Any, depth: int) -> bytes:
        """Follow an attribute of a class; return the code that counts with the class."""
        parts = []
        is_concealed = hides_fields(cls)
        if is_concealed:
            self._concealed.add((id(cls), name))
        for member in functions_in(value):
            if issubclass(type(member), FunctionType):
                if is_concealed:  # what a generated method closed over are defaults of fields
                    names = member.__code__.co_freevars
                    cells = zip(map(id, member.__closure__ or ()), names, strict=True)
                    self._concealed.update(cells)
                # With the class, by whose name it is known.
                parts.append(self._encoded_function(member))
                self._visit_method(member, depth)
            else:
                self._follow_value(f"{_name_of(cls)}.{name}", (id(cls), name), member, depth)
        return b"".join(parts)

    def _visit_method(self, function: FunctionType, depth: int) -> None:
        """Follow what a method refers to; its own code counts with its class."""
        if id(function) in self._seen:
            return
        self._seen[id(function)] = function
        inner = getattr(function, "__wrapped__", None)
        if constants.is_followed(inner):
            self._follow(inner, depth)
        self._visit_cells(function, depth)
        if is_own_function(function):
            defaults = (function.__kwdefaults__ or {}).values()
            for default in (*(function.__defaults__ or ()), *defaults):
                self._follow_within(default, depth)
            self._visit_names(function, depth)

    def _encoded_function(self, function: FunctionType) -> bytes:
        """Encode code and defaults of a function, and watch them."""
        self.watch.add_function(function)
        code = functions.encode_code(self._encoder, function.__code__)
        parts = [code]
        for defaults in (function.__defaults__, function.__kwdefaults__):
            if defaults:
                self._watch_content(f"defaults of {_name_of(function)}", defaults)
                try:
                    parts.append(ValueEncoder(content=True).of(defaults))
                except NotKeyableError:  # a value of which nothing can be told
                    parts.append(b"")
        return digest_of(b"".join(parts))

    def _watch_content(self, name: str, defaults: tuple[Any, ...] | dict[str, Any]) -> None:
        """Watch what is in defaults; the dict of those by name is watched already."""
        values = tuple(defaults.values()) if type(defaults) is dict else tuple(defaults)
        if constants.SCALARS.issuperset(map(type, values)):
            return
        constant = constants.examine(values)
        if constant.is_too_large:
            self.limit = f"reads {name}, which have more than {constants.LARGEST:,} items"
        part = constant.part() if constant.is_mutable else None
        if part is not None:
            self.watch.add_mutable(constant, part)

    def _count_constant(self, place: Place, name: str, constant: constants.Constant) -> None:
        part = constant.part()
        if constant.is_too_large:
            self.limit = f"reads {name}, which has more than {constants.LARGEST:,} items"
        if part is None:
            self.watch.weaken(place, constant.value)
            return
        self._count(name, conceal(part) if place in self._concealed else part)
        if constant.is_mutable:
            self.watch.add_mutable(constant, part)

    def _count(self, name: str, part: bytes) -> None:
        self._parts.setdefault(name, []).append(part)


def _content_of(cell: Any, default: Any = None) -> Any:
    """Return the content of a cell; the default where it has none yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return default


def _place_of(space: dict[str, Any], path: Path) -> Place:
    """Return the place of the global, or attribute of a class, that a changed path leads to."""
    for at, name in enumerate(path[:-1]):
        value = space.get(name)
        if issubclass(type(value), type):
            return id(value), path[at + 1]
        if not issubclass(type(value), ModuleType):
            return id(space), name
        space = vars(value)
    return id(space), path[-1]


def _name_of(value: Any) -> str:
    return f"{shown_module(value.__module__ or '')}.{value.__qualname__}"
