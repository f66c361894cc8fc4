"""Fixtures for the engine under test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.engine import Engine, Settings
from xetrack.interfaces.engines.capabilities import BacksUp, ReadsSeries
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.runs.spans import ReadsSpans
from xetrack_testing.declared import Contract, signature_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    Opened: TypeAlias = Callable[..., Engine]
    """Opens the same location again, as another process does; takes what `Settings` take."""


class EngineFixtures(Contract):
    """Fixtures for the engine under test.

    Set `engine_class`; override `location` where a path in a temporary folder will not do.
    """

    engine_class: type[Engine]
    """The class under test. Other processes import it, so it stands in a module."""

    @pytest.fixture
    def location(self, tmp_path: Path) -> str:
        """The location of a database; nothing is there yet, and no other test uses it.

        Parameters
        ----------
        tmp_path
            A folder of the test's own, made by pytest.
        """
        return str(tmp_path / "rows")

    @pytest.fixture
    def opened(self, location: str) -> Iterator[Opened]:
        """Open the location; each engine is closed at the end.

        Parameters
        ----------
        location
            The path or URL, from the fixture.
        """
        engines = []

        def again(**settings: Any) -> Engine:
            engines.append(self.engine_class(location, Settings(**settings)))
            return engines[-1]

        yield again
        for engine in engines:
            engine.close()

    @pytest.fixture
    def engine(self, opened: Opened) -> Engine:
        """An open engine at an empty location."""
        return opened()

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all engines are called alike."""
        interfaces = [
            interface
            for interface in (Engine, RunsSQL, ReadsSeries, ReadsSpans, BacksUp)
            if issubclass(self.engine_class, interface)
        ]
        assert [] == [
            text
            for interface in interfaces
            for text in signature_differences(self.engine_class, interface)
        ]
