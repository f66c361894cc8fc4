"""The kinds of value that a column can hold, and how each becomes text and comes back.

A *plain value* is ``None`` or an instance of exactly one of the types in `PLAIN`. `plain` converts
what users log (NumPy scalars, enums, tuples, subclasses, and what `small_values` knows) to plain
values, or raises an error: then it is an asset. `kind_of` returns the kind of a plain value.
Engines get plain values only; a kind that their storage lacks is stored as the text that `TO_TEXT`
returns.

JSON text is strict. A value that JSON cannot represent inside a list or dict (a date, nan, a key
that is no string) is written as ``{"$xetrack": kind, "value": text}``.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.model import times
from xetrack.model.objects.small_values import NOT_SIMPLER, simpler, text_of_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Scalar: TypeAlias = (
    bool | int | float | str | bytes | datetime | date | time | timedelta | Decimal | Path | None
)
"""A plain value that contains no others: None, or an instance of a type in `ATOMS`."""

Value: TypeAlias = Scalar | list["Value"] | dict[Scalar, "Value"]
"""A plain value: None, or an instance of a type in `PLAIN`. The keys of a dict are scalars."""

Row: TypeAlias = dict[str, Any]
"""A row as users get it: a plain value for each name.

Its cells are `Any`, as users know what they logged; see ``docs/design/model.md``.
"""

EXACT_INT = 2**53
"""Integers up to this size are exact as a float of 64 bits."""

INT64 = 2**63
"""Integers below this size fit 64 bits."""

TAG = "$xetrack"
"""The key that marks such values in JSON text."""


class Kind(StrEnum):
    """The kind of a cell, independent of how it is stored. A missing cell (None) has no kind."""

    BOOL = "bool"
    INT = "int"
    """An integer that a float represents exactly: at most 2**53 in size."""
    BIGINT = "bigint"
    """An integer of 64 bits, beyond 2**53."""
    HUGEINT = "hugeint"
    """An integer that needs more than 64 bits."""
    FLOAT = "float"
    """A float, infinities included; nan is a kind of its own, as databases have no nan."""
    NAN = "nan"
    TEXT = "text"
    RAWTEXT = "rawtext"
    """Text with lone surrogates, which UTF-8 cannot encode (`os.fsdecode` makes such names)."""
    BYTES = "bytes"
    DATETIME = "datetime"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    """A `timedelta` that is exact as seconds in a float: at most `times.LONGEST` in size."""
    LONGDURATION = "longduration"
    """A longer `timedelta`."""
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
    timedelta: Kind.DURATION,
    Decimal: Kind.DECIMAL,
    type(Path()): Kind.PATH,
    list: Kind.JSON,
    dict: Kind.JSON,
}

PLAIN = frozenset(KIND_OF_TYPE)
ATOMS = PLAIN - {list, dict} | {type(None)}
"""Plain types whose values are immutable and contain no other values."""


_DEEPEST = 100
"""Levels of lists and dicts in a plain value; only one that contains itself has more."""


class NotPlainError(TypeError):
    """A value cannot be converted to a plain value: it is an asset."""


def kind_of(value: Value) -> Kind | None:
    """Return the kind of a plain value; None for a missing one.

    Raises
    ------
    NotPlainError
        The value is none; see `plain`.

    Examples
    --------
    >>> kind_of(7), kind_of(2**60), kind_of(None)
    (<Kind.INT: 'int'>, <Kind.BIGINT: 'bigint'>, None)
    """
    if value is None:
        return None
    if type(value) is float:
        return Kind.NAN if math.isnan(value) else Kind.FLOAT
    if type(value) is int and not -EXACT_INT <= value <= EXACT_INT:
        return Kind.BIGINT if -INT64 <= value < INT64 else Kind.HUGEINT
    if type(value) is timedelta and not -times.LONGEST <= value <= times.LONGEST:
        return Kind.LONGDURATION
    if type(value) is str and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return Kind.RAWTEXT
    try:
        return KIND_OF_TYPE[type(value)]
    except KeyError:
        raise NotPlainError(f"{type(value).__module__}.{type(value).__qualname__}") from None


def plain(value: Any) -> Value:
    """Convert a value of a user to a plain value, which shares no mutable state with it.

    Parameters
    ----------
    value
        Any object.

    Returns
    -------
    value
        The plain value, or a copy of its lists and dicts.

    Raises
    ------
    NotPlainError
        The value is an asset.

    Examples
    --------
    >>> plain((1, {"a": True}))
    [1, {'a': True}]
    """
    return value if type(value) in ATOMS else _plain(value, 0)


def _plain(value: Any, depth: int) -> Value:  # noqa: PLR0911 - one line for each kind of value
    if type(value) in ATOMS:
        atom: Scalar = value  # no type checker narrows by a set of types
        return atom
    if depth > _DEEPEST:
        raise NotPlainError("nested too deeply, or in itself")
    if isinstance(value, Enum):
        return _plain(value.value, depth + 1)
    if isinstance(value, list | tuple) and not hasattr(type(value), "_fields"):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return _plain_dict(value, depth + 1)
    if type(value).__module__.partition(".")[0] == "pandas":
        return _plain_pandas(value)
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):
        return _plain_scalar(value)
    # Subclasses become their plain base, so that every reader gets the same type.
    for base, exactly in _EXACTLY.items():
        if isinstance(value, base):
            return exactly(value)
    return _plain_simpler(value, depth + 1)


def _plain_simpler(value: Any, depth: int) -> Value:
    """Convert what has a simpler form; anything else is an asset."""
    form = simpler(value)
    if form is NOT_SIMPLER:
        raise NotPlainError(f"{type(value).__module__}.{type(value).__qualname__}")
    return _plain(form, depth)


def _exactly_date(value: date) -> date:
    return date(value.year, value.month, value.day)


def _exactly_time(value: time | datetime) -> time:
    fields = value.hour, value.minute, value.second, value.microsecond
    return time(*fields, tzinfo=value.tzinfo, fold=value.fold)


# A datetime is a date, so it comes first.
_EXACTLY: Mapping[type, Callable[[Any], Value]] = {
    datetime: lambda value: datetime.combine(_exactly_date(value), _exactly_time(value)),
    date: _exactly_date,
    time: _exactly_time,
    timedelta: lambda value: timedelta(value.days, value.seconds, value.microseconds),
    str: str.__str__,
    int: int,
    float: float,
    bytes: bytes,
    Decimal: Decimal,
    Path: Path,
}


def _plain_dict(value: dict[Any, object], depth: int) -> dict[Scalar, Value]:
    items = {_key(key): _plain(item, depth) for key, item in value.items()}
    if len(items) < len(value):
        raise NotPlainError("a dict of which two keys are the same plain value")
    return items


def _key(key: object) -> Scalar:
    """Return the plain key of a dict; a list cannot be one, so tuples are texts there."""
    plain_key = _plain(key, 0)
    if not isinstance(plain_key, list | dict):
        return plain_key
    text = text_of_key(key)
    if text is None:
        raise NotPlainError("a key that is no scalar")
    return text


def _plain_scalar(value: Any) -> Value:
    """Unwrap a scalar of NumPy, torch or anything else that has ``item()`` and no axes."""
    if type(value).__name__ == "MaskedConstant":
        return None
    if getattr(getattr(value, "dtype", None), "kind", "") in {"m", "M"}:  # also an array of one
        return _plain_time(times.of_numpy, value)
    item = value.item()
    if type(item) is type(value):  # numpy.longdouble unwraps to itself
        item = float(value)
    return _plain(item, 1)


def _plain_pandas(value: Any) -> Value:
    """Unwrap ``Timestamp`` and ``Timedelta``; ``NA`` and ``NaT`` are missing values."""
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if type(value).__name__ in {"Timestamp", "Timedelta"}:
        return _plain_time(times.of_pandas, value)
    return _plain_simpler(value, 1)


def _plain_time(convert: Callable[[Any], Value], value: Any) -> Value:
    try:
        return convert(value)
    except (ValueError, OverflowError) as error:  # Python has no such time
        raise NotPlainError(str(error)) from error


def _tagged(value: Value) -> Value:
    """Convert a plain value to what strict JSON can represent."""
    if type(value) is list:
        return [_tagged(item) for item in value]
    if type(value) is dict:
        if all(kind_of(key) is Kind.TEXT for key in value) and TAG not in value:
            return {key: _tagged(item) for key, item in value.items()}
        return {TAG: "dict", "value": [[_tagged(k), _tagged(v)] for k, v in value.items()]}
    kind = kind_of(value)
    if type(value) is float and not math.isfinite(value):
        return {TAG: Kind.FLOAT, "value": repr(value)}
    if kind in _AS_HEX and isinstance(value, str | bytes):
        return {TAG: kind, "value": _bytes_of(value).hex()}
    return {TAG: kind, "value": TO_TEXT[kind](value)} if kind in TO_TEXT else value


def _untagged(item: dict[Any, Any]) -> Value:
    tag = item.get(TAG)
    if tag is None:
        return item
    if tag == "dict":
        return dict(item["value"])
    if tag == Kind.FLOAT:
        return float(item["value"])
    if tag in _AS_HEX:
        data = bytes.fromhex(item["value"])
        return data if tag == Kind.BYTES else _text_of(data)
    return FROM_TEXT[Kind(tag)](item["value"])


_DECIMAL_BITS = 14_000
_DECODER = json.JSONDecoder(object_hook=_untagged)  # `json.loads` would make one for each text


def _int_to_text(value: int) -> str:
    # Python refuses decimal texts of more than 4,300 digits; hexadecimal has no such limit.
    return str(value) if value.bit_length() < _DECIMAL_BITS else hex(value)


def _int_from_text(text: str) -> int:
    return int(text, 16) if text.lstrip("-").startswith("0x") else int(text)


def shown(value: Value) -> str:
    """Return the text of a plain value as ``str`` does, or as it is stored where ``str`` fails."""
    try:
        return str(value)
    except ValueError:  # an integer of more than 4,300 digits, also in a list
        return TO_TEXT[kind_of(value)](value)


_AS_HEX = {Kind.BYTES, Kind.RAWTEXT}
"""Kinds that JSON cannot represent; its escapes would join two lone surrogates."""


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
    """Read the text of `_json_to_text`; ValueError is the only error for any other text."""
    try:
        value: Value = _DECODER.decode(text)
    except (RecursionError, AttributeError, TypeError, LookupError, ArithmeticError) as error:
        raise ValueError(f"no plain value: {error}") from error
    # Only a text with so many brackets can be so deep; one level more may be a wrapper.
    if text.count("[") + text.count("{") > _DEEPEST and _depth(value) > _DEEPEST + 2:
        raise ValueError("no plain value: nested too deeply")
    return value


def _depth(value: Value) -> int:
    """Return the number of levels of lists and dicts."""
    depth, level = 0, _containers([value])
    while level:
        depth += 1
        inner = (item.values() if isinstance(item, dict) else item for item in level)
        level = _containers(chain.from_iterable(inner))
    return depth


def _containers(values: Iterable[Value]) -> list[list[Value] | dict[Scalar, Value]]:
    return [value for value in values if isinstance(value, list | dict)]


TO_TEXT: Mapping[Kind | None, Callable[[Any], str]] = {
    Kind.HUGEINT: _int_to_text,
    Kind.DATETIME: datetime.isoformat,
    Kind.DATE: date.isoformat,
    Kind.TIME: time.isoformat,
    Kind.DURATION: times.duration_to_text,
    Kind.LONGDURATION: times.duration_to_text,
    Kind.DECIMAL: str,
    Kind.PATH: _path_to_text,
    Kind.JSON: _json_to_text,
}
"""Functions that convert the kinds that most databases lack to text; see `FROM_TEXT`."""

FROM_TEXT: Mapping[Kind | None, Callable[[str], Value]] = {
    Kind.HUGEINT: _int_from_text,
    Kind.DATETIME: times.datetime_from_text,
    Kind.DATE: date.fromisoformat,
    Kind.TIME: times.time_from_text,
    Kind.DURATION: times.duration_from_text,
    Kind.LONGDURATION: times.duration_from_text,
    Kind.DECIMAL: Decimal,
    Kind.PATH: _path_from_text,
    Kind.JSON: _json_from_text,
}
