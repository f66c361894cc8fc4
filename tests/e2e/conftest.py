"""Programs of their own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from tests.preloaded import start_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], subprocess.Popen[str]]:
    """Start a script in the test's folder; its file exists, as `spawn` needs one."""

    def start(code: str, *arguments: str) -> subprocess.Popen[str]:
        # Written once: a process that was started before may be about to read it.
        path = tmp_path / f"script_{crc32(code.encode()):08x}.py"
        if not path.exists():
            path.write_text(code)
        return start_command(
            [sys.executable, "-W", "error", str(path), *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def run(script) -> Callable[[str], str]:
    """Run a script to its end, which must be a good one, and return what it printed."""

    def run_script(code: str, *arguments: str) -> str:
        with script(code, *arguments) as process:
            out, errors = process.communicate(timeout=50)
        assert (0, "") == (process.returncode, errors)
        return out

    return run_script
