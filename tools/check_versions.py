"""Check that all distributions state one version, and that their pins on each other allow it.

uv takes members from the workspace whatever the pins say, so a stale `==` passes lock, install and
tests, and fails only for those who install the wheels.
"""

from __future__ import annotations

import re
import sys

from tools.workspace import distributions, report

SIBLING = re.compile(r"(xetrack-[a-z]+)(\[.*\])?(.*)")


def main() -> int:
    """Compare versions and pins, and print those that differ.

    Returns
    -------
    int
        The exit code.
    """
    root, *members = all_distributions = distributions()
    major = int(root.version.split(".")[0])
    allowed = {f"=={root.version}", f">={major},<{major + 1}"}
    problems = [
        f"{member.name} is at {member.version}, {root.name} at {root.version}: run `make bump`"
        for member in members
        if member.version != root.version
    ]
    for distribution in all_distributions:
        for requirement in distribution.requirements:
            sibling = SIBLING.fullmatch(requirement.replace(" ", ""))
            if sibling and sibling[3] not in allowed:
                problems.append(
                    f"{distribution.name} needs {requirement!r}: say one of {sorted(allowed)}"
                )
    return report(problems, f"versions: {len(all_distributions)} distributions at {root.version}")


if __name__ == "__main__":
    sys.exit(main())
