"""Check the types in the comments of the modules of `xt ui`, where node is at hand."""

from __future__ import annotations

import shutil
import subprocess
import sys

from tools.workspace import ROOT, report

PACKAGE = "typescript@7.0.2"
FOLDER = ROOT / "build" / "typescript"
SETTINGS = ROOT / "tests" / "ui" / "page" / "jsconfig.json"


def find_compiler() -> str | None:
    """Return the path of `tsc`: that in the build folder, or else one on the path."""
    own = FOLDER / "node_modules" / ".bin" / "tsc"
    return str(own) if own.exists() else shutil.which("tsc")


def main() -> int:
    """Run the compiler, print what it finds, and return the exit code."""
    if shutil.which("node") is None:
        return report([], "page: types not checked, as there is no node")
    compiler = find_compiler()
    if compiler is None:
        install = f"npm install --prefix {FOLDER.relative_to(ROOT)} {PACKAGE}"
        return report([], f"page: types not checked; type: {install}")
    checked = subprocess.run(
        [compiler, "-p", SETTINGS], capture_output=True, text=True, check=False
    )
    problems = checked.stdout.splitlines()
    if checked.returncode and not problems:
        problems = [checked.stderr]
    return report(problems, "page: types are right")


if __name__ == "__main__":
    sys.exit(main())
