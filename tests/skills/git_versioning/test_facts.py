"""Facts in the annotation of a tag are read as they were written."""

from __future__ import annotations

import importlib.util
import math

from hypothesis import given, settings
from hypothesis import strategies as some

from tests.profiles import examples
from tests.skills.git_versioning.conftest import SCRIPTS

spec = importlib.util.spec_from_file_location("skill_facts", SCRIPTS / "facts.py")
facts = importlib.util.module_from_spec(spec)
spec.loader.exec_module(facts)

NAMES = some.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,9}\Z")
VALUES = some.one_of(
    some.booleans(),
    some.integers(),
    some.floats(allow_nan=False),
    some.text(),
    some.sampled_from(["007", "1e3", "true", "nan", "", " a", 'say "x"', "a | b=c", "1_000", "\n"]),
)


@settings(max_examples=examples(50))
@given(some.dictionaries(NAMES, VALUES))
def test_every_value_comes_back_equal_and_of_its_type(said):
    """Every value comes back equal and of its type, and all of them stand in one line."""
    line = facts.written(said)
    assert 1 >= len(line.splitlines())
    found = facts.read(line)
    assert said == found
    assert [*map(type, said.values())] == [*map(type, found.values())]


def test_nan_comes_back_and_words_are_no_facts():
    """A sentence that somebody wrote is not taken apart."""
    assert math.isnan(facts.read("loss=nan")["loss"])
    assert {} == facts.read("a better model, accuracy = high")
    assert {} == facts.read("accuracy=0.9, I think | yes")
    assert {"acc": 0.82, "data": "3a2f1b"} == facts.read("acc=0.8200 | data=3a2f1b")
