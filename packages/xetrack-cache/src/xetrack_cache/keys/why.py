"""Why a call was not found: the differences from the key of the nearest call that was stored.

Material alone is compared. Nothing that is stored is unpickled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from xetrack_cache.keys.key import OBJECTS, SCHEME
from xetrack_cache.keys.netstrings import split_parts

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
    b"U": "object",
    b"I": "model",
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


def split_material(material: bytes) -> dict[str, bytes]:
    """Split the material of a key into its parts.

    Pickled objects are ``objects``.

    Parameters
    ----------
    material
        As it is stored with a result.

    Returns
    -------
    dict
        Parts by name; empty for material of another program.
    """
    part_by_name: dict[str, bytes] = {}
    try:
        pieces = [(tag, inner, whole) for tag, inner, whole in split_parts(material)]
        if not pieces or pieces[0][2] != SCHEME:
            return {}
        rest = iter(pieces[1:])
        for tag, inner, whole in rest:
            if tag == OBJECTS:
                part_by_name["objects"] = whole
            else:
                part_by_name[inner.decode("utf-8", "replace")] = next(rest)[2]
    except (ValueError, StopIteration):
        return {}
    return part_by_name


def function_name_in(material: bytes) -> str:
    """Return the name of the function in a key; empty for material of another program.

    Parameters
    ----------
    material
        The material of a key.
    """
    part = split_material(material).get("function", b"")
    return part.partition(b":")[2].decode("utf-8", "replace")


def describe_arguments(material: bytes) -> str:
    """Describe the arguments in a key: ``x=2, y=10``; empty for material of another program.

    Parameters
    ----------
    material
        The material of a key.
    """
    arguments = {
        name.removeprefix("argument "): _in_words(part)
        for name, part in split_material(material).items()
        if name.startswith("argument ")
    }
    return ", ".join(
        value if name.startswith("#") else f"{name}={value}" for name, value in arguments.items()
    )


def find_nearest(material: bytes, others: Iterable[bytes]) -> list[Difference] | None:
    """Find the nearest call of the same function.

    Parameters
    ----------
    material
        Of the call that was looked for.
    others
        Of the calls that are stored.

    Returns
    -------
    list of Difference or None
        In what it differs; None without any call.
    """
    parts = split_material(material)
    best: list[Difference] | None = None
    for other in others:
        other_parts = split_material(other)
        if other_parts.get("function") == parts.get("function"):
            differences = find_differences(parts, other_parts)
            if best is None or len(differences) <= len(best):  # of equals, the last that was stored
                best = differences
    return best


def find_differences(parts: dict[str, bytes], other_parts: dict[str, bytes]) -> list[Difference]:
    """Compare two keys, the code first.

    Parameters
    ----------
    parts
        Of the one key, as `split_material` returns them.
    other_parts
        Of the other.

    Returns
    -------
    list of Difference
        One for each part that differs.
    """
    names = [name for name in (*parts, *other_parts) if name != "objects"]
    differing = [
        Difference(name, _in_words(parts.get(name)), _in_words(other_parts.get(name)))
        for name in dict.fromkeys(names)
        if parts.get(name) != other_parts.get(name)
    ]
    if not differing and parts.get("objects") != other_parts.get("objects"):
        differing.append(Difference("objects", "objects", "others, which are not equal to these"))
    return differing


def _content(part: bytes) -> bytes:
    return part[part.index(b":") + 1 :]


def _in_words(part: bytes | None) -> str:
    """Describe a part: by its value where that is short, else by its kind and digest."""
    if part is None:
        return ""
    tag = part[:1]
    describe = _WORDS_OF.get(tag)
    try:
        return _NAMES.get(tag, "value") if describe is None else describe(_content(part))
    except (ValueError, ArithmeticError, RecursionError):  # not made by us
        return _NAMES.get(tag, "value")


def _listed(content: bytes) -> str:
    return ", ".join(_in_words(whole) for _, _, whole in split_parts(content))


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _model(content: bytes) -> str:
    """Describe a model by its class and its fields, which come after that; see `keys.models`."""
    (_, cls, _), *fields = split_parts(content)
    ((_, name, _), *_) = split_parts(cls)
    pairs = zip(fields[::2], fields[1::2], strict=True)
    texts = (f"{_text(key)}={_in_words(value)}" for (_, key, _), (_, _, value) in pairs)
    return f"{_text(name).rpartition('.')[2]}({', '.join(texts)})"


def _registered(content: bytes) -> str:
    """Describe an object by its class and what `key_of` returned."""
    (_, cls, _), (_, _, whole) = split_parts(content)
    ((_, name, _), *_) = split_parts(cls)
    return f"{_text(name).rpartition('.')[2]}({_in_words(whole)})"


_WORDS_OF: Mapping[bytes, Callable[[bytes], str]] = {
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
    b"U": _registered,
}
