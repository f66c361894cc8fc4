"""Why a call was not found: what is different in the key of the nearest call that was stored.

Material tells it by itself. Nothing that is stored is unpickled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from xetrack_cache.keys.key import OBJECTS, SCHEME
from xetrack_cache.keys.netstrings import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_NAMES = {
    b"t": "tuple",
    b"l": "list",
    b"n": "None",
    b"d": "dict",
    b"S": "set",
    b"z": "frozenset",
    b"F": "function",
    b"P": "built-in function",
    b"M": "method",
    b"C": "class",
    b"c": "class",
    b"x": "model",
    b"O": "object",
    b"X": "object",
    b"N": "array",
    b"V": "frame",
    b"e": "enum",
    b"E": "Decimal",
    b"k": "closure",
}


@frozen
class Difference:
    """One part in which two keys differ."""

    part: str
    """``function``, ``code``, ``argument x``, ``param model``, ``closure k`` or the like."""
    here: str
    """What it is in the key that was looked for; empty where it has no such part."""
    there: str
    """What it is in the other."""


def sections(material: bytes) -> dict[str, bytes]:
    """Return the parts of a key by name; none for material that is not ours.

    Pickled objects are ``objects``.
    """
    found: dict[str, bytes] = {}
    try:
        pieces = [(tag, inner, whole) for tag, inner, whole in parts(material)]
        if not pieces or pieces[0][2] != SCHEME:
            return {}
        rest = iter(pieces[1:])
        for tag, inner, whole in rest:
            if tag == OBJECTS:
                found["objects"] = whole
            else:
                found[inner.decode("utf-8", "replace")] = next(rest)[2]
    except (ValueError, StopIteration):
        return {}
    return found


def function_in(material: bytes) -> str:
    """Return the name of the function; empty for material that is not ours."""
    part = sections(material).get("function", b"")
    return part.partition(b":")[2].decode("utf-8", "replace")


def nearest(material: bytes, others: Iterable[bytes]) -> list[Difference] | None:
    """Return in what the nearest call of the same function differs; None without any."""
    mine = sections(material)
    best: list[Difference] | None = None
    for other in others:
        theirs = sections(other)
        if theirs.get("function") == mine.get("function"):
            found = differences(mine, theirs)
            if best is None or len(found) <= len(best):  # of equals, the last that was stored
                best = found
    return best


def differences(mine: dict[str, bytes], theirs: dict[str, bytes]) -> list[Difference]:
    """Return in what two keys differ, the code first."""
    names = [name for name in (*mine, *theirs) if name != "objects"]
    found = [
        Difference(name, _described(mine.get(name)), _described(theirs.get(name)))
        for name in dict.fromkeys(names)
        if mine.get(name) != theirs.get(name)
    ]
    if not found and mine.get("objects") != theirs.get("objects"):
        found.append(Difference("objects", "objects", "others, which are not equal to these"))
    return found


def _content(part: bytes) -> bytes:
    return part[part.index(b":") + 1 :]


def _described(part: bytes | None) -> str:
    """Say in words what a part is: its value where that is short, else its kind and digest."""
    if part is None:
        return ""
    tag = part[:1]
    in_words = _IN_WORDS.get(tag)
    try:
        return _NAMES.get(tag, "value") if in_words is None else in_words(_content(part))
    except (ValueError, ArithmeticError, RecursionError):  # not made by us
        return _NAMES.get(tag, "value")


def _listed(content: bytes) -> str:
    return ", ".join(_described(whole) for _, _, whole in parts(content))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _model(content: bytes) -> str:
    """Say a model by its class and its fields, which lie behind that; see `keys.models`."""
    (_, cls, _), *fields = parts(content)
    ((_, name, _), *_) = parts(cls)
    pairs = zip(fields[::2], fields[1::2], strict=True)
    said = (f"{_text(key)}={_described(value)}" for (_, key, _), (_, _, value) in pairs)
    return f"{_text(name).rpartition('.')[2]}({', '.join(said)})"


_IN_WORDS: Mapping[bytes, Callable[[bytes], str]] = {
    b"i": bytes.decode,
    b"a": bytes.decode,
    b"E": bytes.decode,
    b"b": repr,
    b"f": lambda content: repr(float.fromhex(content.decode())),
    b"h": lambda content: f"{_NAMES.get(content[:1], 'value')} {content[1:5].hex()}...",
    b"K": lambda content: f"code {content[:4].hex()}...",
    b"l": lambda content: f"[{_listed(content)}]",
    b"o": lambda content: str(content == b"1"),
    b"s": lambda content: repr(content.decode("utf-8", "replace")),
    b"t": lambda content: f"({_listed(content)})",
    b"x": _model,
}
