"""Set one version for all distributions, or `--check` it: `make bump TO=1.1.0`.

uv takes members from the workspace whatever the pins say, so a stale `==` passes lock, install and
tests, and fails only for those who install the wheels.
"""

from __future__ import annotations

import re
import sys

from tools.workspace import distributions, report

VERSION = re.compile(r'(?m)^version = ".*"$')
SIBLING = re.compile(r'(?<!name = )"(xetrack-[a-z]+(?:\[[a-z,]+\])?)\s*(==)?[^"]*"')


def at_version(text: str, version: str) -> str:
    """Set the version in the text of a `pyproject.toml`, and in its pins on siblings.

    Parameters
    ----------
    text
        The file's text.
    version
        The version of all distributions.

    Returns
    -------
    str
        With exact pins on that version, other pins on its major, and nothing else changed.
    """
    major = int(version.split(".", maxsplit=1)[0])
    pins = {"==": f"=={version}", None: f">={major},<{major + 1}"}
    text = VERSION.sub(f'version = "{version}"', text, count=1)
    return SIBLING.sub(lambda match: f'"{match[1]}{pins[match[2]]}"', text)


def check() -> int:
    """Compare all files with the version of the root, and print those that differ.

    Returns
    -------
    int
        The exit code.
    """
    all_distributions = distributions()
    version = all_distributions[0].version
    problems = [
        f"{distribution.name}: its version, or a pin on one of ours, is not that of {version}: "
        f"run `make bump TO={version}`"
        for distribution in all_distributions
        if at_version(distribution.text, version) != distribution.text
    ]
    return report(problems, f"versions: {len(all_distributions)} distributions at {version}")


def bump(version: str) -> int:
    """Write a version into all files, and return the exit code."""
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
        print("usage: make bump TO=MAJOR.MINOR.PATCH", file=sys.stderr)
        return 2
    for distribution in distributions():
        distribution.path.write_text(at_version(distribution.text, version), encoding="utf-8")
    return check()


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else bump("".join(sys.argv[1:])))
