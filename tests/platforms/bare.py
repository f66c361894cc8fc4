"""Take from Python what only POSIX systems have, as on Windows; see `bare`."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from importlib import import_module
from types import ModuleType

OTHERS = (
    *("asyncio", "multiprocessing.connection", "multiprocessing.synchronize", "subprocess"),
    *("loguru", "obstore", "platformdirs.unix", "polars", "psutil", "psycopg", "pyarrow"),
)
"""What is imported before, as its parts for this system need what is hidden."""

MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")
"""What cannot be imported there."""

NAMES = {
    os: (
        *("fork", "forkpty", "register_at_fork", "killpg", "setsid"),
        *("getuid", "geteuid", "getgid", "getegid", "getpgid", "getpgrp", "uname", "getloadavg"),
        *("pread", "pwrite", "preadv", "pwritev", "fchmod", "fchown", "chown", "lchown", "mkfifo"),
        *("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_DIRECTORY", "O_SYNC", "O_DSYNC"),
        *("sched_getaffinity", "fdatasync", "sync", "posix_fallocate", "sendfile"),
        *("openpty", "ttyname", "ctermid", "memfd_create", "mknod", "nice", "get_blocking"),
    ),
    signal: (
        *("SIGKILL", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGCHLD"),
        *("SIGSTOP", "SIGCONT", "SIGWINCH", "alarm", "setitimer", "getitimer", "pause", "sigwait"),
        *("pthread_sigmask", "pthread_kill", "siginterrupt", "sigpending", "ITIMER_REAL"),
    ),
    select: ("poll", "epoll"),
    socket: ("AF_UNIX", "SCM_RIGHTS", "send_fds", "recv_fds"),
}
"""What these modules do not have there."""

PLATFORM = "elsewhere"
"""Not `win32`, as the standard library would then call Windows."""


def make_msvcrt(fcntl: ModuleType) -> ModuleType:
    """Return a module with the locks of Windows: on bytes from the position on, without waiting."""
    msvcrt = ModuleType("msvcrt")
    msvcrt.LK_UNLCK, msvcrt.LK_LOCK, msvcrt.LK_NBLCK = 0, 1, 2

    def locking(file: int, mode: int, size: int) -> None:
        how = fcntl.LOCK_UN if mode == msvcrt.LK_UNLCK else fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            fcntl.lockf(file, how, size, os.lseek(file, 0, os.SEEK_CUR))
        except BlockingIOError as error:
            raise PermissionError(13, "Permission denied") from error

    msvcrt.locking = locking
    return msvcrt


def bare() -> None:
    """Hide modules and names, for whatever is imported from now on."""
    for name in OTHERS:
        import_module(name)
    fcntl = import_module("fcntl")
    sys.modules["msvcrt"] = make_msvcrt(fcntl)
    for module in MODULES:
        sys.modules[module] = None  # an ImportError
    for module, names in NAMES.items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    sys.platform = PLATFORM
