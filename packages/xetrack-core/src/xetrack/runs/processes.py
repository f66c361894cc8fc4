"""Processes: who this one is, and whether another one is still there.

A number alone says little, as systems give it again to others. With the moment at which the process
began, the boot of the machine and the namespace of its number, it names one process for good.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xetrack.model.secrets import mask_command

if TYPE_CHECKING:
    from xetrack.model.kinds import Value

_SEPARATOR = "/"
_SHARED_NAMES = frozenset({"", "localhost"})
"""Names that tell no machine from another."""


class ProcessIdentity(NamedTuple):
    """The identity of one process, of all that ever were on any machine."""

    host: str
    """The name of the machine in the network."""
    boot: str
    """The boot of the machine, and the namespace in which processes have their numbers."""
    pid: int
    """The number of the process."""
    started: str
    """The moment at which it began, in a form that only says whether two are equal."""

    def __str__(self) -> str:
        return _SEPARATOR.join(map(str, self))


def parse_identity(text: object) -> ProcessIdentity | None:
    """Return the identity that a text names; None if it names none.

    Parameters
    ----------
    text
        What `str` made of an identity.

    Examples
    --------
    >>> parse_identity("host/boot/12/345").pid
    12
    """
    parts = text.split(_SEPARATOR) if isinstance(text, str) else []
    if len(parts) != len(ProcessIdentity._fields) or not parts[2].isdecimal():
        return None
    return ProcessIdentity(parts[0], parts[1], int(parts[2]), parts[3])


def this_process() -> ProcessIdentity:
    """Return the identity of this process."""
    pid = os.getpid()
    return ProcessIdentity(host(), _boot(), pid, _started(pid) or "")


def is_gone(process: ProcessIdentity) -> bool:
    """Return True if a process of this machine has ended; of other machines nothing is known.

    Parameters
    ----------
    process
        Any process.
    """
    if process.host != host() or process.host in _SHARED_NAMES:
        return False
    if process.boot != _boot():
        # An earlier boot, or another container of this name, whose processes nobody sees here.
        return process.boot.partition(":")[2] == _boot().partition(":")[2]
    started = _started(process.pid)
    return started is None or bool(started and process.started and started != process.started)


@lru_cache(maxsize=1)
def host() -> str:
    """Return the name of this machine, without a slash."""
    if hasattr(os, "uname"):
        return os.uname().nodename.replace(_SEPARATOR, "_")
    import platform  # noqa: PLC0415 - two milliseconds, where the system does not say

    return platform.node().replace(_SEPARATOR, "_")


@lru_cache(maxsize=1)
def _boot() -> str:
    """Return the boot of this machine and the namespace of processes, with ``:`` between."""
    if sys.platform == "linux":
        with suppress(OSError):
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            return f"{boot}:{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - no path
    with suppress(Exception):  # some containers show nothing of it, and no row is lost for that
        import psutil  # noqa: PLC0415 - where /proc does not say

        return f"{psutil.boot_time():.0f}:"
    return ":"


def _started(pid: int) -> str | None:
    """Return the moment at which a process began; None without such a process, "" if unknown."""
    if sys.platform != "linux":
        import psutil  # noqa: PLC0415 - where /proc does not say

        try:
            return f"{psutil.Process(pid).create_time():.2f}"
        except psutil.NoSuchProcess:
            return None
        except psutil.Error:
            return ""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return "" if _exists(pid) else None
    # After the name, which may hold anything, come the state and 18 more; then the begin.
    state, *fields = status.rpartition(")")[2].split()
    return None if state in {"Z", "X"} else fields[18]


def _exists(pid: int) -> bool:
    """Return whether there is a process, also where /proc shows only those of the user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def describe_process() -> dict[str, Value]:
    """Return what this process and its machine are, by the names of a record's fields."""
    process = this_process()
    return {
        "process": str(process),
        "host": process.host,
        "user": _user(),
        "pid": process.pid,
        "argv": [*mask_command(sys.argv)],
        "cwd": _folder(),
        "python": sys.version.split()[0],
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
