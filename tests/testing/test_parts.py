"""A broken sink, probe or cache is caught by the test that is named for what it breaks."""

from __future__ import annotations

import pytest

from tests.testing import broken_caches, broken_probes, broken_sinks
from tests.testing.catalogue import of
from tests.testing.nested import outcomes
from xetrack.testing import CacheContract, ProbeContract, SinkContract

SINKS, PROBES, CACHES = of(broken_sinks), of(broken_probes), of(broken_caches)
BROKEN = [
    (kind, *pair)
    for kind, pairs in (("sink", SINKS), ("probe", PROBES), ("cache", CACHES))
    for pair in pairs
]

FIXTURES = (
    "@pytest.fixture\n    def options(self, tmp_path): return {'path': tmp_path / 'rows'}",
    "@pytest.fixture\n    def heard(self, tmp_path): return (tmp_path / 'rows').read_text",
)


class TestFileSink(SinkContract):
    """What the broken sinks are made from is not broken."""

    sink_class = broken_sinks.FileSink

    @pytest.fixture
    def options(self, tmp_path):
        return {"path": tmp_path / "rows"}

    @pytest.fixture
    def heard(self, tmp_path):
        return (tmp_path / "rows").read_text


class TestClockProbe(ProbeContract):
    """What the broken probes are made from is not broken."""

    probe_class = broken_probes.ClockProbe


@pytest.mark.parametrize(
    ("kind", "test", "part"), BROKEN, ids=[f"{kind}-{part.__name__}" for kind, _, part in BROKEN]
)
def test_a_broken_part_is_caught(tmp_path, kind, test, part):
    """By the test of the kit that its author names."""
    contract = f"{kind.capitalize()}Contract"
    imports = (
        f"import pytest\nfrom {part.__module__} import {part.__name__}\n"
        f"from xetrack.testing import {contract}"
    )
    body = [f"{kind}_class = {part.__name__}", *getattr(part, "body", ())]
    body += FIXTURES if kind == "sink" else ()
    found = outcomes(tmp_path, test, contract, body, imports)
    assert [test] == [*found.failed], f"{part.__name__} was not caught: {part.__doc__}"


@pytest.mark.parametrize(
    ("contract", "broken"),
    [(SinkContract, SINKS), (ProbeContract, PROBES), (CacheContract, CACHES)],
)
def test_every_promise_has_a_part_that_breaks_it(contract, broken):
    """A test of the kit that cannot fail proves nothing."""
    promises = {name for name in dir(contract) if name.startswith("test_")}
    assert promises == {test for test, _ in broken}
