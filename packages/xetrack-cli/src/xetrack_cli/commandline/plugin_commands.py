"""The bridge to plugins: which of their commands `xt` takes, and how each runs.

A command is found by its name in words, ``head`` or ``assets ls``. What `xt` has itself, a plugin
cannot replace; and one word cannot be both a command and a group of commands. Plugins that would
make it both get neither.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from xetrack.errors import PluginError, UnknownComponentError, XetrackWarning
from xetrack.interfaces.component import PartKind
from xetrack.plugins.catalog import is_strict
from xetrack.plugins.hints import EXTRAS, extra_of
from xetrack.plugins.registry import registry
from xetrack_cli.commands import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.component import Component


def refused_commands(names: Iterable[str]) -> dict[str, str]:
    """Return the commands of plugins that `xt` cannot take, and why.

    Parameters
    ----------
    names
        The commands that plugins offer.

    Returns
    -------
    dict
        A reason by the name of each command that is refused.
    """
    names = set(names)
    reasons = {name: _clash_with_own(name) or _clash(name, names) for name in sorted(names)}
    return {name: reason for name, reason in reasons.items() if reason}


def _clash_with_own(name: str) -> str:
    group, _, member = name.partition(" ")
    if name in OWN:
        return f"xt has a command {name!r} itself, which cannot be replaced"
    if member and group in OWN:
        return f"{group!r} is a command and cannot be a group too"
    if not member and any(own.startswith(f"{name} ") for own in OWN):
        return f"{name!r} is a group and cannot be a command too"
    return ""


def _clash(name: str, names: set[str]) -> str:
    """Return why a command cannot be, because of another plugin's; that one cannot be either."""
    group, _, member = name.partition(" ")
    members = sorted(other for other in names if other.startswith(f"{group} "))
    if group not in names or not members:
        return ""
    other = group if member else members[0]
    whose = f"{name!r} of {owner_of(name)} and {other!r} of {owner_of(other)}"
    return f"{whose} would make {group!r} a command and a group, so neither is used"


def owner_of(command: str) -> str:
    """Return the name of the distribution that offers a command.

    Parameters
    ----------
    command
        The name of the command.

    Returns
    -------
    str
        The name of the distribution; the command's own name where no plugin offers it.
    """
    return next(
        (
            status.distribution
            for status in registry().statuses()
            if (status.kind, status.name) == (PartKind.COMMAND, command)
        ),
        command,
    )


def commands_for(words: Sequence[str]) -> dict[str, Component]:
    """Return the commands that one command line may mean.

    Plugins are looked for only when it names none of `xt`'s own commands.

    Parameters
    ----------
    words
        The command line, without ``xt``.

    Returns
    -------
    dict
        Components by the names of commands, in the order of the help page.

    Raises
    ------
    PluginError
        It means a command that `xt` cannot take; or a plugin is broken, and ``XETRACK_STRICT``
        is set.
    """
    candidates = {" ".join(words[:count]) for count in (1, 2)}
    if not candidates.isdisjoint(OWN):
        return OWN
    offered = {part.name: part for part in registry().components(PartKind.COMMAND)}
    refused = refused_commands(offered)
    for name, reason in refused.items():
        if name in candidates or is_strict():
            raise PluginError(owner_of(name), reason)
    if refused and (not words or words[0].startswith("-")):
        text = f"Left out: {', '.join(map(repr, refused))}. See why with: xt plugins"
        warnings.warn(text, XetrackWarning, stacklevel=2)
    return OWN | {name: part for name, part in offered.items() if name not in refused}


def commands_of_extras() -> list[str]:
    """Return the names of the commands that extras of xetrack bring, installed or not."""
    return [name for kind, name in EXTRAS if kind is PartKind.COMMAND]


def explain_missing(name: str) -> str:
    """Explain where a command that nobody offers may be.

    Parameters
    ----------
    name
        The command that was typed.

    Returns
    -------
    str
        A sentence for the message; empty when nothing is known.

    Raises
    ------
    UnknownComponentError
        An extra of xetrack brings it, or the group that it would be in, and is not installed.
    PluginError
        A plugin offers it, but cannot be used.
    """
    try:
        registry().component(PartKind.COMMAND, name)
    except UnknownComponentError:
        group = f"{name.partition(' ')[0]} "
        there = any(part.name.startswith(group) for part in registry().components(PartKind.COMMAND))
        if extra_of(PartKind.COMMAND, name) and not there:
            raise
    left_out = [status.name for status in registry().statuses() if status.reason]
    return f"Plugins were left out ({', '.join(left_out)}), see: xt plugins. " if left_out else ""
