"""Data that a run uses, as its record names it."""

from __future__ import annotations

import os
from typing import Any

from xetrack.errors import InvalidArgumentError
from xetrack.model.locations import without_secrets
from xetrack.model.validation import checked_text
from xetrack.process.file_digests import digest_path

RECORDER = "data"
"""The name under which data stands among the facts of a run."""


def describe_data(path: object, name: str | None) -> dict[str, dict[str, Any]]:
    """Return what the record of a run says of data, by its name.

    Parameters
    ----------
    path
        The path of a file or folder, or a URL, of which nothing is read.
    name
        What to call it; by default the path or URL as it is.

    Raises
    ------
    InvalidArgumentError
        There is no such file or folder, or it cannot be read.
    """
    expected = "the path of a file or folder that is there, or a URL"
    location = os.fspath(path) if isinstance(path, os.PathLike) else path
    text = checked_text("path", location, expected)
    if name is not None:
        checked_text("name", name, "a text that is not empty")
    if "://" in text:
        url = without_secrets(text)
        return {name or url: {"url": url}}
    try:
        digest = digest_path(text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidArgumentError("path", text, f"{expected}: {reason}") from error
    return {name or text: {"path": os.path.abspath(text), **digest}}  # noqa: PTH100 - links stay
