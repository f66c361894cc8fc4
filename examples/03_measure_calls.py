"""What a call cost the machine, and which code it was: processor, memory, network, commit."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from typing import TYPE_CHECKING

from running import NotRunError, run

from xetrack import Tracker

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 2**20


def compute(bound: int) -> int:
    """Return how many primes there are below a bound, by Eratosthenes' sieve."""
    sieve = bytearray([1]) * bound
    sieve[:2] = b"\0\0"
    for number in range(2, int(bound**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(sieve[number * number :: number]))
    return sum(sieve)


def send(megabytes: int) -> int:
    """Send bytes to this machine through TCP, and return how many came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sender = threading.Thread(target=_sender, args=(server.getsockname(), megabytes))
        sender.start()
        connection, _ = server.accept()
        with connection:
            came = 0
            while piece := connection.recv(MEGABYTE):
                came += len(piece)
        sender.join()
    return came


def _sender(address: tuple[str, int], megabytes: int) -> None:
    with socket.create_connection(address) as connection:
        for _ in range(megabytes):
            connection.sendall(bytes(MEGABYTE))


def repository(folder: Path) -> Path:
    """Return a git repository with one commit, as your project is one."""
    git = shutil.which("git")
    if git is None:
        raise NotRunError("This example needs git. Type: apt-get install git")
    folder.mkdir()
    (folder / "train.py").write_text("rate = 0.1\n")
    who = ("-c", "user.name=me", "-c", "user.email=me@example.org")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "Set the rate")):
        subprocess.run([git, "-C", str(folder), *words], check=True)
    return folder


def main(folder: Path) -> None:
    """Measure two calls, and record the commit before and after an edit."""
    path, project = folder / "runs.db", repository(folder / "project")
    tracker = Tracker(
        path,
        log_system_params=True,
        log_network_params=True,
        measurement_interval=0.01,  # seconds between two samples, taken in a thread
        git_root=project,
    )
    print(f"Primes below five millions: {tracker.track(compute, args=[5_000_000])}")
    row = tracker.latest
    print(f"  cpu {row['cpu']:.0f} %, memory {row['memory_percent']:.0f} %, mean over the call")
    tracker.track(send, args=[8])
    print(f"Received over the call: at least 8 MB: {tracker.latest['bytes_recv'] >= 8}")  # noqa: PLR2004
    print(f"Commit: {len(row['git_commit'])} digits; edited since: {'git_dirty' in row}")

    (project / "train.py").write_text("rate = 0.2\n")
    edited = Tracker(path, git_root=project).log({"rate": 0.2})
    print(f"After an edit: the same commit: {edited['git_commit'] == row['git_commit']}; ", end="")
    print(f"edited since: {edited['git_dirty']}")


if __name__ == "__main__":
    run(main)
