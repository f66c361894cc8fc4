"""Promise 31: what is not installed is an error at the call that needs it."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.reading import snapshots
from xetrack.errors import MissingPackageError
from xetrack.plugins import registry as plugin_registry
from xetrack.plugins.registry import Registry

ATTEMPT = """
from xetrack import *
try:
    {call}
except XetrackError as error:
    print(isinstance(error, (ImportError, LookupError)), error)
"""


@pytest.mark.parametrize(
    "call", ["Tracker('x.duckdb')", "Tracker('x.db', engine='duckdb')"], ids=["suffix", "name"]
)
def test_promise_31_an_engine_that_is_not_there_is_named_and_makes_no_file(python, tmp_path, call):
    """An engine that is not there is named and makes no file, and the text says why it is not:
    here, all plugins are left out.
    """
    done = python(ATTEMPT.format(call=call), XETRACK_PLUGIN_AUTOLOAD="0")
    assert "" == done.stderr
    assert done.stdout.startswith("True ")
    assert "no engine named 'duckdb'" in done.stdout
    assert "xetrack[duckdb]" in done.stdout or "XETRACK_PLUGIN_AUTOLOAD" in done.stdout
    assert [] == list(tmp_path.iterdir())


def test_an_engine_that_nobody_offers_names_those_there_are(python, tmp_path):
    """A misspelt name is answered by the near one."""
    done = python(ATTEMPT.format(call="Tracker('x.db', engine='sqlit')"))
    assert done.stdout.startswith("True ")
    assert "'sqlite'" in done.stdout
    assert [] == list(tmp_path.iterdir())


FRAMES = {
    "tracker.to_arrow()": "arrow",
    "Reader('x.db').to_arrow()": "arrow",
    "tracker.to_parquet('x.parquet')": "arrow",
    "tracker.to_df(backend='polars')": "polars",
    "Reader('x.db').to_df(backend='polars')": "polars",
    "set_backend('polars')": "polars",
}


def test_promise_31_a_frame_library_that_is_not_there_names_its_extra(python, tmp_path):
    """A frame library that is not there names its extra, at each call that needs it.

    Pandas, rows and CSV need neither.
    """
    head = (
        "import sys; sys.modules['pyarrow'] = sys.modules['polars'] = None\n"
        "from xetrack import *\n"
        "tracker = Tracker('x.db'); tracker.log({'x': 1})"
    )
    tail = (
        "print(get_backend(), len(tracker.to_df()), tracker[1]['x'])\n"
        "tracker.to_csv('x.csv'); tracker.close()"
    )
    done = python(head + "".join(ATTEMPT.format(call=call) for call in FRAMES) + tail)
    assert "" == done.stderr
    *errors, rest = done.stdout.splitlines()
    for extra, error in zip(FRAMES.values(), errors, strict=True):
        assert error.startswith("True ")
        assert error.endswith(f" is not installed. Type: pip install 'xetrack[{extra}]'")
    assert "pandas 1 1" == rest
    assert ["x.csv", "x.db"] == sorted(one.name for one in tmp_path.iterdir())


def test_promise_31_a_frame_backend_that_is_not_installed_names_its_extra(tmp_path, monkeypatch):
    """A frame backend that is not installed names its extra, and a table of pandas, however large,
    is read without it.
    """
    monkeypatch.setattr(plugin_registry, "registry", lambda: Registry(path=[]))
    monkeypatch.setattr(snapshots, "ROWS", 1)
    with Tracker(tmp_path / "x.db") as tracker:
        tracker.log({"x": 1, "y": 2})
        for extra, ask in (
            ("arrow", tracker.to_arrow),
            ("arrow", lambda: tracker.to_parquet(tmp_path / "x.parquet")),
            ("polars", lambda: tracker.to_df(backend="polars")),
        ):
            with pytest.raises(MissingPackageError, match=rf"pip install 'xetrack\[{extra}\]'"):
                ask()
        assert [1] == tracker.to_df(all=True)["x"].to_list()
    assert ["x.db"] == [path.name for path in tmp_path.iterdir()]


def test_promise_31_a_cache_that_is_not_installed_names_its_extra(tmp_path, monkeypatch):
    """For a tracker as for a reader, and nothing is made."""
    monkeypatch.setattr(plugin_registry, "registry", lambda: Registry(path=[]))
    for ask in (
        lambda: Tracker(tmp_path / "x.db", cache=tmp_path / "cache"),
        lambda: Reader.read_cache(tmp_path, "key"),
        lambda: Reader.delete_cache_by_track_id(tmp_path, "run"),
    ):
        with pytest.raises(MissingPackageError, match=r"pip install 'xetrack\[cache\]'"):
            ask()
    assert [] == list(tmp_path.iterdir())


def test_a_cache_of_postgresql_needs_what_signs_results(python, tmp_path):
    """Its engine does not, and what is missing is named with the extra that brings it."""
    call = "Tracker('x.db', cache='postgresql://localhost:1/runs')"
    code = "import sys; sys.modules['xetrack_cache'] = None" + ATTEMPT.format(call=call)
    done = python(code, XETRACK_DISABLE_PLUGINS="cache")
    assert "" == done.stderr
    assert done.stdout.startswith(
        "True The module 'xetrack_cache.signed', which the cache 'postgres'"
    )
    assert done.stdout.endswith(" is not installed. Type: pip install 'xetrack[postgres]'\n")
    assert [] == list(tmp_path.iterdir())


def test_a_cache_in_a_folder_needs_what_stores_it(python, tmp_path):
    """What answers calls does not; results may lie elsewhere."""
    call = "Tracker('x.db', cache='cache_dir')"
    code = "import sys; sys.modules['diskcache'] = None" + ATTEMPT.format(call=call)
    done = python(code + "import xetrack_cache.calls.call_cache, xetrack_cache.commands")
    assert "" == done.stderr
    assert done.stdout.startswith("True The module 'diskcache', which the cache 'diskcache'")
    assert done.stdout.endswith(" is not installed. Type: pip install 'xetrack[cache]'\n")
    assert [] == list(tmp_path.iterdir())
