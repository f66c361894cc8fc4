"""The names that code reads, assigns and changes outside itself, from its bytecode."""

from __future__ import annotations

import dis
import sys
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from types import CodeType

Path: TypeAlias = "tuple[str, ...]"
"""A global name, and the attributes that are read of it: ``helpers.f`` is ``("helpers", "f")``."""

_MOST = 10_000
"""Codes whose names are remembered."""

_NO_CODE = frozenset(
    dis.opmap[name] for name in ("CACHE", "EXTENDED_ARG", "NOP") if name in dis.opmap
)
_OPS = dis.opmap
_GLOBALS = {_OPS["LOAD_GLOBAL"]}
_CELLS = {_OPS["LOAD_DEREF"]}
CELL = "<cell>"
"""Begins the path of a variable of an outer function."""
_BY_NAME = {_OPS[name] for name in ("LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS") if name in _OPS}
_ATTRIBUTES = {_OPS[name] for name in ("LOAD_ATTR", "LOAD_METHOD") if name in _OPS}
_ASSIGNING = {_OPS["STORE_GLOBAL"], _OPS["DELETE_GLOBAL"]}
_SETTING = {_OPS["STORE_ATTR"], _OPS["DELETE_ATTR"]}
_ATTRIBUTE_SHIFT = 1 if sys.version_info >= (3, 12) else 0
_ITEM_DEPTHS = {
    _OPS[name]: depth
    for name, depth in (("STORE_SUBSCR", 2), ("DELETE_SUBSCR", 2), ("STORE_SLICE", 3))
    if name in _OPS
}
"""How deep in the stack the container lies whose items these change."""

_MUTATORS = frozenset(
    "add append appendleft clear difference_update discard extend extendleft insert "
    "intersection_update pop popitem popleft remove reverse setdefault sort "
    "symmetric_difference_update update".split()
)
"""Methods that change a list, dict, set or deque."""


@frozen
class Names:
    """What code refers to by name, that of functions within it included."""

    read: tuple[Path, ...]
    changed: frozenset[Path]
    """What it assigns by ``global`` or ``nonlocal``, and whose items or attributes it changes."""
    imported: tuple[tuple[int, str, tuple[str, ...]], ...]
    """Level, module and names of the imports within functions."""


_known: dict[int, tuple[CodeType, Names]] = {}


def names_of(code: CodeType) -> Names:
    """Return what code refers to; it is found once for each.

    Parameters
    ----------
    code
        The code of one function; it is known again by its identity.
    """
    known = _known.get(id(code))
    if known is not None and known[0] is code:
        return known[1]
    names = _Scan(code).names()
    if len(_known) >= _MOST:
        _known.clear()
    _known[id(code)] = code, names
    return names


class _Scan:
    """One pass over the instructions of code."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._steps: list[tuple[int, int]] = []
        argument = 0
        for at in range(0, len(code.co_code), 2):
            op = code.co_code[at]
            argument |= code.co_code[at + 1]
            if op not in _NO_CODE:
                self._steps.append((op, argument))
            argument = argument << 8 if op == dis.EXTENDED_ARG else 0
        self._heights: list[int] | None = None

    def names(self) -> Names:
        """Return what the code refers to."""
        read: dict[Path, None] = {}
        changed: set[Path] = set()
        imported = []
        for at, (op, argument) in enumerate(self._steps):
            if op in _GLOBALS or op in _BY_NAME or op in _CELLS:
                path, end = self._path_from(at)
                if op not in _CELLS:
                    read[path] = None
                if len(path) > 1 and path[-1] in _MUTATORS:
                    changed.add(path[:-1])
                changed |= self._set_behind(path, end)
            elif op in _ASSIGNING:
                changed.add((self._code.co_names[argument],))
            elif op == _OPS["STORE_DEREF"]:
                changed.add((CELL, self._variable(argument)))
            elif op == _OPS["IMPORT_NAME"]:
                imported.append((*self._import_before(at), argument))
            else:
                changed |= self._items_changed(at)
        modules = [(level, self._code.co_names[name], names) for level, names, name in imported]
        for constant in self._code.co_consts:
            if type(constant) is type(self._code):
                inner = names_of(constant)
                read.update(dict.fromkeys(inner.read))
                changed |= inner.changed
                modules += inner.imported
        return Names(tuple(read), frozenset(changed), tuple(modules))

    def _variable(self, argument: int) -> str:
        return str(self._code._varname_from_oparg(argument))  # type: ignore[attr-defined]  # noqa: SLF001 - as `dis` does

    def _root(self, at: int) -> Path:
        op, argument = self._steps[at]
        return (CELL, self._variable(argument)) if op in _CELLS else (self._name(at),)

    def _name(self, at: int) -> str:
        op, argument = self._steps[at]
        if op in _GLOBALS:
            return self._code.co_names[argument >> 1]
        shift = _ATTRIBUTE_SHIFT if op in _ATTRIBUTES else 0
        return self._code.co_names[argument >> shift]

    def _path_from(self, at: int) -> tuple[Path, int]:
        """Return the name loaded here with the attributes read of it, and where that ends."""
        path = [*self._root(at)]
        end = at + 1
        while end < len(self._steps) and self._steps[end][0] in _ATTRIBUTES:
            path.append(self._name(end))
            end += 1
        return tuple(path), end

    def _set_behind(self, path: Path, end: int) -> set[Path]:
        """Return what is changed where an attribute of a path is set: the object, and that."""
        rest = self._steps[end : end + 3]
        if rest and rest[0][0] == _OPS["COPY"]:  # ``x.y += 1`` reads it first
            rest = rest[1:2] if len(rest) > 1 and rest[1][0] in _ATTRIBUTES else []
            if rest:
                return {path, (*path, self._name(end + 1))}
        if rest and rest[0][0] in _SETTING:
            return {path, (*path, self._code.co_names[rest[0][1]])}
        return set()

    def _import_before(self, at: int) -> tuple[int, tuple[str, ...]]:
        """Return level and names of an import, which two constants before it tell."""
        constants = self._code.co_consts
        (level_op, level), (_, names) = self._steps[at - 2 : at]
        number = level if level_op == _OPS.get("LOAD_SMALL_INT") else constants[level]
        return int(number), tuple(constants[names] or ())

    def _items_changed(self, at: int) -> set[Path]:
        """Return the path whose items this instruction changes, if there is one."""
        op, argument = self._steps[at]
        depth = _ITEM_DEPTHS.get(op)
        if depth is None:
            # ``x[k] += 1`` copies container and key first.
            copy = _OPS["COPY"], 2
            if (op, argument) != copy or self._steps[at + 1 : at + 2] != [copy]:
                return set()
            depth = 2
        path = self._path_at(self._producer(at, depth))
        return {path} if path else set()

    def _producer(self, at: int, depth: int) -> int:
        """Return the step that put a value on the stack; -1 where that cannot be told.

        Parameters
        ----------
        at
            The step before which the value lies on the stack.
        depth
            How deep; 1 is the top.
        """
        if self._heights is None:
            self._heights = [0]
            for op, argument in self._steps:
                has_argument = op >= dis.HAVE_ARGUMENT
                effect = dis.stack_effect(op, argument if has_argument else None, jump=False)
                self._heights.append(self._heights[-1] + effect)
        wanted = self._heights[at] - depth + 1
        for step in range(at - 1, -1, -1):
            if self._heights[step + 1] <= wanted:
                return step if self._heights[step + 1] == wanted else -1
        return -1

    def _path_at(self, step: int) -> Path:
        """Return the path that the value of a step is of, items of items left out."""
        if step < 0:
            return ()
        op, argument = self._steps[step]
        if op in _GLOBALS or op in _BY_NAME or op in _CELLS:
            return self._root(step)
        if op in _ATTRIBUTES:
            outer = self._path_at(step - 1)
            return (*outer, self._name(step)) if outer else ()
        is_item = op == _OPS.get("BINARY_SUBSCR") or (
            op == _OPS.get("BINARY_OP") and argument == _SUBSCRIPT
        )
        return self._path_at(self._producer(step, 2)) if is_item else ()


_SUBSCRIPT = next((at for at, (name, _) in enumerate(dis._nb_ops) if name == "NB_SUBSCR"), -1)  # type: ignore[attr-defined]  # noqa: SLF001 - Python 3.14 has no opcode for it
