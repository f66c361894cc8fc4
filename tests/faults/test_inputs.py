"""Pipes, devices, sockets, links and giants wherever a path is given: no wait, typed errors."""

from __future__ import annotations

import json
import os
import stat

import pytest

from tests.bounded import READ, WRITTEN, bounded
from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError

pytestmark = pytest.mark.timeout(90)  # for a child each, on a busy machine

NO_FILE = ("pipe", "pipe by a link", "zeros", "socket")
"""What no engine may open."""


def each(kinds, name, work):
    """The code of an attempt for each kind, on a path `p` of its own."""
    return (
        f"for at, kind in enumerate({kinds!r}):\n"
        f"    p = lay(kind, Path(f'{{at}}', {name!r}))\n"
        f"    attempt(kind, lambda: {work})\n"
    )


@pytest.mark.parametrize("engine", ["sqlite", "duckdb", None])
@pytest.mark.parametrize("work", ["Tracker(p, engine={}).log({{'a': 1}})", "len(Reader(p, {}))"])
def test_a_database_is_a_file(tmp_path, engine, work):
    """Whichever engine is asked for it; a link that leads nowhere may become one."""
    ended = bounded(tmp_path, each(READ, "x.db", work.format(repr(engine))))
    assert {"NotADatabaseError"} == {ended[kind] for kind in NO_FILE}
    assert "ok" not in {how for kind, how in ended.items() if kind != "nowhere"}


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("x.jsonl", "Reader.read_jsonl(p)"),
        ("x.log", "Reader.read_logs(p)"),
        ("x.log", "Reader.read_logs(p, limit=1)"),
    ],
)
def test_a_log_that_is_no_file_or_has_no_lines_is_a_typed_error(tmp_path, name, work):
    """A folder is one of logs only where a folder may be given."""
    ended = bounded(tmp_path, each(READ, name, work))
    refused = {kind for kind, how in ended.items() if how == "UnreadableLogsError"}
    assert {*NO_FILE, "memory", "giant"} <= refused
    assert "LogsNotFoundError" == ended["nowhere"]


def test_a_folder_of_logs_is_read_past_what_is_no_file(tmp_path):
    """A folder of logs is read past what is no file, as nobody logged there.

    A giant file is told of.
    """
    ended = bounded(tmp_path, each(READ, "logs/x.log", "Reader.read_logs(p.parent)"))
    assert "UnreadableLogsError" == ended.pop("giant")
    assert {"ok"} == {how for kind, how in ended.items() if kind != "memory"}


@pytest.mark.parametrize(
    "options",
    [
        {"jsonl": "logs/x.jsonl"},
        {"logs_path": "logs", "logs_file_format": "x.jsonl"},
    ],
)
@pytest.mark.parametrize("kind", WRITTEN)
def test_a_tracker_refuses_a_log_that_is_no_file(tmp_path, options, kind):
    """When it is made, before a row could be lost; a pipe would fill, and then wait for ever."""
    code = f"""
lay({kind!r}, Path("logs/x.jsonl"))
attempt("made", lambda: Tracker("x.db", **{options!r}))
"""
    assert {"made": "InvalidArgumentError"} == bounded(tmp_path, code)


def test_rows_are_kept_when_a_pipe_takes_the_place_of_a_log(tmp_path):
    """Of the next day, for one: the sink warns, and the caller waits for nobody."""
    code = """
with Tracker("x.db", logs_path="logs", logs_file_format="x.log") as tracker:
    tracker.log({"a": 0})
with Tracker("x.db", logs_path="logs", logs_file_format="{time:x}.log") as tracker:
    os.mkfifo("logs/x2.log")
    attempt("log", lambda: [tracker.log({"a": at, "text": "x" * 1000}) for at in range(200)])
attempt("count", lambda: ended.update(rows=str(len(Reader("x.db")))))
"""
    assert {"log": "ok", "count": "ok", "rows": "201"} == bounded(tmp_path, code)


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
@pytest.mark.parametrize("kind", WRITTEN)
def test_an_export_takes_the_place_of_files_only(tmp_path, name, kind):
    """What else is there stays: a device that was replaced would be gone for all."""
    code = f"""
p = lay({kind!r}, Path({name!r}))
tracker = Tracker("x.db")
tracker.log({{"a": 1}})
attempt("write", lambda: getattr(tracker, f"to_{{p.suffix[1:]}}")(p))
"""
    assert {"write": "StorageError"} == bounded(tmp_path, code)
    assert not stat.S_ISREG((tmp_path / name).stat().st_mode)


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.parquet"])
def test_imports_read_files_only(tmp_path, name):
    """Each ends with one message, and the exit code 1."""
    code = f"""
import contextlib, io
from xetrack_cli.__main__ import main
for at, kind in enumerate({READ!r}):
    p, said = lay(kind, Path(str(at), {name!r})), io.StringIO()
    with contextlib.redirect_stderr(said):
        attempt(kind, lambda: main(["import", "x.db", str(p)]) == 1 or 1 / 0)
    text = said.getvalue()
    if text.count("Error:") != 1 or "should not" in text or "refused" in text:
        ended[kind] = f"untyped {{text}}"
"""
    assert {"ok"} == set(bounded(tmp_path, code).values())


@pytest.mark.parametrize("work", ["tracker.log({'a': Thing()})", "tracker.track(thing)"])
def test_the_key_of_pickles_is_a_file(tmp_path, work):
    """Otherwise what is pickled has no signature; the row is stored."""
    code = f"""
class Thing: pass
def thing(): return Thing()
for at, kind in enumerate({READ!r}):
    os.environ["XDG_CONFIG_HOME"] = str(Path(str(at)).absolute())
    lay(kind, Path(str(at), "xetrack/trust.key"))
    with Tracker(f"{{at}}.db", cache=f"{{at}}.cache") as tracker:
        attempt(kind, lambda: ({work}, 1 / (len(tracker) == 1)))
"""
    assert {"ok"} == set(bounded(tmp_path, code).values())


def line_of(size):
    """A line of JSON without an end."""
    return b'{"a": "' + b"x" * size


HOSTILE = {
    "a key for each line": lambda: b"".join(b'{"k%d": 1}\n' % at for at in range(100_000)),
    "many keys": lambda: json.dumps({f"k{at}": at for at in range(200_000)}).encode(),
    "a long line": lambda: line_of(40 << 20),
    "zeros": lambda: b"\0" * (40 << 20),
    "deep lists": lambda: b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "deep dicts": lambda: b'{"a": ' * 50_000 + b"1" + b"}" * 50_000 + b"\n",
    "digits": lambda: b'{"a": ' + b"9" * 100_000 + b"}\n",
    "exponent": lambda: b'{"a": 1e99999999, "b": -1e99999999, "c": NaN}\n',
    "no UTF-8": lambda: b'{"\xff": "\xfe"}\n\xff\xfe\n',
    "surrogates": lambda: b'{"\\ud800": "\\udfff", "a": 1}\n',
    "NULs": lambda: b'\0\0{"a": 1}\0\n{"a\\u0000": "\\u0000"}\n',
    "empty rows": lambda: b"{}\n" * 1_000_000,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_json_lines_take_memory_by_their_size_only(tmp_path, make):
    """Read as a frame and imported; the answer or a typed error comes."""
    lines = make()
    (tmp_path / "x.jsonl").write_bytes(lines)
    code = """
import contextlib, io
from xetrack_cli.__main__ import main
said = io.StringIO()
attempt("read", lambda: Reader.read_jsonl("x.jsonl"))
if os.path.getsize("x.jsonl") < 3_000_000:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        attempt("import", lambda: main(["import", "x.db", "x.jsonl"]))
if "should not happen" in said.getvalue():
    ended["import"] = f"untyped {said.getvalue()}"
"""
    ended = bounded(tmp_path, code)  # which holds both to time, memory and typed errors
    assert "read" in ended
    assert ("import" in ended) is (len(lines) < 3_000_000)


def test_a_wide_but_honest_log_is_read(tmp_path):
    """Rows of many keys, and some keys that few rows have."""
    path = tmp_path / "x.jsonl"
    with Tracker(Tracker.SKIP_INSERT, jsonl=path) as tracker:
        tracker.log_batch([{f"k{key}": at for key in range(300)} for at in range(20)])
        tracker.log_batch([{f"only{at}": at} for at in range(200)])
    found = Reader.read_jsonl(path)
    assert (220, 503) == found.shape
    assert (19, 199) == (found["k299"].max(), found["only199"].max())


def test_a_packed_parquet_file_is_refused(tmp_path):
    """A thousand million empty cells are a few bytes there."""
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"a": pa.nulls(20_000_000, pa.int64()), "b": pa.nulls(20_000_000, pa.int64())})
    parquet.write_table(table, tmp_path / "nulls.parquet")
    text = pa.array(["x" * 200_000])
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), text)
    parquet.write_table(pa.table({"a": texts}), tmp_path / "texts.parquet")
    assert 2_000_000 > (tmp_path / "texts.parquet").stat().st_size
    code = """
import contextlib, io
from xetrack_cli.__main__ import main
for name in ("nulls.parquet", "texts.parquet"):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        attempt(name, lambda: main(["import", "x.db", name]) == 1 or 1 / 0)
    if "cannot be read" not in said.getvalue():
        ended[name] = f"untyped {said.getvalue()}"
"""
    assert {"ok"} == set(bounded(tmp_path, code).values())


def test_the_message_says_what_is_there(tmp_path):
    """The message says what is there so that the user knows what to change."""
    os.mkfifo(tmp_path / "x.jsonl")
    with pytest.raises(InvalidArgumentError, match="it is a pipe"):
        Tracker(tmp_path / "x.db", jsonl=tmp_path / "x.jsonl")
