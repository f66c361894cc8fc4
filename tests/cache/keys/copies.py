"""Keys of values as arguments, and copies of values that must have the same ones."""

from __future__ import annotations

import copy
import pickle

from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.key import key_of_call


def function(value=None):
    """What is called with each value."""


def key(value):
    """Return the key of a call with a value, which counts by its content."""
    return key_of_call(function, (value,), {}, content=True).text


def key_or_reason(value):
    """Return the key, or the reason why there is none."""
    try:
        return key(value)
    except NotKeyableError as error:
        return error.reason


def copies(value):
    """Return the value and equal copies of it."""
    return value, copy.deepcopy(value), pickle.loads(pickle.dumps(value))


def check_keys(*values):
    """Check that each value has a key of its own, which its copies share."""
    keys = [{key(each) for each in copies(value)} for value in values]
    assert [1] * len(values) == [len(each) for each in keys]
    assert len(values) == len(set().union(*keys))
