"""Run tests outside `.venv`: with other Pythons, or with the oldest versions that we allow.

`python -m tools.environments pythons|lowest [arguments of pytest]`; by default the tests that
`make quick` runs. What is made lies in `build/environments/`, anew each time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.lock import pins_of
from tools.workspace import ROOT, distributions

FOLDER = ROOT / "build" / "environments"

UV = str(ROOT / "tools" / "uv")

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""What is looked for; the classifiers in each `pyproject.toml` name those that passed."""

QUICK = ("-m", "not (processes or servers or mutants or faults or slow)")


def find_python(version: str) -> str | None:
    """Find an interpreter on the search path, or among those that pyenv or uv installed.

    Parameters
    ----------
    version
        Such as ``3.12``.

    Returns
    -------
    str or None
        The path of the first that runs.
    """
    home = Path.home()
    roots = (
        Path(os.environ.get("PYENV_ROOT", home / ".pyenv"), "versions"),
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR", home / ".local/share/uv/python")),
    )
    name = f"python{version}"
    paths = [str(path) for root in roots for path in root.glob(f"*/bin/{name}")]
    if on_path := shutil.which(name):
        paths.insert(0, on_path)
    for path in paths:
        # A shim of pyenv is there for versions, too, that it does not run.
        done = subprocess.run([path, "-c", ""], capture_output=True, check=False)
        if done.returncode == 0:
            return path
    return None


def make_environment(name: str, python: str) -> tuple[str, ...]:
    """Make an empty environment, and return its options for `uv pip`.

    Parameters
    ----------
    name
        Its folder in `build/environments/`.
    python
        The interpreter that it is for.

    Returns
    -------
    tuple of str
        For whatever installs into it.
    """
    folder = FOLDER / name
    subprocess.run([UV, "venv", "--quiet", "--clear", "--python", python, folder], check=True)
    return ("--quiet", "--python", str(folder / "bin" / "python"))


def install_pinned(name: str, python: str) -> None:
    """Make an environment with what `requirements.lock` pins, and ours.

    Parameters
    ----------
    name, python
        As for `make_environment`.
    """
    options = make_environment(name, python)
    pins = FOLDER / f"{name}.txt"
    pins.write_text(pins_of("full"), encoding="utf-8")
    subprocess.run([UV, "pip", "sync", *options, "--require-hashes", pins], check=True)
    options += ("--no-deps", "--no-build-isolation")
    subprocess.run([UV, "pip", "install", *options, *_editable("")], cwd=ROOT, check=True)


def install_lowest(name: str, python: str) -> None:
    """Make an environment with the lowest version of each package that ours ask for.

    Parameters
    ----------
    name, python
        As for `make_environment`.
    """
    options = make_environment(name, python)
    options += ("--resolution", "lowest-direct", "--group", "full")
    subprocess.run([UV, "pip", "install", *options, *_editable("[all]")], cwd=ROOT, check=True)


def _editable(extra: str) -> list[str]:
    folders = [distribution.path.parent for distribution in distributions()]
    paths = [f"{folder}{extra if folder == ROOT else ''}" for folder in folders]
    return [word for path in paths for word in ("--editable", path)]


def run_tests(name: str, arguments: list[str]) -> int:
    """Run tests in an environment, and return their exit code.

    Parameters
    ----------
    name
        Its folder in `build/environments/`.
    arguments
        For pytest.
    """
    print(f"== {name}", flush=True)
    python = str(FOLDER / name / "bin" / "python")
    command = [python, "-m", "pytest", "-p", "no:cacheprovider"]
    options = ("--quiet", "--numprocesses=2", "--dist=worksteal")
    return subprocess.run([*command, *options, *arguments], cwd=ROOT, check=False).returncode


def main() -> int:
    """Run the tests in the environments that the first argument names, and return the exit code."""
    which, *arguments = sys.argv[1:] or [""]
    arguments = arguments or [*QUICK]
    if which == "lowest":
        python = find_python(PYTHONS[0])
        if python is None:
            print(f"lowest: Python {PYTHONS[0]} is not on this machine", file=sys.stderr)
            return 1
        install_lowest(which, python)
        return run_tests(which, arguments)
    if which != "pythons":
        print("usage: make pythons, or make lowest", file=sys.stderr)
        return 2
    codes = []
    for version in PYTHONS:
        if python := find_python(version):
            install_pinned(f"python{version}", python)
            codes.append(run_tests(f"python{version}", arguments))
        else:
            print(f"== python{version}: not on this machine", flush=True)
    return max(codes, default=1)


if __name__ == "__main__":
    sys.exit(main())
