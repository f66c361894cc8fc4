"""The wheels, installed with plain pip into fresh environments, as users install them."""

from __future__ import annotations

import pytest

from tools.workspace import distributions

VERSION = distributions()[0].version

EVERYTHING = {
    "xetrack",
    "xetrack_assets",
    "xetrack_cache",
    "xetrack_cli",
    "xetrack_duckdb",
    "xetrack_postgres",
}


@pytest.mark.timeout(180)
def test_core_alone(fresh):
    """xetrack-core gives `import xetrack` and no command."""
    environment = fresh(f"xetrack-core=={VERSION}")
    assert (VERSION, {"xetrack"}) == environment.importable(EVERYTHING)
    assert not (environment.bin / "xt").exists()


@pytest.mark.timeout(180)
def test_core_and_cli(fresh):
    """`pip install xetrack` is core and CLI; `xt` says what is there, and what brings more."""
    environment = fresh(f"xetrack=={VERSION}")
    assert (VERSION, {"xetrack", "xetrack_cli"}) == environment.importable(EVERYTHING)
    parts = environment.parts()
    assert "xetrack-core" == parts["engine", "sqlite"]
    assert {"xetrack-core", "xetrack-cli"} >= set(parts.values())
    for extra in ("assets", "cache"):
        said = environment.refused("xt", extra, "ls", "x.db")
        assert f"'xetrack[{extra}]'" in said


@pytest.mark.timeout(180)
def test_everything(fresh):
    """`xetrack[all]` brings every member, and their plugins load without a fault."""
    environment = fresh(f"xetrack[all]=={VERSION}")
    assert (VERSION, EVERYTHING) == environment.importable(EVERYTHING)
    assert "xetrack-core" == environment.parts()["engine", "sqlite"]
    assert "xetrack-postgres" == environment.parts()["engine", "postgres"]
    environment.run("xt", "plugins", "--check")
