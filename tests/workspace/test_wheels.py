"""What is in the files that are published."""

from __future__ import annotations

import tarfile
from zipfile import ZipFile

import pytest

from tools.workspace import distributions

VERSION = distributions()[0].version

MODULES = {
    "xetrack_core": "xetrack",
    "xetrack_cli": "xetrack_cli",
    "xetrack_duckdb": "xetrack_duckdb",
    "xetrack_cache": "xetrack_cache",
    "xetrack_arrow": "xetrack_arrow",
    "xetrack_assets": "xetrack_assets",
    "xetrack_objects": "xetrack_objects",
    "xetrack_postgres": "xetrack_postgres",
    "xetrack_reproduce": "xetrack_reproduce",
    "xetrack_ui": "xetrack_ui",
}


def wheel(dist, name):
    """The files in one distribution's wheel."""
    (path,) = dist.glob(f"{name}-*.whl")
    with ZipFile(path) as archive:
        return set(archive.namelist())


def test_the_root_has_no_module(dist):
    """Its wheel is metadata only, and never owns a file that xetrack-core owns too."""
    assert {f"xetrack-{VERSION}.dist-info"} == {
        name.split("/")[0] for name in wheel(dist, "xetrack")
    }


def test_the_root_packs_no_member(dist):
    """Its source distribution has four files and what the format adds."""
    (path,) = dist.glob("xetrack-*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    ours = {"LICENSE", "README.md", "pyproject.toml", "hatch_build.py"}
    assert ours | {"PKG-INFO", ".gitignore"} >= names


@pytest.mark.parametrize(("name", "module"), MODULES.items())
def test_a_member_has_its_module_and_nothing_beside_it(dist, name, module):
    """A member has its module and nothing beside it: one top-level package, typed, with the
    licence.
    """
    files = wheel(dist, name)
    info = f"{name}-{VERSION}.dist-info"
    spare = {"xetrack.py"} if module == "xetrack" else set()  # see its hatch_build.py
    assert {module, info} == {file.split("/")[0] for file in files} - spare
    assert {f"{module}/__init__.py", f"{module}/py.typed", f"{info}/licenses/LICENSE"} <= files


def test_the_page_has_its_files(dist):
    """Its modules, styles and vendored libraries, in half a megabyte."""
    files = wheel(dist, "xetrack_ui")
    names = ("index.html", "js/app.js", "vendor/uPlot.js", "vendor/vendor.json")
    assert {f"xetrack_ui/static/{name}" for name in names} <= files
    (path,) = dist.glob("xetrack_ui-*.whl")
    assert path.stat().st_size < 500_000


def test_the_command_has_the_example_that_it_writes_plugins_from(dist):
    """As files, though in the repository it is a link."""
    example = "xetrack_cli/scaffold/example"
    names = {f"{example}/pyproject.toml", f"{example}/src/xetrack_example/engine.py"}
    assert names <= wheel(dist, "xetrack_cli")
