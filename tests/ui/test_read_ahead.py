"""The runs of the first table are read while the browser starts."""

import threading

import pytest

from tests.ui.pages import fill, opened
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import StorageError
from xetrack_ui.server.running import _Server, serve
from xetrack_ui.tables.workspace import Workspace


def fail(engine, _):
    """Read nothing."""
    raise StorageError(engine.location, "Reading", "it is away")


@pytest.mark.parametrize(
    ("tables", "table"),
    [(["default", "other"], ""), (["other", "zero"], ""), (["default", "other"], "other")],
)
def test_what_was_read_ahead_is_not_read_again(tmp_path, monkeypatch, tables, table):
    """Of the table that the page opens with: the one asked for, the default one or the first."""
    path = tmp_path / "runs.db"
    for name in tables:
        fill(path, name)
    first = table or tables[0]
    with opened(path, table=table) as page:
        page.workspace.read_ahead()
        monkeypatch.setattr(SQLiteEngine, "read_spans", fail)
        assert 2 <= page.answer(f"/api/db/0/{first}/runs").json()["total"]
        others = [name for name in tables if name != first]
        assert 503 == page.answer(f"/api/db/0/{others[0]}/runs").status_code


@pytest.mark.parametrize("content", [None, b"", b"no database at all\n" * 100])
def test_what_cannot_be_read_is_told_to_who_asks(tmp_path, content):
    """A database that is missing, empty or none is no error before."""
    path = tmp_path / "runs.db"
    if content is not None:
        path.write_bytes(content)
    with opened(path) as page:
        page.workspace.read_ahead()
        assert page.answer("/api/db/0/default/runs").status_code >= 400


def test_a_server_reads_ahead(tmp_path, monkeypatch):
    """As soon as it has said where it is, whether or not anybody asks."""
    is_read = threading.Event()
    monkeypatch.setattr(Workspace, "read_ahead", lambda _: is_read.set())
    monkeypatch.setattr(_Server, "run", lambda server, **_: server._announce())
    serve(Workspace([str(tmp_path / "runs.db")]), opens_browser=False)
    assert is_read.wait(10)
