"""The recorder of the command line, and of the script or notebook that it runs."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.recorders import Recorder
from xetrack.model.secrets import mask_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs import Run


_WORKERS = ("from multiprocessing.", "joblib.externals.loky.", "loky.")
"""How the program of a worker process begins, which gets `sys.argv` from the one that starts it."""


class CommandRecorder(Recorder):
    """Records how the program was started.

    ``argv`` is the command line with that of the interpreter, its secrets masked; ``cwd`` the
    working directory. What runs is a ``script``, whose ``sha256`` is recorded, a ``module`` of
    ``python -m``, or a ``notebook``, if its name can be known; what nobody can start again is
    ``interactive``. A worker process has the command line of the program that started it.

    Examples
    --------
    >>> facts = CommandRecorder({}).begin(run=None)
    >>> sorted({"argv", "cwd"} & facts.keys())
    ['argv', 'cwd']
    """

    def begin(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - it is the same for each run
        """Return the facts; see `Recorder.begin`."""
        facts = {
            "argv": mask_command(_command_line()),
            "cwd": _working_directory(),
            **_main_program(),
        }
        return {name: value for name, value in facts.items() if value is not None}


def _command_line() -> list[str]:
    own = sys.orig_argv
    at = next((at for at, word in enumerate(own) if word in {"-c", "-m"}), len(own))
    if not own[at + 1 : at + 2] or not own[at + 1].startswith(_WORKERS):
        return own
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    program = sys.argv[:1] if spec is None else ["-m", spec.name]
    return [*own[:at], *program, *sys.argv[1:]]


def _working_directory() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - a path takes longer
    except OSError:  # it was removed
        return None


def _main_program() -> dict[str, Any]:
    main = sys.modules.get("__main__")
    # In a child of multiprocessing, `__main__` is another module of the same file.
    spec, file = getattr(main, "__spec__", None), getattr(main, "__file__", None)
    facts: dict[str, Any] = {}
    if spec is not None and spec.name != "__main__":  # of a folder or a zip file
        facts["module"] = spec.name.removesuffix(".__main__")
    if isinstance(file, str) and not file.startswith("<"):  # <stdin>
        path = os.path.abspath(file)  # noqa: PTH100 - a path takes longer
        facts |= {"script": path, "sha256": _digest(path)}
    is_notebook = "ipykernel.kernelapp" in sys.modules
    if is_notebook:
        facts["notebook"] = _notebook(main)
    if is_notebook or hasattr(sys, "ps1") or sys.flags.interactive:
        facts["interactive"] = True
    return facts


def _notebook(main: object) -> str | None:
    """Return the name of the notebook: that of VS Code, or of Jupyter Server from version 2 on."""
    name = getattr(main, "__vsc_ipynb_file__", None) or os.environ.get("JPY_SESSION_NAME")
    return name if isinstance(name, str) and name.endswith(".ipynb") else None


def _digest(path: str) -> str | None:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # of a zip file, or removed since
        return None
