"""Write `requirements.lock` from the requirements of the projects, or `--check` that it fits.

uv's own `uv.lock` names the addresses it was resolved from, so it stays out of the repository.
This file has versions and hashes only, and installs from any index. Below each pin stands which
groups of `pyproject.toml` need it: `python -m tools.lock demo` prints the pins of one. Its head
carries two digests, of what was asked for and of what was found, so that the check needs neither uv
nor a network.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from itertools import chain
from typing import Any

from tools.workspace import ROOT, distributions, report

LOCK = ROOT / "requirements.lock"
MEMBERS = ("--all-packages", "--all-extras", "--no-default-groups", "--group")
GROUPS = {
    "demo": ("--only-group",),
    "dev": MEMBERS,
    "full": MEMBERS,
    "peers": ("--only-group",),
    "seaweed": ("--only-group",),
    "workers": ("--only-group",),
}
"""What is set up by itself, and how uv is asked for it: `dev` and `full` with all of our extras."""

EXPORT = ("export", "--quiet", "--no-emit-workspace", "--no-header", "--no-annotate")
EVERYTHING = ("--upgrade", "--all-packages", "--all-extras", "--all-groups")
TAG = "    # for: "
PIN = re.compile(r"(?m)^(?P<name>[A-Za-z0-9._-]+)==.*\n(?: .*\n)*")
HEAD = """\
# Written by `make lock`. Versions and hashes, no addresses: any index serves the same files.
# asked for: {requested}
# found: {resolved}
"""


def digest(text: str) -> str:
    """Return a short digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def requirements_digest() -> str:
    """Return the digest of everything that can change what uv resolves; our own versions cannot."""
    parts = {
        distribution.name: [
            _without_ours(distribution.requirements),
            distribution.data["project"]["requires-python"],
            {
                name: _without_ours(group)
                for name, group in distribution.data.get("dependency-groups", {}).items()
            },
            distribution.data.get("tool", {}).get("uv"),
        ]
        for distribution in distributions()
    }
    return digest(json.dumps(parts, sort_keys=True))


def _without_ours(requirements: list[Any]) -> list[Any]:
    return [needed for needed in requirements if not str(needed).startswith("xetrack")]


def export(*options: str) -> str:
    """Return what uv resolves, as pins with hashes.

    Parameters
    ----------
    *options
        Of which packages and groups.

    Returns
    -------
    str
        In the format of requirements files. Where uv fails, the program ends with its message.
    """
    command = [str(ROOT / "tools" / "uv"), *EXPORT, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def write() -> int:
    """Resolve anew, within the date that `pyproject.toml` sets, and write the file.

    Returns
    -------
    int
        The exit code.
    """
    pins = export(*EVERYTHING)
    names = {
        group: {pin["name"] for pin in PIN.finditer(export("--frozen", *options, group))}
        for group, options in GROUPS.items()
    }

    def tagged(pin: re.Match[str]) -> str:
        return (
            f"{pin[0]}{TAG}{' '.join(group for group in GROUPS if pin['name'] in names[group])}\n"
        )

    body = PIN.sub(tagged, pins)
    head = HEAD.format(requested=requirements_digest(), resolved=digest(body))
    LOCK.write_text(head + body, encoding="utf-8")
    return check()


def pins_of(group: str) -> str:
    """Return the pins that a group needs, as pip and uv read them.

    Parameters
    ----------
    group
        One of `GROUPS`.

    Returns
    -------
    str
        Empty for a group that is not there.
    """
    pins = PIN.finditer(LOCK.read_text(encoding="utf-8"))
    return "".join(pin[0] for pin in pins if group in _groups(pin[0]))


def _groups(pin: str) -> list[str]:
    return pin.rpartition(TAG)[2].split() if TAG in pin else []


def check() -> int:
    """Check that the file fits the projects, and print what does not.

    Returns
    -------
    int
        The exit code.
    """
    lines = LOCK.read_text(encoding="utf-8").splitlines(keepends=True)
    size = HEAD.count("\n")
    body = "".join(lines[size:])
    head = "".join(lines[:size])
    pins = [pin[0] for pin in PIN.finditer(body)]
    problems = []
    if f"# asked for: {requirements_digest()}\n" not in head:
        problems.append("requirements.lock is older than a pyproject.toml: run `make lock`")
    if f"# found: {digest(body)}\n" not in head:
        problems.append("requirements.lock was edited by hand: run `make lock`")
    if "://" in body:
        problems.append("requirements.lock names an address: it must install from any index")
    if set(chain(*map(_groups, pins))) != {*GROUPS} or not all(map(_groups, pins)):
        problems.append("requirements.lock has other groups than tools/lock.py: run `make lock`")
    return report(problems, f"lock: {len(pins)} pins")


def main() -> int:
    """Do what the only argument says, and return the exit code."""
    match sys.argv[1:]:
        case []:
            return write()
        case ["--check"]:
            return check()
        case [group] if group in GROUPS:
            print(pins_of(group), end="")
            return 0
    print(f"usage: python -m tools.lock [--check|{'|'.join(GROUPS)}]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
