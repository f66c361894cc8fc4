"""The graphs of functions and of the classes of arguments, remembered from call to call."""

from __future__ import annotations

import functools
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.helpers import constants
from xetrack_cache.keys.helpers.graph import Graph, merged, to_material
from xetrack_cache.keys.helpers.ownership import is_own_class

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 1_000
"""Functions and classes whose graph is remembered."""

_graphs: dict[tuple[int, ...], Graph] = {}

_merged: dict[tuple[int, ...], tuple[list[Graph], bytes, str]] = {}
"""The parts of several graphs together."""

_BUILTIN_TYPES = constants.SCALARS | constants.CONTAINERS
PLAIN_TYPES: set[type] = {*_BUILTIN_TYPES}
"""Types whose objects lead nowhere: those of Python and of libraries."""

_library_classes: dict[int, type] = {}
"""Classes that lead nowhere themselves, by their ids."""


def graph_of_function(function: FunctionType) -> Graph:
    """Return the graph of a function as it is now.

    Parameters
    ----------
    function
        The function.

    Returns
    -------
    Graph
        The same one as long as nothing in it has changed.
    """
    place: tuple[int, ...] = id(function.__code__), id(function.__globals__)
    if function.__closure__:
        place += tuple(map(id, _followed_in(function)))
    graph = _graphs.get(place)
    if graph is not None and graph.is_current():
        return graph
    return _remember(place, function)


def _followed_in(function: FunctionType) -> Iterable[Any]:
    for cell in function.__closure__ or ():
        try:
            value = cell.cell_contents
        except ValueError:
            continue
        if type(value) not in PLAIN_TYPES:
            yield value


def _remember(place: tuple[int, ...], root: Any) -> Graph:
    try:
        graph = Graph(root)
    except Exception as error:
        kind = f"{root.__module__}.{root.__qualname__}"
        reason = f"refers to what cannot be looked at ({type(error).__name__}: {error})"
        raise NotKeyableError(kind, reason) from error
    if len(_graphs) >= _MOST:
        _graphs.clear()
    _graphs[place] = graph  # it refers to what its place has the ids of
    return graph


def material_of(
    graph: Graph | None, arguments: Iterable[Any], with_code: Iterable[Any] = ()
) -> tuple[bytes, str]:
    """Return the helpers of a call as parts of its key.

    Parameters
    ----------
    graph
        Of the function; None where that is among the arguments.
    arguments
        What it is called with; the classes of the user's objects, and functions, count.
    with_code
        Functions, classes and objects within the arguments, as `Encoder.with_code` has them.

    Returns
    -------
    bytes, str
        The parts, and which limit was reached; empty where none was.
    """
    graphs = [] if graph is None else [graph]
    for argument in arguments:
        if type(argument) not in PLAIN_TYPES:
            graphs += graphs_of(argument)
    if with_code:
        _add_graphs_within(with_code, graphs)
    if len(graphs) == 1:
        return graphs[0].material, graphs[0].limit
    place = tuple(map(id, graphs))
    known = _merged.get(place)
    if known is None:
        limit = next(filter(None, (each.limit for each in graphs)), "")
        if len(_merged) >= _MOST:
            _merged.clear()
        known = _merged[place] = graphs, to_material(merged(graphs)), limit
    return known[1:]


def _add_graphs_within(with_code: Iterable[Any], graphs: list[Graph]) -> None:
    """Add the graphs of functions, classes and objects to which none of the others leads."""
    for place, value in {id(value): value for value in with_code}.items():
        if place in _library_classes or type(value) in PLAIN_TYPES:
            continue
        for graph in graphs:  # `any` takes three times as long
            if place in graph.followed:
                break
        else:
            own_graphs = graphs_of(value)
            graphs += [graph for graph in own_graphs if graph not in graphs]
            if not own_graphs and isinstance(value, type):
                if len(_library_classes) >= _MOST:
                    _library_classes.clear()
                _library_classes[place] = value


def graphs_of(value: Any) -> list[Graph]:
    """Return the graphs of a function, a class, or the class of an object.

    Parameters
    ----------
    value
        What is called or passed: of a method or a partial, those of what it binds are among them.

    Returns
    -------
    list of Graph
        Empty for what has no code of the user's.
    """
    cls = type(value)
    graph = _graphs.get((id(cls),))
    if graph is not None and graph.is_current():
        return [graph]
    if cls is FunctionType:
        return [graph_of_function(value)]
    if cls is MethodType or issubclass(cls, functools.partial) or constants.is_wrapper(value):
        parts = [part for part in _parts_of(value) if type(part) not in PLAIN_TYPES]
        return [graph for part in parts for graph in graphs_of(part)]
    root = value if issubclass(cls, type) else cls
    if is_own_class(root):
        return [_graph_of_class(root)]
    if root is cls and root is not type:  # whose objects are all classes
        if len(PLAIN_TYPES) >= _MOST:
            PLAIN_TYPES.intersection_update(_BUILTIN_TYPES)
        PLAIN_TYPES.add(cls)
    return []


def _parts_of(value: Any) -> list[Any]:
    """Return the functions and objects that a method, a partial or a wrapper is made of."""
    if type(value) is MethodType:
        return [value.__func__, value.__self__]
    if issubclass(type(value), functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    return [constants.attributes_of(value)["__wrapped__"]]


def _graph_of_class(cls: type) -> Graph:
    place = (id(cls),)
    graph = _graphs.get(place)
    return graph if graph is not None and graph.is_current() else _remember(place, cls)
