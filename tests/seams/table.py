"""The table of seams: which method of which part fails, and what the user gets.

The tests go through it, and ``docs/seams.md`` shows it; ``python -m tests.seams.table`` prints
it anew.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Seam:
    """One method of one part, and moments at which it fails alike."""

    part: str
    method: str
    moments: tuple[str, ...]
    use: str
    """What the user does, by which the tests find it."""
    gets: str
    """What the user gets; one of `GETS`."""


BEFORE, AFTER, BOTH = ("before",), ("after",), ("before", "after")
BLOCK = ("begin", "end", "after")

GETS = {
    "not stored": "typed error, `stored=False`. `track` raises `RowNotStoredError`, with `result`.",
    "stored": "typed error, `stored=True`, and sinks get the row. `track` returns the result, with "
    "a warning.",
    "typed": "typed error; what was stored before is there, and nothing else.",
    "changed": "typed error; the change may be made, and made again.",
    "as text": "the row, with the text of the object of a result, without an object that was "
    "logged; a warning.",
    "kept": "the row, with the object; a warning.",
    "result": "the result of the function, computed; one warning for the tracker.",
    "cached": "the result of the function; one warning for the tracker.",
    "closed": "a warning.",
    "next codec": "the object, by the next codec that takes it.",
    "no text": "an empty text.",
    "asset error": "`AssetError`; the object is still stored.",
}

SEAMS = (
    Seam("engine", "__init__", BEFORE, "Tracker(...)", "typed"),
    Seam("engine", "tables", BOTH, "Tracker(...)", "typed"),
    Seam("engine", "add_columns", BOTH, "Tracker(...)", "typed"),
    Seam("engine", "inserter", BOTH, "log with new keys", "not stored"),
    Seam("engine", "is_writing", BOTH, "log with new keys", "not stored"),
    Seam("engine", "append", BEFORE, "log", "not stored"),
    Seam("engine", "append", AFTER, "log", "stored"),
    Seam("engine", "write_columns", BEFORE, "log with new keys", "not stored"),
    Seam("engine", "write_columns", AFTER, "log with new keys", "stored"),
    Seam("engine", "write_columns", BEFORE, "log_batch", "not stored"),
    Seam("engine", "write_columns", AFTER, "log_batch", "stored"),
    Seam("engine", "read", ("before", "midway"), "to_df", "typed"),
    Seam("engine", "columns", BOTH, "key in tracker", "typed"),
    Seam("engine", "count", BOTH, "len", "typed"),
    Seam("engine", "sql", BOTH, "sql", "typed"),
    Seam("engine", "update", BOTH, "set_value", "changed"),
    Seam("engine", "delete", BOTH, "delete_run", "changed"),
    Seam("engine", "drop", BOTH, "Tracker(reset=True)", "changed"),
    Seam("engine", "transaction", BLOCK, "copy", "typed"),
    Seam("engine", "close", BOTH, "close", "typed"),
    Seam("asset store, with the rows", "info", BOTH, "log an object", "as text"),
    Seam("asset store, with the rows", "storing", ("begin", "end"), "log an object", "as text"),
    Seam("asset store, with the rows", "storing", AFTER, "log an object", "kept"),
    Seam("asset store, elsewhere", "storing", ("begin",), "log an object", "as text"),
    Seam("asset store, elsewhere", "storing", ("end", "after"), "log an object", "kept"),
    Seam("asset store, with the rows", "find", BOTH, "assets.info", "typed"),
    Seam("asset store, with the rows", "content", BOTH, "assets[id]", "typed"),
    Seam("asset store, with the rows", "infos", BOTH, "list(assets)", "typed"),
    Seam("asset store, with the rows", "references", BOTH, "assets.references", "typed"),
    Seam("asset store, with the rows", "delete", BOTH, "assets.delete", "changed"),
    Seam("asset store, with the rows", "collect", BOTH, "assets.gc", "changed"),
    Seam("cache", "get", BOTH, "track", "result"),
    Seam("cache", "put", BOTH, "track", "cached"),
    Seam("cache", "compute_lock", BLOCK, "track", "cached"),
    Seam("cache", "close", BOTH, "close", "closed"),
    Seam("cache", "keys", BOTH, "why_miss", "typed"),
    Seam("cache", "material", BOTH, "why_miss", "typed"),
    Seam("cache", "read", BOTH, "read_cache", "typed"),
    Seam("cache", "scan", ("before", "midway"), "scan_cache", "typed"),
    Seam("cache", "delete_run", BOTH, "delete_cache_by_track_id", "changed"),
    Seam("call cache", "run", BEFORE, "track", "result"),
    Seam("call cache", "run", AFTER, "track", "cached"),
    Seam("call cache", "key", BOTH, "cache_key", "typed"),
    Seam("call cache", "why_miss", BOTH, "why_miss", "typed"),
    Seam("call cache", "is_cached", BOTH, "is_cached", "typed"),
    Seam("call cache", "close", BOTH, "close", "closed"),
    Seam("codec", "takes", BOTH, "log an object", "next codec"),
    Seam("codec", "encode", BOTH, "log an object", "next codec"),
    Seam("codec", "decode", BOTH, "assets[id]", "asset error"),
    Seam("codec", "render", BOTH, "assets.short_text", "no text"),
    Seam("frame backend", "frame", BOTH, "to_df", "typed"),
    Seam("frame backend", "parse_dates", BOTH, "to_df", "typed"),
)


def rendered() -> str:
    """The table as Markdown."""
    lines = ["| part | method | when it fails | in | what the user gets |", "| --- " * 5 + "|"]
    for part, seams in groupby(sorted(SEAMS, key=lambda seam: seam.part), lambda seam: seam.part):
        lines += [
            f"| {part} | `{seam.method}` | {', '.join(seam.moments)} | `{seam.use}` | "
            f"{GETS[seam.gets]} |"
            for seam in seams
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rendered())
