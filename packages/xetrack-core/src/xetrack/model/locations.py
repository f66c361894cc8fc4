"""Locations of databases and caches, as users may see them."""

from __future__ import annotations

import re

SECRETS = frozenset({"password", "passwd", "sslpassword", "token", "secret", "key"})
"""Parameters of a URL whose values are never shown."""

STARS = "***"
"""What stands in place of a secret."""


def shown_location(location: str) -> str:
    """Return a location with its secrets masked, for messages.

    Parameters
    ----------
    location
        A path, a URL or ``:memory:``.

    Returns
    -------
    str
        The location; in a URL, the password and the parameters in `SECRETS` are ``***``.

    Examples
    --------
    >>> shown_location("postgresql://ada:lovelace@host/db?sslpassword=x&port=5")
    'postgresql://ada:***@host/db?sslpassword=***&port=5'
    >>> shown_location("runs.db")
    'runs.db'
    """
    if "://" not in location:
        return location
    head, mark, query = location.partition("?")
    if "@" in query and re.search(r"://[^/@]*:[^/@]*$", head):  # a question mark in a password
        head, mark, query = location, "", ""
    head = re.sub(r"(?<=://)([^:@/]*):.+@", rf"\1:{STARS}@", head, flags=re.DOTALL)
    pairs = [pair.partition("=") for pair in query.split("&")]
    masked = [
        name + separator + (STARS if name.lower() in SECRETS else value)
        for name, separator, value in pairs
    ]
    return f"{head}{mark}{'&'.join(masked)}"


def without_secrets(location: str) -> str:
    """Return a location without the user, the password and the secret parameters of its URL.

    What a database remembers of other places is stored so; who opens them again takes the secrets
    from the environment.

    Parameters
    ----------
    location
        A path, a URL or a name.

    Returns
    -------
    str
        The location; a URL with its scheme in lower case and no slash at its end.

    Examples
    --------
    >>> without_secrets("webdav://ada:lovelace@host/models/?token=x&depth=1")
    'webdav://host/models?depth=1'
    """
    if "://" not in location:
        return location
    scheme, _, rest = location.partition("://")
    head, _, query = f"{scheme.lower()}://{rest}".partition("?")
    if "@" in query and re.search(r"://[^/@]*:[^/@]*$", head):  # a question mark in a password
        head, query = f"{head}?{query}", ""
    head = re.sub(r"(?<=://)(?:[^/]*|[^/]*:(?!\d+(?:/|$)).*)@", "", head, flags=re.DOTALL)
    pairs = [pair for pair in query.split("&") if pair.partition("=")[0].lower() not in SECRETS]
    query = "&".join(filter(None, pairs))
    return head.rstrip("/") + (f"?{query}" if query else "")
