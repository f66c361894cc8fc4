"""What a graph was built from, to see at each call whether it is still so."""

from __future__ import annotations

import marshal
import weakref
from contextlib import suppress
from operator import attrgetter, is_, itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import FunctionType

    from xetrack_cache.keys.helpers.constants import Constant

Place: TypeAlias = "tuple[int, str]"
"""The id of what has a name, such as a module's globals, and the name."""

MISSING = object()
"""Value of a name that leads nowhere, as those of built-in functions do in a module."""

_WITHOUT_REFERENCES = 2
"""Version of `marshal` in which equal values give equal bytes, whoever else refers to them."""


@define
class _Space:
    """The names in the globals of one module, or the attributes of one class."""

    mapping: Mapping[str, Any]
    value_by_name: dict[str, Any] = field(factory=dict)

    def check(self) -> Callable[[], bool]:
        """Return a function that returns True as long as all is as it was."""
        mapping = self.mapping
        missing = {name for name, value in self.value_by_name.items() if value is MISSING}
        present = {name: value for name, value in self.value_by_name.items() if name not in missing}
        if not present:
            return lambda: mapping.keys().isdisjoint(missing)
        values = (*present.values(), next(iter(present.values())))
        read = itemgetter(*present, next(iter(present)))  # of one name, it would give no tuple

        def is_same() -> bool:
            try:
                is_known = all(map(is_, read(mapping), values))
            except KeyError:
                return False
            return is_known and (not missing or mapping.keys().isdisjoint(missing))

        return is_same


class Watch:
    """Names with their values, functions with their code, and values that may change in place.

    It is looked at for each call, so what is looked at is grouped, and compared in C.
    """

    def __init__(self) -> None:
        self._spaces: dict[int, _Space] = {}
        self._cells: dict[Place, tuple[Any, Any]] = {}
        self._functions: list[FunctionType] = []
        self._with_defaults: list[FunctionType] = []
        self._without_defaults: list[FunctionType] = []
        self._with_keywords: list[FunctionType] = []
        self._sized: list[Any] = []
        self._plain: list[Any] = []
        self._mutables: list[tuple[Constant, bytes]] = []
        self._weak: list[tuple[Mapping[str, Any], str, weakref.ref[Any]]] = []

    def add(self, owner: object, mapping: Mapping[str, Any], name: str, value: Any) -> None:
        """Watch what a name leads to.

        Parameters
        ----------
        owner
            Globals or class, by whose id the name is known as a `Place`.
        mapping
            Its names and their values.
        name
            The name.
        value
            What it leads to now; `MISSING` for nothing.
        """
        space = self._spaces.setdefault(id(owner), _Space(mapping))
        space.value_by_name.setdefault(name, value)

    def add_cell(self, name: str, cell: Any, value: Any) -> None:
        """Watch what a function closed over.

        Parameters
        ----------
        name
            The variable.
        cell
            Its cell.
        value
            What it holds now.
        """
        self._cells[id(cell), name] = cell, value

    def add_function(self, function: FunctionType) -> None:
        """Watch the code of a function, which reloading tools replace, and its defaults.

        What is in a default is watched by `add_mutable`.

        Parameters
        ----------
        function
            A function of the user's.
        """
        self._functions.append(function)
        if function.__defaults__:
            self._with_defaults.append(function)
        elif function.__code__.co_argcount:
            self._without_defaults.append(function)
        if function.__code__.co_kwonlyargcount:
            self._with_keywords.append(function)
            self._add_keywords(function.__kwdefaults__)

    def _add_keywords(self, default_by_name: dict[str, Any] | None) -> None:
        if default_by_name is not None:
            if _is_marshaled(default_by_name):
                self._plain.append(default_by_name)
            else:
                self._add_all(default_by_name, default_by_name, default_by_name)

    def add_class(self, cls: type, names: Iterable[str]) -> None:
        """Watch the attributes of a class.

        Parameters
        ----------
        cls
            The class.
        names
            Of the attributes.
        """
        self._add_all(cls, vars(cls), names)

    def _add_all(self, owner: object, mapping: Mapping[str, Any], names: Iterable[str]) -> None:
        self._sized.append(mapping)
        for name in names:
            self.add(owner, mapping, name, mapping[name])

    def add_mutable(self, constant: Constant, part: bytes) -> None:
        """Watch the content of a value.

        Parameters
        ----------
        constant
            The value.
        part
            Its part of the key now.
        """
        if _is_marshaled(constant.value):
            self._plain.append(constant.value)
        else:
            self._mutables.append((constant, part))

    def weaken(self, place: Place, value: object) -> None:
        """Watch a name without keeping alive what it leads to, which may be large.

        Parameters
        ----------
        place
            Of the name.
        value
            What it leads to. A list or the like, to which no weak reference can be made, is
            watched no more.
        """
        owner, name = place
        space = self._spaces.get(owner)
        if space is not None and space.value_by_name.pop(name, None) is not None:
            with suppress(TypeError):
                self._weak.append((space.mapping, name, weakref.ref(value)))

    def finish(self, without: Iterable[Place]) -> Callable[[], bool]:
        """Begin to watch.

        Parameters
        ----------
        without
            Places that do not count.

        Returns
        -------
        callable
            Returns True as long as everything is as it was.
        """
        for owner, name in without:
            self._cells.pop((owner, name), None)
            if owner in self._spaces:
                self._spaces[owner].value_by_name.pop(name, None)
        return _all_of(list(self._checks()))

    def _checks(self) -> Iterator[Callable[[], bool]]:
        """Yield what there is to look at."""
        for space in self._spaces.values():
            if space.value_by_name:
                yield space.check()
        yield from self._checks_of_functions()
        if self._cells:
            yield _same_contents(self._cells.values())
        if self._sized:
            sized, sizes = self._sized, [*map(len, self._sized)]
            yield lambda: [*map(len, sized)] == sizes
        if self._plain:
            yield _same_plain_values(self._plain)
        if self._weak:
            weak = self._weak
            yield lambda: all(_is_same(mapping.get(name), ref) for mapping, name, ref in weak)
        if self._mutables:
            mutables = self._mutables
            yield lambda: all(constant.part() == part for constant, part in mutables)

    def _checks_of_functions(self) -> Iterator[Callable[[], bool]]:
        if self._functions:
            yield _same_codes(self._functions)
        if self._with_defaults:
            yield _same_attributes("__defaults__", self._with_defaults)
        if self._without_defaults:
            functions, read = self._without_defaults, attrgetter("__defaults__")
            yield lambda: not any(map(read, functions))
        if self._with_keywords:
            yield _same_attributes("__kwdefaults__", self._with_keywords)


def _same_codes(functions: list[FunctionType]) -> Callable[[], bool]:
    read = attrgetter("__code__")
    values = [*map(read, functions)]
    return lambda: [*map(read, functions)] == values  # faster, and equal code does the same


def _is_same(value: object, ref: weakref.ref[Any]) -> bool:
    return value is not None and value is ref()


def _all_of(checks: list[Callable[[], bool]]) -> Callable[[], bool]:
    def is_same() -> bool:
        for check in checks:  # noqa: SIM110 - a generator takes three times as long
            if not check():
                return False
        return True

    return checks[0] if len(checks) == 1 else is_same


def _same_attributes(name: str, objects: list[Any]) -> Callable[[], bool]:
    read = attrgetter(name)
    values = [*map(read, objects)]
    return lambda: all(map(is_, map(read, objects), values))


def _is_marshaled(value: Any) -> bool:
    """Return True for a plain value, which `marshal` writes much faster than a key is made."""
    try:
        marshal.dumps(value, _WITHOUT_REFERENCES)
    except ValueError:
        return False
    return True


def _same_contents(pairs: Iterable[tuple[Any, Any]]) -> Callable[[], bool]:
    cells, values = zip(*pairs, strict=True)
    read = attrgetter("cell_contents")

    def is_same() -> bool:
        try:
            return all(map(is_, map(read, cells), values))
        except ValueError:  # one is empty
            return False

    return is_same


def _same_plain_values(values: list[Any]) -> Callable[[], bool]:
    snapshot = marshal.dumps(values, _WITHOUT_REFERENCES)

    def is_same() -> bool:
        try:
            return marshal.dumps(values, _WITHOUT_REFERENCES) == snapshot
        except ValueError:  # something else is in it now
            return False

    return is_same
