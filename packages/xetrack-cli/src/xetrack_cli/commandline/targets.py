"""Where cyclopts imports a command from, when it is called: ``targets:xt NAME``.

So only the module of the command that runs is imported, and each gets the options of output.
"""

from __future__ import annotations

import inspect
import re
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from cyclopts import CoercionError, Parameter, convert

from xetrack.errors import PluginError, XetrackError
from xetrack.interfaces.commands import Confirm, Outcome
from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry
from xetrack.process.paths import expanded
from xetrack_cli import messages
from xetrack_cli.commandline.plugin_commands import owner_of
from xetrack_cli.commands import OWN
from xetrack_cli.options import AsCsv, AsJson, FormatName, Raw, Yes
from xetrack_cli.render.formats import chosen_format
from xetrack_cli.render.model import Drawing, OutputFormat, Verbatim, to_renderable
from xetrack_cli.render.show import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

PREFIX = "xt "
"""No name of this module begins so: it holds a blank."""

_OUTPUT: dict[str, Any] = {"json": AsJson, "csv": AsCsv, "format": FormatName, "raw": Raw}

_HIDDEN_OUTPUT = {
    name: Annotated[option, Parameter(show=False)] for name, option in _OUTPUT.items()
}
"""Of commands that only say what they did; a script may give them all the same."""

_INSTEAD = Parameter(help="Print its numbers as json, csv, or a format that a plugin offers.")
_OUTPUT_OF_DRAWINGS = {**_OUTPUT, "format": Annotated[FormatName, _INSTEAD]}

_INTEGERS = (int, int | None)


def path_of(name: str) -> str:
    """Return the path from which cyclopts imports a command when it is called.

    Parameters
    ----------
    name
        The command: ``head`` or ``assets ls``.

    Returns
    -------
    str
        Module and attribute.
    """
    return f"{__name__}:{PREFIX}{name}"


def __getattr__(attribute: str) -> Callable[..., int]:
    if not attribute.startswith(PREFIX):
        raise AttributeError(attribute)
    name = attribute.removeprefix(PREFIX)
    if name in OWN:
        module, _, function = OWN[name].target.partition(":")
        return with_output(getattr(import_module(module), function))
    command = registry().load(PartKind.COMMAND, name)
    with _blaming_plugin(name):
        return with_output(command, lambda: _blaming_plugin(name))


@contextmanager
def _blaming_plugin(name: str) -> Iterator[None]:
    """Name the plugin whose command failed in a way that no command should."""
    try:
        yield
    except XetrackError:
        raise
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise PluginError(owner_of(name), f"its command {name!r} raised {reason}") from error


def _agree(_: str) -> None:
    """Go on without asking anybody."""


def _expanded(argument: object) -> object:
    """Return an argument; if it is a path, with ``~`` expanded, as of ``--save=~/plot.png``."""
    return expanded(argument) if isinstance(argument, Path) else argument


def with_output(
    function: Callable[..., Any],
    guard: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Callable[..., int]:
    """Wrap a command so that it writes its result in the form that the user asked for.

    The wrapper takes ``--json``, ``--csv``, ``--format`` and ``--raw`` besides, and ``--yes`` where
    the function asks. An option of the function's own with such a name stays the function's. A
    parameter that is an `OutputFormat` gets the form.

    Parameters
    ----------
    function
        What the command does.
    guard
        Makes a context that the function is called in.

    Returns
    -------
    Callable
        The command for cyclopts; it returns the exit code.
    """
    hints = get_type_hints(function, include_extras=True)
    parameters = [
        _without_rounding(
            _without_negative(
                parameter.replace(annotation=hints.get(parameter.name, parameter.annotation))
            )
        )
        for parameter in inspect.signature(function).parameters.values()
    ]
    open_query = [parameter.name for parameter in parameters if parameter.annotation == Confirm]
    form_names = [
        parameter.name for parameter in parameters if parameter.annotation == OutputFormat
    ]
    filled_names = {*open_query, *form_names}
    parameters = [parameter for parameter in parameters if parameter.name not in filled_names]
    output = _output_for({*(get_args(hints.get("return")) or (hints.get("return"),))})
    offered = {**output, "yes": Yes} if open_query else output
    added = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None if name == "format" else False,
            annotation=option,
        )
        for name, option in offered.items()
        if name not in {parameter.name for parameter in parameters}
    ]

    def command(*args: Any, **kwargs: Any) -> int:
        output_options = {option.name: kwargs.pop(option.name, option.default) for option in added}
        yes = output_options.pop("yes", False)
        # First, as a command that changes something must not fail afterwards.
        form = chosen_format(output_options.pop("format", None), **output_options)
        args = tuple(map(_expanded, args))
        kwargs = {name: _expanded(value) for name, value in kwargs.items()}
        kwargs |= dict.fromkeys(open_query, _agree if yes else messages.confirm)
        kwargs |= dict.fromkeys(form_names, form)
        with guard():
            result = function(*args, **kwargs)
            renderable = to_renderable(result)
        if show(renderable, form):
            return 0
        return result.exit_code if isinstance(result, Outcome) else 1

    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        sorted([*parameters, *added], key=lambda parameter: parameter.kind)
    )
    command.__annotations__ = {}
    command.__name__ = command.__qualname__ = function.__name__
    command.__doc__ = _with_whole_paragraphs(inspect.getdoc(function) or "")
    return command


def _without_negative(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return an option without another that undoes it, unless that is the only one to matter."""
    annotation = parameter.annotation
    has_one = annotation is bool or get_origin(annotation) in {list, tuple, set}
    if has_one and parameter.kind is parameter.KEYWORD_ONLY and parameter.default is not True:
        return parameter.replace(annotation=Annotated[annotation, Parameter(negative="")])
    return parameter


def _without_rounding(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return a number that is no fraction, which cyclopts would round without a word."""
    annotation = parameter.annotation
    hint, notes = getattr(annotation, "__origin__", annotation), get_args(annotation)[1:]
    if hint not in _INTEGERS or any(getattr(each, "converter", None) for each in notes):
        return parameter
    return parameter.replace(annotation=Annotated[annotation, Parameter(converter=_whole)])


def _whole(hint: Any, tokens: Sequence[Any]) -> Any:
    """Convert what was typed to a whole number."""
    for token in tokens:
        if "." in token.value:
            raise CoercionError(token=token, target_type=int)
    return convert(hint, tokens)


def _output_for(returned: set[Any]) -> dict[str, Any]:
    """Return the options of output by name; of a command that returns a sentence none is shown."""
    if returned <= {str, NoneType, Verbatim}:
        return _HIDDEN_OUTPUT
    return _OUTPUT_OF_DRAWINGS if Drawing in returned else _OUTPUT


def _with_whole_paragraphs(text: str) -> str:
    """Return a docstring whose paragraphs are one line each, for a terminal of any width to break.

    Parameters
    ----------
    text
        The docstring.
    """
    paragraphs, mark, sections = text.partition("\n\nParameters\n---")
    joined = (
        each if each.startswith(" ") or "\n " in each else " ".join(each.split("\n"))
        for each in paragraphs.split("\n\n")
    )
    lines: list[str] = []
    for line in sections.split("\n"):  # the text of an option is indented
        if re.fullmatch(r"\*+\w+", line):
            line = line.lstrip("*")  # noqa: PLW2901 - cyclopts looks for the bare name of `*dbs`
        if lines and line.startswith(" ") and lines[-1].startswith(" "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return "\n\n".join(joined) + mark + "\n".join(lines)
