"""``/api/db/{db}/{table}/complete``: what may come next in a text of SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from xetrack.errors import ColumnNotFoundError
from xetrack.interfaces.query import Query
from xetrack_ui.tables.run_filter import filter_names
from xetrack_ui.tables.runs import FIELDS
from xetrack_ui.values.cells import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xetrack import Reader
    from xetrack.interfaces.engine import Engine
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.state import TableState

Kind = Literal["column", "keyword", "value"]

_KEYWORDS = (
    "AND OR NOT IN IS NULL LIKE BETWEEN CASE WHEN THEN ELSE END SELECT FROM WHERE ORDER BY GROUP "
    "HAVING LIMIT OFFSET DISTINCT AS ASC DESC COUNT MIN MAX AVG SUM"
).split()
_MOST = 50
"""Completions in one answer."""

_LOOKED_AT = 5_000
"""Rows whose values are offered."""

_LONGEST = 200
"""Characters of a value that is offered."""

_WORD = re.compile(r"(?P<word>[\w:]*)\Z")
_QUOTED = re.compile(r'"(?P<word>(?:[^"]|"")*)\Z')
_VALUE = re.compile(
    r"""(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<name>\w+))\s*(?:=|!=|<>|IN\s*\(|LIKE)\s*(?P<mark>'?)(?P<word>[^']*)\Z""",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^\W\d]\w*", re.ASCII)


def complete(question: Question) -> list[dict[str, str]]:
    """Return completions of the word before a place in a text.

    Parameters
    ----------
    question
        Its path names the table. Parameters: ``text``, the place ``at`` in it (its end if there is
        none), and ``of``, which is ``runs``, ``rows`` or both.
    """
    parameters = question.parameters("text", "at", "of")
    text = parameters.text("text")
    at = parameters.whole("at", len(text), most=max(len(text), 0))
    of = parameters.choices("of", ("runs", "rows")) or ("runs", "rows")
    with question.opened() as (reader, state):
        before = text[:at]
        compared = _VALUE.search(before)
        if compared:
            name = (compared["quoted"] or "").replace('""', '"') or compared["name"]
            values = _run_values(state, name) if "runs" in of else []
            values = values or (_values(reader, state, name) if "rows" in of else [])
            offered = [*_matching(map(_literal, values), compared["mark"] + compared["word"])]
            if offered or compared["mark"]:
                return _listed("value", offered)
        names = filter_names(state) if "runs" in of else []
        names += [each.name for each in state.columns if "rows" in of and each.name not in names]
        quoted = _QUOTED.search(before) if before.count('"') % 2 else None
        if quoted:
            return _listed("column", _matching(map(_quoted, names), f'"{quoted["word"]}'))
        match = _WORD.search(before)
        word = match["word"] if match else ""
        columns = _matching(map(_identifier, names), word)
        return (_listed("column", columns) + _listed("keyword", _matching(_KEYWORDS, word)))[:_MOST]


def _listed(kind: Kind, texts: Iterable[str]) -> list[dict[str, str]]:
    return [{"text": text, "kind": kind} for text in texts][:_MOST]


def _matching(texts: Iterable[str], word: str) -> Iterator[str]:
    start = word.casefold().strip("\"'")
    return (text for text in texts if text.casefold().strip("\"'").startswith(start))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _identifier(name: str) -> str:
    is_plain = _PLAIN.fullmatch(name) and name.upper() not in _KEYWORDS
    return name if is_plain else _quoted(name)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return "'" + shorten(str(value)).replace("'", "''") + "'"


def _run_values(state: TableState, name: str) -> list[Any]:
    """Return the values that runs have for a field or a param."""
    if name not in FIELDS and name not in state.params:
        return []
    values = (
        run.value(name) if name in FIELDS else run.params.get(name) for run in state.runs.values()
    )
    return _distinct(values)


def _values(reader: Reader, state: TableState, name: str) -> list[Any]:
    names = {each.key: each.name for each in state.columns}
    names |= {each.name: each.name for each in state.columns}
    return _distinct(_cells(reader.engine, reader.table, names[name])) if name in names else []


def _cells(engine: Engine, table: str, name: str) -> Iterator[Any]:
    try:
        for (cells,) in engine.read(table, Query(columns=(name,), limit=_LOOKED_AT)).batches:
            yield from cells
    except ColumnNotFoundError:  # dropped meanwhile
        return


def _distinct(values: Iterable[Any]) -> list[Any]:
    distinct = dict.fromkeys(
        value
        for value in values
        if isinstance(value, bool | int | float)
        or (isinstance(value, str) and len(value) <= _LONGEST)
    )
    return sorted(distinct, key=lambda value: (isinstance(value, str), value))
