"""Conditions on rows as texts: comparisons of columns with values, joined by AND.

Series of numbers are read by every engine, so their conditions are those of
`xetrack.interfaces.query`, and not the SQL of one database.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.errors import ColumnNotFoundError, InvalidArgumentError
from xetrack.interfaces.query import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.query import Operator
    from xetrack_ui.tables.columns import ShownColumn

EXPECTED = """comparisons joined by AND, such as: epoch >= 10 AND phase = 'test'"""

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<quoted>"(?:[^"]|"")+")
    |(?P<text>'(?:[^']|'')*')
    |(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<operator><=|>=|!=|<>|==|=|<|>)
    |(?P<word>\w+)
    )""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False}
_OPERATORS: dict[str, Operator] = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}

Token = tuple[str, str]


def parse_conditions(
    text: str, columns: Sequence[ShownColumn], table: str
) -> tuple[Condition, ...]:
    """Return the conditions of a text.

    Parameters
    ----------
    text
        Comparisons joined by AND; ``IS NULL`` and ``IS NOT NULL`` ask for missing cells. Blank for
        none.
    columns
        Those of the table, by whose names or keys the text may call them.
    table
        Name of the table.

    Raises
    ------
    InvalidArgumentError
        The text is none.
    ColumnNotFoundError
        It names a column that the table lacks.
    """
    if not text.strip():
        return ()
    tokens = _tokens(text)
    conditions = []
    while tokens:
        name = _name(tokens, text)
        column = next((each.name for each in columns if name in {each.name, each.key}), None)
        if column is None:
            raise ColumnNotFoundError(name, table, [each.name for each in columns])
        conditions.append(_comparison(column, tokens, text))
        if tokens and (not _is_word(tokens.pop(0), "and") or not tokens):
            raise InvalidArgumentError("where", text, EXPECTED)
    return tuple(conditions)


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidArgumentError("where", text, EXPECTED)
        kind = str(match.lastgroup)
        tokens.append((kind, match[kind]))
        at = match.end()
    return tokens


def _is_word(token: Token, *words: str) -> bool:
    return token[0] == "word" and token[1].casefold() in words


def _name(tokens: list[Token], text: str) -> str:
    kind, name = tokens.pop(0)
    if kind == "quoted":
        return name[1:-1].replace('""', '"')
    if kind != "word":
        raise InvalidArgumentError("where", text, EXPECTED)
    return name


def _comparison(column: str, tokens: list[Token], text: str) -> Condition:
    kinds = [kind for kind, _ in tokens[:2]]
    if tokens and _is_word(tokens[0], "is"):
        tokens.pop(0)
        symbol: Operator = "="
        if tokens and _is_word(tokens[0], "not"):
            tokens.pop(0)
            symbol = "!="
        if tokens and _is_word(tokens.pop(0), "null"):
            return Condition(column, symbol, None)
    elif kinds[:1] == ["operator"] and len(kinds) > 1:
        symbol = _OPERATORS[tokens.pop(0)[1]]
        kind, value = tokens.pop(0)
        if kind == "text":
            return Condition(column, symbol, value[1:-1].replace("''", "'"))
        if kind == "number":
            is_whole = value.lstrip("+-").isdigit()
            return Condition(column, symbol, int(value) if is_whole else float(value))
        if kind == "word" and value.casefold() in _WORDS:
            return Condition(column, symbol, _WORDS[value.casefold()])
    raise InvalidArgumentError("where", text, EXPECTED)
