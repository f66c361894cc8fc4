"""Where cyclopts imports a command from, when it is called: ``targets:xt NAME``.

So only the module of the command that runs is imported, and each gets the options of output.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_type_hints

from xetrack.errors import PluginError, XetrackError
from xetrack.interfaces.commands import Confirm
from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry
from xetrack_cli import messages
from xetrack_cli.commandline.plugin_commands import owner_of
from xetrack_cli.commands import OWN
from xetrack_cli.options import AsCsv, AsJson, Raw, Yes
from xetrack_cli.render.model import Form, modelled
from xetrack_cli.render.show import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

PREFIX = "xt "
"""No name of this module begins so: it holds a blank."""

_OUTPUT = {"json": AsJson, "csv": AsCsv, "raw": Raw}


def path_of(name: str) -> str:
    """Return what to tell cyclopts, so that it imports a command later."""
    return f"{__name__}:{PREFIX}{name}"


def __getattr__(attribute: str) -> Callable[..., bool]:
    if not attribute.startswith(PREFIX):
        raise AttributeError(attribute)
    name = attribute.removeprefix(PREFIX)
    if name in OWN:
        module, _, function = OWN[name].target.partition(":")
        return shown(getattr(import_module(module), function))
    command = registry().load(PartKind.COMMAND, name)
    with _blamed(name):
        return shown(command, lambda: _blamed(name))


@contextmanager
def _blamed(name: str) -> Iterator[None]:
    """Say whose command it is that failed in a way that no command should."""
    try:
        yield
    except XetrackError:
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise PluginError(owner_of(name), f"its command {name!r} raised {said}") from error


def _agree(_: str) -> None:
    """Go on without asking anybody."""


def shown(
    function: Callable[..., Any],
    guard: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Callable[..., bool]:
    """Make a function that shows what another one returns.

    It takes ``--json``, ``--csv`` and ``--raw`` besides, and ``--yes`` where the function asks, and
    tells whether the command did what it was asked for. An option of the function's own with such
    a name stays the function's.

    Parameters
    ----------
    function
        What the command does.
    guard
        Makes a context that the function is called in.
    """
    hints = get_type_hints(function, include_extras=True)
    own = [
        parameter.replace(annotation=hints.get(parameter.name, parameter.annotation))
        for parameter in inspect.signature(function).parameters.values()
    ]
    asking = [parameter.name for parameter in own if parameter.annotation == Confirm]
    own = [parameter for parameter in own if parameter.name not in asking]
    offered = {**_OUTPUT, "yes": Yes} if asking else _OUTPUT
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=option)
        for name, option in offered.items()
        if name not in {parameter.name for parameter in own}
    ]

    def command(*args: Any, **kwargs: Any) -> bool:
        given = {option.name: kwargs.pop(option.name, False) for option in added}
        yes = given.pop("yes", False)
        form = Form(**given)
        kwargs |= dict.fromkeys(asking, _agree if yes else messages.confirm)
        with guard():
            result = modelled(function(*args, **kwargs))
        return show(result, form)

    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        sorted([*own, *added], key=lambda parameter: parameter.kind)
    )
    command.__annotations__ = {}
    command.__name__ = command.__qualname__ = function.__name__
    command.__doc__ = inspect.getdoc(function)
    return command
