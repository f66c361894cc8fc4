"""The page of a part: what it is, its options, and how to choose it, in any width."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING
from urllib.parse import quote

from xetrack.errors.escapes import escaped
from xetrack.interfaces.component import COMMON_OPTIONS, PartKind
from xetrack.plugins.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xetrack.interfaces.component import Component, Option
    from xetrack.plugins.parts import Status

_LEAST = 24
"""The narrowest column for help; where there is less room, it stands below."""

_ARGUMENTS = {
    PartKind.SINK: "sinks",
    PartKind.PROBE: "probes",
    PartKind.ENGINE: "engine",
    PartKind.ASSET_STORE: "asset_store",
    PartKind.CACHE: "cache",
    PartKind.RUN_HOOK: "run_hooks",
    PartKind.RECORDER: "record",
    PartKind.ROW_FILTER: "filters",
}
_USED_FOR = {
    PartKind.CODEC: "objects that it takes",
    PartKind.CALL_CACHE: "caches that name it",
    PartKind.JUDGE: "two runs side by side, as on the page of xt ui",
    PartKind.SQL_RUNNER: "SQL over the rows of engines that run none",
}
TYPES = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    Path: "path",
    list: "list of texts",
}
"""The types of options, as they are shown."""

_EXAMPLES = {"integer": "10", "number": "0.5", "true or false": "true", "list of texts": "a,b"}


def shown_default(option: Option) -> str:
    """Return the default of an option as a user would give it; empty where it has none.

    Parameters
    ----------
    option
        The description of an option.

    Returns
    -------
    str
        JSON of a truth or a list, and the plain text of anything else.
    """
    if option.default is None:
        return ""
    if isinstance(option.default, bool | list):
        return json.dumps(option.default)
    return escaped(str(option.default))


def draw_parts(statuses: Sequence[Status], columns: int) -> str:
    """Return the pages of parts.

    Parameters
    ----------
    statuses
        The parts, or plugins as a whole.
    columns
        The width of the terminal.
    """
    return "\n".join("".join(f"{line}\n" for line in _page(each, columns)) for each in statuses)


def _page(status: Status, columns: int) -> Iterator[str]:
    yield from _filled(f"{status.kind} {status.name}, of {status.release}: {status.state}", columns)
    for text in (status.summary, status.reason):
        yield from _filled(escaped(text), columns, "  ")
    if not isinstance(status, Part) or status.reason:
        return
    component = status.component
    for title, claims in (("URL schemes", component.schemes), ("Suffixes", component.suffixes)):
        if claims:
            yield from _filled(f"{title}: {', '.join(claims)}", columns, "  ")
    if status.kind in _ARGUMENTS:
        yield ""
        if component.options:
            yield from _options(component.options, columns)
        elif component.options is None:
            yield from _filled("It does not say which options it takes.", columns, "  ")
        else:
            yield from _filled("It takes no options.", columns, "  ")
        if common := COMMON_OPTIONS.get(status.kind):
            yield from _filled(f"As every {status.kind} it takes:", columns, "  ")
            yield from _options(common, columns)
    yield ""
    yield "  To choose it:"
    for line in _ways(PartKind(status.kind), component):
        yield f"    {line}"


def _filled(text: str, columns: int, indent: str = "") -> Iterator[str]:
    if text:
        deeper = f"{indent}  "
        yield from fill(
            text,
            max(columns, _LEAST),
            initial_indent=indent,
            subsequent_indent=deeper,
            break_long_words=False,
            break_on_hyphens=False,
        ).splitlines()


def _options(options: Iterable[Option], columns: int) -> Iterator[str]:
    rows = [("option", "type", "default", "help")]
    rows += [
        (each.name, TYPES[each.type], shown_default(each), escaped(each.help)) for each in options
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    used = 2 + sum(widths) + 2 * len(widths)
    for row in rows:
        start = "  " + "".join(
            f"{cell:<{width}}  " for cell, width in zip(row[:3], widths, strict=True)
        )
        if columns - used >= _LEAST:
            text = fill(row[3], columns, initial_indent=start, subsequent_indent=" " * used)
            yield from (text or start).rstrip().splitlines()
        else:
            yield start.rstrip()
            yield from _filled(row[3], columns, "      ")


def _ways(kind: PartKind, component: Component) -> Iterator[str]:
    name, scheme = component.name, next(iter(component.schemes), "")
    options = component.options or ()
    query = f"?{_query(options[0])}" if options else ""
    if kind in {PartKind.RUN_HOOK, PartKind.ROW_FILTER}:
        yield f'Tracker({_ARGUMENTS[kind]}=["{name}{query}"])'
    elif kind in {PartKind.SINK, PartKind.PROBE, PartKind.RECORDER}:
        argument, key = _ARGUMENTS[kind], f"{kind}s"
        yield f'Tracker({argument}=["{name}{query}"])'
        if scheme:
            yield f'Tracker({argument}=["{scheme}://...{query}"])'
        if options:
            yield f'Tracker({argument}=[("{name}", {{"{options[0].name}": ...}})])'
        yield f'{key} = ["{name}{query}"]  # [tool.xetrack.parts] of pyproject.toml'
        yield f"XETRACK_{key.upper()}='{name}{query}' python ..."
    elif kind in _ARGUMENTS:
        argument = _ARGUMENTS[kind]
        yield from _ways_of_one(kind, component, query)
        if options:
            yield f'Tracker(..., options={{"{name}": {{"{options[0].name}": ...}}}})'
        value = f"{scheme or name}://..." if kind == PartKind.CACHE else f"{name}{query}"
        yield f'{argument} = "{value}"  # [tool.xetrack.parts] of pyproject.toml'
    elif kind == PartKind.FRAME_BACKEND:
        yield f'Reader(...).to_df(backend="{name}")'
        yield f'xetrack.set_backend("{name}")'
    elif kind == PartKind.FORMAT:
        yield f"xt head runs.db --format {name}"
    elif kind == PartKind.COMMAND:
        yield f"xt {name}"
    else:
        yield f"nothing; it is used for {_USED_FOR[kind]}"


def _ways_of_one(kind: PartKind, component: Component, query: str) -> Iterator[str]:
    """Yield the ways of the parts of which a tracker has one."""
    if kind == PartKind.ENGINE:
        yield from (f'Tracker("{scheme}://...")' for scheme in component.schemes)
        yield from (f'Tracker("runs{suffix}")' for suffix in component.suffixes)
        yield f'Tracker(..., engine="{component.name}{query}")'
        return
    argument = _ARGUMENTS[kind]
    yield from (
        f'Tracker(..., {argument}="{scheme}://...")'
        for scheme in component.schemes or ((component.name,) if kind == PartKind.CACHE else ())
    )
    if kind != PartKind.CACHE:
        yield f'Tracker(..., {argument}="{component.name}{query}")'


def _query(option: Option) -> str:
    kind = TYPES[option.type]
    default = quote(shown_default(option), safe="/:")
    return f"{option.name}={default or _EXAMPLES.get(kind, kind.upper())}"
