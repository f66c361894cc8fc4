"""Folders of caches that somebody else made or changed: no wait, little memory, typed errors."""

from __future__ import annotations

import sqlite3

import pytest

from tests.bounded import READ, bounded
from xetrack import Reader, Tracker
from xetrack_cli.__main__ import main

pytestmark = pytest.mark.timeout(90)  # for a child each, on a busy machine

EACH = """
import contextlib, io, shutil
from xetrack_cli.__main__ import main
sys.path.insert(0, "there")
Path("there").mkdir()
Path("there/work.py").write_text("def big(n): return 'x' * n\\n")
from work import big
with Tracker("c.db", cache="cache") as tracker:
    tracker.track(big, args=[100_000])
for kind in {kinds!r}:
    shutil.rmtree("copy", ignore_errors=True)
    shutil.copytree("cache", "copy")
    for file in [*Path("copy").rglob({pattern!r})]:
        file.unlink()
        lay(kind, file)
    for name, work in {{
        "track": lambda: Tracker("n.db", cache="copy").track(big, args=[100_000]),
        "scan": lambda: list(Reader.scan_cache("copy", trust=False)),
        "delete": lambda: Reader.delete_cache_by_track_id("copy", "nobody"),
    }}.items():
        attempt(f"{{kind}}, {{name}}", work)
    for command in ("ls", "stats", "why", "clear"):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            attempt(f"{{kind}}, {{command}}", lambda: main(["cache", command, "copy"]))
        if "should not" in said.getvalue() or "refused" in said.getvalue():
            ended[f"{{kind}}, {{command}}"] = f"untyped {{said.getvalue()}}"
"""


@pytest.mark.parametrize("pattern", ["*.val", "cache.db"])
def test_no_file_of_a_cache_may_be_something_else(tmp_path, pattern):
    """A function runs all the same, and who looks into the cache gets an answer."""
    ended = bounded(tmp_path, EACH.format(kinds=READ, pattern=pattern))
    assert {"ok"} == {ended[f"{kind}, track"] for kind in READ}
    assert 7 * len(READ) == len(ended)


@pytest.mark.parametrize("column", ["store_time", "size", "tag", "key", "mode", "filename", "raw"])
@pytest.mark.parametrize("cell", ["text", b"\xff", -1, 2**62, 1e300, None])
def test_odd_cells_of_a_cache_are_typed_errors_or_left_out(tmp_path, capsys, column, cell):
    """Odd cells of a cache are typed errors or left out, as a foreign program may have written
    them.
    """
    with Tracker(tmp_path / "x.db", cache=tmp_path / "c") as tracker:
        tracker.track(abs, args=[-1])
    with sqlite3.connect(tmp_path / "c" / "cache.db") as made:
        made.execute(f"UPDATE Cache SET {column} = ?", (cell,))
    made.close()
    for command in ("ls", "stats", "why"):
        main(["cache", command, str(tmp_path / "c")])
    assert "should not happen" not in capsys.readouterr().err
    assert isinstance(Reader.delete_cache_by_track_id(tmp_path / "c", "nobody"), int)
