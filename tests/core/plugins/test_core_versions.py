"""A plugin that requires another core than this is quarantined before it is imported."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from xetrack.errors import UnknownComponentError, XetrackWarning
from xetrack.interfaces.component import PartKind
from xetrack.plugins.entrypoints import CORE, find, is_satisfied, version_of

ABOUT = "Metadata-Version: 2.1\nName: xetrack-late\nVersion: 3.0\n{}\n\nRequires-Dist: text\n"


def late(strangers, *requirements):
    """Install a plugin with these requirements."""
    lines = "\n".join(f"Requires-Dist: {requirement}" for requirement in requirements)
    metadata = ABOUT.format(lines)
    strangers.offer("late", "xetrack_sinks", {}, metadata=metadata, version="3.0")


@pytest.mark.parametrize(
    "requirement",
    [
        "xetrack-core>=99",
        "xetrack-core (>=99,<100)",
        "Xetrack_Core[pandas] >=1, <1.0",
        "xetrack-core==99.*",
        "xetrack-core~=99.1",
    ],
)
def test_a_plugin_for_another_core_is_quarantined_with_the_reason(strangers, requirement):
    """It is not imported, and who asks for its part is told what to type."""
    late(strangers, "redis>=5", requirement)
    found = strangers.registry()
    [status] = [each for each in found.statuses() if each.state == "quarantined"]
    wanted = find([str(strangers.folder)])[0].needs_core
    core = version_of(CORE)
    assert status.reason == (
        f"it requires xetrack-core{wanted}, and this is xetrack-core {core}; "
        "type: pip install --upgrade xetrack-late xetrack-core"
    )
    with (
        pytest.warns(XetrackWarning, match="it requires xetrack-core"),
        pytest.raises(UnknownComponentError, match="it requires xetrack-core"),
    ):
        found.component(PartKind.SINK, "late")


@pytest.mark.parametrize(
    "requirement",
    [
        "xetrack-core",
        "xetrack-core>=1,<2",
        "xetrack-core>=99; extra == 'test'",
        "xetrack-core>=99; python_version < '3'",
        "xetrack-core @ file:///somewhere",
        "xetrack-core is what it needs",
        "xetrack-core-more>=99",
        "other>=99",
    ],
)
def test_any_other_requirement_refuses_nothing(strangers, requirement):
    """Neither one that this core meets, nor one that cannot be read, or holds sometimes."""
    late(strangers, requirement)
    assert "late" == strangers.registry().component(PartKind.SINK, "late").name


@pytest.mark.parametrize("core", ["1.0.0", "1.2", "1.10.3", "2.0.0", "2"])
@pytest.mark.parametrize(
    "versions",
    ">=1,<2;>=1.2;>1.2;<1.10;<=1.10;==1.2;==1.2.0;!=1.2;==1.*;!=1.*;~=1.2;~=1.2.0;==2.0.*;>2".split(
        ";"
    ),
)
def test_releases_are_compared_as_packaging_does(core, versions):
    """For versions without a suffix the answer is the same."""
    assert SpecifierSet(versions).contains(core) == is_satisfied(versions, core)


def test_a_prerelease_counts_as_its_release():
    """Whoever tries a release candidate wants the plugins for the release."""
    assert is_satisfied(">=1.1,<2", "1.1rc1")
    assert not is_satisfied("<2", "2.0.0.dev1")
    assert is_satisfied(">=1", "")
