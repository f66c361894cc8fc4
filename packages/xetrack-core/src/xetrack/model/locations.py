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
