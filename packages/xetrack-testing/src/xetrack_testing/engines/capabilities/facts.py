"""The capability to keep facts: named texts of a database, beside its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import ReadOnlyError
from xetrack.interfaces.engines.facts import KeepsFacts
from xetrack_testing.declared import must_raise, signature_differences
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.processes import meanwhile
from xetrack_testing.rows import log, read

if TYPE_CHECKING:
    from pathlib import Path

    from xetrack.interfaces.engine import Engine
    from xetrack_testing.engines.base import Opened

FACTS = {
    "asset_store": '{"store": "s3://bucket/prefix"}',
    "ASSET_STORE": "another, as its name is",
    "default": "named like a table",
    "a name; with 'signs' \"in\" it": "ä text\nof lines %s ? \N{GRINNING FACE}",
    "empty": "",
    "long": "x" * 100_000,
}
"""Names and texts of facts."""


class KeepsFactsContract(EngineFixtures):
    """Inherit it beside the contract of engines."""

    def test_facts_have_the_signatures_of_the_interface(self) -> None:
        """The methods take what the interface says."""
        assert [] == signature_differences(self.engine_class, KeepsFacts)

    def test_a_fact_is_remembered(self, engine: Engine, opened: Opened) -> None:
        """By whoever opens the database, whatever name and text it has; tables are not touched."""
        facts = _with_facts(engine)
        log(engine, {"n": 1})
        for name, text in FACTS.items():
            assert facts.fact(name) is None
            assert facts.awaited_fact(name) is None
            assert text == facts.set_fact(name, text)
        assert "new" == facts.set_fact("asset_store", "new")
        log(engine, {"n": 2})
        engine.close()
        other = _with_facts(opened())
        assert {**FACTS, "asset_store": "new"} == {name: other.fact(name) for name in FACTS}
        for name in FACTS:
            assert other.fact(name) == other.awaited_fact(name)
        assert (["default"], [{"n": 1}, {"n": 2}]) == (engine.tables(), read(engine))

    def test_a_fact_may_come_first(self, engine: Engine, opened: Opened) -> None:
        """Before any table, which does not come to be by it."""
        _with_facts(engine).set_fact("a", "b")
        other = opened()
        assert ("b", []) == (_with_facts(other).fact("a"), other.tables())
        log(other, {"n": 1})
        assert [{"n": 1}] == read(engine)

    def test_asking_for_a_fact_creates_nothing(self, engine: Engine, tmp_path: Path) -> None:
        """Where there is no database, there is no fact."""
        before = sorted(tmp_path.rglob("*"))
        assert _with_facts(engine).fact("asset_store") is None
        assert before == sorted(tmp_path.rglob("*")), "asking left something behind"

    def test_the_first_fact_wins_if_asked_to(self, opened: Opened) -> None:
        """Of many who set it at once without replacing, all get the text of one."""
        log(opened(), {"n": 1})
        answers: list[str] = []

        def work(engine: Engine, text: str) -> None:
            answers.append(_with_facts(engine).set_fact("a", text, replace=False))

        engines = [opened() for _ in range(4)]
        with meanwhile(*(lambda e=e, n=n: work(e, f"{n}") for n, e in enumerate(engines))):
            pass
        assert [answers[0]] * 4 == answers
        assert answers[0] == _with_facts(opened()).fact("a")
        assert answers[0] == _with_facts(opened()).set_fact("a", "late", replace=False)

    def test_reading_only_sets_no_fact(self, engine: Engine, opened: Opened) -> None:
        """It is an error, and the fact stays as it is."""
        log(engine, {"n": 1})
        _with_facts(engine).set_fact("a", "b")
        reader = _with_facts(opened(read_only=True))
        must_raise(ReadOnlyError, lambda: reader.set_fact("a", "c"), "setting a fact")
        assert "b" == reader.fact("a") == _with_facts(engine).fact("a")


def _with_facts(engine: Engine) -> KeepsFacts:
    assert isinstance(engine, KeepsFacts), "an engine with this capability also extends KeepsFacts"
    return engine
