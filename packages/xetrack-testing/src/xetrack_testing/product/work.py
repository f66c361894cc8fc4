"""What the tests of the whole product track and run; other processes import it."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.assets import AssetStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

    from xetrack import Tracker

RAN: list[int] = []
"""The arguments of the calls that were run in this process."""

_DISABLE = "XETRACK_DISABLE_PLUGINS"

_CHECKS = {"doctor", "plugins"}
"""Commands that import each plugin in a process of its own."""


class Model:
    """An object that is no plain value, as models are."""

    def __init__(self, *weights: float) -> None:
        self.weights = [*weights]

    def __eq__(self, other: object) -> bool:
        return type(other) is Model and self.weights == other.weights

    def __hash__(self) -> int:
        return hash(tuple(self.weights))


def train(epochs: int) -> dict[str, float]:
    """Record the call in `RAN`, and return what a row of it has as columns.

    Parameters
    ----------
    epochs
        A number of epochs, 1 or more.

    Returns
    -------
    dict
        The ``loss``, which is 1 divided by the number of epochs.
    """
    RAN.append(epochs)
    return {"loss": 1 / epochs}


def fail(message: str) -> None:
    """Raise what users raise.

    Parameters
    ----------
    message
        The text of the error.

    Raises
    ------
    ArithmeticError
        Always.
    """
    raise ArithmeticError(message)


def log_some(number: int, tracker: Tracker) -> list[int]:
    """Log rows with a tracker that was pickled, and call a function with it.

    Parameters
    ----------
    number
        The number of the process.
    tracker
        What was made in another process.
    """
    with tracker:
        for n in range(5):
            tracker.log({"n": 10 * number + n})
        tracker.wrap()(train)(number + 1)
    return [10 * number + n for n in range(5)]


def run_xt(
    number: int,  # noqa: ARG001 - of the process; there is but one
    commands: Sequence[Sequence[str]],
    disabled: Sequence[str],
) -> list[tuple[int, str, str]]:
    """Run commands of ``xt``, one after the other; those that check plugins without some of them.

    Parameters
    ----------
    number
        The number of the process.
    commands
        The arguments of each.
    disabled
        The distributions of the plugins that need no check, each of which takes a process.

    Returns
    -------
    list
        Exit code, standard output and standard error of each.
    """
    main: Any = importlib.import_module("xetrack_cli.__main__").main
    answers = []
    usual = os.environ.get(_DISABLE, "")
    for command in commands:
        os.environ[_DISABLE] = ",".join(disabled) if command[0] in _CHECKS else usual
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main([*command])
            except SystemExit as end:
                code = end.code
        answers.append((int(code or 0), out.getvalue(), err.getvalue()))
    return answers


def parsed(text: str) -> list[dict[str, Any]]:
    """Return what ``--json`` printed.

    Parameters
    ----------
    text
        All that the command printed.

    Raises
    ------
    JSONDecodeError
        It is no JSON.
    """
    return [*json.loads(text)]


def collect_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stores collect what nobody refers to though it is new, as no test waits for a day.

    Parameters
    ----------
    monkeypatch
        Puts back what each class says.
    """
    for store_class in _below(AssetStore):
        monkeypatch.setattr(store_class, "grace", 0.0)


def _below(cls: type[Any]) -> Iterator[type[Any]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _below(subclass)
