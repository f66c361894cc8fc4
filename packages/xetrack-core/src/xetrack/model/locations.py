"""Locations of databases and caches, and options of parts, as users may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from xetrack.errors import describe_error
from xetrack.model.secrets import MASK, is_secret_name

_URL = r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"]+"


def shown_location(location: str) -> str:
    """Return a location with its secrets masked, for messages.

    Parameters
    ----------
    location
        A path, a URL or ``:memory:``.

    Returns
    -------
    str
        The location; in a URL, the password and the secret parameters are ``***``.

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
    head = re.sub(r"(?<=://)([^:@/]*):.+@", rf"\1:{MASK}@", head, flags=re.DOTALL)
    return f"{head}{mark}{_shown_query(query)}"


def _shown_query(query: str) -> str:
    pairs = [pair.partition("=") for pair in query.split("&")]
    return "&".join(
        name + separator + (MASK if is_secret_name(name) else _cleaned(value, shown_location))
        for name, separator, value in pairs
    )


def _cleaned(value: str, clean: Callable[[str], str]) -> str:
    """Return the value of a parameter, which may be a URL with secrets of its own."""
    if "%" not in value:
        return clean(value) if "://" in value and ("@" in value or "?" in value) else value
    from urllib.parse import quote, unquote  # noqa: PLC0415 - hardly ever

    plain = unquote(value)
    cleaned = _cleaned(plain, clean) if "%" not in plain else clean(plain)
    return value if cleaned == plain else quote(cleaned, safe="*")


def shown_value(value: object, name: object = "") -> object:
    """Return the value of an argument or an option with its secrets masked, for messages.

    Parameters
    ----------
    value
        A text, or a list or a mapping that may have secrets in it.
    name
        The name of the option.

    Examples
    --------
    >>> shown_value(("otel?token=x", {"endpoint": "http://me:y@c", "api_key": "z"}))
    ('otel?token=***', {'endpoint': 'http://me:***@c', 'api_key': '***'})
    """
    if isinstance(name, str) and is_secret_name(name):
        return MASK
    if isinstance(value, str):
        head, mark, query = value.partition("?")
        return shown_location(value) if "://" in head else f"{head}{mark}{_shown_query(query)}"
    if isinstance(value, Mapping):
        return {key: shown_value(each, key) for key, each in value.items()}
    if isinstance(value, tuple | list):
        shown = [shown_value(each) for each in value]
        return tuple(shown) if isinstance(value, tuple) else shown
    return value


def shown_text(text: str) -> str:
    """Return a text with the secrets of its URLs masked.

    Parameters
    ----------
    text
        A message, perhaps of a driver, which may tell the URL that it was given.

    Examples
    --------
    >>> shown_text("no route to redis://:lovelace@host/0")
    'no route to redis://:***@host/0'
    """
    return re.sub(_URL, lambda url: shown_location(url[0]), text)


def shown_error(error: BaseException) -> str:
    """Return type and message of an exception in one line, with the secrets of URLs masked.

    Parameters
    ----------
    error
        An exception, whose message may have a URL in it.
    """
    return shown_text(describe_error(error))


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
    >>> without_secrets("webdav://ada:lovelace@host/models/?access_token=x&depth=1&sig=y")
    'webdav://host/models?depth=1'
    """
    if "://" not in location:
        return location
    scheme, _, rest = location.partition("://")
    head, _, query = f"{scheme.lower()}://{rest}".partition("?")
    if "@" in query and re.search(r"://[^/@]*:[^/@]*$", head):  # a question mark in a password
        head, query = f"{head}?{query}", ""
    head = re.sub(r"(?<=://)(?:[^/]*|[^/]*:(?!\d+(?:/|$)).*)@", "", head, flags=re.DOTALL)
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    query = "&".join(
        name + separator + _cleaned(value, without_secrets)
        for name, separator, value in pairs
        if not is_secret_name(name)
    )
    return head.rstrip("/") + (f"?{query}" if query else "")
