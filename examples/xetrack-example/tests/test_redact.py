"""The filter keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.redact import ExampleFilter

from xetrack.errors import InvalidArgumentError
from xetrack_testing import RowFilterContract


class TestFilter(RowFilterContract):
    """Declare what cannot hold: test_x = gap(RowFilterContract.test_x, 'the reason')."""

    filter_class = ExampleFilter


def test_secrets_are_masked_however_deep():
    """By their keys; everything else stays."""
    row = {"db_password": 1, "a": [{"API_KEY": "x", "b": 2}], "loss": 0.5}
    masked = {"db_password": "***", "a": [{"API_KEY": "***", "b": 2}], "loss": 0.5}
    assert masked == ExampleFilter({}).filter(row)
    assert {"name": "***"} == ExampleFilter({"keys": "name"}).filter({"name": "ada"})


def test_keys_that_are_no_expression_are_refused():
    """When the tracker is made, not with each row."""
    with pytest.raises(InvalidArgumentError, match="keys"):
        ExampleFilter({"keys": "("})
