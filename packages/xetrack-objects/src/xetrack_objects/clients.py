"""URLs of buckets and folders, and clients for them; credentials come from the environment."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from obstore.store import LocalStore, from_url

from xetrack.errors import InvalidArgumentError
from xetrack.model.locations import without_secrets

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEMES = ("s3", "gs", "az", "file")
"""Schemes of URLs: Amazon S3 and what speaks like it, Google Cloud Storage, Azure, folders."""

PART = 8 * 2**20
"""Bytes that are sent or fetched by one request, at most."""

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AZURE_ENDPOINT")
"""Variables that name a server; one of plain HTTP is allowed where the user names it."""


def check_url(url: str) -> None:
    """Check the URL of a bucket or folder.

    Parameters
    ----------
    url
        Such as ``s3://bucket/prefix``.

    Raises
    ------
    InvalidArgumentError
        It has another scheme, names no bucket, or has a user, a password or parameters.
    """
    scheme, separator, rest = url.partition("://")
    shown = without_secrets(url)
    if not separator or scheme not in SCHEMES or not rest.strip("/"):
        expected = "'s3://bucket/prefix', 'gs://bucket/prefix', 'az://container/prefix' or a "
        raise InvalidArgumentError("asset_store", shown, f"{expected}folder as 'file:///path'")
    if scheme == "file" and not rest.startswith("/"):
        raise InvalidArgumentError("asset_store", shown, "an absolute path, as 'file:///path'")
    if "?" in rest or "#" in rest or (scheme != "file" and "@" in rest.partition("/")[0]):
        expected = (
            "a URL of scheme, bucket and prefix only. Credentials, region and endpoint come from "
            "the environment, as AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL do"
        )
        raise InvalidArgumentError("asset_store", shown, expected)


def is_missing(url: str) -> bool:
    """Return True for a folder that is not there, which a client would make by looking.

    Parameters
    ----------
    url
        The URL of a store; only one with ``file://`` can be missing.
    """
    scheme, _, path = url.partition("://")
    return scheme == "file" and not Path(unquote(path)).is_dir()


def open_client(url: str, deadline: float) -> ObjectStore:
    """Return a client for what lies below a URL.

    Parameters
    ----------
    url
        A URL that `check_url` accepts.
    deadline
        Seconds after which a request that failed is not tried again.
    """
    scheme, _, path = url.partition("://")
    if scheme == "file":
        return LocalStore(unquote(path), mkdir=True)
    plain = any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS)
    options: dict[str, Any] = {
        "connect_timeout": timedelta(seconds=5),
        "timeout": timedelta(seconds=max(30.0, deadline)),
        **({"allow_http": True} if plain else {}),
    }
    backoff = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2)}
    retries: Any = {
        "backoff": backoff,
        "max_retries": 100,
        "retry_timeout": timedelta(seconds=deadline),
    }
    return from_url(url, client_options=options, retry_config=retries)  # type: ignore[call-overload, no-any-return]
