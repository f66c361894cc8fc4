"""The key that signs pickles: made once, only for this user, and checked before it is used."""

import multiprocessing
import stat
import warnings

import pytest

from xetrack.assets import signing
from xetrack.errors import TrustKeyError, XetrackWarning


@pytest.fixture(autouse=True)
def key(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    return tmp_path / "configuration" / "xetrack" / "trust.key"


def test_what_this_user_signed_is_known_again():
    signature = signing.sign(b"asset", b"content")

    assert len(signature) == 32
    assert signing.is_signed(signature, b"asset", b"content")


@pytest.mark.parametrize(
    "parts", [(b"asset", b"other"), (b"cache", b"content"), (b"assetc", b"ontent"), (b"asset",)]
)
def test_a_signature_holds_for_its_own_parts_only(parts):
    assert not signing.is_signed(signing.sign(b"asset", b"content"), *parts)


def test_another_users_signature_is_none(key):
    signature = signing.sign(b"content")
    key.unlink()
    signing.sign(b"a new key")

    assert not signing.is_signed(signature, b"content")


def test_looking_makes_no_key(key):
    assert not signing.is_signed(b"", b"content")
    assert not signing.is_signed(b"x" * 32, b"content")
    assert not key.parent.exists()


def test_the_key_is_for_this_user_only(key):
    signing.sign(b"content")

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert [one.name for one in key.parent.iterdir()] == ["trust.key"]


def test_a_key_that_others_may_read_is_refused_with_what_to_type(key):
    signing.sign(b"content")
    key.chmod(0o644)

    with pytest.raises(TrustKeyError, match="chmod 600"):
        signing.sign(b"content")


def test_a_damaged_key_is_refused(key):
    signing.sign(b"content")
    key.write_bytes(b"short")

    with pytest.raises(TrustKeyError, match="5 bytes instead of 32"):
        signing.is_signed(b"x" * 32, b"content")


def test_many_processes_make_one_key():
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        signatures = pool.map(signing.sign, [b"content"] * 8)

    assert len(set(signatures)) == 1


def test_without_a_home_nothing_is_signed_and_one_warning_says_so(key):
    key.parent.parent.write_text("a file where the folder should be")
    signing._warn_of_no_key.cache_clear()

    with pytest.warns(XetrackWarning, match="without a signature"):
        assert signing.sign(b"content") == b""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert signing.sign(b"content") == b""
        assert not signing.is_signed(b"", b"content")


@pytest.mark.parametrize(
    ("set_to", "given", "expected"),
    [
        ("1", None, True),
        ("0", None, False),
        ("", None, False),
        ("1", False, False),
        ("", True, True),
    ],
)
def test_trust_is_a_choice(monkeypatch, set_to, given, expected):
    monkeypatch.setenv("XETRACK_TRUST", set_to)

    assert signing.trusting(given) is expected
