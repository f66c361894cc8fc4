"""What to type for a condition that was typed in another form than `xt` takes."""

import re
import shlex
from collections.abc import Sequence

from cyclopts import CoercionError, CycloptsError, MissingArgumentError

CONDITION = "--where"
CONDITION_FORM = "three words: a column, one of eq ne lt le gt ge, and a value"

_WORDS = {"=": "eq", "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_JOINED = re.compile(r"\s*(.+?)\s*([=!<>]=|[=<>]|\b(?:eq|ne|lt|le|gt|ge)\b)\s*(.+?)\s*")


def condition_in(error: CycloptsError) -> Sequence[str] | None:
    """Return the words of a condition that has not three; None for another mistake.

    Parameters
    ----------
    error
        What is wrong with the command line.
    """
    if isinstance(error, MissingArgumentError) and error.keyword == CONDITION:
        return error.tokens_so_far
    if isinstance(error, CoercionError) and error.argument and error.argument.name == CONDITION:
        # The option behind one word in quotes was taken for the second word.
        words = [token.value for token in error.argument.tokens]
        return next(([word] for word in words[::3] if _JOINED.fullmatch(word)), None)
    return None


def condition_for(typed: Sequence[str]) -> str:
    """Return a sentence with the words that may have been meant.

    Parameters
    ----------
    typed
        What stood behind the option, as far as it is known.

    Examples
    --------
    >>> condition_for(["accuracy>0.9"])
    'Type: --where accuracy gt 0.9'
    >>> condition_for(["accuracy", "lt"])
    'Type: --where accuracy lt 0.9'
    """
    joined = _JOINED.fullmatch(typed[0] if typed else "")
    column, symbol, value, *_ = joined.groups() if joined else (*typed[:2], *_EXAMPLE[len(typed) :])
    words = (column, _WORDS.get(symbol, symbol), _bare(value))
    return f"Type: {CONDITION} {' '.join(map(shlex.quote, words))}"


_EXAMPLE = ("accuracy", "gt", "0.9")


def _bare(value: str) -> str:
    """Return a value without the quotes that it has as in SQL."""
    quoted = re.fullmatch(r"'(.*)'|\"(.*)\"", value)
    return (quoted[1] or quoted[2] or "") if quoted else value
