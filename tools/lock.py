"""Write `requirements.lock` from the requirements of the projects, or `--check` that it fits.

uv's own `uv.lock` names the addresses it was resolved from, so it stays out of the repository.
This file has versions and hashes only, and installs from any index. Its head carries two digests,
of what was asked for and of what was found, so that the check needs neither uv nor a network.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

from tools.workspace import ROOT, distributions, report

LOCK = ROOT / "requirements.lock"
EXPORT = (
    *("export", "--quiet", "--upgrade", "--all-packages", "--all-extras", "--all-groups"),
    *("--no-emit-workspace", "--no-header", "--no-annotate"),
)
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
            [name for name in distribution.requirements if not name.startswith("xetrack")],
            distribution.data["project"]["requires-python"],
            distribution.data.get("dependency-groups"),
            distribution.data.get("tool", {}).get("uv"),
        ]
        for distribution in distributions()
    }
    return digest(json.dumps(parts, sort_keys=True))


def write() -> int:
    """Resolve anew, within the date that `pyproject.toml` sets, and write the file.

    Returns
    -------
    int
        The exit code.
    """
    command = [str(ROOT / "tools" / "uv"), *EXPORT]
    export = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if export.returncode:
        print(export.stderr, file=sys.stderr)
        return 1
    head = HEAD.format(requested=requirements_digest(), resolved=digest(export.stdout))
    LOCK.write_text(head + export.stdout, encoding="utf-8")
    return check()


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
    problems = []
    if f"# asked for: {requirements_digest()}\n" not in head:
        problems.append("requirements.lock is older than a pyproject.toml: run `make lock`")
    if f"# found: {digest(body)}\n" not in head:
        problems.append("requirements.lock was edited by hand: run `make lock`")
    if "://" in body:
        problems.append("requirements.lock names an address: it must install from any index")
    return report(problems, f"lock: {body.count('==')} pins")


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else write())
