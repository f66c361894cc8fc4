"""`xt cache`, in a process of its own."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import attrs
import pytest

from tests.cache.conftest import RAN
from tests.preloaded import run_command
from xetrack import Reader
from xetrack.errors import CacheError
from xetrack.interfaces.cache import Cache
from xetrack_cache import commands

OLD = Path(__file__).parents[1] / "fixtures/old/cache"


def scale(x, by=1):
    RAN.append(x)
    return x * by


def xt(*words):
    done = run_command(
        [sys.executable, "-m", "xetrack_cli", "cache", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def rows(*words):
    code, out, err = xt(*words, "--json")
    assert (0, "") == (code, err)
    return json.loads(out)


@pytest.fixture
def filled(track, folder):
    """Two results of one run, and one of another."""
    for run, calls in (("first-run", [(1,), ("a" * 50_000,)]), ("other-run", [(1, 2)])):
        tracker = track(track_id=run)
        for args in calls:
            tracker.track(scale, args=args)
    return folder


def test_ls_tells_function_and_run_of_each_result(filled):
    """The oldest first, and nothing of those that are not usable is hidden."""
    found = rows("ls", filled)
    assert ["first-run", "first-run", "other-run"] == [one["track_id"] for one in found]
    assert {"tests.cache.test_commands.scale"} == {one["function"] for one in found}
    assert [1, 50_002, 1] == [one["bytes"] for one in found]
    assert ["x=1, by=1", "x=1, by=2"] == [found[at]["arguments"] for at in (0, 2)]
    assert found[1]["arguments"].startswith("x=")
    (path,) = filled.rglob("*.val")
    path.unlink()
    assert "cannot be read" in rows("ls", filled)[1]["state"]


def test_an_empty_folder_is_an_empty_cache(tmp_path):
    """A folder with something else in it is no cache."""
    assert (0, "", "No rows.\n") == xt("ls", tmp_path)
    assert 0 == json.loads(xt("stats", tmp_path, "--json")[1])[0]["results"]
    assert "Deleted 0 cached results.\n" == xt("clear", tmp_path, "--yes")[1]
    assert "No cached result is older" in xt("prune", tmp_path, "--older-than", "1d")[1]
    assert [] == list(tmp_path.iterdir())
    (tmp_path / "notes.txt").touch()
    assert 1 == xt("ls", tmp_path)[0]


def test_ls_tells_what_a_folder_of_0_7_holds(tmp_path):
    """From its pickles, of which none is loaded."""
    shutil.copytree(OLD, tmp_path / "old")
    found = rows("ls", tmp_path / "old")
    names = ["power", "power", "power", "write", "train"]
    assert [f"__main__.{name}" for name in names] == [one["function"] for one in found]
    assert {"eighth-run-0008"} == {one["track_id"] for one in found}
    assert {"of 0.7, not signed by you"} == {one["state"] for one in found}


def test_delete_removes_the_results_of_a_run(filled):
    """A run that has none is a failure."""
    assert (0, "Deleted 2 cached results of first-run.\n", "") == xt("delete", filled, "first-run")
    assert ["other-run"] == [entry["cache"] for _, entry in Reader.scan_cache(filled)]
    assert [] == list(filled.rglob("*.val"))
    code, out, err = xt("delete", filled, "first-run")
    assert (1, "") == (code, out)
    assert "no cached result of the run 'first-run'" in err


def test_stats_counts_results_and_bytes(filled):
    """`stats` counts results and bytes, and what is not usable."""
    (found,) = rows("stats", filled)
    assert (3, 1, 2, 0) == tuple(
        found[name] for name in ("results", "functions", "runs", "unusable")
    )
    assert found["bytes"] > 50_000


def test_clear_removes_everything(filled):
    """A database that cannot be read, too."""
    assert (0, "Deleted 3 cached results.\n", "") == xt("clear", filled)
    assert [] == rows("ls", filled)
    (filled / "cache.db").write_bytes(b"no database" * 1_000)
    code, _, err = xt("ls", filled)
    assert 1 == code
    assert "xt cache clear" in err
    assert 0 == xt("clear", filled)[0]
    assert [] == list(filled.glob("cache.db*"))


def test_why_tells_in_what_a_result_differs_from_the_nearest_before_it(filled):
    """The newest, or the one that is named."""
    ((difference),) = rows("why", filled)
    assert {"part": "argument by", "here": "2", "nearest": "1"} == {
        name: difference[name] for name in ("part", "here", "nearest")
    }
    first, second, _ = (one["key"] for one in rows("ls", filled))
    assert ["argument x"] == [one["part"] for one in rows("why", filled, second)]
    assert "first result of tests.cache" in xt("why", filled, first)[1]
    code, _, err = xt("why", filled, "zz")
    assert (1, True) == (code, "xt cache ls" in err)


def test_a_cache_that_does_not_show_what_is_in_it_says_how_to_read_it():
    """It is somebody else's, who left that power out."""
    methods = dict.fromkeys(Cache.__abstractmethods__, lambda *_, **__: None)
    cache = type("Bare", (Cache,), methods)("bare://here")
    for command in (commands.ls, commands.stats, commands.why):
        with pytest.raises(CacheError, match=r"'bare://here'.*Reader\.scan_cache"):
            command(cache)


@pytest.mark.parametrize("command", ["ls", "stats", "clear", "why"])
def test_a_folder_that_is_not_there_is_a_failure(tmp_path, command):
    """A folder that is not there is a failure, and none is made."""
    code, out, err = xt(command, tmp_path / "cache")
    assert (1, "") == (code, out)
    assert "There is no cache at" in err
    assert [] == list(tmp_path.iterdir())


def test_why_miss_names_each_part_that_differs(track, tmp_path):
    """`why_miss` names each part that differs, without running anything."""
    tracker = track(params={"model": "bert"}, track_id="a-run")
    assert "No call of scale is in the cache." == tracker.why_miss(scale, [1])
    tracker.track(scale, args=[1])
    assert "It is found: a-run computed it." == tracker.why_miss(scale, [1])
    nearest = "The nearest call in the cache differs in "
    assert f"{nearest}argument x: 2 instead of 1." == tracker.why_miss(scale, [2])
    assert f"{nearest}argument x: 'a' instead of 1; argument by: 1.5 instead of 1." == (
        tracker.why_miss(scale, ["a"], {"by": 1.5})
    )
    said = tracker.why_miss(scale, [1], params={"model": "gpt", "seed": None})
    assert (
        f"{nearest}param model: 'gpt' instead of 'bert'; param seed: None instead of none." == said
    )
    assert "It is not cached: list is unhashable" in tracker.why_miss(scale, [[1]])
    assert [1] == RAN


@dataclass(frozen=True)
class Rate:
    """Part of a configuration."""

    value: float


@attrs.frozen
class Config:
    """What a training is called with."""

    rate: Rate
    note: str = ""


def text_of(x):
    return str(x)


def test_why_miss_names_the_fields_of_models(track):
    """Nested ones too; of a long one only that it is another."""
    tracker = track()
    tracker.track(text_of, args=[Config(Rate(0.1))])
    known = "Config(rate=Rate(value=0.1), note='')"
    said = f"argument x: Config(rate=Rate(value=0.5), note='') instead of {known}."
    assert said in tracker.why_miss(text_of, [Config(Rate(0.5))])
    said = tracker.why_miss(text_of, [Config(Rate(0.5), note="?" * 200)])
    assert re.search(rf"argument x: model [0-9a-f]{{8}}\.\.\. instead of {re.escape(known)}", said)


def test_a_command_that_the_group_lacks_asks_for_no_installation():
    """What brings the group is there."""
    code, out, err = xt("lss")
    assert (2, "") == (code, out)
    assert "There is no command 'cache lss'. Did you mean 'cache ls'" in err
    assert err.endswith("See: xt cache --help\n")
