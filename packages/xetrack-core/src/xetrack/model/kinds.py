"""The kinds of value that a column can hold, and how each becomes text and comes back.

A *plain value* is ``None`` or an instance of exactly one of the types in `PLAIN`. `plain` turns
what users log (NumPy scalars, enums, tuples, subclasses) into plain values, or says that it is
none: then it is an asset. `kind_of` names the kind of a plain value. Engines see plain values
only; a kind that their storage lacks they keep as the text that `TO_TEXT` gives.

JSON text is strict. What JSON cannot say inside a list or dict (a date, nan, a key that is no
string) is written as ``{"$xetrack": kind, "value": text}``.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = Any
"""A plain value: None, or an instance of one of the types in `PLAIN`."""

EXACT_INT = 2**53
"""Integers up to this size are exact as a float of 64 bits."""

INT64 = 2**63
"""Integers below this size fit 64 bits."""

TAG = "$xetrack"


class Kind(StrEnum):
    """What a cell means, beyond how it is stored. A missing cell (None) has no kind."""

    BOOL = "bool"
    INT = "int"
    """An integer that a float holds exactly: at most 2**53 in size."""
    BIGINT = "bigint"
    """An integer of 64 bits, beyond 2**53."""
    HUGEINT = "hugeint"
    """An integer that needs more than 64 bits."""
    FLOAT = "float"
    """A float, infinities included; nan is a kind of its own, as databases have no nan."""
    NAN = "nan"
    TEXT = "text"
    RAWTEXT = "rawtext"
    """Text with lone surrogates, which UTF-8 cannot say (`os.fsdecode` makes such names)."""
    BYTES = "bytes"
    DATETIME = "datetime"
    DATE = "date"
    TIME = "time"
    DECIMAL = "decimal"
    PATH = "path"
    JSON = "json"
    """A list or dict of plain values."""


KIND_OF_TYPE: Mapping[type, Kind] = {
    bool: Kind.BOOL,
    int: Kind.INT,
    float: Kind.FLOAT,
    str: Kind.TEXT,
    bytes: Kind.BYTES,
    datetime: Kind.DATETIME,
    date: Kind.DATE,
    time: Kind.TIME,
    Decimal: Kind.DECIMAL,
    type(Path()): Kind.PATH,
    list: Kind.JSON,
    dict: Kind.JSON,
}

PLAIN = frozenset(KIND_OF_TYPE)
ATOMS = PLAIN - {list, dict} | {type(None)}
"""Plain types whose values need no look inside and cannot change under our hands."""


_DEEPEST = 100
"""Levels of lists and dicts in a plain value; more are found in what holds itself."""


class NotPlainError(TypeError):
    """The value is none of the plain ones: it is an asset."""


def kind_of(value: Value) -> Kind | None:
    """Name the kind of a plain value; None for a missing one."""
    if value is None:
        return None
    kind = KIND_OF_TYPE[type(value)]
    if kind is Kind.INT and not -EXACT_INT <= value <= EXACT_INT:
        return Kind.BIGINT if -INT64 <= value < INT64 else Kind.HUGEINT
    if kind is Kind.FLOAT and math.isnan(value):
        return Kind.NAN
    if kind is Kind.TEXT and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return Kind.RAWTEXT
    return kind


def plain(value: object) -> Value:
    """Turn a value that a user gave into a plain one, copied deeply enough to be ours.

    Raises
    ------
    NotPlainError
        When the value is an asset.
    """
    return value if type(value) in ATOMS else _plain(value, 0)


def text_of(value: object) -> str:
    """Return the text of what is no plain value; of its type where it has none."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"<{type(value).__qualname__}>"


def _plain(value: object, depth: int) -> Value:  # noqa: PLR0911 - one line for each kind of value
    if type(value) in ATOMS:
        return value
    if depth > _DEEPEST:
        raise NotPlainError("nested too deeply, or in itself")
    if isinstance(value, Enum):
        return _plain(value.value, depth + 1)
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return _plain_dict(value, depth + 1)
    if type(value).__module__.partition(".")[0] == "pandas":
        return _plain_pandas(value)
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):
        return _plain_scalar(value)
    # Subclasses become what they extend, so that every reader gets the same type.
    for base, exactly in _EXACTLY.items():
        if isinstance(value, base):
            return exactly(value)
    raise NotPlainError(f"{type(value).__module__}.{type(value).__qualname__}")


def _exactly_date(value: date) -> date:
    return date(value.year, value.month, value.day)


def _exactly_time(value: time | datetime) -> time:
    fields = value.hour, value.minute, value.second, value.microsecond
    return time(*fields, tzinfo=value.tzinfo, fold=value.fold)


# A datetime is a date, so it comes before.
_EXACTLY: Mapping[type, Callable[[Any], Value]] = {
    datetime: lambda value: datetime.combine(_exactly_date(value), _exactly_time(value)),
    date: _exactly_date,
    time: _exactly_time,
    str: str.__str__,
    int: int,
    float: float,
    bytes: bytes,
    Decimal: Decimal,
    Path: Path,
}


def _plain_dict(value: dict[Any, object], depth: int) -> dict[Value, Value]:
    items = {_key(key): _plain(item, depth) for key, item in value.items()}
    if len(items) < len(value):
        raise NotPlainError("a dict of which two keys are the same plain value")
    return items


def _key(key: object) -> Value:
    """Return a key of a dict; a list cannot be one, so tuples are assets there."""
    found = _plain(key, 0)
    if isinstance(found, list | dict):
        raise NotPlainError("a key that is no scalar")
    return found


def _plain_scalar(value: Any) -> Value:
    """Unwrap a scalar of NumPy, torch or anything else that has ``item()`` and no axes."""
    if type(value).__name__ == "MaskedConstant":
        return None
    if type(value).__name__ in {"datetime64", "timedelta64"}:
        # Finer than microseconds, item() gives a bare integer; so ask for microseconds first.
        value = value.astype(value.dtype.str[:3] + "[us]")
    item = value.item()
    if type(item) is type(value):  # numpy.longdouble unwraps to itself
        item = float(value)
    return _plain(item, 1)


def _plain_pandas(value: Any) -> Value:
    """Unwrap ``Timestamp``; ``NA`` and ``NaT`` are missing values."""
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if type(value).__name__ == "Timestamp":
        return value.to_pydatetime(warn=False)
    raise NotPlainError(f"pandas.{type(value).__name__}")


def _tagged(value: Value) -> Value:
    """Say a plain value in strict JSON terms."""
    if type(value) is list:
        return [_tagged(item) for item in value]
    if type(value) is dict:
        if all(kind_of(key) is Kind.TEXT for key in value) and TAG not in value:
            return {key: _tagged(item) for key, item in value.items()}
        return {TAG: "dict", "value": [[_tagged(k), _tagged(v)] for k, v in value.items()]}
    kind = kind_of(value)
    if type(value) is float and not math.isfinite(value):
        return {TAG: Kind.FLOAT, "value": repr(value)}
    if kind in _AS_HEX:
        return {TAG: kind, "value": _bytes_of(value).hex()}
    return {TAG: kind, "value": TO_TEXT[kind](value)} if kind in TO_TEXT else value


def _untagged(found: dict[str, Any]) -> Value:
    tag = found.get(TAG)
    if tag is None:
        return found
    if tag == "dict":
        return dict(found["value"])
    if tag == Kind.FLOAT:
        return float(found["value"])
    if tag in _AS_HEX:
        data = bytes.fromhex(found["value"])
        return data if tag == Kind.BYTES else _text_of(data)
    return FROM_TEXT[Kind(tag)](found["value"])


_DECIMAL_BITS = 14_000


def _int_to_text(value: int) -> str:
    # Python refuses decimal texts of more than 4,300 digits; hexadecimal has no such limit.
    return str(value) if value.bit_length() < _DECIMAL_BITS else hex(value)


def _int_from_text(text: str) -> int:
    return int(text, 16) if text.lstrip("-").startswith("0x") else int(text)


def shown(value: Value) -> str:
    """Return the text of a plain value as Python prints it; where it would not, as it is kept."""
    try:
        return str(value)
    except ValueError:  # an integer of more than 4,300 digits, also in a list
        return TO_TEXT[kind_of(value)](value)


_AS_HEX = {Kind.BYTES, Kind.RAWTEXT}
"""What JSON has no way to say; its escapes would join two lone surrogates to one character."""


def _bytes_of(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def _text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _path_to_text(value: Path) -> str:
    text = str(value)
    # No path that exists holds a NUL, so it can mark those that UTF-8 cannot say.
    plainly = kind_of(text) is Kind.TEXT and not text.startswith("\0")
    return text if plainly else "\0" + _bytes_of(text).hex()


def _path_from_text(text: str) -> Path:
    return Path(_text_of(bytes.fromhex(text[1:])) if text.startswith("\0") else text)


def _json_to_text(value: Value) -> str:
    return json.dumps(_tagged(value), ensure_ascii=False, allow_nan=False)


def _json_from_text(text: str) -> Value:
    """Read what `_json_to_text` wrote; of anything else, ValueError is the only error."""
    try:
        value = json.loads(text, object_hook=_untagged)
    except (RecursionError, AttributeError, TypeError, LookupError, ArithmeticError) as error:
        raise ValueError(f"no plain value: {error}") from error
    # Only what has so many brackets can be so deep; one level more is of who wraps a value in it.
    if text.count("[") + text.count("{") > _DEEPEST and _depth(value) > _DEEPEST + 2:
        raise ValueError("no plain value: nested too deeply")
    return value


def _depth(value: Value) -> int:
    """Count the levels of lists and dicts."""
    depth, level = 0, [value]
    while level := [one for one in level if type(one) in {list, dict}]:
        depth += 1
        level = [inner for one in level for inner in (one.values() if type(one) is dict else one)]
    return depth


TO_TEXT: Mapping[Kind | None, Callable[[Any], str]] = {
    Kind.HUGEINT: _int_to_text,
    Kind.DATETIME: datetime.isoformat,
    Kind.DATE: date.isoformat,
    Kind.TIME: time.isoformat,
    Kind.DECIMAL: str,
    Kind.PATH: _path_to_text,
    Kind.JSON: _json_to_text,
}
"""How the kinds that most databases lack are kept as text; `FROM_TEXT` is the way back."""

FROM_TEXT: Mapping[Kind | None, Callable[[str], Value]] = {
    Kind.HUGEINT: _int_from_text,
    Kind.DATETIME: datetime.fromisoformat,
    Kind.DATE: date.fromisoformat,
    Kind.TIME: time.fromisoformat,
    Kind.DECIMAL: Decimal,
    Kind.PATH: _path_from_text,
    Kind.JSON: _json_from_text,
}
