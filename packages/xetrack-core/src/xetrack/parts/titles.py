"""Titles: how messages name a part, by what a user installed and not by its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.plugins.parts import Part
from xetrack.plugins.registry import registry

if TYPE_CHECKING:
    from xetrack.interfaces.component import PartKind


def title_of(kind: PartKind, part: object) -> str:
    """Return the kind, the name and the distribution of a part, for messages.

    Parameters
    ----------
    kind
        The kind of part.
    part
        The class of the part, or an object of it.

    Returns
    -------
    str
        For example ``the engine 'sqlite' of xetrack-core``; the name of the class where no plugin
        offers it.

    Examples
    --------
    >>> from xetrack import Reader, Tracker
    >>> from xetrack.plugins import PartKind
    >>> row = Tracker("runs.db").log({"loss": 0.5})
    >>> title_of(PartKind.ENGINE, Reader("runs.db").engine)
    "the engine 'sqlite' of xetrack-core"
    """
    cls = part if isinstance(part, type) else type(part)
    known = [
        status
        for status in registry().statuses()
        if isinstance(status, Part)
        if status.kind == kind
    ]
    targets = {status.component.target: status for status in known}
    for base in cls.__mro__:
        status = targets.get(f"{base.__module__}:{base.__qualname__}")
        if status is not None:
            return f"{status.title} of {status.distribution}"
    # A factory is the target, not the classes that it chooses from.
    package = cls.__module__.partition(".")[0]
    near = [status for status in known if status.component.target.partition(".")[0] == package]
    if len(near) == 1:
        return f"{near[0].title} of {near[0].distribution}"
    return f"the {kind} {cls.__name__}"
