"""Secrets in command lines, URLs and variables, none of which is stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"

_WORDS = re.compile(
    r"pass(word|wd|phrase)?|secret|token|(api|access|private|secret|auth)[-_]?key|credential|"
    r"authorization|auth|cookie|session|signature|sig|dsn",
    re.IGNORECASE,
)
"""Words in a name whose value is a secret."""

_NAMED = re.compile(r"(?P<name>-{0,2}[\w.-]+)(?P<sign>[=:]\s*)(?P<value>.+)", re.DOTALL)
_USER = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)[^/?#\s]*@")
_QUERY = re.compile(r"(?P<name>[?&;][\w.-]+=)(?P<value>[^&;#\s]*)")
_SHAPES = re.compile(
    r"\b(?:"
    r"(?:AKIA|ASIA)[0-9A-Z]{16}|"  # Amazon
    r"gh[pousr]_[0-9A-Za-z]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|"
    r"sk-[\w-]{16,}|hf_[0-9A-Za-z]{16,}|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|"
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON web token
    r")"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*",
    re.DOTALL,
)
"""What is a secret by its form, whatever it is called."""


def is_secret_name(name: str) -> bool:
    """Return True if what has this name is likely to be a secret.

    Parameters
    ----------
    name
        The name of an option, a variable or a field.

    Examples
    --------
    >>> is_secret_name("WANDB_API_KEY"), is_secret_name("KEYBOARD")
    (True, False)
    """
    parts = re.split(r"[^A-Za-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name))
    joined = ("_".join(parts[at:end]) for at in range(len(parts)) for end in (at + 1, at + 2))
    return any(_WORDS.fullmatch(part) for part in joined) or parts[-1].lower() == "key"


def without_secret(text: str) -> str:
    """Return a text in which each secret is replaced by ``***``.

    Parameters
    ----------
    text
        A URL, a value, or an argument such as ``--token=...``.

    Examples
    --------
    >>> without_secret("https://me:pass@host/repo.git")
    'https://***@host/repo.git'
    >>> without_secret("--api-key=4711")
    '--api-key=***'
    """
    text = _SHAPES.sub(MASK, _USER.sub(rf"\g<scheme>{MASK}@", text))
    if "://" in text:
        return _QUERY.sub(_mask_value, text)
    named = _NAMED.fullmatch(text)
    if named and is_secret_name(named["name"]):
        return f"{named['name']}{named['sign']}{MASK}"
    return text


def _mask_value(match: re.Match[str]) -> str:
    name = match["name"]
    return f"{name}{MASK if is_secret_name(name.strip('?&;=')) else match['value']}"


def without_secrets(command: Iterable[str]) -> list[str]:
    """Return a command line without the secrets in it.

    Parameters
    ----------
    command
        The arguments, of which one such as ``--token`` may stand before its value.
    """
    arguments: list[str] = []
    is_value = False
    for argument in command:
        is_option = argument.startswith("-")
        arguments.append(MASK if is_value and not is_option else without_secret(argument))
        is_value = is_option and "=" not in argument and is_secret_name(argument.lstrip("-"))
    return arguments
