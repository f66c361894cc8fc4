"""S5: no pickle of somebody else's is ever loaded, in whichever place it lies."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import stat
import sys
from contextlib import closing, suppress
from hashlib import sha256

import pytest

from tests.cache.conftest import RAN
from tests.preloaded import run_command
from xetrack import Reader
from xetrack.assets.signing import sign
from xetrack.errors import UntrustedPickleError, XetrackWarning
from xetrack_cache.keys.key import OBJECTS
from xetrack_cache.keys.netstrings import netstring
from xetrack_cache.signed import entries


class Canary:
    """Makes a file when its pickle is loaded."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


class Config:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Config) and self.value == other.value

    def __hash__(self):
        return hash(self.value)


def use(config):
    RAN.append(0)
    return config.value


@pytest.fixture
def canary(tmp_path):
    """A pickle; and afterwards, that nobody loaded it."""
    path = tmp_path / "canary"
    yield pickle.dumps(Canary(path))
    assert not path.exists()


def execute(folder, sql, *values):
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as connection:
        connection.execute(sql, values)


def look_everywhere(folder):
    """Use everything that reads a cache without being told to trust it."""
    for look in (lambda: list(Reader.scan_cache(folder)), lambda: Reader.read_cache(folder, "ab")):
        with suppress(UntrustedPickleError):
            look()
    for command in ("ls", "stats", "why", "delete no-run-1", "clear"):
        words = command.split()
        done = run_command(
            [sys.executable, "-m", "xetrack_cli", "cache", words[0], folder, *words[1:]],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr


FORGED = {
    "pickled value of diskcache": ("key", True, 4, lambda pickled: pickled),
    "raw value": ("key", True, 1, lambda pickled: pickled),
    "pickled key": (None, False, 4, lambda pickled: pickled),
    "entry without signature": (
        "key",
        True,
        1,
        lambda pickled: (
            entries.pack_entry("key", b"P", pickled, "run-1", b"")[:4]
            + bytes(32)
            + entries.pack_entry("key", b"P", pickled, "run-1", b"")[36:]
        ),
    ),
    "entry of another key": (
        "key",
        True,
        1,
        lambda pickled: entries.pack_entry("other", b"P", pickled, "run-1", b""),
    ),
}


@pytest.mark.filterwarnings("ignore::xetrack.errors.XetrackWarning")
@pytest.mark.parametrize("place", FORGED)
def test_s5_a_canary_in_the_cache_is_never_loaded(tracker, folder, ran, canary, place):
    """A canary in the cache is never loaded, by a hit, by reading, by listing, nor by any
    command.
    """
    tracker.track(len, args=["abc"])
    key = tracker._generate_cache_key(len, ["abc"])
    name, raw, mode, made = FORGED[place]
    execute(
        folder,
        "UPDATE Cache SET key = ?, raw = ?, mode = ?, value = ? WHERE key = ?",
        canary if name is None else key,
        raw,
        mode,
        made(canary),
        key,
    )
    assert 3 == tracker.track(len, args=["abc"])
    assert "" == tracker.latest["cache"]
    look_everywhere(folder)


@pytest.mark.filterwarnings("ignore::xetrack.errors.XetrackWarning")
def test_s5_a_canary_among_the_objects_of_a_key_is_never_loaded(tracker, folder, canary):
    """They are compared on a hit, so they are signed too."""
    tracker.track(use, args=[Config(1)])
    key = tracker._generate_cache_key(use, [Config(1)])
    found = tracker._call_cache.cache.get(key)
    common = found.material[: found.material.rindex(OBJECTS + b"%d:" % len(_objects(found)))]
    forged = entries.pack_entry("other", b"J", b"7", "run-1", common + netstring(OBJECTS, canary))
    execute(folder, "UPDATE Cache SET value = ? WHERE key = ?", forged, key)
    assert 1 == tracker.track(use, args=[Config(1)])
    execute(folder, "UPDATE Cache SET value = ? WHERE key = ?", forged, key)
    execute(folder, "UPDATE Cache SET key = ?", key[:65] + "0" * 32)
    assert 1 == tracker.track(use, args=[Config(1)])
    look_everywhere(folder)


def _objects(entry):
    return entry.material[entry.material.rindex(b"\x80\x04") :]


def give(x):
    return {1, x}


def test_a_pickle_of_this_user_loads_silently(tracker, folder):
    """A pickle of this user loads silently, and comes back as what it was."""
    tracker.track(give, args=[2])
    assert {1, 2} == tracker.track(give, args=[2])
    ((_, entry),) = Reader.scan_cache(folder)
    assert {"result": {1, 2}, "cache": tracker.track_id} == entry


def test_the_bytes_of_an_entry_are_those_of_version_1():
    """Folders that were filled before are read by whatever comes later."""
    made = entries.pack_entry("ab-1", b"J", b"[1]", "a-run", b"material")
    head = f"4a{sha256(b'[1]').hexdigest()}{3:02x}{'00' * 7}{5:02x}00{8:02x}000000"
    said = bytes.fromhex(head) + b"a-runmaterial"
    assert (b"XTC1", said, b"[1]") == (made[:4], made[36 : 36 + len(said)], made[36 + len(said) :])
    assert sign(b"xetrack cache entry 1", b"ab-1", said) == made[4:36]


def test_a_result_that_needs_cloudpickle_says_so_without_it(tracker, monkeypatch):
    """Plain values do not need it."""
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.warns(XetrackWarning, match=r"cloudpickle.*pip install 'xetrack\[cache\]'"):
        assert {1, 2} == tracker.track(give, args=[2])
    tracker.track(len, args=["abc"])
    tracker.track(len, args=["abc"])
    assert tracker.track_id == tracker.latest["cache"]


def test_a_pickle_of_another_user_takes_trust(tracker, folder, tmp_path, monkeypatch):
    """A plain value does not: loading it runs nothing."""
    tracker.track(give, args=[2])
    tracker.track(len, args=["abc"])
    one, two = (tracker._generate_cache_key(f, [x]) for f, x in ((give, 2), (len, "abc")))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other user"))
    assert {"result": 3, "cache": tracker.track_id} == Reader.read_cache(folder, two)
    with pytest.raises(UntrustedPickleError, match="trust=True"):
        Reader.read_cache(folder, one)
    assert {1, 2} == Reader.read_cache(folder, one, trust=True)["result"]
    monkeypatch.setenv("XETRACK_TRUST", "1")
    assert 2 == len(list(Reader.scan_cache(folder)))


def test_s10_nobody_else_may_look_into_a_cache(tracker, folder):
    """Nobody else may look into a cache: folders 0700, files 0600, whatever the umask."""
    before = os.umask(0)
    try:
        tracker.track(use, args=[Config("x" * 100_000)])
    finally:
        os.umask(before)
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert {0o700} == {mode for path, mode in found.items() if path.is_dir()}
    assert {0o600} == {mode for path, mode in found.items() if path.is_file()}
    assert any(path.suffix == ".val" for path in found)
    shutil.rmtree(folder)


def test_nothing_is_trusted_where_no_key_can_be_kept(tracker, folder, tmp_path, monkeypatch):
    """What is stored then is nobody's, so it is computed again."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    with pytest.warns(XetrackWarning, match="No key can be kept|does not carry your signature"):
        assert [3, 3] == [tracker.track(len, args=["abc"]) for _ in range(2)]
    assert ["", ""] == tracker["cache"].tolist()
