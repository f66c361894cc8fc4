"""What is imported when: nothing before the first question, no part before its first use."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"pandas", "numpy", "loguru", "psutil", "duckdb", "cyclopts"}

LIST = (
    "import sys\n"
    "from xetrack.interfaces.component import PartKind\n"
    "from xetrack.plugins.registry import registry\n"
    "parts = [part.name for kind in PartKind for part in registry().components(kind)]\n"
    "statuses = registry().statuses()\n"
)


def test_listing_imports_the_light_module_of_a_plugin_and_not_its_parts(strangers):
    """No library comes along with `xt plugins`, not even that of a part of core."""
    strangers.offer("lazy", "xetrack_sinks", {}, parts="raise SystemExit('imported')")
    code = f"{LIST}assert 'lazy' in parts\nprint('\\n'.join(sys.modules))"
    done = strangers.run(code)
    assert "" == done.stderr
    modules = set(done.stdout.split())
    assert "xetrack_lazy.plugin" in modules
    assert not modules & {"xetrack_lazy.parts", "xetrack.builtin.sqlite.engine", *HEAVY}


def test_the_shared_registry_does_nothing_until_it_is_asked(strangers):
    """Neither importing it nor getting hold of it loads what is built in or looks for plugins."""
    strangers.add("bad", "raise SystemExit")
    code = (
        "import sys\nfrom xetrack.plugins.registry import registry\nregistry()\n"
        "print([name for name in sys.modules if name.startswith(('xetrack.builtin', 'xetrack_'))])"
    )
    assert "[]\n" == strangers.run(code).stdout


def test_a_built_in_name_is_answered_without_a_look_at_plugins(strangers):
    """Most trackers use nothing else."""
    strangers.add("bad", "raise SystemExit")
    code = (
        "import sys\nfrom xetrack.interfaces.component import PartKind\n"
        "from xetrack.plugins.registry import registry\n"
        "registry().component(PartKind.ENGINE, 'sqlite')\nregistry().engine_for('x.db')\n"
        "print('xetrack_bad' in sys.modules)"
    )
    done = strangers.run(code)
    assert ("False\n", "") == (done.stdout, done.stderr)


def test_the_front_for_plugins_brings_no_registry():
    """`from xetrack.plugins import hookimpl` costs pluggy, and nothing more of ours."""
    code = "import sys; from xetrack.plugins import hookimpl, Component; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    mine = {name for name in done.stdout.split() if name.startswith("xetrack.")}
    assert mine <= {
        "xetrack.interfaces",
        "xetrack.interfaces.component",
        "xetrack.plugins",
        "xetrack.plugins.markers",
    }


def test_a_broken_plugin_stops_no_process(strangers):
    """A broken plugin stops no process: one warning on stderr, exit code 0."""
    strangers.add("bad", "raise SystemExit(9)")
    done = strangers.run(f"{LIST}print(len(parts) > 0)", PYTHONWARNINGS="default")
    assert (0, "True\n") == (done.returncode, done.stdout)
    assert 1 == done.stderr.count("XetrackWarning: The plugin 'xetrack-bad' cannot be used")


@pytest.mark.parametrize("silent", ["statuses", "check"])
def test_the_list_of_statuses_warns_of_nothing(strangers, silent):
    """It says it all itself; warnings are errors here."""
    strangers.add("bad", "raise ValueError")
    assert "quarantined" in {status.state for status in getattr(strangers.registry(), silent)()}
