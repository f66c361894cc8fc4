"""A broken engine is caught by the test that is named for what it breaks."""

from __future__ import annotations

import pytest

from tests.testing import (
    broken_backups,
    broken_facts,
    broken_numbered,
    broken_outages,
    broken_queries,
    broken_series,
    broken_sharing,
    broken_sql,
    broken_transactions,
    broken_values,
    broken_writing,
)
from tests.testing.catalogue import of
from tests.testing.nested import outcomes
from xetrack_testing import (
    BacksUpContract,
    EngineContract,
    KeepsFactsContract,
    NumbersRowsContract,
    RunsSQLContract,
)

CONTRACTS = (
    "EngineContract, RunsSQLContract, BacksUpContract, KeepsFactsContract, NumbersRowsContract"
)
MODULES = (
    broken_values,
    broken_queries,
    broken_writing,
    broken_sharing,
    broken_transactions,
    broken_sql,
    broken_backups,
    broken_outages,
    broken_facts,
    broken_numbered,
    broken_series,
)
BROKEN = [pair for module in MODULES for pair in of(module)]


@pytest.mark.parametrize(("test", "engine"), BROKEN, ids=[part.__name__ for _, part in BROKEN])
def test_a_broken_engine_is_caught(tmp_path, test, engine):
    """A broken engine is caught, by the test of the kit that its author names."""
    imports = (
        f"import pytest\nfrom {engine.__module__} import {engine.__name__}\n"
        f"from xetrack_testing import {CONTRACTS}, displaced"
    )
    body = [f"engine_class = {engine.__name__}", *getattr(engine, "body", ())]
    found = outcomes(tmp_path, test, CONTRACTS, body, imports)
    assert [test] == [*found.failed], f"{engine.__name__} was not caught: {engine.__doc__}"


def test_every_promise_has_an_engine_that_breaks_it():
    """A test of the kit that cannot fail proves nothing."""
    promises = {
        name
        for contract in (
            EngineContract,
            RunsSQLContract,
            BacksUpContract,
            KeepsFactsContract,
            NumbersRowsContract,
        )
        for name in dir(contract)
        if name.startswith("test_")
    }
    assert promises == {test for test, _ in BROKEN}
