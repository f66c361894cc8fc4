"""The parts of one call of `Tracker` or `Reader`: what its arguments and its project choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.configuration.project import (
    Configuration,
    ResolvedOptions,
    configuration_of,
    is_bare_name,
)
from xetrack.interfaces.component import PartKind
from xetrack.model.validation import checked_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.configuration.choice import PartChoice


RECORDERS = ("environment", "packages", "git", "command")
"""The recorders of a tracker that does not say which it wants."""


class CallParts:
    """What one call chooses; where it and the project choose nothing, this imports nothing.

    Parameters
    ----------
    options
        The options of parts, by their names.

    Raises
    ------
    ConfigurationError
        What the project says cannot be used.
    InvalidArgumentError
        The options are no mapping of names to mappings.
    """

    def __init__(self, options: Mapping[str, Mapping[str, Any]] | None) -> None:
        self.configuration = configuration_of(options)
        self._options = options
        self._called: dict[str, list[Any]] = {}
        self._chosen: list[PartChoice] = []

    def rows(self, kind: PartKind, forms: Sequence[Any], implied: Mapping[str, Any]) -> list[Any]:
        """Return the names or choices of sinks or probes.

        Parameters
        ----------
        kind
            The kind of part.
        forms
            What the argument gives.
        implied
            Names of parts that other arguments ask for, where these are true.
        """
        argument, names = f"{kind}s", [name for name, value in implied.items() if value]
        forms = checked_items(argument, forms, f"a list of {_EXPECTED[kind]}")
        if not (forms or self.configuration):
            return names
        from xetrack.configuration.choice import choose  # noqa: PLC0415 - for those who choose
        from xetrack.configuration.selection import select_parts  # noqa: PLC0415

        self._called[argument] = [choose(kind, form, argument) for form in forms]
        called = [*(choose(kind, name, argument) for name in names), *self._called[argument]]
        selected = select_parts(kind, called, self.configuration)
        self._chosen += selected
        return selected

    def recorders(self, record: Sequence[Any] | bool) -> list[Any] | None:
        """Return the choices of recorders; None for those that every tracker has.

        Parameters
        ----------
        record
            What the argument gives: a list, False for none, or True for those of the project.
        """
        expected = f"True, False, or a list of {_EXPECTED[PartKind.RECORDER]}"
        if record is False:
            return []
        if record is not True:
            record = checked_items("record", record, expected)
        elif not self.configuration:
            return None
        elif not any("recorders" in source.parts for source in self.configuration.sources):
            record = RECORDERS
        from xetrack.configuration.choice import choose  # noqa: PLC0415 - for those who choose
        from xetrack.configuration.selection import recorders_of_project, select_parts  # noqa: PLC0415

        if record is True:
            chosen = recorders_of_project(self.configuration)
        else:
            chosen = [choose(PartKind.RECORDER, form, "record") for form in record]
            if record is not RECORDERS:
                self._called["record"] = chosen
        selected = select_parts(PartKind.RECORDER, chosen, self.configuration, merge=False)
        self._chosen += selected
        return [*selected]

    def of_call(self, kind: PartKind, forms: Sequence[Any], argument: str) -> list[Any]:
        """Return the choices of run hooks or row filters, which no project adds to.

        Parameters
        ----------
        kind
            The kind of part.
        forms
            What the argument gives; a plain function stays as it is.
        argument
            The name of the argument.
        """
        items: list[Any] = checked_items(argument, forms, f"a list of {_EXPECTED[kind]}")
        if not items:
            return items
        from xetrack.configuration.choice import choose, is_function  # noqa: PLC0415 - few have one
        from xetrack.configuration.selection import complete_choice  # noqa: PLC0415

        self._called[argument] = [
            item
            if is_function(kind, item)
            else complete_choice(choose(kind, item, argument), Configuration())
            for item in items
        ]
        return self._called[argument]

    def one(self, kind: PartKind, form: Any, argument: str) -> PartChoice | None:
        """Return the choice of an asset store or a cache; None if nobody makes one.

        Parameters
        ----------
        kind
            The kind of part.
        form
            What the argument gives.
        argument
            The name of the argument.
        """
        if form is None and not self.configuration:
            return None
        from xetrack.configuration.choice import choose  # noqa: PLC0415 - for those who choose
        from xetrack.configuration.selection import select_part  # noqa: PLC0415

        called = None if form is None else choose(kind, form, argument)
        if called is not None:
            self._called[argument] = [called]
        selected = select_part(kind, called, self.configuration)
        if selected is not None:
            self._chosen.append(selected)
        return selected

    def store(self, form: Any, *, lasts: bool = True) -> str | PartChoice | None:
        """Return the asset store for `AssetManager`; None for the one of the engine.

        Parameters
        ----------
        form
            What the argument gives.
        lasts
            Whether the rows outlast the program. Where they do not, the store of the project would
            keep objects that no row refers to any more.
        """
        if form is None and not lasts:
            return None
        choice = self.one(PartKind.ASSET_STORE, form, "asset_store")
        if choice is None:
            return None
        from xetrack.configuration.making import store_text  # noqa: PLC0415 - for those who choose

        return store_text(choice)

    def engine(self, form: Any) -> Any:
        """Return the engine for `open_engine`: its name, or the choice of one.

        Parameters
        ----------
        form
            What the argument gives; None to choose by the location.
        """
        is_simple = form is None or is_bare_name(form)
        if is_simple and not self.configuration.sources:
            return form
        from xetrack.configuration.choice import choose  # noqa: PLC0415 - for those who choose
        from xetrack.configuration.selection import complete_choice, select_part  # noqa: PLC0415

        # Checked here already, before any other part is made.
        select_part(PartKind.ENGINE, None, self.configuration)
        if is_simple:
            return form
        choice = choose(PartKind.ENGINE, form, "engine")
        complete_choice(choice, self.configuration)
        self._called["engine"] = [choice]
        self._chosen.append(choice)
        return choice

    def check_names(self) -> None:
        """Check that the call's options are for parts that exist, once all are chosen.

        Raises
        ------
        UnknownComponentError
            There is no part of such a name.
        """
        called = self.configuration.called
        unknown = called.keys() - {choice.name for choice in self._chosen} if called else ()
        if unknown and not isinstance(self._options, ResolvedOptions):
            from xetrack.configuration.selection import check_names  # noqa: PLC0415

            check_names(unknown)

    def pickled(self) -> dict[str, Any]:
        """Return the arguments that make the same choices in any process.

        Raises
        ------
        PartNotPickledError
            An object, a class or an option cannot be pickled.
        """
        if self._called or self._options:
            from xetrack.configuration.pickling import (  # noqa: PLC0415 - seldom
                check_options_picklable,
                check_picklable,
            )

            check_options_picklable(self._options or {})
            for choice in (each for choices in self._called.values() for each in choices):
                check_picklable(choice)
        arguments: dict[str, Any] = {
            argument: choices if argument in _LISTS else choices[0]
            for argument, choices in self._called.items()
        }
        options = ResolvedOptions(self._options or {}, self.configuration)
        return {**arguments, "options": options}


_FORMS = "names, URLs, pairs (name, {options}), classes or objects"
_EXPECTED = {
    PartKind.SINK: f"sinks: {_FORMS} that extend Sink",
    PartKind.PROBE: f"probes: {_FORMS} that extend Probe",
    PartKind.RECORDER: f"recorders: {_FORMS} that extend Recorder",
    PartKind.RUN_HOOK: "names or objects that extend RunHooks",
    PartKind.ROW_FILTER: "names, functions or objects that extend RowFilter",
}
_LISTS = {"sinks", "probes", "run_hooks", "filters", "record"}
"""The arguments that take several parts."""
