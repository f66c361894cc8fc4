"""The run hooks of one tracker: called through pluggy, each on its own, within its time.

pluggy passes to each method those arguments that it takes. Each part has a manager of its own,
because pluggy calls no further part once one has raised.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from pluggy import HookspecMarker, PluginManager, PluginValidationError

from xetrack.dispatch.fan_out import PartGroup
from xetrack.dispatch.isolated_part import IsolatedPart
from xetrack.dispatch.limits import call_timeout
from xetrack.errors import PluginError, describe_error
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.runs.hooks import RunHooks, RunHookSpecs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pluggy import HookimplOpts

    from xetrack.dispatch.worker import Task
    from xetrack.interfaces.runs import Run

_PROJECT = "xetrack_runs"
HOOKS = ("started", "finished", "failed")
"""The names of the hooks."""


class _Manager(PluginManager):
    """Takes methods for hooks by their names alone, without a mark."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> HookimplOpts | None:
        if name not in HOOKS or not callable(getattr(plugin, name)):
            return None
        return {
            "wrapper": False,
            "hookwrapper": False,
            "optionalhook": False,
            "tryfirst": False,
            "trylast": False,
            "specname": None,
        }


def _specs() -> type:
    """Return the specifications of the hooks, marked for pluggy."""
    mark = HookspecMarker(_PROJECT)
    return type("Specs", (), {name: mark(getattr(RunHookSpecs, name)) for name in HOOKS})


class IsolatedRunHooks(IsolatedPart[RunHooks]):
    """The hooks of one part.

    Raises
    ------
    PluginError
        It has none of the hooks, or one takes an argument that there is not.
    InvalidArgumentError
        Its `timeout` is no time.
    """

    kind = PartKind.RUN_HOOK

    def __init__(self, name: str, part: RunHooks) -> None:
        super().__init__(name, part)
        self._timeout = call_timeout(part)
        self._manager = _Manager(_PROJECT)
        self._manager.add_hookspecs(_specs())
        try:
            self._manager.register(part)
        except PluginValidationError as error:
            raise PluginError(name, f"a run hook is wrong: {describe_error(error)}") from error
        if not any(self._caller(hook).get_hookimpls() for hook in HOOKS):
            raise PluginError(name, f"it has none of the run hooks: {', '.join(HOOKS)}")
        self._task: tuple[str, Task, float] | None = None

    def _caller(self, hook: str) -> Any:
        return getattr(self._manager.hook, hook)

    def begin_call(self, hook: str, **arguments: object) -> None:
        """Call a hook behind those before it; `wait` waits for it.

        Parameters
        ----------
        hook
            ``started``, ``finished`` or ``failed``.
        **arguments
            What the hook may take, by name.
        """
        if self.off or self._worker is None:
            return
        caller = self._caller(hook)

        def work() -> None:
            self._call(hook, lambda: caller(**arguments))

        # Also without such a method: no thread can be started when the program is about to end.
        self._task = hook, self._worker.submit(work), monotonic()

    def wait(self) -> None:
        """Wait for the call, no longer than it has time."""
        task, self._task = self._task, None
        if task is not None:
            hook, call, began = task
            if call.wait(max(0.0, began + self._timeout - monotonic())):
                call.result()
            else:
                self._report_delay(f"has not returned from {hook!r} in {self._timeout:g} s")

    def shut_down(self, began: float) -> None:  # noqa: ARG002 - it has had its time
        """End the thread once it has nothing left to do; see `IsolatedPart.shut_down`."""
        if self._worker is not None:
            self._worker.stop()


class RunHooksGroup(PartGroup[IsolatedRunHooks]):
    """The run hooks of a tracker; see `PartGroup`."""

    interface, argument = RunHooks, "run_hooks"

    @property
    def isolate(self) -> type[IsolatedRunHooks]:
        """The class that isolates the hooks of one part."""
        return IsolatedRunHooks

    def __init__(self, chosen: Sequence[str | RunHooks]) -> None:
        super().__init__(chosen, {})

    def open_run(self, run: Run) -> None:
        """Call `started` of all.

        Parameters
        ----------
        run
            What the hooks may ask for as ``run``.
        """
        for each in self._parts:
            each.begin_call("started", run=run)

    def close_run(self, run: Run, error: BaseException | None) -> None:
        """Call `finished` of all, or `failed`.

        Parameters
        ----------
        run
            What the hooks may ask for as ``run``.
        error
            What ended the run; None if nothing went wrong.
        """
        for each in self._parts:
            if error is None:
                each.begin_call("finished", run=run)
            else:
                each.begin_call("failed", run=run, error=error)

    def wait(self) -> None:
        """Wait for all, within the time that each has."""
        for each in self._parts:
            each.wait()

    def is_calling(self) -> bool:
        """Return True if this thread is in a call of a hook."""
        return any(each.is_calling() for each in self._parts)

    def close(self) -> None:
        """End every thread; a later run starts them again."""
        self.shut_down(monotonic())
