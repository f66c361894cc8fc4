"""A child that reads assets beside which somebody wrote what is not so: ``hostile_rows FOLDER``."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import zlib
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from tests.hostile_child import reading, ready
from xetrack import Reader, Tracker
from xetrack.errors import XetrackError
from xetrack_assets.legacy_tables import as_key

GIGABYTES = 3 * 2**30
MUCH = 2**28
BOMB = zlib.compress(bytes(MUCH), 1)
CODECS = "bytes", "numpy"


def change(path, **facts):
    """Write other facts beside a content, or another content, with a seal that fits them."""
    content = facts.pop("content", None)
    with closing(sqlite3.connect(path)) as connection, connection:
        if content is not None:
            connection.execute('UPDATE "assets" SET value = ?', (content,))
            facts.setdefault("stored_size", len(content))
        for name, value in facts.items():
            connection.execute(f"UPDATE xetrack_assets SET {name} = ?", (value,))
        query = "SELECT id, codec, version, size, digest FROM xetrack_assets"
        row = connection.execute(query).fetchone()
        texts = [b"xetrack asset", *(str(fact).encode() for fact in row)]
        seal = hashlib.sha256(b"\0".join(texts)).digest()
        connection.execute("UPDATE xetrack_assets SET seal = ?", (seal,))


CHANGES = {
    "gigabytes": {"size": GIGABYTES},
    "gigabytes in many pieces": {"size": GIGABYTES, "pieces": 2**62},
    "as much as it says": {"content": BOMB, "size": MUCH, "compression": "zlib"},
    "more than is stored": {
        "content": BOMB,
        "size": MUCH,
        "compression": "zlib",
        "stored_size": MUCH,
    },
    "more than it says": {"content": BOMB, "size": 10, "compression": "zlib"},
    "less than nothing": {"size": -1},
    "no pieces": {"pieces": -1},
    "a text for the size": {"size": "x" * 1_000_000},
    "nothing for the size": {"size": None},
    "a text for the stored size": {"stored_size": "x" * 1_000_000},
    "a text for the pieces": {"pieces": "many"},
    "a text for the version": {"version": "new"},
    "a number for the codec": {"codec": 5},
    "a number for the digest": {"digest": 5},
    "a number for the compression": {"compression": 5},
    "another compression": {"compression": "lzma"},
    "a huge number for the size": {"size": 1e300},
}


def read(path):
    """Do with the only asset of a file what can be done."""
    with Reader(path) as reader:
        (info,) = reader.assets
        for work in (
            lambda: reader.assets.export(info.id, path.with_name("out")),
            lambda: reader.assets.references(info.id),
        ):
            with suppress(XetrackError):
                work()
        assert [info.id] == [*reader.assets.verify()]
        reader.assets.get(info.id)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    paths = {name: folder / f"{at}.db" for at, name in enumerate(CHANGES)}
    for name, path in paths.items():
        with Tracker(path) as tracker:
            tracker.assets.get(tracker.assets.put(np.arange(9)))
        change(path, **CHANGES[name])
    many = folder / "many.db"
    with closing(sqlite3.connect(many)) as connection, connection:
        connection.execute("CREATE TABLE assets (key TEXT PRIMARY KEY, value BLOB)")
        rows = ((as_key(f"{at:016x}"), b"\x80\x05N.") for at in range(20_000))
        connection.executemany("INSERT INTO assets VALUES (?, ?)", rows)
    ready()
    for name, path in paths.items():
        with reading(name, XetrackError):
            read(path)
            sys.exit(f"{name}: it was read")
    with reading("many of xetrack 0.7", XetrackError), Reader(many) as reader:
        assert 20_000 == len(reader.assets)
