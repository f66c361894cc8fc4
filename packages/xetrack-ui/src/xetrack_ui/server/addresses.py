"""Where the page is: the port that it listens on, its URL, and how to reach it from elsewhere."""

from __future__ import annotations

import getpass
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from xetrack.errors import InvalidArgumentError
from xetrack_ui.errors import AddressError
from xetrack_ui.server.security import LOOPBACK, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack_ui.tables.workspace import Workspace

LAST_PORT = 65_535
_ALL = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not listened on


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port; on a free one for 0.

    Parameters
    ----------
    host
        A name or an address of this machine.
    port
        The port.

    Raises
    ------
    InvalidArgumentError
        There is no such port.
    AddressError
        The port is in use, or the host is not of this machine.
    """
    if not 0 <= port <= LAST_PORT:
        raise InvalidArgumentError(
            "--port", port, f"a number from 0, for a free one, to {LAST_PORT}"
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressError(host, port, error.strerror or str(error)) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise AddressError(host, port, error.strerror or str(error)) from error
    return listener


def url_of(host: str, port: int, token: str) -> str:
    """Return the URL to open.

    Parameters
    ----------
    host
        What the server listens on.
    port
        Its port.
    token
        The token.
    """
    name = socket.gethostname() if host in _ALL else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/?token={token}"


def own_names(host: str) -> frozenset[str]:
    """Return the names by which the server may be called; none where these are not known.

    Parameters
    ----------
    host
        What the server listens on.
    """
    if host in _ALL:
        return frozenset()
    return frozenset({host, *LOOPBACK}) if is_loopback(host) else frozenset({host})


def describe(workspace: Workspace, host: str, port: int, url: str) -> Iterator[str]:
    """Yield the lines that a terminal shows when the server has begun.

    Parameters
    ----------
    workspace
        Has the databases.
    host, port
        What the server listens on.
    url
        The URL to open.
    """
    names = [database.location for database in workspace.databases]
    yield f"{_listed(names)}: {url}"
    missing = [database.location for database in workspace.databases if database.is_missing]
    if missing:
        yield f"There is no database yet at {_listed(missing)}, which the page shows once there is."
    if not is_loopback(host):
        yield (
            f"Everybody who can reach port {port} of this machine and has this URL can read all "
            f"tables, objects and records of {_listed(names)}. The connection is not encrypted."
        )
    elif os.environ.get("SSH_CONNECTION"):
        yield "From your own machine, type this there, and then open the URL there:"
        yield f"  {ssh_line(port)}"
    yield "Stop with Ctrl-C."


def ssh_line(port: int) -> str:
    """Return what leads a port of another machine to this one.

    Parameters
    ----------
    port
        The port of the server.
    """
    connection = os.environ.get("SSH_CONNECTION", "").split()
    server = connection[2] if len(connection) > 3 else socket.gethostname()  # noqa: PLR2004 - its fields
    user = ""
    with suppress(KeyError, OSError, ImportError):
        user = f"{getpass.getuser()}@"
    return f"ssh -L {port}:127.0.0.1:{port} {user}{server}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
