"""Which part runs SQL for an engine that runs none, and how a part is named in messages."""

from __future__ import annotations

import sys

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError, PluginError, UnsupportedOperationError
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.sql import SQLResult
from xetrack.interfaces.engines.sql_runner import SQLRunner
from xetrack.parts import sql as lending
from xetrack.parts import titles
from xetrack.parts.sql import sql_runner_for
from xetrack.parts.titles import title_of
from xetrack.plugins import PartKind
from xetrack.plugins.registry import Registry

PLUGIN = """
from xetrack.plugins import Component, hookimpl

@hookimpl
def xetrack_engines():
    return [Component(name="shelf", target="{package}_parts:Shelf", summary="In memory.")]

@hookimpl
def xetrack_sql_runners():
    return [Component(name="{name}", target="{package}_parts:Runner", summary="Answers {name}.")]
"""
PARTS = """
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.sql import SQLResult
from xetrack.interfaces.engines.sql_runner import SQLRunner

class Shelf(MemoryEngine):
    pass

class Runner(SQLRunner):
    rank = {rank}

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        return SQLResult(("who",), [({name!r},)])
"""


class Unknown(MemoryEngine):
    """An engine that no plugin offers."""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install plugins with an SQL runner each, and nothing else beside the core."""

    def with_runners(**ranks):
        monkeypatch.syspath_prepend(str(tmp_path))
        for module in [name for name in sys.modules if name.startswith("guest_")]:
            monkeypatch.delitem(sys.modules, module)
        for name, rank in ranks.items():
            package = f"guest_{name}"
            (tmp_path / f"{package}.py").write_text(
                PLUGIN.format(package=package, name=name).replace('"shelf"', f'"shelf-{name}"')
            )
            (tmp_path / f"{package}_parts.py").write_text(PARTS.format(rank=rank, name=name))
            about = tmp_path / f"{package}-1.0.dist-info"
            about.mkdir()
            (about / "METADATA").write_text(
                f"Metadata-Version: 2.1\nName: xetrack-{name}\nVersion: 1.0\n"
            )
            (about / "entry_points.txt").write_text(f"[xetrack.plugins]\n{name} = {package}\n")
        registry = Registry(path=[str(tmp_path)])
        for module in (lending, titles):
            monkeypatch.setattr(module, "registry", lambda: registry)
        return registry

    return with_runners


@pytest.fixture
def engine():
    """An engine that runs no SQL."""
    return Unknown(":memory:", Settings())


def test_an_engine_with_sql_runs_it_itself(tmp_path, install):
    """Whatever is installed beside it."""
    install(first=0)
    with Tracker(tmp_path / "runs.db") as tracker:
        tracker.log({"x": 1})
    with Reader(tmp_path / "runs.db") as reader:
        assert reader.engine is sql_runner_for(reader.engine)


def test_the_runner_of_the_lowest_rank_is_asked(engine, install):
    """Its name does not matter."""
    install(aaa=60, zzz=5, mmm=50)
    runner = sql_runner_for(engine)
    assert isinstance(runner, SQLRunner)
    assert SQLResult(("who",), [("zzz",)]) == runner.sql("SELECT 1")


def test_of_two_runners_of_one_rank_none_is_asked(engine, install):
    """Both are named, and what to type: the alphabet decides nothing."""
    install(aaa=5, bbb=5, ccc=6)
    with pytest.raises(UnsupportedOperationError, match="'aaa' and 'bbb' have one rank") as caught:
        sql_runner_for(engine)
    assert "XETRACK_DISABLE_PLUGINS=" in str(caught.value)


def test_a_runner_that_cannot_be_imported_is_passed_over(engine, install, tmp_path):
    """Another runs the statement; where there is none, the reason is told."""
    install(good=5, bad=1)
    (tmp_path / "guest_bad_parts.py").write_text("raise ImportError('no such driver')\n")
    assert "good" == sql_runner_for(engine).sql("").rows[0][0]


def test_the_reason_is_told_where_the_only_runner_is_broken(engine, install, tmp_path):
    """It is the error of the plugin, which names it."""
    install(bad=1)
    (tmp_path / "guest_bad_parts.py").write_text("raise ImportError('no such driver')\n")
    with pytest.raises(PluginError, match="no such driver"):
        sql_runner_for(engine)


def test_without_a_runner_the_message_says_what_to_install(engine, install):
    """And callers that caught an invalid argument still do."""
    install()
    with pytest.raises(InvalidArgumentError, match="cannot run SQL") as caught:
        sql_runner_for(engine)
    assert "pip install 'xetrack[duckdb]'" in str(caught.value)


def test_a_part_is_named_by_its_plugin(install):
    """By the name that users type and what they installed, for a class and for an object of it."""
    registry = install(first=0)
    shelf = registry.load(PartKind.ENGINE, "shelf-first")
    for part in (shelf, shelf(":memory:", Settings())):
        assert "the engine 'shelf-first' of xetrack-first" == title_of(PartKind.ENGINE, part)

    class Better(shelf):
        """Extends the class of the plugin."""

    assert "the engine 'shelf-first' of xetrack-first" == title_of(PartKind.ENGINE, Better)
    assert "the engine Unknown" == title_of(PartKind.ENGINE, Unknown)


def test_a_connection_cannot_be_had_from_an_engine_without_sql(engine):
    """The message names the part, and how rows are read."""
    from xetrack.views.table_view import TableView  # noqa: PLC0415 - private to the core

    with pytest.raises(UnsupportedOperationError, match="cannot lend a connection") as caught:
        _ = TableView(engine, "default").sql_engine
    assert "to_df" in str(caught.value)
