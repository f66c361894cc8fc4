"""`xt plugins show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import UnknownComponentError
from xetrack.interfaces.component import COMMON_OPTIONS, PartKind
from xetrack.plugins import hints
from xetrack.plugins.entrypoints import normalized
from xetrack.plugins.parts import PLUGIN, Part
from xetrack.plugins.registry import registry
from xetrack_cli.render.model import Drawing, Table
from xetrack_cli.render.parts.page import TYPES, draw_parts, shown_default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.component import Option
    from xetrack.plugins.parts import Status

NAMES = (
    *("kind", "name", "distribution", "version", "state", "reason", "summary"),
    *("schemes", "suffixes", "option", "type", "default", "help"),
)


def show(name: str, /) -> Drawing:
    """Show what a part is, which options it takes, and how it is chosen.

    Parameters
    ----------
    name
        The name of a part, such as jsonl; or of a plugin or distribution, for all of its parts; or
        a URL scheme, such as s3, or an ending, such as .duckdb, for the parts that claim it.

    Returns
    -------
    Drawing
        A page for each part of this name; as data, a row for each option.
    """
    statuses = registry().statuses()
    chosen = [status for status in statuses if status.name == name]
    chosen = chosen or [status for status in statuses if _is_from(status, name)]
    chosen = chosen or [status for status in statuses if _claims(status, name)]
    if not chosen:
        known = {status.name for status in statuses}
        raise UnknownComponentError("part", name, known, _hint(name, statuses))
    return Drawing(
        table=Table(names=NAMES, rows=[row for status in chosen for row in _rows(status)]),
        draw=lambda columns, _lines, _colour: draw_parts(chosen, columns),
    )


def _claims(status: Status, name: str) -> bool:
    component = status.component if isinstance(status, Part) else None
    claims = (*component.schemes, *component.suffixes) if component else ()
    return name.removesuffix("://") in claims


def _is_from(status: Status, name: str) -> bool:
    distribution = normalized(status.distribution)
    return normalized(name) in {distribution, distribution.removeprefix("xetrack-")}


def _hint(name: str, statuses: list[Status]) -> str:
    left_out = [status for status in statuses if status.reason or status.kind == PLUGIN]
    texts = (hints.hint(kind, name, left_out) for kind in PartKind if hints.extra_of(kind, name))
    return next(texts, "")


def _rows(status: Status) -> Iterator[tuple[object, ...]]:
    about = (status.kind, status.name, status.distribution, status.version)
    facts = (*about, status.state, status.reason, status.summary)
    component = status.component if isinstance(status, Part) else None
    claims = (component.schemes, component.suffixes) if component else ((), ())
    shown = (*facts, *(" ".join(claim) for claim in claims))
    options: tuple[Option, ...] = ()
    if component:
        options = (*(component.options or ()), *COMMON_OPTIONS.get(status.kind, ()))
    for option in options:
        yield *shown, option.name, TYPES[option.type], shown_default(option), option.help
    if not options:
        yield *shown, None, None, None, None
