"""The start of an example: `python examples/NAME.py [FOLDER]`.

What it writes lies in FOLDER afterwards, by default in `examples/output/NAME`, which git ignores.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.errors import MissingPackageError, UnknownComponentError

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_RUN = 77
"""Exit code of an example whose needs are not met; Automake and Meson take it for "skipped"."""


class NotRunError(Exception):
    """Something that an example needs is not there; the text says what to type."""


def run(main: Callable[[Path], None]) -> None:
    """Run an example in its folder.

    Parameters
    ----------
    main
        The example. It gets a folder that is there and empty.

    Raises
    ------
    SystemExit
        With 2 for a wrong command line, and with `NOT_RUN` where something is missing.
    """
    program = Path(sys.argv[0])
    if len(sys.argv) > 2 or sys.argv[1:2] in (["-h"], ["--help"]):  # noqa: PLR2004 - one argument
        print(f"Usage: python {program} [FOLDER]", file=sys.stderr)
        raise SystemExit(2)
    try:
        main(_empty_folder(Path(sys.argv[1])) if sys.argv[1:] else _own_folder(program))
    except (NotRunError, MissingPackageError, UnknownComponentError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(NOT_RUN) from None


def _empty_folder(folder: Path) -> Path:
    """Return a folder that the user named, in which nothing of the user's can be lost."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        print(f"{folder} is not empty. Name another folder, or none.", file=sys.stderr)
        raise SystemExit(2)
    return folder


def _own_folder(program: Path) -> Path:
    """Return the example's own folder, without what an earlier run left in it."""
    folder = program.resolve().parent / "output" / program.stem
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
