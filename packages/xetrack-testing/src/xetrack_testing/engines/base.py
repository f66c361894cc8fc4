"""Where the engine under test comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.capabilities import BacksUp
from xetrack.interfaces.engine import Engine, Settings
from xetrack.interfaces.sql import RunsSQL
from xetrack_testing.declared import Contract, drifted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    Opened: TypeAlias = Callable[..., Engine]
    """Opens the same location again, as another process does; takes what `Settings` take."""


class EngineFixtures(Contract):
    """Set `engine_class`; override `location` where a path in a temporary folder will not do."""

    engine_class: type[Engine]
    """The class under test. Other processes import it, so it stands in a module."""

    @pytest.fixture
    def location(self, tmp_path: Path) -> str:
        """Where a database may come: nothing is there yet, and the test has it to itself."""
        return str(tmp_path / "rows")

    @pytest.fixture
    def opened(self, location: str) -> Iterator[Opened]:
        """Open the location; each engine is closed at the end."""
        engines = []

        def again(**settings: Any) -> Engine:
            engines.append(self.engine_class(location, Settings(**settings)))
            return engines[-1]

        yield again
        for engine in engines:
            engine.close()

    @pytest.fixture
    def engine(self, opened: Opened) -> Engine:
        """An engine on a location where nothing is."""
        return opened()

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all engines are called alike."""
        powers = [one for one in (Engine, RunsSQL, BacksUp) if issubclass(self.engine_class, one)]
        assert [] == [text for one in powers for text in drifted(self.engine_class, one)]
