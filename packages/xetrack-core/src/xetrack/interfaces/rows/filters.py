"""The row filter: what a row passes through before it is stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value


class RowFilter(ABC):
    """Changes rows before they are stored, or keeps them from being stored.

    A tracker calls those that it was given, in their order, for each row of ``log``, ``log_batch``
    and ``track``, and for each record of ``tracker.logger``. What they return is what is stored,
    what the caller and the sinks get, and what `latest` is. What is set in rows that are stored
    (``set_value``, ``set_where``) does not pass through them, nor do results in a cache, nor the
    contents of objects.

    **Errors.** A filter that raises, or returns no row, keeps the row from being stored: nothing
    that it should have removed may get into a database. The caller gets a `RowFilterError`, whose
    text names the filter and the type of the exception, and not its message, which may hold a
    value. Of a batch, no row is stored then. A tracked function has run by then, so its result is
    in a `RowNotStoredError`.

    **Thread safety.** Calls may come from any threads at once.

    Examples
    --------
    >>> class Redact(RowFilter):
    ...     def filter(self, row):
    ...         return {key: "***" if "token" in key else value for key, value in row.items()}
    >>> from xetrack import Tracker
    >>> tracker = Tracker(Tracker.IN_MEMORY, {"api_token": "1234"}, filters=[Redact({})])
    >>> tracker.log({"loss": 0.5})["api_token"]
    '***'
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to be called.

        Parameters
        ----------
        options
            The options of this filter.
        """
        self.options = options

    @abstractmethod
    def filter(self, row: dict[str, Value]) -> Mapping[str, Value] | None:
        """Return the row that is to be stored.

        **Speed.** The caller waits for it, with each row.

        Parameters
        ----------
        row
            Plain values (see `xetrack.model.kinds`) by key: those of the user, of the params and of
            the probes, but not ``timestamp`` and ``track_id``. The fields of models have keys of
            their own. For an object there is its asset id; where that is removed or changed, the
            object is not stored. The dict is the filter's own, and may be changed and returned.

        Returns
        -------
        mapping or None
            The row; None to store none.
        """
