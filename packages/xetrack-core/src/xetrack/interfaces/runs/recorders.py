"""Recorders: what writes down under which conditions a run took place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs import Run


class Recorder(ABC):
    """Writes down facts about a run: once when it begins, and once more at its end if it wants to.

    Facts are values of JSON by name: texts, numbers, booleans, None, lists and dicts of such. What
    is long and the same in many runs, such as a list of packages, is stored once.

    **Secrets.** Facts are kept with the rows and are read by whoever reads them. No recorder writes
    down a password, a token or a key.

    **Errors.** An exception costs nothing: it is reported once, with the name of the part.

    **Threads.** All recorders of a tracker are called in one thread that it starts for them, one
    after the other, while the program goes on. At its end the program waits for them, but for each
    no longer than `timeout`.

    Examples
    --------
    >>> class Weather(Recorder):
    ...     def begin(self, run):
    ...         return {"degrees": 21.5}
    >>> from xetrack import Reader, Tracker
    >>> with Tracker("runs.db", track_id="first", record=[Weather({})]) as tracker:
    ...     row = tracker.log({"loss": 0.5})
    >>> Reader("runs.db").run("first").facts
    {'Weather': {'degrees': 21.5}}
    """

    timeout: ClassVar[float] = 10.0
    """Seconds that the end of a program waits for it; an option of this name sets it for one
    tracker."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to be called; start nothing yet, as most trackers that are made never log.

        Parameters
        ----------
        options
            The options of this part.
        """
        self.options = options

    @abstractmethod
    def begin(self, run: Run) -> Mapping[str, Any]:
        """Return the facts of a run that has begun.

        Parameters
        ----------
        run
            The run.
        """

    def end(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - for those who extend it
        """Return more facts of a run that ended; they replace those of the same name.

        Parameters
        ----------
        run
            The run, with the params of the end.
        """
        return {}
