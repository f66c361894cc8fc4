"""`xt assets ls` says what an asset is, without loading it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from xetrack import Reader, Tracker
from xetrack.assets import npy
from xetrack.interfaces.codecs import HEAD
from xetrack_assets.codecs.arrays import NumpyCodec
from xetrack_cli.__main__ import main


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros((2, 3)), "float64 (2, 3)"),
        (np.zeros(5, "float32"), "float32 (5,)"),
        (np.zeros((), "int8"), "int8 ()"),
        (np.zeros(2, bool), "bool (2,)"),
        (np.zeros(2, "U7"), "<U7 (2,)"),
        (np.zeros(2, [("a", "i4"), ("b", "f8")]), "2 fields (2,)"),
        (np.zeros(10_000), "float64 (10000,)"),
        ({1, 2.5, None, (1, object)}, ""),
    ],
    ids=["2 axes", "1 axis", "no axis", "truths", "texts", "fields", "long", "pickle"],
)
def test_a_codec_says_what_a_content_is(value, text):
    """One that says nothing has an empty text."""
    assets = Tracker(":memory:").assets
    assert text == assets.short_text(assets.info(assets.put(value)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("short\ntext", "short text"),
        ("ж" * 5_000, "ж" * 60),
        ([1, {"a": None}], '[1, {"a": null}]'),
        ([7] * 5_000, "[" + "7, " * 19 + "7,"),
    ],
    ids=["text", "long text", "json", "long json"],
)
def test_texts_are_cut(value, text):
    """They are one line of 60 characters at most."""
    assets = Tracker(":memory:").assets
    assert text == assets.short_text(assets.info(assets.put(value)))


def test_only_the_beginning_of_a_content_is_read(monkeypatch):
    """An asset may have gigabytes."""
    heads = []

    def render(self, head, size, version):
        heads.append((len(head), size))
        return "x"

    monkeypatch.setattr(NumpyCodec, "render", render)
    assets = Tracker(":memory:").assets
    info = assets.info(assets.put(np.zeros(10**6)))
    assert "x" == assets.short_text(info)
    assert [(HEAD, info.header.size)] == heads


@pytest.mark.parametrize("answer", [ValueError("x"), SystemError("y"), 7, b"x"])
def test_a_codec_that_fails_costs_its_text_only(monkeypatch, answer):
    """The content may be anything; the list is there all the same."""

    def render(self, head, size, version):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(NumpyCodec, "render", render)
    assets = Tracker(":memory:").assets
    assert "" == assets.short_text(assets.info(assets.put(np.zeros(3))))


@pytest.mark.parametrize("head", [b"", b"\x93NUMPY", b"x" * 5000, b"\x93NUMPY\x01\x00\xff\xff{}"])
def test_a_header_that_is_none_is_refused(head):
    """Nothing of it is run or believed."""
    with pytest.raises(ValueError, match="it"):
        npy.summary(head)


def test_the_list_shows_it(db, capsys):
    """Beside the codec, in every format."""
    with Tracker(db) as tracker:
        tracker.log({"weights": np.zeros((2, 3))})
    assert 0 == main(["assets", "ls", str(db), "--csv"])
    names, cells = capsys.readouterr().out.splitlines()
    assert "id,codec,content," in names
    assert 'numpy,"float64 (2, 3)",' in cells
    assert 1 == len(Reader(db).assets)


def test_a_run_shows_what_its_assets_are(db, capsys):
    """By its last value; a text that looks like an id, and a run without assets, have nothing."""
    with Tracker(db, track_id="a") as tracker:
        tracker.log({"weights": np.zeros((2, 3)), "text": "0123456789abcdef", "loss": 0.5})
        tracker.track_id = "b"
        tracker.log({"text": "0123456789abcdef"})
    assert 0 == main(["show", str(db), "a", "--json"])
    rows = {row["column"]: row for row in json.loads(capsys.readouterr().out)}
    assert "float64 (2, 3)" == rows["weights"]["content"]
    assert rows["text"]["content"] is rows["loss"]["content"] is None
    assert 0 == main(["show", str(db), "b", "--json"])
    assert ["content" in row for row in json.loads(capsys.readouterr().out)] == [False]
