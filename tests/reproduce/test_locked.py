"""An environment with the recorded versions, built by uv."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack_reproduce.conditions import locked
from xetrack_reproduce.conditions.findings import State
from xetrack_reproduce.errors import ReproductionError

pytestmark = pytest.mark.processes


def record(distributions, urls=None, python=None):
    """A record of packages."""
    return RunRecord(
        track_id="first",
        status=RunStatus.FINISHED,
        table="default",
        python=python or platform.python_version(),
        facts={"packages": {"distributions": distributions, "direct_urls": urls or {}}},
    )


def test_each_package_is_installed_from_where_it_came(tmp_path):
    """By version, from a commit, an archive, or editable in the worktree."""
    urls = {
        "own": {"url": "file:///srv/project/lib", "editable": True},
        "other": {"url": "file:///srv/other", "editable": True},
        "forked": {"url": "https://host/forked.git", "commit": "ab12"},
        "archive": {"url": "https://host/archive-1.whl"},
        "private": {"url": "https://***@host/private.whl"},
        "hostile": {"url": "https://host/x\n--index-url=https://evil"},
    }
    names = ("plain", *urls)
    lines = locked.requirement_lines(
        record(dict.fromkeys(names, "1.0"), urls), "/srv/project", tmp_path
    )
    assert [
        "plain==1.0",
        f"-e {tmp_path}/lib",
        "-e /srv/other",
        "forked @ git+https://host/forked.git@ab12",
        "archive @ https://host/archive-1.whl",
        "private==1.0",
        "hostile==1.0",
    ] == lines


@pytest.mark.parametrize("package", [("--index-url", "1"), ("a", "1\n-e ."), ("a b", "1")])
def test_what_is_no_package_is_not_installed(package, tmp_path):
    """A record may come from anybody."""
    with pytest.raises(ReproductionError, match="no package"):
        locked.requirement_lines(record(dict([package])), "/srv", tmp_path)


def test_without_uv_it_is_said_what_to_type(monkeypatch):
    """As a problem, before anything runs."""
    monkeypatch.setattr(locked, "find_uv", lambda: None)
    (finding,) = locked.check_locked(record({"a": "1"}))
    assert State.PROBLEM is finding.state
    assert "pip install uv" in finding.text


def test_without_versions_there_is_nothing_to_build(monkeypatch):
    """Which is a problem only if it was asked for."""
    monkeypatch.setattr(locked, "find_uv", lambda: "uv")
    assert State.PROBLEM is locked.check_locked(record({}))[0].state
    assert State.PROBLEM is locked.check_locked(record({"a": "1"}, python="--x"))[0].state
    assert State.OK is locked.check_locked(record({"a": "1"}))[0].state


def test_a_real_environment_has_the_recorded_version(tmp_path, monkeypatch):
    """Of two that there are; what is not there is what uv says."""
    for number in ("1.0", "2.0"):
        info = f"tiny-{number}.dist-info"
        with zipfile.ZipFile(tmp_path / f"tiny-{number}-py3-none-any.whl", "w") as wheel:
            wheel.writestr("tiny.py", f"VERSION = {number!r}\n")
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {number}\n"
            )
            wheel.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{info}/RECORD", "")
    for name, value in (("OFFLINE", "1"), ("NO_INDEX", "1"), ("FIND_LINKS", str(tmp_path))):
        monkeypatch.setenv(f"UV_{name}", value)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    uv = str(Path(sys.executable).with_name("uv"))
    monkeypatch.setattr(locked, "find_uv", lambda: uv)
    python = locked.build_environment(
        record({"tiny": "1.0"}), "/srv", tmp_path, tmp_path / "environment"
    )
    done = subprocess.run(
        [python, "-c", "import tiny; print(tiny.VERSION)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1.0\n" == done.stdout
    with pytest.raises(ReproductionError, match=r"uv pip failed: .*tiny"):
        locked.build_environment(
            record({"tiny": "3.0"}), "/srv", tmp_path, tmp_path / "environment2"
        )


def test_the_run_is_run_in_it(project, tmp_path):
    """The interpreter is that of the environment, which goes with the worktree."""
    text = (project.folder / "train.py").read_text()
    project.write("train.py", f"{text}    import os; print(os.environ.get('VIRTUAL_ENV'))\n")
    project.python("train.py")
    calls = tmp_path / "calls"
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(f"""#!{sys.executable}
import os, sys
with open({str(calls)!r}, "a") as file:
    file.write(repr(sys.argv[1:]) + "\\n")
if sys.argv[1] == "venv":
    os.makedirs(sys.argv[-1] + "/bin")
    python = sys.argv[-1] + "/bin/python"
    open(python, "w").write('#!/bin/sh\\nexec {sys.executable} "$@"\\n')
    os.chmod(python, 0o700)
""")
    uv.chmod(0o700)
    before = project.state()
    code = (
        "import sys\nfrom xetrack_reproduce.conditions import locked\n"
        f"locked.find_uv = lambda: {str(uv)!r}\n"
        "from xetrack_cli.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    )
    words = ("reproduce", str(project.db), "first", "--env", "locked", "--json")
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=project.folder,
        env=project.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    assert {"equal", "not compared"} == {row["result"] for row in json.loads(done.stdout)}
    assert f"{project.temporary}/xetrack-reproduce-" in done.stderr
    venv, install = calls.read_text().splitlines()
    assert f"'--python', '{platform.python_version()}'" in venv
    assert "'--no-deps'" in install
    assert before == project.state()
