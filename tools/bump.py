"""Set the version of every distribution, and the pins between them: `make bump TO=1.1.0`."""

from __future__ import annotations

import re
import sys

from tools.workspace import Distribution, distributions


def bump(distribution: Distribution, version: str) -> None:
    """Write the version into one `pyproject.toml`, and change nothing else in it.

    Parameters
    ----------
    distribution
        Whose `pyproject.toml` is rewritten.
    version
        The new version; its pins on siblings follow it.
    """
    major = int(version.split(".", maxsplit=1)[0])
    text = distribution.path.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', text, count=1)
    text = re.sub(r'"(xetrack-[a-z]+(?:\[[a-z,]+\])?)==[^"]+"', rf'"\1=={version}"', text)
    text = re.sub(
        r'"(xetrack-[a-z]+(?:\[[a-z,]+\])?)>=[^"]+"', rf'"\1>={major},<{major + 1}"', text
    )
    distribution.path.write_text(text, encoding="utf-8")


def main() -> int:
    """Set the version of all distributions.

    Returns
    -------
    int
        The exit code.
    """
    match sys.argv[1:]:
        case [version] if re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
            for distribution in distributions():
                bump(distribution, version)
                print(f"{distribution.name} {version}")
            return 0
    print("usage: make bump TO=MAJOR.MINOR.PATCH", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
