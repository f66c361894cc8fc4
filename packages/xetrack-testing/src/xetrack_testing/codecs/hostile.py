"""Objects and contents by which codecs are led astray."""

from __future__ import annotations

import base64
import json
import pickle
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

exploded: list[int] = []
"""Grows when a content had code run."""


def explode(*_: object) -> list[object]:
    """Record that code was run which a content named.

    Parameters
    ----------
    *_
        What the content passes; it does not count.
    """
    exploded.append(1)
    return []


class Bomb:
    """An object whose pickle calls `explode`."""

    def __reduce__(self) -> Any:
        return explode, ()


class Refusing:
    """An object that raises whatever is done to it."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq")

    def __hash__(self) -> int:
        raise RuntimeError("hash")

    def __bool__(self) -> bool:
        raise RuntimeError("bool")

    def __len__(self) -> int:
        raise RuntimeError("len")

    def __iter__(self) -> Iterator[object]:
        raise RuntimeError("iter")

    def __repr__(self) -> str:
        raise RuntimeError("repr")

    def __reduce__(self) -> Any:
        raise RuntimeError("reduce")


HOSTILE: tuple[object, ...] = (
    Refusing(),
    type("NoModule", (), {"__module__": None, "__reduce__": Refusing.__reduce__})(),
    type("NumberedModule", (), {"__module__": 7, "__reduce__": Refusing.__reduce__})(),
    type("EmptyModule", (), {"__module__": "", "__reduce__": Refusing.__reduce__})(),
)
"""Objects that `Codec.takes` is asked about like any others."""


def bombs() -> list[bytes]:
    """Return contents that run code wherever they are decoded by something that does."""
    name = f"{explode.__module__}.{explode.__qualname__}"
    texts = [
        json.dumps({"py/reduce": [{"py/function": name}, {"py/tuple": []}]}),
        f"!!python/object/apply:{name} []\n",
        f"__import__({explode.__module__!r}, fromlist=['x']).{explode.__qualname__}()",
    ]
    pickles = [pickle.dumps(Bomb(), protocol) for protocol in (0, 2, 4)]
    return [*pickles, *map(base64.b64encode, pickles), *(text.encode() for text in texts)]


PATCHES: tuple[bytes, ...] = (
    *(
        b"\xff" * 8,
        b"\0" * 16,
        b"\x7f\xff\xff\xff",
        b"\xff\xff\xff\x7f",
        b"e99999999",
        b"9" * 5_000,
    ),
    *(b"[" * 100_000, b'{"a":' * 20_000, b"(" * 1_000, b"-", b"/0", b"\0", b"nan", b"\n\n"),
)
"""What is written over a content, or into it: sizes, numbers and depths that are too large."""


def mutants(content: bytes, number: int = 40) -> Iterator[bytes]:
    """Yield a content cut, extended, and altered, the same each time.

    Parameters
    ----------
    content
        A content of the codec.
    number
        How many altered ones.
    """
    chance = random.Random(len(content))  # noqa: S311 - the same each time
    for part in (0, 1, 2, 3, 5, 7):
        yield content[: len(content) * part // 8]
    yield content[:-1]
    yield content + content
    for patch in PATCHES:
        yield content + patch
        yield patch + content
    for _ in range(number if content else 0):
        data = bytearray(content)
        for _ in range(chance.choice([1, 1, 2, 4])):
            at = chance.randrange(min(len(data), chance.choice([64, 512, len(data)])))
            if chance.random() < 0.5:
                data[at] ^= 1 << chance.randrange(8)
            else:
                patch = chance.choice(PATCHES)
                data[at : at + (len(patch) if chance.random() < 0.5 else 0)] = patch
        yield bytes(data)
