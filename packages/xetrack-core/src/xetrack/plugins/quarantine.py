"""Quarantine: running code of strangers so that every failure becomes a `Refusal`."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from xetrack.errors import describe_error
from xetrack.process.signal_handlers import is_of_handler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


class Refusal(Exception):  # noqa: N818 - a verdict, turned into a PluginError or a Status
    """The reason why a plugin or a part cannot be used; it never leaves `xetrack.plugins`.

    Parameters
    ----------
    reason
        A clause that says what is wrong.
    missing_module
        The name of a module that the plugin needs and that is not installed; empty otherwise.
    culprits
        The distributions that clash; empty where one alone is at fault.
    """

    def __init__(
        self, reason: str, missing_module: str = "", culprits: tuple[str, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.missing_module = missing_module
        self.culprits = culprits


@contextmanager
def isolated(doing: str) -> Iterator[None]:
    """Turn every exception of a block into a `Refusal`.

    `KeyboardInterrupt` passes through, and so do `GeneratorExit`, and whatever a signal handler
    raises: none of them is the plugin's fault.

    Parameters
    ----------
    doing
        What the block does, with which the reason begins.
    """
    try:
        yield
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(f"It came while xetrack was {doing}. See who hangs: xt plugins --check")
        raise
    except (Refusal, GeneratorExit):
        raise
    # Not only Exception: sys.exit() is none, nor is a panic of an extension written in Rust.
    except BaseException as error:
        if is_of_handler(error):
            raise
        raise Refusal(f"{doing} raised {describe_error(error)}") from error


def import_untrusted(module: str, distribution: str) -> ModuleType:
    """Import a module of a stranger's distribution.

    Parameters
    ----------
    module
        Name of the module.
    distribution
        The distribution to install again if a module that it needs is missing.

    Raises
    ------
    Refusal
        It does not exist, needs a module that does not, or its import raised another exception.
    """
    try:
        with isolated(f"importing {module!r}"):
            return import_module(module)
    except Refusal as refusal:
        error = refusal.__cause__
        name = error.name if isinstance(error, ModuleNotFoundError) else None
        if not name:
            raise
        if f"{module}.".startswith(f"{name}."):
            reason = f"there is no module {name!r}, though its target or entry point names it"
            raise Refusal(reason) from error
        reason = f"the module {name!r} is missing, which it needs; type: pip install {distribution}"
        raise Refusal(reason, missing_module=name) from error
