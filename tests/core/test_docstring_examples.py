"""The examples in docstrings of what authors of plugins and of errors use are true."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = (
    *("errors.base", "errors.escapes"),
    *("interfaces.codecs", "interfaces.component", "interfaces.engine", "interfaces.probes"),
    *("interfaces.engines.series", "interfaces.engines.series.axis"),
    "interfaces.sinks",
    *("builtin.recorders.command", "builtin.recorders.environment", "builtin.recorders.packages"),
    "builtin.recorders.repository",
    *("model.clock", "model.kinds", "model.locations", "model.names", "model.secrets"),
    "model.objects.model_fields",
    "plugins.registry",
)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_docstrings_are_true(module, tmp_path, monkeypatch):
    """Each of these modules has some."""
    monkeypatch.chdir(tmp_path)
    results = doctest.testmod(import_module(f"xetrack.{module}"))
    assert results.attempted > 0
    assert 0 == results.failed
