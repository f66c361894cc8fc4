"""Plugins are found as `importlib.metadata` finds them, in a fraction of its time."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata

import pytest

from xetrack.plugins import entrypoints
from xetrack.plugins.entrypoints import GROUP, EntryPoint, find, version_of


def theirs(path):
    """What the standard library finds."""
    return sorted(
        (point.name, point.value, distribution.metadata["Name"], distribution.version)
        for distribution in metadata.distributions(path=path)
        for point in distribution.entry_points
        if point.group == GROUP
    )


def ours(path):
    """What xetrack finds."""
    return [(point.name, point.value, point.distribution, point.version) for point in find(path)]


def test_all_distributions_on_the_path_are_found_as_the_standard_library_finds_them(strangers):
    """All distributions are found as the standard library finds them: of wheels, editable or
    old-style.
    """
    strangers.add("b-c", "", version="1.2.dev3+local")
    strangers.add("a", "", metadata="Metadata-Version: 2.1\nName: xetrack-a\nVersion: 3\n")
    develop = strangers.folder / "Xetrack_Old.egg-info"
    develop.mkdir()
    (develop / "PKG-INFO").write_text("Name: Xetrack.Old\nVersion: 0.1\n")
    (develop / "entry_points.txt").write_text(f"# old\n; too\n\n[{GROUP}]\nold=old.plugin:it\n")
    (strangers.folder / "plain.egg-info").write_text("Name: plain\nVersion: 1\n")
    path = [str(strangers.folder)]
    assert 3 == len(ours(path))
    assert theirs(path) == ours(path)


def test_this_environment_is_seen_as_the_standard_library_sees_it():
    """This environment is seen as the standard library sees it, whatever is installed beside
    xetrack.
    """
    unique = {point.name: point for point in metadata.entry_points(group=GROUP)}
    assert unique.keys() == {point.name for point in find()}
    assert metadata.version("pytest") == version_of("PyTest")


def test_a_distribution_hides_another_of_the_same_name_behind_it_on_the_path(strangers, tmp_path):
    """A distribution hides another of the same name behind it on the path, as the import system
    takes the first.
    """
    strangers.add("twice", "", version="2.0")
    old = tmp_path / "old" / "xetrack_twice-1.0.dist-info"
    old.mkdir(parents=True)
    (old / "METADATA").write_text("Name: xetrack-twice\nVersion: 1.0\n")
    (old / "entry_points.txt").write_text(f"[{GROUP}]\ngone = gone\n")
    path = [str(strangers.folder), str(old.parent), str(strangers.folder), "/no/such/folder"]
    assert [("twice", "xetrack_twice.plugin", "xetrack-twice", "2.0")] == ours(path)


def test_a_distribution_in_a_zip_is_found(strangers, tmp_path):
    """Then the standard library is asked, which is slow but knows where to look."""
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("zipped-1.0.dist-info/METADATA", "Name: zipped\nVersion: 1.0\n")
        bundle.writestr("zipped-1.0.dist-info/entry_points.txt", f"[{GROUP}]\nz = zipped\n")
    strangers.add("plain", "")
    path = [str(strangers.folder), str(archive)]
    assert theirs(path) == ours(path)
    assert ["plain", "z"] == [point.name for point in find(path)]


def test_a_distribution_that_only_a_finder_knows_is_found(strangers, monkeypatch):
    """Some installers put metadata where no folder is."""

    class Known(metadata.Distribution):
        def read_text(self, filename):
            files = {"METADATA": "Name: known\nVersion: 4\n", "entry_points.txt": points}
            return files.get(filename)

        def locate_file(self, path):
            raise NotImplementedError

    class Damaged(Known):
        def read_text(self, filename):
            raise OSError(filename)

    class Finder:
        def find_spec(self, *args):
            return None

        def find_distributions(self, context):
            return [Damaged(), Known()]

    points = f"[{GROUP}]\nk = known.plugin\n"
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert [("k", "known.plugin", "known", "4")] == ours([str(strangers.folder)])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe[xetrack.plugins]", b"[xetrack.plugins]\nx"])
def test_damaged_metadata_stops_nothing(strangers, content):
    """The distribution is passed over, or its plugin quarantined."""
    strangers.offer("good", "xetrack_sinks", {})
    bad = strangers.folder / "bad-1.0.dist-info"
    bad.mkdir()
    (bad / "entry_points.txt").write_bytes(content)
    path = [str(strangers.folder)]
    assert EntryPoint("good", "xetrack_good.plugin", "xetrack-good", "1.0") in find(path)
    assert {"ready"} <= {status.state for status in strangers.registry().statuses()}


def test_the_standard_library_is_not_asked_where_all_is_in_folders(strangers):
    """It would cost more than all the rest of a short command."""
    strangers.add("plain", "")
    code = (
        "import sys; from xetrack.plugins.entrypoints import find; print(len(find()) > 0)\n"
        "print('importlib.metadata' in sys.modules)"
    )
    assert "True\nFalse\n" == strangers.run(code).stdout


def test_things_on_sys_path_that_are_no_texts_are_passed_over(strangers, monkeypatch):
    """Things on `sys.path` that are no texts are passed over, as the import system does."""
    monkeypatch.setattr(sys, "path", [*sys.path, strangers.folder, None, b"x"])
    assert find() == find(sys.path)
    assert entrypoints.GROUP == GROUP
