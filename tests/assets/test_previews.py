"""What assets look like at a prompt and in a notebook."""

from __future__ import annotations

from xetrack import Reader, Tracker


def test_assets_say_how_many_there_are(tmp_path):
    """And list what is known of each."""
    with Tracker(tmp_path / "runs.db") as tracker:
        assert f"<Assets of '{tracker.db}': 0 assets, 0 bytes>" == repr(tracker.assets)
        row = tracker.log({"animals": {"cat", frozenset({"dog"})}, "more": {1: object}})
    assets = Reader(tmp_path / "runs.db").assets
    assert repr(assets).startswith(f"<Assets of '{tracker.db}': {len(assets)} asset")
    html = assets._repr_html_()
    assert all(f"<td>{info.id}</td>" in html for info in assets)
    assert row["animals"] in html or len(assets) == 0
