"""Loading: the parts that a plugin offers, and the classes and functions that they are."""

from __future__ import annotations

from importlib import import_module
from inspect import getattr_static, signature
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any

from xetrack.errors import describe_error
from xetrack.interfaces.component import Component, PartKind
from xetrack.interfaces.engines.factory import EngineFactory
from xetrack.plugins.parts import Part
from xetrack.plugins.quarantine import Refusal, import_untrusted, isolated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pluggy import HookCaller

    from xetrack.plugins.entrypoints import EntryPoint
    from xetrack.plugins.parts import State

HOOKS = {f"xetrack_{kind.replace('-', '_')}s": kind for kind in PartKind}
"""The hook that each kind of part is offered by."""

INTERFACES = {
    "engine": ("xetrack.interfaces.engine", "Engine"),
    "asset-store": ("xetrack.interfaces.assets", "AssetStore"),
    "codec": ("xetrack.interfaces.codecs", "Codec"),
    "cache": ("xetrack.interfaces.cache", "Cache"),
    "call-cache": ("xetrack.interfaces.cache", "CallCache"),
    "sink": ("xetrack.interfaces.sinks", "Sink"),
    "probe": ("xetrack.interfaces.probes", "Probe"),
    "frame-backend": ("xetrack.interfaces.frames", "FrameBackend"),
    "sql-runner": ("xetrack.interfaces.engines.sql_runner", "SQLRunner"),
    "run-hook": ("xetrack.interfaces.runs.hooks", "RunHooks"),
    "recorder": ("xetrack.interfaces.runs.recorders", "Recorder"),
    "row-filter": ("xetrack.interfaces.rows.filters", "RowFilter"),
    "format": ("xetrack.interfaces.rows.formats", "Format"),
    "judge": ("xetrack.interfaces.runs.judges", "Judge"),
}
"""The class that each kind of part extends, by name, so that only classes in use are imported."""


def load_parts(point: EntryPoint, state: State = "ready") -> list[Part]:
    """Import a plugin and return its parts, in the order of the kinds.

    Parameters
    ----------
    point
        The entry point of the plugin.
    state
        The state of its parts.

    Raises
    ------
    Refusal
        Anything is wrong with the plugin; the text says what it is.
    """
    # What follows in brackets are extras, which mean nothing when a plugin is loaded.
    value = point.value.partition("[")[0]
    module, colon, attribute = (part.strip() for part in value.partition(":"))
    names = [*module.split("."), *(attribute.split(".") if colon else ())]
    if not all(name.isidentifier() for name in names):
        raise Refusal(f"the entry point is {point.value!r}, not 'package.module'")
    plugin: object = import_untrusted(module, point.distribution)
    if attribute:
        with isolated(f"looking up {point.value!r}"):
            plugin = attrgetter(attribute)(plugin)
    return [
        Part(
            kind=kind,
            name=component.name,
            distribution=point.distribution,
            version=point.version,
            summary=_one_line(component.summary),
            state=state,
            component=component,
        )
        for kind, caller in _callers(plugin, point.name)
        for component in _components(caller)
    ]


def _one_line(summary: object) -> str:
    # An annotation proves nothing: strangers may have no type checker.
    return " ".join(summary.split()) if isinstance(summary, str) else ""


def _callers(plugin: object, name: str) -> Iterator[tuple[PartKind, HookCaller]]:
    """Register a plugin and yield its hooks.

    Each has a manager of its own: pluggy drops all answers to a hook when one plugin raises.
    """
    # Not before the first part is made: it is a tenth of an import of xetrack.
    from pluggy import PluginManager, PluginValidationError  # noqa: PLC0415

    from xetrack.plugins import hookspecs  # noqa: PLC0415
    from xetrack.plugins.markers import PROJECT  # noqa: PLC0415

    manager = PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    with isolated("registering its hooks"):
        try:
            manager.register(plugin, name)
        except PluginValidationError as error:
            raise Refusal(f"pluggy refuses its hooks: {describe_error(error)}") from error
        callers = {
            caller.name: caller
            for caller in manager.get_hookcallers(plugin) or ()
            # An optional hook is one that only some versions of xetrack know.
            if caller.has_spec() or not all(each.optionalhook for each in caller.get_hookimpls())
        }
        unmarked = [
            hook
            for hook in HOOKS.keys() - callers.keys()
            if callable(attribute := getattr(plugin, hook, None))
            and not hasattr(attribute, f"{PROJECT}_spec")
        ]
    for hook in sorted(callers.keys() - HOOKS.keys()):
        from difflib import get_close_matches  # noqa: PLC0415 - for those who err, not for all

        near = get_close_matches(hook, HOOKS, n=1) or [", ".join(HOOKS)]
        raise Refusal(f"it answers {hook!r}, but there is no such hook; there is {near[0]}")
    if unmarked:
        raise Refusal(f"its {unmarked[0]!r} lacks the mark @hookimpl")
    return ((kind, callers[hook]) for hook, kind in HOOKS.items() if hook in callers)


def _components(caller: HookCaller) -> Iterator[Component]:
    """Call the implementations of a hook, and yield what they return after checking it."""
    hook = f"its hook {caller.name!r}"
    for implementation in caller.get_hookimpls():
        if implementation.wrapper or implementation.hookwrapper:
            raise Refusal(f"its {caller.name!r} is a wrapper; hooks of xetrack are not wrapped")
        with isolated(hook):
            components = implementation.function()
        if not isinstance(components, list):
            raise Refusal(f"{hook} returned a {type(components).__name__}, not a list")
        for component in components:
            if not isinstance(component, Component):
                wrong = type(component).__name__
                raise Refusal(f"{hook} returned a list with a {wrong}, not a Component")
        yield from components


def import_part(part: Part) -> Any:
    """Import a part: the class that extends the interface of its kind, or the function.

    Parameters
    ----------
    part
        A part, whose component has the target as ``module:name``.

    Raises
    ------
    Refusal
        It cannot be imported, or does not implement the interface of its kind.
    """
    target = part.component.target
    module, _, attribute = target.partition(":")
    imported = import_untrusted(module, part.distribution)
    with isolated(f"looking up {target!r}"):
        implementation = getattr(imported, attribute)
    with isolated("looking at its class"):
        _check_interface(part.kind, implementation)
    return implementation


def _check_interface(kind: str, implementation: Any) -> None:
    what = f"its target is a {type(implementation).__name__}, not a"
    if kind == PartKind.COMMAND:
        if not callable(implementation):
            raise Refusal(f"{what} function")
        return
    if kind == PartKind.ENGINE and isinstance(implementation, EngineFactory):
        return
    module, name = INTERFACES[kind]
    interface = getattr(import_module(module), name)
    if not isinstance(implementation, type):
        raise Refusal(f"{what} class that extends {module}.{name}")
    what = f"its class {implementation.__qualname__}"
    if not issubclass(implementation, interface):
        raise Refusal(f"{what} does not extend {module}.{name}")
    if missing := sorted(getattr(implementation, "__abstractmethods__", ())):
        raise Refusal(f"{what} leaves abstract: {', '.join(missing)}")
    if kind == PartKind.RUN_HOOK:
        from xetrack.interfaces.runs.hooks import unknown_arguments  # noqa: PLC0415 - few have any

        if unknown := unknown_arguments(implementation):
            raise Refusal(f"{what} takes what no run hook is given: {', '.join(unknown)}")
    if kind == PartKind.ROW_FILTER:
        _check_filter(implementation)


def _check_filter(implementation: type) -> None:
    """Refuse a filter that cannot be called with a row alone."""
    function = getattr_static(implementation, "filter")
    if isinstance(function, FunctionType):  # others may have no signature
        called = signature(function)
        try:
            called.bind(None, {})
        except TypeError as error:
            what = f"its method {function.__qualname__}{called}"
            raise Refusal(f"{what} cannot be called with a row alone ({error})") from None
