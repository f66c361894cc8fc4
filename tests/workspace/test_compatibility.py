"""Every plugin of ours, from its wheel, with this core and with the lowest that it declares."""

from __future__ import annotations

import pytest
from packaging.version import Version

from tests.workspace.environments import lowest
from tools.workspace import distributions

VERSION = Version(distributions()[0].version)

PLUGINS = {
    distribution.name: distribution
    for distribution in distributions()
    if "xetrack.plugins" in distribution.data["project"].get("entry-points", {})
}

EVERYTHING = {"xetrack", "xetrack_cli", *(name.replace("-", "_") for name in PLUGINS)}

KIT = """
from xetrack_testing import PluginContract
"""

OF_EACH = """
class Test{name}(PluginContract):
    distribution = "{distribution}"
"""

AT_WORK = {
    "xetrack-arrow": """
def test_rows_become_a_table(tmp_path):
    from xetrack import Tracker
    with Tracker(tmp_path / "x.db") as tracker:
        tracker.log({"loss": 0.5, "list": [1, None]})
        table = tracker.to_arrow()
        tracker.to_parquet(tmp_path / "x.parquet")
    assert ([0.5], ["[1, null]"]) == (table["loss"].to_pylist(), table["list"].to_pylist())
    assert (tmp_path / "x.parquet").stat().st_size
""",
    "xetrack-duckdb": """
def test_a_row_comes_back(tmp_path):
    from xetrack import Reader, Tracker
    with Tracker(tmp_path / "x.duckdb") as tracker:
        tracker.log({"loss": 0.5, "large": 2**70, "list": [1, None]})
    (row,) = Reader(tmp_path / "x.duckdb").select(["loss", "large", "list"]).dicts()
    assert (0.5, 2**70, [1, None]) == (row["loss"], row["large"], row["list"])
""",
    "xetrack-assets": """
def test_an_object_comes_back(tmp_path):
    from array import array
    from xetrack import Tracker
    with Tracker(tmp_path / "x.db") as tracker:
        tracker.log({"model": array("b", [1, 2])})
        assert array("b", [1, 2]) == tracker.get("model")
""",
    "xetrack-cache": """
def test_a_result_is_found_again(tmp_path):
    from xetrack import Tracker
    with Tracker(tmp_path / "x.db", cache=tmp_path / "cache") as tracker:
        assert [5, 5] == [tracker.track(max, args=[3, 5]) for _ in range(2)]
        assert ["", tracker.track_id] == tracker["cache"].tolist()
""",
    "xetrack-gpu": """
def test_a_run_without_a_gpu_is_recorded(tmp_path):
    from xetrack import Reader, Tracker
    with Tracker(tmp_path / "x.db", track_id="first", probes=["gpu"], record=["gpu"]) as tracker:
        tracker.log({"x": 1})
    assert "gpus" in Reader(tmp_path / "x.db").run("first").facts["gpu"]
""",
    "xetrack-ui": """
def test_runs_are_listed(tmp_path):
    from xetrack import Tracker
    from xetrack_ui.answers import ROUTES
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.workspace import Workspace
    with Tracker(tmp_path / "x.db", track_id="first") as tracker:
        tracker.log({"loss": 0.5})
    workspace = Workspace([str(tmp_path / "x.db")])
    with workspace.closing():
        names = {"db": "0", "table": "default"}
        answer = ROUTES["/api/db/{db}/{table}/runs"](Question(workspace, names))
    assert ["first"] == [run["track_id"] for run in answer["runs"]]
""",
    "xetrack-objects": """
def test_an_object_comes_back_from_a_folder(tmp_path):
    from array import array
    from xetrack import Reader, Tracker
    with Tracker(tmp_path / "x.db", asset_store=f"file://{tmp_path}/objects") as tracker:
        asset = tracker.log({"model": array("b", [1, 2])})["model"]
    assert array("b", [1, 2]) == Reader(tmp_path / "x.db").assets[asset]
""",
    "xetrack-postgres": """
def test_a_server_that_is_away_is_told_of():
    import pytest
    from xetrack import Tracker
    from xetrack_postgres.driver_errors import ServerAwayError
    with pytest.raises(ServerAwayError):
        Tracker("postgresql://localhost:1/runs")
""",
    "xetrack-reproduce": """
def test_a_run_without_a_commit_cannot_be_run_again(tmp_path):
    from xetrack import Tracker
    from xetrack_reproduce.commands import reproduce
    with Tracker(tmp_path / "x.db", track_id="first", record=False) as tracker:
        tracker.log({"x": 1})
    outcome = reproduce(str(tmp_path / "x.db"), "first")
    assert 2 == outcome.exit_code
    assert "No commit was recorded" in outcome.rows[0]["found"]
""",
}
"""What each does that its announcement does not show; the rest of its tests need the repository."""


LOWEST = {name: lowest(plugin) for name, plugin in PLUGINS.items()}


def test_every_plugin_is_put_to_work():
    """One that is new must say how."""
    assert PLUGINS.keys() == AT_WORK.keys()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("core", sorted({VERSION, *LOWEST.values()}), ids=str)
def test_plugins_keep_their_promises_with_a_core(fresh, tmp_path, core):
    """Plugins keep their promises with a core, with this core all of them, as ``xetrack[all]``.

    With an older one those that declare it.
    """
    assert core <= VERSION
    if core == VERSION:
        plugins = [*PLUGINS]
        wanted = (f"xetrack[all]=={core}", f"xetrack-testing=={core}")
        environment = fresh(*wanted, installer="uv")
        assert (str(VERSION), EVERYTHING) == environment.importable(EVERYTHING)
        parts = environment.parts()
        assert {"xetrack-core", "xetrack-cli", *PLUGINS} >= {*parts.values()} >= {*PLUGINS}
        environment.run("xt", "plugins", "--check")
    else:
        plugins = [name for name, declared in LOWEST.items() if declared == core]
        extra = {
            "xetrack-cache": "xetrack-cache[folder]",
            "xetrack-postgres": "xetrack-postgres[binary,cache]",
        }
        wanted = [extra.get(name, name) for name in plugins]
        environment = fresh(f"xetrack-testing=={core}", *wanted)
        assert str(core) == environment.importable(EVERYTHING)[0]
    tests = [KIT]
    for name in plugins:
        cls = name.title().replace("-", "")
        tests += [OF_EACH.format(name=cls, distribution=name), AT_WORK[name]]
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "test_kit.py").write_text("".join(tests))
    (tmp_path / "kit" / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    environment.tests(tmp_path / "kit")
