"""Errors as answers: the status of HTTP, and a text with what to type next."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Any

from xetrack.errors import (
    AssetNotFoundError,
    ColumnNotFoundError,
    DatabaseNotFoundError,
    InvalidArgumentError,
    InvalidKeyError,
    InvalidTableError,
    MissingPackageError,
    QueryError,
    RunNotFoundError,
    TableNotFoundError,
    XetrackError,
    describe_error,
    warn,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_FOUND = (AssetNotFoundError, DatabaseNotFoundError, RunNotFoundError, TableNotFoundError)
WRONG = (
    ColumnNotFoundError,
    InvalidArgumentError,
    InvalidKeyError,
    InvalidTableError,
    QueryError,
)

_HINT = re.compile(
    r"(?<=[.?!:]) (?=(?:Type|Give|See|Did you mean|There are|Choose|Use|Read|Leave|Check|Wait|Ask"
    r"|List them|Install|Add|Close|Start|Run|Try) )",
)


def status_of(error: BaseException) -> int:
    """Return the status of HTTP for an error.

    Parameters
    ----------
    error
        What answering raised.

    Returns
    -------
    int
        400 for what is wrong in the request, 404 for what is not there, 501 for what needs another
        package, 503 for what the database refuses, 500 for anything else.
    """
    if isinstance(error, NOT_FOUND):
        return 404
    if isinstance(error, WRONG):
        return 400
    if isinstance(error, MissingPackageError):
        return 501
    return 503 if isinstance(error, XetrackError) else 500


def to_failure(error: BaseException) -> dict[str, str]:
    """Return type, message and hint of an error.

    Parameters
    ----------
    error
        What answering raised.
    """
    if not isinstance(error, XetrackError):
        text = f"This should not happen: {describe_error(error)}"
        return failure("InternalError", text, "See the terminal where xt ui runs, and report it.")
    match = _HINT.search(error.text)
    at = match.end() if match else len(error.text)
    return failure(type(error).__name__, error.text[:at].strip(), error.text[at:].strip())


def failure(kind: str, message: str, hint: str) -> dict[str, str]:
    """Return the fields of an error.

    Parameters
    ----------
    kind
        The name of the error's class.
    message
        What went wrong.
    hint
        What to do; may be empty.
    """
    return {"type": kind, "message": message, "hint": hint}


def answer_of(error: BaseException) -> tuple[int, Mapping[str, Any]]:
    """Return status and answer for an error; what should not happen is also said on the terminal.

    Parameters
    ----------
    error
        What answering raised.
    """
    status = status_of(error)
    if status == 500:  # noqa: PLR2004 - the status for what should not happen
        warn("".join(traceback.format_exception(error)))
    return status, {"error": to_failure(error)}
