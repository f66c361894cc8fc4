"""Run hooks: what else is to happen when a run begins, and when it ends well or badly."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.runs import Run


class RunHooks:
    """Called around the runs of a tracker: to send a message, to copy a file, to end a trace.

    A class extends this one, and has any of the methods of `RunHookSpecs`: ``started``,
    ``finished`` and ``failed``. Each of them takes those of the arguments that it wants, by their
    names, or none; so a later version may offer more of them. What they return is ignored.

    A run begins with the first row of a tracker, or with the first tracked call. It ends when the
    tracker is closed or dropped, when its ``track_id`` changes, or at the end of the program:
    either by ``finished``, or by ``failed`` where an exception ended the ``with`` block. A tracker
    that never logs has no run. The run of a forked child's rows is the parent's, which alone is
    told.

    **Errors.** An exception costs nothing: it is reported once, with the name of the part.

    **Threads.** All calls come in one thread that the tracker starts for them, in their order. The
    tracker waits for each, but no longer than `timeout`; it does not end with the wait. Rows that a
    hook logs with the tracker are stored.

    Examples
    --------
    >>> class Messages(RunHooks):
    ...     def finished(self, run):
    ...         print(run.track_id, "is done")
    ...
    ...     def failed(self, error):
    ...         print("failed:", error)
    >>> from xetrack import Tracker
    >>> with Tracker(Tracker.IN_MEMORY, track_id="first", run_hooks=[Messages({})]) as tracker:
    ...     row = tracker.log({"loss": 0.5})
    first is done
    """

    timeout: ClassVar[float] = 1.0
    """Seconds that a tracker waits for one call; an option of this name sets it for one tracker."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Prepare to be called; start nothing yet, as most trackers that are made never log.

        Parameters
        ----------
        options
            The options of this part.
        """
        self.options = options


class RunHookSpecs:
    """The methods that a part may have, with all of their arguments."""

    def started(self, run: Run) -> None:
        """Note that a run began.

        Parameters
        ----------
        run
            The run.
        """

    def finished(self, run: Run) -> None:
        """Note that a run ended well, or that its program ended without saying how.

        Parameters
        ----------
        run
            The run, with the params of the end.
        """

    def failed(self, run: Run, error: BaseException) -> None:
        """Note that an exception ended a run.

        Parameters
        ----------
        run
            The run, with the params of the end.
        error
            What ended the ``with`` block of the tracker, `KeyboardInterrupt` among others.
        """


def unknown_arguments(cls: type) -> list[str]:
    """Return the arguments of a class's run hooks that no tracker has, as ``method(argument)``.

    Parameters
    ----------
    cls
        A class that extends `RunHooks`.

    Returns
    -------
    list of str
        The arguments without a default. Those with one may be there: they are never given.
    """
    variable = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
    return [
        f"{name}({argument.name})"
        for name, spec in vars(RunHookSpecs).items()
        if not name.startswith("_") and hasattr(cls, name)
        for argument in signature(getattr(cls, name)).parameters.values()
        if argument.name not in signature(spec).parameters
        and argument.default is Parameter.empty
        and argument.kind not in variable
    ]
