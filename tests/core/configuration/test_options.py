"""Options are checked against their descriptions before the part is made."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.configuration.parts import OPTIONS
from tests.profiles import examples
from xetrack import Tracker
from xetrack.configuration.choice import OptionLayer, parsed_query
from xetrack.configuration.options import as_query, check_options
from xetrack.errors import PartOptionError, XetrackError
from xetrack.interfaces.component import Component, Option

DESCRIBED = Component(name="otel", target="m:c", summary="", options=OPTIONS)


def check(**options):
    """The checked options of a sink `otel`."""
    return check_options(DESCRIBED, "sink", OptionLayer(options, "sinks", "/project"))


@pytest.mark.parametrize(
    ("name", "value", "checked"),
    [
        ("batch", "10", 10),
        ("batch", " 10 ", 10),
        ("rate", "1e3", 1000.0),
        ("rate", 3, 3.0),
        ("quick", "TRUE", True),
        ("quick", "0", False),
        ("quick", False, False),
        ("tags", "a, b", ["a", "b"]),
        ("tags", '["a,b"]', ["a,b"]),
        ("tags", ("a", "b"), ["a", "b"]),
        ("file", "rows", Path("/project/rows")),
        ("file", "/rows", Path("/rows")),
        ("file", Path("../rows"), Path("/project/../rows")),
        ("token", None, None),
        ("endpoint", "", ""),
    ],
)
def test_values_become_of_the_type_that_is_described(name, value, checked):
    """From a text, and from what is nearly of it."""
    converted = check(**{name: value})[name]
    assert (type(checked), checked) == (type(converted), converted)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("batch", "many", "a whole number"),
        ("batch", 1.5, "a whole number"),
        ("batch", True, "a whole number"),
        ("batch", None, "a whole number"),
        ("rate", "fast", "a number"),
        ("rate", False, "a number"),
        ("quick", "perhaps", "true or false"),
        ("quick", 1, "true or false"),
        ("endpoint", 4318, "a text"),
        ("endpoint", None, "a text"),
        ("tags", 3, "a list of texts"),
        ("tags", [1], "a list of texts"),
        ("tags", "[1]", "a list of texts"),
        ("tags", "[", "a list of texts"),
        ("file", 3, "a path"),
        ("file", "", "a path"),
        ("file", "a\0b", "a path"),
        ("file", b"rows", "a path"),
        ("batch", ["1", "2"], "a whole number"),
    ],
)
def test_a_wrong_value_names_option_part_and_type(installed, name, value, expected):
    """And no part is made, not even one that is right."""
    with pytest.raises(PartOptionError) as caught:
        Tracker(":memory:", sinks=["plain", ("otel", {name: value})])
    text = str(caught.value)
    assert f"The sink 'otel' cannot have the option {name!r} of sinks: it is " in text
    assert f"must be {expected}" in text
    assert text.endswith("xt plugins show otel")
    assert [] == installed.Otel.made
    assert isinstance(caught.value, XetrackError)
    assert isinstance(caught.value, ValueError)
    assert text == str(pickle.loads(pickle.dumps(caught.value)))


def test_an_unknown_option_names_the_known_and_the_near_one(installed):
    """Whichever way it was given."""
    known = (
        "it takes batch, endpoint, file, quick, rate, tags, token, and as every sink queue_limit"
    )
    for form in ("otel?batsh=10", ("otel", {"batsh": 10}), "otlp://c?batsh=10"):
        with pytest.raises(PartOptionError, match="'batsh' of sinks") as caught:
            Tracker(":memory:", sinks=[form])
        assert known in str(caught.value)
        assert "Did you mean 'batch'?" in str(caught.value)
        assert ("sink", "otel", "batsh") == (
            caught.value.kind,
            caught.value.part,
            caught.value.option,
        )
    with pytest.raises(PartOptionError, match="'batsh' of options: it takes batch"):
        Tracker(":memory:", sinks=["otel"], options={"otel": {"batsh": 10}})
    with pytest.raises(PartOptionError, match="'batsh' of db: it takes folder, size"):
        Tracker("lmdb://host?batsh=10")


def test_a_part_may_take_no_options():
    """As those that are built in do."""
    with pytest.raises(PartOptionError, match="'colour' of sinks: it takes none"):
        Tracker(":memory:", sinks=["stdout?colour=red"])
    with pytest.raises(PartOptionError, match="'pragma' of engine: it takes none"):
        Tracker("runs.db", engine="sqlite?pragma=1")
    assert not Path("runs.db").exists()


def test_a_secret_is_not_shown():
    """The error goes into logs."""
    with pytest.raises(PartOptionError) as caught:
        check(token=12345)
    assert "12345" not in str(caught.value)
    assert "***" in str(caught.value)


def test_a_default_that_can_be_changed_is_everybodys_own(installed):
    """A list is copied, so a part may change it."""
    Tracker(":memory:", sinks=["otel"])
    installed.Otel.made[0].options["tags"].append("changed")
    Tracker(":memory:", sinks=["otel"])
    assert ["none"] == installed.Otel.made[1].options["tags"]


@pytest.mark.parametrize(
    ("name", "form"),
    [("Batch", int), ("a b", int), ("", int), ("a-b", int), ("location", str), ("batch", dict)],
)
def test_a_wrong_description_is_an_error(name, form):
    """For the author of the part, whose plugin is then quarantined."""
    with pytest.raises(ValueError, match=r"must match|cannot have"):
        Option(name, form)


VALUES = {
    "endpoint": st.text(),
    "batch": st.integers(),
    "rate": st.floats(allow_nan=False),
    "quick": st.booleans(),
    "tags": st.lists(st.text()),
    "file": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
    .map(lambda name: Path("/folder", name.lstrip("/~") or "x")),
}  # fmt: skip


@given(st.fixed_dictionaries({}, optional=VALUES))
@settings(max_examples=examples(50))
def test_options_come_back_from_a_url(options):
    """What is checked can be written as a text, from which the same options are read."""
    checked = check(**options)
    assert checked == check(**parsed_query(as_query(checked), "sinks"))
