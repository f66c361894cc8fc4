"""What this process and its machine are, as the record of a run says it."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING

from xetrack.runs.processes import this_process
from xetrack.runs.secrets import without_secrets

if TYPE_CHECKING:
    from xetrack.model.kinds import Value


def describe_process() -> dict[str, Value]:
    """Return what this process and its machine are, by the names of a record's fields."""
    process = this_process()
    return {
        "process": str(process),
        "host": process.host,
        "user": _user(),
        "pid": process.pid,
        "argv": [*without_secrets(sys.argv)],
        "cwd": _folder(),
        "python": platform.python_version(),
        "platform": f"{sys.platform} {os.uname().machine}"
        if hasattr(os, "uname")
        else sys.platform,
    }


def _user() -> str | None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        import pwd  # noqa: PLC0415 - not on all systems, and seldom needed

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError):
        return None


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - a path takes longer
    except OSError:  # it was removed
        return None
