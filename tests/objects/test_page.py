"""The page on buckets runs as it stands there, but for the name of the bucket."""

from __future__ import annotations

from tests.docs.test_pages import run_page


def test_the_page_runs(bucket, tmp_path, monkeypatch):
    """Objects are logged, found, copied, and kept while they are young."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert not run_page("docs/howto/objects.md", tmp_path, "s3://team-models", bucket)
