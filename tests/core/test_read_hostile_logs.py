"""Logs that somebody broke: mutated at random, from a seed, and read to the end."""

from __future__ import annotations

import os
import random

import pytest

from xetrack.errors import XetrackError
from xetrack.frames.files import to_csv
from xetrack.logs.reading import read_jsonl, read_logs

ROUNDS = int(os.environ.get("XETRACK_TEST_MUTATIONS", "150"))
"""Files that are made and read."""

HEADER = "2023-12-14 21:46:55.290 | TRACKING | xetrack.logging:log:176!📁!".encode()
LINES = [
    b'{"timestamp": "2026-01-01T00:00:00+00:00", "a": 1, "b": [1, 2.5, "x"], "d": {"e": true}}',
    b'{"a": 1e999, "b": -1e999, "c": NaN, "d": 123456789012345678901234567890}',
    b'{"x": {"$xetrack": "datetime", "value": "2026-01-01T00:00:00"}, "\\ud800": "\\ud800"}',
    b'{"x": {"$xetrack": "dict", "value": [[1, 2], ["a", {"$xetrack": "path", "value": "/x"}]]}}',
    b'{"$xetrack": "dict", "value": [[1, 2], [null, 3], [1.5, "x"], ["1", 4]]}',
    b'{"t": {"$xetrack": "time", "value": "01:02:03+15:59"}}',
    b'{"h": {"$xetrack": "hugeint", "value": "0xfff"}}',
    b'{"d": {"$xetrack": "datetime", "value": "0001-01-01T00:00:00+23:59"}}',
]
PIECES = [
    *(bytes([char]) for char in b'"{}[]:,-\0\n\r\xff'),
    *(b"\\u0000", b"\\ud800", b"1e400", b"9" * 5_000, b"[" * 2_000, b"null", b"NaN", b"[1]"),
    *(b'"$xetrack"', b'"datetime"', b'"decimal"', b'"bytes"', b'"nan"', b'"json"'),
    *(b'"9999-12-31T23:59:59-23:59"', b"\x1b[31m", b"\xe2\x80\xae", b'"a": 2, "a": 3'),
]


def mutated(chance):
    """One of the lines, with a few changes."""
    line = bytearray(chance.choice(LINES))
    for _ in range(chance.randint(0, 4)):
        at = chance.randrange(len(line) + 1)
        match chance.randrange(4):
            case 0:
                line[at:at] = chance.choice(PIECES)
            case 1:
                del line[at : at + chance.randint(1, 6)]
            case 2:
                line[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                other = chance.choice(LINES)
                begin = chance.randrange(len(other))
                line[at:at] = other[begin : begin + chance.randint(1, 20)]
    return bytes(line)


@pytest.mark.parametrize(("read", "before"), [(read_jsonl, b""), (read_logs, HEADER)])
def test_whatever_stands_in_a_log_becomes_frames_or_a_typed_error(tmp_path, read, before):
    """In pandas, polars, Arrow and CSV; whole lines among the others are there."""
    chance = random.Random(14)
    whole = before + b'{"whole": 1}\n'
    rows = 0
    for _ in range(ROUNDS):
        lines = [before + mutated(chance) for _ in range(chance.randint(1, 4))]
        (tmp_path / "x.log").write_bytes(b"\n".join([*lines, whole]))
        try:
            found = read(tmp_path / "x.log")
            assert 1 in dict(zip(found.names, found.cells, strict=True))["whole"]
            assert (
                found.names == tuple(found.to_df("pandas")) == tuple(found.to_df("polars").columns)
            )
            assert list(found.names) == found.to_arrow().column_names
            to_csv(found, tmp_path / "x.csv")
        except XetrackError:
            continue
        rows += len(found)
    assert rows > ROUNDS


def test_keys_that_no_frame_can_name_are_written_out(tmp_path):
    """Lone surrogates, which UTF-8 lacks, and what is no text; none takes another's place."""
    rows = b'{"$xetrack": "dict", "value": [[1, 2], ["1", 3], [null, 4]]}\n'
    (tmp_path / "x.log").write_bytes(HEADER + rows + HEADER + b'{"\\ud800": 5}\n')
    found = read_logs(tmp_path / "x.log")
    assert ("1", "1_2", "None", "\\ud800") == found.names
    assert [(2, 3, 4, None), (None, None, None, 5)] == found.rows()
