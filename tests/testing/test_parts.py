"""A broken sink, probe, cache or store is caught by the test that is named for what it breaks."""

from __future__ import annotations

import ast

import pytest

from tests.assets.blob_stores import ShelfStore
from tests.testing import (
    broken_caches,
    broken_call_caches,
    broken_codecs,
    broken_collections,
    broken_elsewhere,
    broken_frames,
    broken_hooks,
    broken_probes,
    broken_recorders,
    broken_sinks,
    broken_sql_runners,
    broken_stores,
    forgetful_stores,
)
from tests.testing.catalogue import of
from tests.testing.nested import outcomes
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.interfaces.rows.filters import RowFilter
from xetrack.interfaces.rows.formats import Format
from xetrack.interfaces.runs.hooks import RunHooks
from xetrack.interfaces.runs.judges import Judge
from xetrack_testing import (
    AssetStoreContract,
    AssetsWithRowsContract,
    CacheContract,
    CallCacheContract,
    CodecContract,
    FormatContract,
    FrameBackendContract,
    JudgeContract,
    ListsResultsContract,
    ProbeContract,
    RecorderContract,
    RowFilterContract,
    RunHooksContract,
    SinkContract,
    SQLRunnerContract,
)
from xetrack_testing.stores.elsewhere import ElsewhereContract

SINKS, PROBES, CACHES = of(broken_sinks), of(broken_probes), of(broken_caches)
STORES = of(broken_stores, broken_collections, forgetful_stores)
ELSEWHERE, CALL_CACHES = of(broken_elsewhere), of(broken_call_caches)
FRAMES, CODECS, SQL_RUNNERS = of(broken_frames), of(broken_codecs), of(broken_sql_runners)
RECORDERS = of(broken_recorders)
RUN_HOOKS, ROW_FILTERS, FORMATS, JUDGES = (
    [(test, part) for test, part in of(broken_hooks) if issubclass(part, kind)]
    for kind in (RunHooks, RowFilter, Format, Judge)
)
KINDS = {
    "Sink": SINKS,
    "Probe": PROBES,
    "Cache": CACHES,
    "CallCache": CALL_CACHES,
    "AssetStore": STORES,
    "AssetStoreElsewhere": ELSEWHERE,
    "FrameBackend": FRAMES,
    "Codec": CODECS,
    "SQLRunner": SQL_RUNNERS,
    "RunHooks": RUN_HOOKS,
    "Recorder": RECORDERS,
    "RowFilter": ROW_FILTERS,
    "Format": FORMATS,
    "Judge": JUDGES,
}
BROKEN = [(kind, *pair) for kind, pairs in KINDS.items() for pair in pairs]

HEARD = (
    "@pytest.fixture\n    def options(self, tmp_path): return {'path': tmp_path / 'rows'}",
    "@pytest.fixture\n    def received(self, tmp_path): return (tmp_path / 'rows').read_text",
)
SETS = """
    @pytest.fixture
    def values(self):
        texts = [f"Text {n}" for n in range(20)]
        return [frozenset(texts), frozenset(["a"]), frozenset()]
"""
READ = "lambda text: [ast.literal_eval(line) for line in text.splitlines()]"
READS = (f"@pytest.fixture\n    def cells(self): return {READ}",)
DAMAGE = """
    @pytest.fixture
    def damage(self, location):
        def spoil(asset):
            with closing(sqlite3.connect(location)) as connection, connection:
                connection.execute("UPDATE assets SET value = x'00' WHERE key = ?", (asset,))
        return spoil
"""
SHELF = """
    @pytest.fixture
    def store_location(self, tmp_path): return f"shelf://{tmp_path}/shelf"
"""
ENGINE = """
import sqlite3
from contextlib import closing
from xetrack.builtin.sqlite.engine import SQLiteEngine
"""
OTHERWISE = {
    "Sink": ("", "SinkContract", "sink_class", HEARD),
    "Probe": ("", "ProbeContract", "probe_class", ()),
    "Cache": ("", "CacheContract, ListsResultsContract", "cache_class", ()),
    "CallCache": ("", "CallCacheContract", "call_cache_class", ()),
    "FrameBackend": ("", "FrameBackendContract", "backend_class", ()),
    "Codec": ("", "CodecContract", "codec_class", (SETS,)),
    "SQLRunner": ("", "SQLRunnerContract", "runner_class", ()),
    "RunHooks": ("", "RunHooksContract", "hooks_class", ()),
    "Recorder": ("", "RecorderContract", "recorder_class", ()),
    "RowFilter": ("", "RowFilterContract", "filter_class", ()),
    "Format": ("import ast", "FormatContract", "format_class", READS),
    "Judge": ("", "JudgeContract", "judge_class", ()),
    "AssetStore": (
        ENGINE,
        "AssetStoreContract, AssetsWithRowsContract",
        "store_class",
        ("engine_class = SQLiteEngine", DAMAGE),
    ),
    "AssetStoreElsewhere": (
        ENGINE,
        "AssetStoreContract",
        "store_class",
        ("engine_class = SQLiteEngine", SHELF),
    ),
}
"""What a class of tests for parts of a kind imports, extends, names and has besides."""


class TestFileSink(SinkContract):
    """What the broken sinks are made from is not broken."""

    sink_class = broken_sinks.FileSink

    @pytest.fixture
    def options(self, tmp_path):
        return {"path": tmp_path / "rows"}

    @pytest.fixture
    def received(self, tmp_path):
        return (tmp_path / "rows").read_text


class TestListsBackend(FrameBackendContract):
    """What the broken frame backends are made from is not broken."""

    backend_class = broken_frames.ListsBackend


class TestSetCodec(CodecContract):
    """What the broken codecs are made from is not broken."""

    codec_class = broken_codecs.SetCodec

    @pytest.fixture
    def values(self):
        return [frozenset(f"Text {n}" for n in range(20)), frozenset(["a"]), frozenset()]


class TestNotes(RunHooksContract):
    """What the broken run hooks are made from is not broken."""

    hooks_class = broken_hooks.Notes


class TestWeather(RecorderContract):
    """What the broken recorders are made from is not broken."""

    recorder_class = broken_recorders.Weather


class TestRounds(RowFilterContract):
    """What the broken filters are made from is not broken."""

    filter_class = broken_hooks.Rounds


class TestLines(FormatContract):
    """What the broken formats are made from is not broken."""

    format_class = broken_hooks.Lines

    @pytest.fixture
    def cells(self):
        return lambda text: [ast.literal_eval(line) for line in text.splitlines()]


class TestParams(JudgeContract):
    """What the broken judges are made from is not broken."""

    judge_class = broken_hooks.Params


class TestShelfStore(ElsewhereContract):
    """What the broken stores elsewhere are made from is not broken."""

    store_class = ShelfStore
    engine_class = SQLiteEngine

    @pytest.fixture
    def store_location(self, tmp_path):
        return f"shelf://{tmp_path}/shelf"


class TestClockProbe(ProbeContract):
    """What the broken probes are made from is not broken."""

    probe_class = broken_probes.ClockProbe


@pytest.mark.parametrize(
    ("kind", "test", "part"), BROKEN, ids=[f"{kind}-{part.__name__}" for kind, _, part in BROKEN]
)
def test_a_broken_part_is_caught(tmp_path, kind, test, part):
    """A broken part is caught, by the test of the kit that its author names."""
    imports, contracts, attribute, further = OTHERWISE[kind]
    imports += (
        f"\nimport pytest\nfrom {part.__module__} import {part.__name__}\n"
        f"from xetrack_testing import {contracts}, displaced"
    )
    body = [f"{attribute} = {part.__name__}", *getattr(part, "body", ()), *further]
    found = outcomes(tmp_path, test, contracts, body, imports)
    assert [test] == [*found.failed], f"{part.__name__} was not caught: {part.__doc__}"


@pytest.mark.parametrize(
    ("contracts", "broken"),
    [
        ([SinkContract], SINKS),
        ([ProbeContract], PROBES),
        ([CacheContract, ListsResultsContract], CACHES),
        ([CallCacheContract], CALL_CACHES),
        ([FrameBackendContract], FRAMES),
        ([CodecContract], CODECS),
        ([RunHooksContract], RUN_HOOKS),
        ([RecorderContract], RECORDERS),
        ([RowFilterContract], ROW_FILTERS),
        ([FormatContract], FORMATS),
        ([JudgeContract], JUDGES),
        ([AssetStoreContract, AssetsWithRowsContract], STORES + ELSEWHERE),
    ],
)
def test_every_promise_has_a_part_that_breaks_it(contracts, broken):
    """A test of the kit that cannot fail proves nothing."""
    promises = {
        name for contract in contracts for name in dir(contract) if name.startswith("test_")
    }
    assert promises == {test for test, _ in broken}


def test_every_promise_of_sql_runners_has_a_part_that_breaks_it():
    """Those about statements have engines that break them, as they are `RunsSQLContract`'s too."""
    promises = {name for name in vars(SQLRunnerContract) if name.startswith("test_")}
    assert promises == {test for test, _ in SQL_RUNNERS}
