"""Columns for keys: choosing the column of each key, and widening columns to more kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Column
from xetrack.model.kinds import Kind
from xetrack.model.names import OWN, column_name, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from xetrack.interfaces.engine import Field

OWN_COLUMNS = tuple(Column(name, name, frozenset({Kind.TEXT})) for name in OWN)
"""The columns that every table begins with."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The columns of some fields, and the changes that a table needs for them."""

    names: tuple[str, ...]
    """The name of each field's column, in the order of the fields."""
    changed: tuple[Column, ...]
    """Columns to add or widen, in their new form, in the order of the fields; empty if the table
    can store the fields as it is."""


def allocate_columns(
    columns: Iterable[Column],
    fields: Sequence[Field],
    *,
    reserved: Iterable[str] = (),
    name: Callable[[str, Container[str]], str] = column_name,
) -> Allocation:
    """Find or choose a column for each field, as `Engine.add_columns` must.

    Parameters
    ----------
    columns
        The columns of the table.
    fields
        The keys and kinds to be written.
    reserved
        Folded names that no key may get, beside those of the columns.
    name
        A function that returns the name for a new key; its arguments are the key, and the folded
        names in use.

    Returns
    -------
    Allocation
        The columns' names, and the changes needed before rows with these fields can be stored.

    Examples
    --------
    >>> from xetrack.interfaces.engine import Field
    >>> allocate_columns(OWN_COLUMNS, [Field("the loss", frozenset({Kind.FLOAT}))]).names
    ('the_loss',)
    """
    known = {}
    taken = {*reserved}
    for column in columns:
        known[column.key] = column
        taken.add(fold(column.name))
    changed: dict[str, Column] = {}
    for field in fields:
        column = known.get(field.key) or Column(name(field.key, taken), field.key, frozenset())
        if field.key not in known or not field.kinds <= column.kinds:
            column = Column(column.name, field.key, column.kinds | field.kinds)
            known[field.key] = changed[field.key] = column
            taken.add(fold(column.name))
    return Allocation(tuple(known[field.key].name for field in fields), tuple(changed.values()))
