"""Loading one plugin: import the module of its entry point, and call its hooks."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from pluggy import PluginManager, PluginValidationError

from xetrack.interfaces.component import Component, PartKind
from xetrack.plugins import hookspecs
from xetrack.plugins.loading.quarantine import Refusal, described, import_untrusted, isolated
from xetrack.plugins.markers import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pluggy import HookCaller

    from xetrack.plugins.loading.entrypoints import EntryPoint

HOOKS = {f"xetrack_{kind.replace('-', '_')}s": kind for kind in PartKind}
"""The hook that each kind of part is offered by."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A part, and the plugin that offers it."""

    kind: PartKind
    component: Component
    point: EntryPoint


def load(point: EntryPoint) -> list[Offer]:
    """Import a plugin and return its parts, in the order of the kinds.

    Raises
    ------
    Refusal
        Anything is wrong with it; the text says what it is.
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
        Offer(kind, component, point)
        for hook, kind in _callers(plugin, point.name)
        for component in _answers(hook)
    ]


def _callers(plugin: object, name: str) -> Iterator[tuple[HookCaller, PartKind]]:
    """Register a plugin and yield its hooks.

    Each has a manager of its own: pluggy drops all answers to a hook when one plugin raises.
    """
    manager = PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    with isolated("registering its hooks"):
        try:
            manager.register(plugin, name)
        except PluginValidationError as error:
            raise Refusal(f"pluggy refuses its hooks: {described(error)}") from error
        answered = {
            caller.name: caller
            for caller in manager.get_hookcallers(plugin) or ()
            # An optional hook is one that only some versions of xetrack know.
            if caller.has_spec() or not all(each.optionalhook for each in caller.get_hookimpls())
        }
        unmarked = [
            hook
            for hook in HOOKS.keys() - answered.keys()
            if callable(attribute := getattr(plugin, hook, None))
            and not hasattr(attribute, f"{PROJECT}_spec")
        ]
    for hook in sorted(answered.keys() - HOOKS.keys()):
        from difflib import get_close_matches  # noqa: PLC0415 - for those who err, not for all

        near = get_close_matches(hook, HOOKS, n=1) or [", ".join(HOOKS)]
        raise Refusal(f"it answers {hook!r}, but there is no such hook; there is {near[0]}")
    if unmarked:
        raise Refusal(f"its {unmarked[0]!r} lacks the mark @hookimpl")
    for hook, kind in HOOKS.items():
        if hook in answered:
            yield answered[hook], kind


def _answers(hook: HookCaller) -> list[Component]:
    implementations = hook.get_hookimpls()
    if any(each.wrapper or each.hookwrapper for each in implementations):
        raise Refusal(f"its {hook.name!r} is a wrapper; hooks of xetrack are not wrapped")
    with isolated(f"its hook {hook.name!r}"):
        answers = hook()
    # pluggy leaves out the answers that are None.
    answers += [None] * (len(implementations) - len(answers))
    for answer in answers:
        if not isinstance(answer, list):
            raise Refusal(f"its hook {hook.name!r} returned a {type(answer).__name__}, not a list")
        for item in answer:
            if not isinstance(item, Component):
                wrong = type(item).__name__
                raise Refusal(
                    f"its hook {hook.name!r} returned a list with a {wrong}, not a Component"
                )
    return [component for answer in answers for component in answer]
