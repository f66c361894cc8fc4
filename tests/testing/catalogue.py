"""The catalogue of broken parts: each breaks one promise, and names the test that must notice."""

from __future__ import annotations

CATALOGUE = []


def caught_by(test):
    """Enter a broken part, of which this test of the kit must say so."""

    def enter(part):
        CATALOGUE.append((test, part))
        return part

    return enter


def of(*modules):
    """The broken parts that modules define, with the tests that must notice."""
    names = {module.__name__ for module in modules}
    return [(test, part) for test, part in CATALOGUE if part.__module__ in names]
