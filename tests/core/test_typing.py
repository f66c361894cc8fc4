"""A type checker sees the signature of what is wrapped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FILE = Path(__file__).parents[1] / "typing" / "wrapping.py"


def check(path: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    options = ["--strict", f"--cache-dir={cache}", "--no-error-summary"]
    return subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(path)],
        capture_output=True,
        text=True,
        cwd=FILE.parents[2],
        timeout=55,
        check=False,
    )


def test_promise_26_wrap_keeps_the_signature_for_mypy(tmp_path):
    """Right calls pass, wrong ones are errors; an ignore that is not needed is one too."""
    done = check(FILE, FILE.parents[2] / ".mypy_cache")
    assert "" == done.stderr
    assert [] == [line for line in done.stdout.splitlines() if FILE.name in line]


def test_mypy_does_look_at_what_is_wrapped(tmp_path):
    """A wrong type in the same file is found."""
    path = tmp_path / "wrong.py"
    path.write_text(FILE.read_text() + "\nassert_type(bare(1), int)\n")
    assert "wrong.py" in check(path, FILE.parents[2] / ".mypy_cache").stdout
