"""What a child of `tests.hostile` does: it reads, watches itself, and says what went wrong."""

from __future__ import annotations

import faulthandler
import resource
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from tests.hostile import MEGABYTES, SECONDS

_READY: list[int] = []


def ready() -> None:
    """Allow so much memory more than there is now; what is needed to read is imported by now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + 2 * MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    _READY.append(_megabytes())


def _megabytes() -> int:
    """Return the most memory that this process ever had."""
    # Not by getrusage, which begins with what the process was that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


@contextmanager
def reading(name: object, allowed: type[Exception]):
    """Read something within; the errors allowed are what should become of it.

    That memory is refused is never right, whatever it was made to.
    """
    sys.stdout.write(f"{name}: ")
    sys.stdout.flush()
    # What hangs in C is ended, too. Otherwise the processor's time counts: others use it as well.
    faulthandler.dump_traceback_later(12 * SECONDS, exit=True)
    before = time.process_time()
    try:
        yield
    except allowed as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, MemoryError):
                sys.exit(f"{name}: it asked for too much memory: {error}")
            cause = cause.__cause__ or cause.__context__
    finally:
        faulthandler.cancel_dump_traceback_later()
    took = time.process_time() - before
    if took > SECONDS:
        sys.exit(f"{name}: it took {took:.1f} seconds")
    if _megabytes() - _READY[0] > MEGABYTES:
        sys.exit(f"{name}: it took {_megabytes() - _READY[0]} MB")
    sys.stdout.write("ok\n")
