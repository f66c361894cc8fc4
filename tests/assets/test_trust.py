"""S5, S6: nothing that somebody else pickled is loaded, nothing that was changed is taken."""

from __future__ import annotations

import base64
import hashlib
import pickle
import sys
from array import array

import cloudpickle
import numpy as np
import pytest

from tests.assets.conftest import Canary, sql
from tests.preloaded import run_command
from xetrack import Reader, Tracker
from xetrack.errors import AssetError, DamagedAssetError, UntrustedPickleError

SHA = "0123456789abcdef"


@pytest.fixture
def model(tracker):
    """The id of a pickled asset of ours."""
    return tracker.log({"model": array("b", [1, 2])})["model"]


@pytest.fixture
def another(tmp_path, monkeypatch):
    """Be another user, whose key is another."""

    def change():
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "another"))

    return change


def test_what_this_user_stored_loads_in_another_process(model, db, python):
    """What this user stored loads in another process, without a word."""
    code = "from xetrack import Reader; import sys; print(Reader('track.db').assets[sys.argv[1]])"
    assert "array('b', [1, 2])" == python(code, model)


def test_what_another_user_pickled_is_refused_unless_trusted(tracker, db, model, another):
    """What another user pickled is refused unless trusted, and what is no pickle loads for
    everybody.
    """
    numbers = tracker.log({"array": np.arange(3)})["array"]
    another()
    with pytest.raises(UntrustedPickleError, match=f"{model}.*trust=True"):
        tracker.get(model)
    assert [0, 1, 2] == tracker.get(numbers).tolist()
    assert array("b", [1, 2]) == tracker.assets.get(model, trust=True)
    assert array("b", [1, 2]) == Reader(db, trust=True).assets[model]
    with Tracker(db, trust=True) as trusting:
        assert array("b", [1, 2]) == trusting.get(model)
        with pytest.raises(UntrustedPickleError):
            trusting.assets.get(model, trust=False)


def test_the_environment_can_trust(tracker, model, another, monkeypatch):
    """The environment can trust, for all of a process."""
    another()
    monkeypatch.setenv("XETRACK_TRUST", "1")
    assert array("b", [1, 2]) == tracker.get(model)


def test_what_one_stores_oneself_is_ones_own_from_then_on(tracker, model, another):
    """Equal content from another user gets a new signature, not a second copy."""
    another()
    assert model == tracker.log({"model": array("b", [1, 2])})["model"]
    assert array("b", [1, 2]) == tracker.get(model)
    assert 1 == len(tracker.assets)


def test_s6_a_content_under_anothers_id_is_refused(tracker, db, model):
    """A content under another's id is refused: whole rows, or the content alone."""
    other = tracker.log({"model": array("b", [3, 3])})["model"]
    numbers = tracker.log({"array": np.arange(3)})["array"]
    contents = dict(sql(db, 'SELECT key, value FROM "assets"'))
    for name in (model, numbers):
        sql(db, 'UPDATE "assets" SET value = ? WHERE key = ?', contents[other], name)
        with pytest.raises(DamagedAssetError, match=name):
            tracker.get(name)
        sql(db, 'UPDATE "assets" SET value = ? WHERE key = ?', contents[name], name)
        assert tracker.get(name) is not None
    signed = "(digest, codec, version, size, seal)"
    copied = f"SELECT digest, codec, version, size, seal FROM xetrack_assets WHERE id = '{other}'"
    sql(db, f"UPDATE xetrack_assets SET {signed} = ({copied}) WHERE id = ?", model)
    with pytest.raises(DamagedAssetError):
        tracker.get(model)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("codec", "pickle"),
        ("codec", "bytes"),
        ("version", 2),
        ("size", 10**15),
        ("size", 5),
        ("digest", "0" * 64),
        ("seal", b""),
        ("compression", "zlib"),
        ("compression", "rot13"),
        ("pieces", 0),
        ("pieces", 2),
    ],
)
@pytest.mark.parametrize("kind", ["array", "set"])
def test_s6_what_is_kept_beside_a_content_cannot_be_changed(tracker, db, kind, column, value):
    """What is kept beside a content cannot be changed, not even so that the content is read by
    another codec.
    """
    asset = tracker.log({"a": {"array": np.arange(300), "set": array("b", [1, 1])}[kind]})["a"]
    if tracker.assets.info(asset).header.codec == value:
        value = "text"
    sql(db, f"UPDATE xetrack_assets SET {column} = ? WHERE id = ?", value, asset)
    with pytest.raises((DamagedAssetError, UntrustedPickleError)):
        tracker.get(asset)


def canaries(db, folder):
    """Put pickles that make a file into every place where 0.7 or we keep some."""
    canary = pickle.dumps(Canary(folder))
    text = base64.b64encode(canary).decode()
    name = base64.b64encode(pickle.dumps(SHA)).decode()
    for table in ("assets", "keys", "counts"):
        sql(db, f'CREATE TABLE IF NOT EXISTS "{table}" (key TEXT PRIMARY KEY, value BLOB)')
        for key in (name, text, SHA, "fedcba9876543210"):
            sql(db, f'INSERT OR IGNORE INTO "{table}" VALUES (?, ?)', key, canary)
    # The last as one of ours, with all that can be made without the key.
    facts = "fedcba9876543210", hashlib.sha256(canary).hexdigest(), len(canary), b"x" * 32
    insert = "INSERT OR IGNORE INTO xetrack_assets VALUES (?, ?, 'pickle', 1, ?, ?, '', 1, 0, '')"
    sql(db, insert, *facts)
    return canary


XT = [
    ("head",),
    ("ls",),
    ("columns",),
    ("sql", "SELECT * FROM assets"),
    ("assets", "ls"),
    ("assets", "verify"),
    ("assets", "export", SHA, "out"),
    ("assets", "gc"),
    ("assets", "delete", SHA),
]


def test_s5_no_default_call_runs_a_canary(tmp_path, db):
    """In an asset, a key, a count and an old database; `xt` included."""
    with Tracker(db, table="runs") as tracker:
        tracker.log({"model": array("b", [1, 1])})
        canary = canaries(db, tmp_path)
    for words in XT:
        command, *rest = words
        group, rest = ([command, rest[0]], rest[1:]) if command == "assets" else ([command], rest)
        done = run_command(
            [sys.executable, "-m", "xetrack_cli", *group, db, *rest, *_table(group)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "canary").exists(), words
    assert canary == (tmp_path / "out").read_bytes()
    canaries(db, tmp_path)
    with Tracker(db, table="runs") as tracker, Reader(db, table="runs") as reader:
        for assets in (tracker.assets, reader.assets):
            assert {SHA, "fedcba9876543210"} <= {info.id for info in assets}
            for name in (SHA, "fedcba9876543210"):
                with pytest.raises(UntrustedPickleError):
                    assets.get(name)
                assert isinstance(assets.references(name), list)
            assets.verify()
        tracker.log({"model": array("b", [1, 1]), "same": Canary(tmp_path)})
        with pytest.raises(UntrustedPickleError):
            tracker.get(SHA)
        assert array("b", [1, 1]) == tracker.get("model")
        tracker.log({"old": SHA})
        with pytest.raises(UntrustedPickleError):
            tracker.get("old")
        reader.to_df()
        reader.remove_asset(SHA)
        tracker.assets.gc()
        assert not (tmp_path / "canary").exists()
        tracker.get("same")  # this user stored it
    assert (tmp_path / "canary").exists()


def _table(group):
    return ("--table", "runs") if group[0] in {"head", "ls", "columns"} else ()


def test_s10_the_key_is_for_this_user_only(tracker, tmp_path, another):
    """It is made when the first pickle is stored; arrays need none."""
    another()
    tracker.log({"a": np.arange(3)})
    assert not (tmp_path / "another").exists()
    tracker.log({"a": array("b", [1, 1])})
    (key,) = (tmp_path / "another").rglob("*.key")
    assert 0o600 == key.stat().st_mode & 0o777
    assert 0o700 == key.parent.stat().st_mode & 0o777


def test_what_is_missing_to_load_an_object_is_said(tracker, monkeypatch):
    """What is missing to load an object is named: here, the module of its class."""
    module = type(sys)("passing_module")
    exec("class Model: pass", module.__dict__)
    monkeypatch.setitem(sys.modules, "passing_module", module)
    asset = tracker.log({"m": module.Model()})["m"]
    monkeypatch.delitem(sys.modules, "passing_module")
    with pytest.raises(AssetError, match=f"{asset}.*No module named 'passing_module'"):
        tracker.get(asset)
    assert {} == tracker.assets.verify()


def test_an_exported_pickle_loads_as_the_guide_says(tracker, tmp_path):
    """An exported pickle loads as the guide says, by cloudpickle, in any program."""
    asset = tracker.log({"f": lambda x: x + 1})["f"]
    tracker.assets.export(asset, tmp_path / "model.cloudpickle")
    assert 3 == cloudpickle.loads((tmp_path / "model.cloudpickle").read_bytes())(2)
