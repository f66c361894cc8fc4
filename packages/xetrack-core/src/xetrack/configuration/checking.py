"""Checking all that a project says, for `xt doctor`: of parts that no tracker has, too.

A tracker looks at the options of its own parts only, as those of others need not be installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.configuration.choice import PartChoice, named_in
from xetrack.configuration.project import OPTIONS
from xetrack.configuration.selection import (
    CONFIGURABLE,
    check_names,
    complete_choice,
    recorders_of_project,
    select_part,
    select_parts,
)
from xetrack.errors import UnknownComponentError
from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from xetrack.configuration.project import Configuration


def check_project(configuration: Configuration) -> None:
    """Check every part that a project chooses, and the options that it gives for any name.

    Parameters
    ----------
    configuration
        What the project says.

    Raises
    ------
    ConfigurationError, PartOptionError, UnknownComponentError
        Something of it cannot be used.
    """
    for kind in CONFIGURABLE:
        if kind in {PartKind.SINK, PartKind.PROBE}:
            select_parts(kind, (), configuration)
        elif kind is PartKind.RECORDER:
            if any("recorders" in source.parts for source in configuration.sources):
                for choice in recorders_of_project(configuration):
                    complete_choice(choice, configuration)
        else:
            select_part(kind, None, configuration)
    for source in configuration.sources:
        try:
            check_names(source.options)
        except UnknownComponentError as error:
            raise named_in(error, source.name or OPTIONS) from None
        for kind in CONFIGURABLE:
            for name in source.options.keys() & {part.name for part in registry().components(kind)}:
                complete_choice(PartChoice(kind, name, source.name or OPTIONS), configuration)
