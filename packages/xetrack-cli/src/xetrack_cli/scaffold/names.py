"""Names that a new plugin may have: none that is xetrack's own."""

from __future__ import annotations

import re

from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.component import PartKind
from xetrack.plugins.hints import FORMATS, SCHEMES, SUFFIXES, distribution_of, extra_of
from xetrack.plugins.parts import Part
from xetrack.plugins.registry import registry
from xetrack_cli.checks.installation import DISTRIBUTIONS
from xetrack_cli.commands import OWN

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""Names that a distribution and a part may both have."""

PREFIX = "xetrack-"
"""How the names of the distributions of plugins begin."""


def checked_name(name: str, kind: str) -> str:
    """Return the name of a new part, without the prefix of distributions.

    Parameters
    ----------
    name
        What was typed.
    kind
        The kind of part.

    Raises
    ------
    InvalidArgumentError
        It cannot be a name, or it is that of a part or a distribution of xetrack's own.
    """
    bare = name.removeprefix(PREFIX)
    if not NAME.fullmatch(bare):
        raise InvalidArgumentError("name", bare, "lower-case letters, digits and '-': redis")
    owner = _owner(bare, kind)
    if owner:
        raise InvalidArgumentError("name", name, f"another name: {owner}")
    return bare


def _owner(name: str, kind: str) -> str:
    """Return a clause that says what of xetrack's own has a name; empty if it is free."""
    distribution = PREFIX + name
    if distribution in DISTRIBUTIONS or distribution == "xetrack-example":
        return f"{distribution} is a distribution of xetrack's own"
    if kind == PartKind.COMMAND:
        commands = [command for command in OWN if command.partition(" ")[0] == name]
        if commands:
            return f"'xt {commands[0]}' is a command of xt itself"
    what = f"the {kind} {name!r}"
    if kind == PartKind.FORMAT and name in FORMATS:
        return f"{what} is built into xetrack-cli"
    for claimed in (name, SCHEMES.get(name, ""), SUFFIXES.get(f".{name}", "")):
        extra = extra_of(kind, claimed) if claimed else ""
        if extra:
            meant = "" if claimed == name else f"{name!r} stands for "
            return f"{meant}the {kind} {claimed!r} of {distribution_of(extra)}"
    for status in registry().statuses():
        if isinstance(status, Part) and status.kind == kind and status.state == "built-in":
            component = status.component
            if name in {component.name, *component.schemes} or f".{name}" in component.suffixes:
                return f"{what} is built into {status.distribution}"
    return ""
