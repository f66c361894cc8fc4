"""Checks of descriptions: an annotation proves nothing, as strangers may have no type checker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.interfaces.component import Option, PartKind
from xetrack.plugins.parts import NAMED_BY_SCHEME, article
from xetrack.plugins.quarantine import Refusal

if TYPE_CHECKING:
    from xetrack.plugins.parts import Part

SCHEME = re.compile(r"[a-z][a-z0-9+.-]+")
"""A URL scheme; one letter is a drive of Windows."""

_SUFFIX = re.compile(r"\.(?=.*[^.])[^/\\: \n]+")
_BY_SCHEME = (PartKind.ENGINE, *NAMED_BY_SCHEME)
_WITH_OPTIONS = (*_BY_SCHEME, PartKind.RECORDER)
_CLAIMS = (
    ("schemes", SCHEME, _BY_SCHEME),
    ("suffixes", _SUFFIX, (PartKind.ENGINE,)),
)
"""The claims of parts: the field, its form, and the kinds that may have it."""


def check_description(part: Part) -> None:
    """Check the description of a part.

    Parameters
    ----------
    part
        A part as its plugin describes it; its target is not imported.

    Raises
    ------
    Refusal
        It is wrong.
    """
    if " " in part.name and part.kind != PartKind.COMMAND:
        raise Refusal(f"{part.title} has a name of two words, which only a command may have")
    summary: object = part.component.summary
    if not isinstance(summary, str):
        raise Refusal(f"{part.title} has a summary that is no text but {summary!r}")
    for field, form, owners in _CLAIMS:
        claims: object = getattr(part.component, field)
        if claims:
            _check_kind(part, field, owners)
        if not isinstance(claims, tuple):
            raise Refusal(f"{part.title} has {field} that are no tuple but {claims!r}")
        for claim in claims:
            if not (isinstance(claim, str) and form.fullmatch(claim) and claim == claim.lower()):
                raise Refusal(f"{part.title} has {field} of a wrong form: {claim!r}")
    _check_options(part)


def _check_kind(part: Part, field: str, owners: tuple[PartKind, ...]) -> None:
    if part.kind not in owners:
        *others, last = (f"{article(kind)} {kind}" for kind in owners)
        who = f"{', '.join(others)} or {last}" if others else last
        raise Refusal(f"{part.title} has {field}, which only {who} may have")


def _check_options(part: Part) -> None:
    options: object = part.component.options
    if options is None:
        return
    _check_kind(part, "options", _WITH_OPTIONS)
    if not isinstance(options, tuple):
        raise Refusal(f"{part.title} has options that are no tuple but {options!r}")
    names: set[str] = set()
    for option in options:
        if not isinstance(option, Option):
            raise Refusal(f"{part.title} has options with a {type(option).__name__}, no Option")
        if option.name in names:
            raise Refusal(f"{part.title} has two options named {option.name!r}")
        names.add(option.name)
