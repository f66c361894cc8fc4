"""Libraries of others are the files of their npm packages, with their licences."""

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tools.workspace import ROOT

STATIC = ROOT / "packages" / "xetrack-ui" / "src" / "xetrack_ui" / "static"
FOLDERS = [STATIC / "vendor", Path(__file__).parent / "vendor"]
SVG = "http://www.w3.org/2000/svg"
"""The name of a kind of elements, which nothing is fetched from."""
OURS = {"vendor.json", "htm-preact.d.ts"}
"""What lies there and is of no package: the list, and types that one package has none of."""


def entries(folder):
    """Return what the list of a folder says."""
    return json.loads((folder / "vendor.json").read_text(encoding="utf-8"))


def digest(content):
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("folder", FOLDERS, ids=["page", "tests"])
def test_each_vendored_file_is_listed_with_its_digest_and_licence(folder):
    """Nothing lies there that the list does not name, and nothing was changed."""
    listed = entries(folder)
    for entry in listed:
        assert digest((folder / entry["file"]).read_bytes()) == entry["sha256"], entry["file"]
        for text in entry["texts"]:
            assert (folder / text).read_text(encoding="utf-8").strip()
    names = {entry["file"] for entry in listed} | {
        text for entry in listed for text in entry["texts"]
    }
    assert {path.name for path in folder.iterdir()} - OURS == names


@pytest.mark.processes
@pytest.mark.parametrize("folder", FOLDERS, ids=["page", "tests"])
def test_each_vendored_file_is_that_of_its_npm_package(folder, tmp_path):
    """The registry has the same bytes."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here; type: apt-get install npm")
    for package in {f"{entry['name']}@{entry['version']}" for entry in entries(folder)}:
        packed = subprocess.run(
            [npm, "pack", package], cwd=tmp_path, capture_output=True, check=False
        )
        if packed.returncode:
            pytest.skip("the npm registry cannot be reached")
    for entry in entries(folder):
        archive = tmp_path / f"{entry['name']}-{entry['version']}.tgz"
        with tarfile.open(archive) as packed:
            content = packed.extractfile(f"package/{entry['path']}").read()
        assert digest(content) == entry["sha256"], entry["file"]


def test_the_page_names_nothing_outside_itself():
    """No file of ours has an address, an inline script or style, or a way to make HTML of text."""
    forbidden = ("http://", "https://", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval(")
    forbidden += ("dangerouslySetInnerHTML", "new Function", 'style="', "document.write")
    for path in [*STATIC.glob("*.html"), *STATIC.glob("css/*.css"), *STATIC.glob("js/**/*.js")]:
        text = path.read_text(encoding="utf-8").replace(SVG, "")
        assert [word for word in forbidden if word in text] == [], path.name
    assert "<style" not in (STATIC / "index.html").read_text(encoding="utf-8")


def test_files_and_folders_of_the_page_are_small():
    """A module can be read in one sitting: 400 lines, and twelve in a folder."""
    modules = [*STATIC.glob("js/**/*.js"), *STATIC.glob("css/*.css")]
    assert [path.name for path in modules if len(path.read_text("utf-8").splitlines()) > 400] == []
    folders = {path.parent for path in modules}
    assert [folder.name for folder in folders if len([*folder.glob("*.*")]) > 12] == []
