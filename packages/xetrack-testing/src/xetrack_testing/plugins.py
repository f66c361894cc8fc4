"""The contract of plugins: how a distribution announces its parts, and what that costs."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engines.factory import EngineFactory
from xetrack.interfaces.runs.hooks import unknown_arguments
from xetrack.plugins.entrypoints import GROUP, normalized
from xetrack.plugins.loader import INTERFACES
from xetrack.plugins.parts import PLUGIN
from xetrack.plugins.registry import Registry
from xetrack_testing.declared import signature_differences
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.installed import InstalledContract

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from xetrack.interfaces.component import Component
    from xetrack.plugins.parts import Status

LONGEST = 100
"""Characters of a summary that fit into a line of ``xt plugins``."""

LIGHT = """
import json, sys
import xetrack.plugins
before = set(sys.modules)
__import__(sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""


class PluginContract(InstalledContract):
    """All that a plugin promises. Set `distribution`; the tests are skipped until it is installed.

    For example::

        class TestPlugin(PluginContract):
            distribution = "xetrack-redis"
    """

    @pytest.fixture
    def installed(self) -> Distribution:
        """The metadata of the distribution."""
        return importlib.metadata.distribution(self.distribution)

    @pytest.fixture
    def modules(self, installed: Distribution) -> list[str]:
        """The modules that its entry points name."""
        return [point.module for point in installed.entry_points if point.group == GROUP]

    @pytest.fixture
    def statuses(self) -> list[Status]:
        """The statuses of its parts, after importing each."""
        return [each for each in Registry().check() if self._is_ours(each.distribution)]

    @pytest.fixture
    def parts(self, statuses: list[Status]) -> list[tuple[PartKind, Component, Any]]:
        """Its usable parts: kind, description, and the class or function."""
        registry = Registry()
        check_figures = [each for each in statuses if each.kind != PLUGIN and each.state == "ready"]
        return [
            (
                PartKind(each.kind),
                registry.component(PartKind(each.kind), each.name),
                registry.load(PartKind(each.kind), each.name),  # type: ignore[call-overload]
            )
            for each in check_figures
        ]

    def test_it_announces_itself(self, modules: list[str]) -> None:
        """It announces itself, by an entry point of the group ``xetrack.plugins``."""
        assert modules, (
            f"{self.distribution} has no entry point of the group {GROUP}. Write in pyproject.toml:"
            f' [project.entry-points."{GROUP}"], and install again'
        )

    def test_its_names_are_those_of_a_plugin(
        self, installed: Distribution, modules: list[str]
    ) -> None:
        """The distribution is ``xetrack-<name>``, and its package ``xetrack_<name>``."""
        name = normalized(installed.metadata["Name"])
        assert re.fullmatch(r"xetrack(-[a-z0-9]+)+", name), name
        package = name.replace("-", "_")
        assert {package} == {module.partition(".")[0] for module in modules}

    def test_it_needs_the_core_and_not_everything(self, installed: Distribution) -> None:
        """It requires ``xetrack-core`` up to the next major version, never ``xetrack``."""
        needed = [re.split(r"\s*;", text)[0] for text in installed.requires or () if text]
        always = [
            text
            for text, full in zip(needed, installed.requires or (), strict=True)
            if "extra ==" not in full
        ]
        core = [text for text in always if re.match(r"xetrack-core\b", text)]
        assert core, "it does not require xetrack-core"
        pinned = "==" in core[0] or (">=" in core[0] and re.search(r"<\s*\d", core[0]))
        assert pinned, f"it says {core[0]!r}; say 'xetrack-core>=1,<2'"
        assert not [text for text in always if re.match(r"xetrack(?![-\w])", text)]

    def test_it_is_installed_with_its_types_and_licence(
        self, installed: Distribution, modules: list[str]
    ) -> None:
        """Type checkers look for ``py.typed``, and users for a licence and a summary."""
        package = import_module(modules[0].partition(".")[0])
        folders = [*package.__path__]
        assert any(os.path.exists(os.path.join(folder, "py.typed")) for folder in folders)  # noqa: PTH110, PTH118
        facts = installed.metadata
        assert facts["Summary"]
        assert facts["License-Expression"] or facts["License"], "state a licence in pyproject.toml"

    def test_none_of_it_is_quarantined(self, statuses: list[Status]) -> None:
        """Every part is described well, can be imported, and extends the class of its kind."""
        wrong = [f"{each.kind} {each.name}: {each.reason}" for each in statuses if each.reason]
        assert not wrong, "see also: xt plugins --check"

    def test_it_offers_a_part(self, statuses: list[Status]) -> None:
        """It offers a part, by at least one of the hooks of `xetrack.plugins.hookspecs`."""
        offered = [each for each in statuses if each.kind != PLUGIN]
        assert offered, "no hook of it returns a Component"

    def test_summaries_fit_into_a_line(self, parts: list[tuple[PartKind, Component, Any]]) -> None:
        """``xt plugins`` and ``xt --help`` show them."""
        for _, component, _ in parts:
            summary = component.summary
            assert summary.strip() == summary != "", component.name
            assert "\n" not in summary, component.name
            assert len(summary) <= LONGEST, component.name

    def test_signatures_are_those_of_the_interfaces(
        self, parts: list[tuple[PartKind, Component, Any]]
    ) -> None:
        """Every method of a part takes what its interface says."""
        for kind, _, part in parts:
            if kind in INTERFACES:
                module, name = INTERFACES[kind]
                if isinstance(part, EngineFactory):
                    assert [] == signature_differences(type(part), EngineFactory)
                else:
                    assert [] == signature_differences(part, getattr(import_module(module), name))
            if kind is PartKind.RUN_HOOK:
                assert [] == unknown_arguments(part)

    def test_commands_can_become_a_command_line(
        self, parts: list[tuple[PartKind, Component, Any]]
    ) -> None:
        """Each parameter has a type and each command a docstring, which is its help."""
        for kind, component, command in parts:
            if kind is PartKind.COMMAND:
                types = getattr(command, "__annotations__", {})
                names = command.__code__.co_varnames[: _arguments(command)]
                assert not [name for name in names if name not in types], component.name
                assert (command.__doc__ or "").strip(), f"{component.name} has no docstring"

    def test_announcing_is_light(
        self, modules: list[str], parts: list[tuple[PartKind, Component, Any]]
    ) -> None:
        """Whoever asks for the list of parts imports no library, and none of the parts."""
        targets = {component.target.partition(":")[0] for _, component, _ in parts}
        for module in modules:
            own = module.partition(".")[0]
            brought = {name for name in _brought(module) if name.partition(".")[0] != own}
            foreign = {
                name.partition(".")[0] for name in brought if not name.startswith("xetrack.")
            } - {*sys.stdlib_module_names, "attr", "attrs", "pluggy"}
            assert not foreign, f"{module} imports libraries when it announces its parts"
            imported = targets & {*_brought(module)}
            assert not imported, f"{module} imports its parts when it announces them"

    def _is_ours(self, distribution: str) -> bool:
        return normalized(distribution) == normalized(self.distribution)


def _arguments(command: Any) -> int:
    return int(command.__code__.co_argcount + command.__code__.co_kwonlyargcount)


def _brought(module: str) -> list[str]:
    """Return the modules that importing one imports too, in a fresh interpreter."""
    completed = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", LIGHT, module],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=allowed(50),
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return [*json.loads(completed.stdout)]
