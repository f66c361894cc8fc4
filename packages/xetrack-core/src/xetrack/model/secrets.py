"""What counts as a secret in names, texts and command lines, and how it is masked.

One meaning for all of xetrack: messages, stored locations, command lines and recorders.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"
"""What stands in place of a secret."""

# Patterns are texts, which `re` compiles when they are needed first: few programs need all of them.
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"
_STRONG = (
    "password", "passwd", "passphrase", "passcode", "secret", "secrets", "credential",
    "credentials", "apikey", "accesskey", "secretkey", "privatekey",
)  # fmt: skip
"""Ends of words that make a name secret wherever they stand, as in ``PGPASSWORD``."""

_KEYS = frozenset(
    {"access", "account", "api", "auth", "encryption", "private", "secret", "signing"}
)
"""Words that make the word ``key`` behind them such a word too."""

_ATTRIBUTES = frozenset(
    {"count", "dir", "env", "file", "id", "length", "limit", "name", "path", "policy", "size"}
    | {"timeout", "ttl", "type"}
)
"""Last words of a name that is about a secret and none, as in ``password_file``."""

_WEAK = frozenset(
    {"auth", "authorization", "bearer", "cookie", "cookies", "dsn", "key", "pass", "pwd"}
    | {"sessionid", "sig", "signature"}
)
_ENDS = ("pwd", "signature", "token")
"""Words, and ends of words, that make a name secret as its last one."""

_HARMLESS = frozenset(
    {"backward", "bos", "cache", "cls", "eos", "first", "foreign", "forward", "group", "image"}
    | {"index", "join", "mask", "max", "metric", "min", "no", "num", "order", "pad", "partition"}
    | {"primary", "public", "random", "require", "rng", "second", "sep", "sort", "special", "unk"}
    | {"use"}
)
"""Words before a weak one that make it harmless, as in ``sort_key`` and ``pad_token``."""

_SHAPES = (
    r"\b(?:"
    r"(?:AKIA|ASIA)[0-9A-Z]{16}|"  # Amazon
    r"gh[pousr]_[0-9A-Za-z]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|"
    r"[sr]k_(?:live|test)_\w{16,}|sk-[\w-]{16,}|hf_[0-9A-Za-z]{16,}|xox[abprs]-[\w-]{10,}|"
    r"AIza[\w-]{30,}|ya29\.[\w-]{16,}|SG\.[\w-]{16,99}\.[\w-]{16,}|"
    r"npm_[0-9A-Za-z]{30,}|pypi-[\w-]{50,}|dckr_pat_[\w-]{16,}|"
    r"eyJ[\w-]{8,999}\.[\w-]{8,9999}\.[\w-]*"  # a JSON web token
    r")"
    r"|(?<=hooks\.slack\.com/services/)\S+|(?<=discord\.com/api/webhooks/)\S+"
    r"|(?s:-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))"
)
"""What is a secret by its form, whatever it is called."""

_SIGNS = (
    *("=", ":", "AKIA", "ASIA", "gh", "github_pat_", "glpat-", "k_live", "k_test", "sk-", "hf_"),
    *(
        "xox",
        "AIza",
        "ya29.",
        "SG.",
        "npm_",
        "pypi-",
        "dckr_pat_",
        "eyJ",
        "services/",
        "webhooks/",
        "PRIVATE",
    ),
)
"""What a text without any secret seldom has, so that most are not searched by patterns."""

_USER = r"(?<=://)(?:[^/?#\s@]*|[^/:@\s]*:(?!\d+(?:[/?#\s]|$))\S*)@"
"""User and password of a URL; there may be slashes in a password, but not in a port."""

_WHOLE = r"(?s)(-{0,2}(?P<name>[\w.-]+)[=:]\s*).+"
_PAIR = (
    r"""(?P<head>(?P<quote>["']?)(?<![\w.])(?P<name>[A-Za-z_][\w.-]{0,99})(?P=quote)\s*(?:=|:(?!//))\s*)"""
    r"""(?:"[^"]*"|'[^']*'|(?:Bearer|Basic|Digest|Token)\s+[^\s"',;]+|[^\s"',;&#]+)"""
)
_LITERAL = (
    r"""(?<![\w.])(?P<name>[A-Za-z_][\w.-]{0,99})["']?\s*[=:]\s*[bru]?"""
    r"""(?:"[^"\s]{8,}"|'[^'\s]{8,}')"""
)


def is_secret_name(name: str) -> bool:
    """Return True if what has this name is likely to be a secret.

    Parameters
    ----------
    name
        The name of an option, a variable, a parameter of a URL or a field.

    Examples
    --------
    >>> is_secret_name("WANDB_API_KEY"), is_secret_name("KEYBOARD"), is_secret_name("sort-key")
    (True, False, False)
    """
    if "%" in name:
        from urllib.parse import unquote  # noqa: PLC0415 - hardly ever

        name = unquote(name)
    words = [word.lower() for word in re.findall(_WORD, name)]
    if not words:
        return False
    pairs = list(zip(["", *words], words, strict=False))
    if any(word.endswith(_STRONG) or (word == "key" and before in _KEYS) for before, word in pairs):
        return words[-1] not in _ATTRIBUTES
    before, last = pairs[-1]
    return (last in _WEAK or last.endswith(_ENDS)) and before not in _HARMLESS


def mask_text(text: str) -> str:
    """Return a text in which each secret is replaced by ``***``.

    Parameters
    ----------
    text
        A URL, a value, a header, an argument such as ``--token=...``, or lines with some of them.

    Examples
    --------
    >>> mask_text("https://me:pass@host/repo.git?depth=1&token=4711")
    'https://***@host/repo.git?depth=1&token=***'
    >>> mask_text("--api-key=4711"), mask_text("--monkey=1")
    ('--api-key=***', '--monkey=1')
    """
    if not any(sign in text for sign in _SIGNS):
        return text
    text = re.sub(_SHAPES, MASK, text)
    if "://" in text:
        text = re.sub(_USER, f"{MASK}@", text)
    whole = re.fullmatch(_WHOLE, text)
    if whole and is_secret_name(whole["name"]):
        return f"{whole[1]}{MASK}"
    return _mask_pairs(text)


def _mask_pairs(text: str) -> str:
    """Mask the values behind names of secrets, also within values of other names."""
    pattern = re.compile(_PAIR)
    parts: list[str] = []
    done = at = 0
    while match := pattern.search(text, at):
        at = match.end("head")
        if is_secret_name(match["name"]):
            parts += [text[done:at], MASK]
            done = at = match.end()
    return "".join(parts) + text[done:]


def mask_command(command: Iterable[str]) -> list[str]:
    """Return a command line in which each secret is replaced by ``***``.

    Parameters
    ----------
    command
        The arguments, of which one such as ``--token`` may stand before its value.

    Examples
    --------
    >>> mask_command(["train.py", "--token", "4711", "--lr", "0.1"])
    ['train.py', '--token', '***', '--lr', '0.1']
    """
    arguments: list[str] = []
    option = ""
    for argument in command:
        is_option = argument.startswith("-")
        if is_option or not option:
            arguments.append(mask_text(argument))
        elif is_secret_name(option):
            arguments.append(MASK)
        elif option.endswith("user") and ":" in argument:  # as for curl
            arguments.append(f"{argument.partition(':')[0]}:{MASK}")
        else:
            arguments.append(mask_text(argument))
        option = argument.lstrip("-") if is_option and "=" not in argument else ""
    return arguments


def has_secret(code: str) -> bool:
    """Return True if a text of code or configuration holds what looks like a secret.

    Names alone do not count, as code is full of them: only values by their form, passwords in
    URLs, and texts in quotes that have the name of a secret.

    Parameters
    ----------
    code
        The text of a file, or a part of it.

    Examples
    --------
    >>> has_secret("password = 'correct-horse'"), has_secret("token = tokens[0]")
    (True, False)
    """
    if re.search(_SHAPES, code) or re.search(r"://[^/?#\s@:]*:[^/?#\s@{}$]+@", code):
        return True
    return any(is_secret_name(match["name"]) for match in re.finditer(_LITERAL, code))
