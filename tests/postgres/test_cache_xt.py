"""`xt cache` on a URL does what it does on a folder."""

from __future__ import annotations

import json

import pytest

from tests.cache.ageing import age
from xetrack import Tracker
from xetrack_cli.__main__ import main


def scale(x, by=1):
    return x * by


@pytest.fixture
def xt(capsys):
    """Run a command; return code, output and errors, in which no password is."""

    def run(*words):
        code = main(["cache", *map(str, words)])
        out, err = capsys.readouterr()
        assert "hush" not in out + err
        return code, out, err

    return run


@pytest.fixture
def rows(xt):
    """Run a command, and return its rows."""

    def run(*words):
        code, out, err = xt(*words, "--json")
        assert (0, "") == (code, err)
        return json.loads(out)

    return run


@pytest.fixture
def secret(url):
    """The URL with a password in it."""
    return url.replace("postgres:@", "postgres:hush-hush@")


@pytest.fixture(params=["folder", "postgres"])
def filled(request, secret, tmp_path):
    """Two results of one run and one of another: in a folder, and in PostgreSQL."""
    cache = secret if request.param == "postgres" else str(tmp_path / "cache")
    for run, calls in (("first-run", [(1,), ("a" * 50_000,)]), ("other-run", [(1, 2)])):
        with Tracker(Tracker.IN_MEMORY, cache=cache, track_id=run) as tracker:
            for args in calls:
                tracker.track(scale, args=args)
    return cache


def test_old_results_are_pruned(filled, xt, rows):
    """By the time at which they were computed; an age that fits none is no failure."""
    age(filled, 40 * 86_400, "first-run")
    assert "No cached result is older than 6w.\n" == xt("prune", filled, "--older-than", "6w")[1]
    done = xt("prune", filled, "--older-than", "30d")
    assert (0, "Deleted 2 cached results older than 30d.\n", "") == done
    assert ["other-run"] == [result["track_id"] for result in rows("ls", filled)]
    code, out, err = xt("prune", filled, "--older-than", "a month")
    assert (1, "", True) == (code, out, "30d" in err)


def test_results_of_a_function_or_of_one_call_are_deleted(filled, xt, rows):
    """By what ``ls`` shows of them."""
    with Tracker(Tracker.IN_MEMORY, cache=filled, track_id="other-run") as tracker:
        tracker.track(pow, args=[2, 3])
    results = rows("ls", filled)
    assert ["x=1, by=1", "x=1, by=2", "2, 3"] == [results[at]["arguments"] for at in (0, 2, 3)]
    done = xt("delete", filled, "--args", "x=1, by=1")
    assert (0, "Deleted 1 cached result of args x=1, by=1.\n", "") == done
    done = xt("delete", filled, "--key", results[3]["key"])
    assert (0, f"Deleted 1 cached result of key {results[3]['key']}.\n", "") == done
    code, _, err = xt("delete", filled, "first-run", "--function", "cale")
    assert (1, True) == (code, "the run 'first-run' and the function 'cale'" in err)
    for name, run in (("scale", ["first-run"]), (f"{__name__}.scale", [])):
        done = xt("delete", filled, *run, "--function", name)
        wanted = ", ".join([*run, f"function {name}"])
        assert (0, f"Deleted 1 cached result of {wanted}.\n", "") == done
    assert [] == rows("ls", filled)
    code, _, err = xt("delete", filled)
    assert (1, True) == (code, "--function" in err)


def test_a_name_that_fits_several_is_not_deleted(filled, xt, rows):
    """Of functions and of keys: the error lists them."""

    def scale(x):
        return x

    with Tracker(Tracker.IN_MEMORY, cache=filled) as tracker:
        tracker.track(scale, args=[1])
    code, _, err = xt("delete", filled, "--function", "scale")
    assert (1, True) == (code, "<locals>.scale" in err)
    digits = {result["key"][0]: 0 for result in rows("ls", filled)}
    done = [xt("delete", filled, "--key", digit)[0] for digit in digits]
    assert 4 == done.count(0) + len(rows("ls", filled))


def test_all_commands_say_the_same_of_a_folder_and_of_a_url(filled, xt, rows):
    """All commands say the same of a folder and of a URL: output and exit codes."""
    found = rows("ls", filled)
    assert ["first-run", "first-run", "other-run"] == [one["track_id"] for one in found]
    assert [(1, ""), (50_002, ""), (1, "")] == [(one["bytes"], one["state"]) for one in found]
    assert {"tests.postgres.test_cache_xt.scale"} == {one["function"] for one in found}
    assert {"key", "stored"} <= found[0].keys()
    (counted,) = rows("stats", filled)
    assert counted.pop("bytes") > 50_000
    assert {"results": 3, "functions": 1, "runs": 2, "unusable": 0} == counted
    ((difference),) = rows("why", filled)
    assert ("argument by", "2", "1") == tuple(difference[n] for n in ("part", "here", "nearest"))
    assert "first result of tests.postgres" in xt("why", filled, found[0]["key"])[1]
    code, _, err = xt("why", filled, "zz")
    assert (1, True) == (code, "xt cache ls" in err)
    assert (0, "Deleted 2 cached results of first-run.\n", "") == xt("delete", filled, "first-run")
    code, out, err = xt("delete", filled, "first-run")
    assert (1, "", True) == (code, out, "no cached result of the run 'first-run'" in err)
    assert (0, "Deleted 1 cached result.\n", "") == xt("clear", filled)
    assert [] == rows("ls", filled)


def test_nothing_is_unpickled_and_what_is_foreign_is_told_of(secret, by_hand, rows, xt):
    """Nothing is unpickled and what is foreign is reported, also what somebody else put there."""
    with Tracker(Tracker.IN_MEMORY, cache=secret, track_id="a-run") as tracker:
        for x in range(3):
            tracker.track(scale, args=[x])
    by_hand("UPDATE xetrack_cache SET entry = set_byte(entry, 5, 0) WHERE number = 1")
    by_hand(r"UPDATE xetrack_cache SET entry = '\x80049501' WHERE number = 2")
    assert ["not signed by you", "it is no entry of this version", ""] == [
        one["state"] for one in rows("ls", secret)
    ]
    assert 2 == rows("stats", secret)[0]["unusable"]
    assert (0, "Deleted 3 cached results of a-run.\n", "") == xt("delete", secret, "a-run")


@pytest.mark.parametrize("command", ["ls", "stats", "clear", "why"])
def test_a_database_without_a_cache_is_a_failure(secret, by_hand, xt, command):
    """A database without a cache is a failure, and none is made."""
    code, out, err = xt(command, secret)
    assert (1, "") == (code, out)
    assert "There is no cache at" in err
    assert "Check the URL" in err
    assert [(None,)] == by_hand("SELECT to_regclass('xetrack_cache')")


def test_what_cannot_be_used_says_what_to_type(secret, by_hand, schema, xt):
    """A table of another program, a server that is away, a scheme that nobody knows."""
    by_hand(f"CREATE SCHEMA {schema}")
    by_hand("CREATE TABLE xetrack_cache (key text)")
    code, _, err = xt("ls", secret)
    assert (1, True) == (code, "type: xt cache clear" in err.replace("\n", " "))
    code, out, _ = xt("clear", secret)
    assert (0, "The database of the cache could not be read, and was removed.\n") == (code, out)
    assert 1 == xt("ls", secret)[0]
    for url, said in (
        ("postgresql://me:hush-hush@localhost:1/db", "or start the server."),
        ("redis://me:hush-hush@localhost/db", "There is no cache named 'redis'"),
        (secret.replace("/postgres?", "/nothing?"), "createdb nothing"),
    ):
        for command in ("ls", "clear"):
            code, out, err = xt(command, url)
            assert (1, "", True) == (code, out, said in " ".join(err.split())), err
