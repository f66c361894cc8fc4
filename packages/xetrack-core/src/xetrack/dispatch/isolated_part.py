"""One sink or probe of a tracker: asked so that it can cost neither a row nor the time of one.

One that is not `quick` is asked in a thread of its own (see `xetrack.dispatch.worker`), for which a
caller waits but a moment. A sink that is often slow is no longer waited for: its rows stand in a
queue, and what has no room there is dropped and counted.
"""

from __future__ import annotations

from threading import get_native_id
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from xetrack.dispatch.worker import Relay, Task
from xetrack.errors import report
from xetrack.interfaces.probes import Probe
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import plain
from xetrack.plugins.quarantine import described

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.dispatch.worker import Outcome
    from xetrack.interfaces.component import PartKind
    from xetrack.model.kinds import Value

P = TypeVar("P", Sink, Probe)

PATIENCE = 5
"""Failures in a row, of one method, after which a part is switched off."""

MOMENT = 0.05
"""Seconds that a caller waits for one answer of a part."""

SLOW = 0.002
"""Seconds from which on an answer is slow."""

OFTEN = 10
"""Slow answers after which nobody waits for a sink any more; in a row, a probe is switched off."""

MOST = 10_000
"""Rows that wait for a sink, at most."""


class Part(Generic[P]):
    """One sink or probe."""

    def __init__(self, kind: PartKind, name: str, part: P) -> None:
        self.part: P = part
        self.failures = 0
        self.off = False
        self._relay = None if part.quick else Relay(f"xetrack-{kind}-{name}")
        self._what = f"The {kind} {name!r}"
        self._slow = self._told = 0
        # Each of them is counted by one thread at a time, or no number would be true.
        self._rows = self._queued = self._tried = self._heard = self._without = 0
        self._stuck = self._told_of_delay = False
        self._in_a_row: dict[str, int] = {}
        # By numbers of the system's, as a forked child may give Python's to a thread anew.
        self._within: set[int] = set()

    @property
    def missed(self) -> int:
        """Rows that a sink did not get and will not, or that lack the figures of a probe."""
        waiting = 0 if self.off else self._queued - self._tried
        return self._rows - self._heard - waiting + self._without

    def ask(self, what: str, function: Callable[..., Any], *args: Any) -> Any:
        """Return what a method of the part returns, and None where it raises or is late.

        A part that logs with its own tracker is not asked again, or it would never end.
        """
        if get_native_id() in self._within:
            return None
        if self._relay is None:
            return self._over(what, self._outcome(what, function, args))
        if self.is_stuck():
            self._without += what != "stop"
            return None
        return self.answer(self._begun(self._relay, what, function, args))

    def answer(self, task: Task) -> Any:
        """Return the answer to what the part's thread was asked, if it comes in a moment."""
        began = monotonic()
        came = task.wait(MOMENT)
        slow = not came or monotonic() - began > SLOW
        if isinstance(self.part, Probe):
            self._probed(came=came, slow=slow)
        else:
            self._slow += slow
        self._stuck = not came
        return task.take() if came else None

    def _probed(self, *, came: bool, slow: bool) -> None:
        """Judge a probe by an answer: a row has its figures at once, or not at all."""
        self._slow = self._slow + 1 if slow else 0
        self._without += not came
        if self._slow >= OFTEN:
            self._switch_off(f"{OFTEN} answers in a row took it longer than {SLOW * 1e3:g} ms")
        elif not came:
            self._delayed(f"gave no answer for {MOMENT:g} s, so rows go without its figures")

    def _delayed(self, how: str) -> None:
        """Say once that a part is not quick enough."""
        if not self._told_of_delay:
            self._told_of_delay = True
            report(f"{self._what} {how}. Storing rows goes on all the same.")

    def hand(self, emit: Callable[..., None], row: Mapping[str, Value], level: str) -> Task | None:
        """Hand a row to a sink, and return what is to be waited for by `answer`."""
        if get_native_id() in self._within:
            return None
        self._rows += 1
        if self.off:
            return None
        if self._relay is None:
            self.ask("emit", emit, row, level)
        elif self._relay.pending >= MOST:
            self._delayed("takes rows more slowly than they come, and misses some from now on")
        else:
            waits = self._slow < OFTEN and not self.is_stuck()
            # The caller may change its row as soon as nobody waits for the sink.
            copied = {key: plain(value) for key, value in row.items()}
            self._queued += 1
            task = self._begun(self._relay, "emit", emit, (copied, level))
            if waits:
                return task
            task.leave()
        return None

    def tell(self, what: str, function: Callable[..., Any]) -> None:
        """Have a method called that returns nothing, after all that was begun before."""
        if self._relay is None:
            self.ask(what, function)
        elif not self.off and get_native_id() not in self._within:
            self._begun(self._relay, what, function, ()).leave()

    def is_stuck(self) -> bool:
        """Tell whether an answer did not come in a moment, and has not come yet."""
        if self._stuck and self._relay is not None and not self._relay.pending:
            self._stuck = False
        return self._stuck

    def settle(self, deadline: float) -> bool:
        """Wait until the part has done all, or until a deadline of `monotonic`; tell which."""
        within = get_native_id() in self._within
        return self._relay is None or within or self._relay.settle(deadline)

    def end(self, deadline: float) -> None:
        """Have the part finish, end its thread, and say how many rows it missed."""
        if self._relay is not None:
            if not self.settle(deadline):
                self._switch_off("it did not finish in time at the end")
            self._relay.end()
        missed = self.missed
        if missed > self._told:
            self._told = missed
            rows = "1 row" if missed == 1 else f"{missed:,} rows"
            report(f"{self._what} missed {rows} in all.")

    def _begun(
        self, relay: Relay, what: str, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> Task:
        return relay.put(
            Task(lambda: self._outcome(what, function, args), lambda found: self._over(what, found))
        )

    def _switch_off(self, why: str) -> None:
        if self.off:
            return
        self.off = True
        report(f"{self._what} is switched off, because {why}. Storing rows goes on without it.")

    def _outcome(self, what: str, function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
        if what != "emit":
            return self._asked(function, args)
        outcome = (None, None) if self.off else self._asked(function, args)
        self._heard += not self.off and outcome[1] is None
        self._tried += self._relay is not None
        return outcome

    def _asked(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
        thread = get_native_id()
        self._within.add(thread)
        try:
            return function(*args), None
        # Not only Exception: a stranger's sys.exit() must not end what the user runs.
        except BaseException as error:  # noqa: BLE001
            return None, error
        finally:
            self._within.discard(thread)

    def _over(self, what: str, outcome: Outcome) -> Any:
        """Return the answer, or count the failure."""
        answer, error = outcome
        if error is None:
            if self._in_a_row:
                self._in_a_row.pop(what, None)
            return answer
        if isinstance(error, KeyboardInterrupt):  # the user's, and not the part's
            raise error
        self._failed(what, error)
        return None

    def _failed(self, what: str, error: BaseException) -> None:
        """Count a failure; report the first, and switch off a part that goes on failing."""
        self.failures += 1
        self._in_a_row[what] = self._in_a_row.get(what, 0) + 1
        if self._in_a_row[what] >= PATIENCE:
            last = f"the last time with {described(error)}"
            self._switch_off(f"it failed {PATIENCE} times in a row; {last}")
        elif self.failures == 1:
            report(f"{self._what} failed: {described(error)}. Storing rows goes on all the same.")
