"""DVC without its two seconds of imports: each command is a fork of a process that has them.

`serve` is that process. `dvc`, below, is what stands on the path of those who call DVC: it sends
its arguments, folder, environment and open files there, and ends with the exit code.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import sys

DVC = """#!/bin/sh
exec {python} -I -S -c '
import array, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    call = [sys.argv[2:], os.getcwd(), dict(os.environ)]
    socket.send_fds(server, [json.dumps(call).encode()], [0, 1, 2])
    sys.exit(server.recv(1)[0])
' {address} "$@"
"""
MODULES = """
aiohttp aiohttp_retry configobj dulwich.worktree dvc._debug dvc.api dvc.cachemgr dvc.cli
dvc.cli.parser dvc.data_cloud dvc.fs.dvc dvc.fs.git dvc.output dvc.repo.add dvc.repo.artifacts
dvc.repo.brancher dvc.repo.checkout dvc.repo.datasets dvc.repo.diff dvc.repo.get dvc.repo.index
dvc.repo.init dvc.repo.ls dvc.repo.open_repo dvc.repo.plots dvc.repo.pull dvc.repo.push
dvc.repo.remove dvc.repo.stage dvc.repo.status dvc.utils.strictyaml dvc_data.fs
dvc_data.hashfile.status dvc_data.index.checkout dvc_render flatten_dict fsspec.implementations.http
networkx pygit2 rich.json rich.live ruamel.yaml scmrepo.fs scmrepo.git.lfs
scmrepo.git.backend.pygit2.filter
""".split()
"""What commands import, so that a fork finds it there."""


def serve(address: str) -> None:
    """Answer calls until the process is ended."""
    for name in MODULES:
        importlib.import_module(name)
    importlib.import_module("dvc.cli.parser").get_main_parser()  # imports all commands
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        while True:
            caller, _ = server.accept()
            if not os.fork():
                answer(caller)
            caller.close()


def answer(caller: socket.socket) -> None:
    """Be the `dvc` that was called."""
    code = 70
    try:
        said, files, *_ = socket.recv_fds(caller, 2**20, 3)
        arguments, folder, environment = json.loads(said)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        for number, file in enumerate(files):
            os.dup2(file, number)
        from dvc.cli import main  # noqa: PLC0415 - imported already

        code = main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        caller.send(bytes([code & 255]))
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
