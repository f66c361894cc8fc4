"""Columns for keys: which one each gets, and which must hold more kinds than before."""

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
"""What every table begins with."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Columns for some fields."""

    names: tuple[str, ...]
    """The name of each field's column, in the order of the fields."""
    changed: tuple[Column, ...]
    """Columns to be added or widened, as they must be then, in the order of the fields; empty where
    the table can take the fields as it is."""


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
        Those that the table has.
    fields
        What is to be written.
    reserved
        Folded names that no key may get, beside those of the columns.
    name
        Chooses the name for a key that has no column, given the folded names that are taken.

    Returns
    -------
    Allocation
        The columns' names, and what must change before rows with these fields can be stored.

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
