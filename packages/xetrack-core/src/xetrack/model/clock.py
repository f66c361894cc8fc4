"""Timestamps of rows, and track ids of runs."""

from __future__ import annotations

import os
import threading
from collections import deque
from datetime import datetime, timedelta, timezone
from os import urandom
from time import gmtime, localtime, strftime, time_ns
from weakref import WeakValueDictionary

from xetrack.model.run_names import ADJECTIVES, NOUNS

_SECOND = 1_000_000
"""Microseconds in a second."""

_NANOSECONDS = 1_000_000_000
"""Nanoseconds in a second."""

_FIRST, _END = 10**9, 10**10
"""Seconds of the system's clock that have ten digits: from 2001 to 2286."""

_DIGITS = [f"{number:03d}" for number in range(1_000)]
"""Half of the digits of a microsecond: joining them is three times as fast as formatting."""


_lock = threading.RLock()
"""Held while a clock is looked for; again by a signal handler that logs meanwhile."""


def _renew_lock() -> None:
    """Replace the lock in a forked child, where a thread that is gone may have it."""
    global _lock  # noqa: PLW0603 - nothing else can free it
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


class Clock:
    """A clock of local time in microseconds, strictly increasing whatever the system clock does.

    It keeps the offset from UTC that local time had when it was made. So two timestamps are as far
    apart as their moments, also when summer time begins or ends in between; from then on they
    differ from the local time by an hour, and `is_clear` is False.

    **Thread safety.** Any number of threads may use it; no two of them get one timestamp. What was
    read is compared and replaced with no call in between, and Python lets other threads and signal
    handlers in at calls only; a trace function, as of a debugger, makes a call of each line. A lock
    would be 1 % of a row.

    Examples
    --------
    >>> clock = Clock()
    >>> clock.stamp() < clock.stamp()
    True
    >>> len(clock.stamps(3))
    3
    """

    def __init__(self) -> None:
        self._offset = localtime().tm_gmtoff
        self._second = 0
        """The local second of the last timestamp, counted from 1970."""
        self._micro = "000000"
        """Microseconds of the last timestamp, within its second."""
        self._prefix = "1970-01-01 00:00:00."
        """The text of that second."""
        self._since = self._until = 0
        """When it begins and ends on the system's clock, in nanoseconds; a time that has not ten
        digits for its seconds is in no second."""
        self.is_clear = not _is_repeated(time_ns() // 1_000_000_000)
        """Whether timestamps, read as local time, name their moments without `utc_offset`."""

    @property
    def utc_offset(self) -> str:
        """The offset of all timestamps from UTC, such as ``+02:00``."""
        return str(timezone(timedelta(seconds=self._offset))).removeprefix("UTC") or "+00:00"

    def check_offset(self) -> None:
        """Compare the offset with that of local time now, which may end `is_clear`."""
        if localtime().tm_gmtoff != self._offset:
            self.is_clear = False

    def stamp(self) -> str:
        """Return the next timestamp, such as ``2026-03-28 09:30:00.000001``.

        Where local time has got another offset meanwhile, `is_clear` is False from then on.
        """
        # Most are in the same second as the one before. Then nothing is quicker than to cut the
        # digits of the system's clock, which are ten of seconds, six of microseconds and the rest.
        now = time_ns()
        micro = str(now)[10:16]
        # No call from here to the end of the block: nobody else can take a stamp meanwhile.
        if self._since <= now < self._until and micro > self._micro:
            self._micro = micro
            return self._prefix + micro
        if self.is_clear:
            self.check_offset()
        return self._advance(now)

    def stamps(self, number: int) -> list[str]:
        """Return a number of timestamps, each a microsecond after the one before.

        Parameters
        ----------
        number
            How many; 1 or more.

        Returns
        -------
        list of str
            As ``YYYY-MM-DD HH:MM:SS.ffffff``.
        """
        stamps = [self.stamp()]
        while len(stamps) < number:
            before = self._micro
            first = self._second * _SECOND + int(before) + 1
            last = first + number - len(stamps) - 1
            state = self._state(last)
            if self._micro is before:  # else somebody took a stamp meanwhile
                self._second, self._prefix, self._since, self._until, self._micro = state
                stamps += _texts(first, last)
        return stamps

    def _advance(self, now: int) -> str:
        """Return the next timestamp, from the nanoseconds of the system's clock."""
        while True:
            before = self._micro
            local = now // 1_000 + self._offset * _SECOND
            state = self._state(max(local, self._second * _SECOND + int(before) + 1))
            if self._micro is before:  # else somebody took a stamp meanwhile
                self._second, self._prefix, self._since, self._until, self._micro = state
                return state[1] + state[-1]

    def _state(self, moment: int) -> tuple[int, str, int, int, str]:
        """Return the state at a local moment: second, text, begin, end, microseconds."""
        second, number = divmod(moment, _SECOND)
        system = second - self._offset
        since = system * _NANOSECONDS
        until = since + (_NANOSECONDS if _FIRST <= system < _END else 0)
        return second, _prefix(second), since, until, f"{number:06d}"


_clocks: WeakValueDictionary[str, Clock] = WeakValueDictionary()
_latest: deque[Clock] = deque(maxlen=1_024)
"""Clocks that outlive their trackers, as a run may go on in another one."""


def clock_of(track_id: str) -> Clock:
    """Return the clock of a run, which all trackers of the run in this process share.

    Timestamp and track id identify a row, so two clocks of one run could give two rows one
    identity: when the system's clock stands still, or is set back.

    Parameters
    ----------
    track_id
        The run.
    """
    with _lock:
        clock = _clocks.get(track_id)
        if clock is None:
            _clocks[track_id] = clock = Clock()
            _latest.append(clock)
        return clock


def _is_repeated(second: int) -> bool:
    """Return True in the second pass of an hour that local time has twice."""
    try:
        return datetime.fromtimestamp(second).fold == 1  # noqa: DTZ006 - local time is asked for
    except (OverflowError, ValueError, OSError):  # a clock that is set wrong
        return False


def _prefix(second: int) -> str:
    return strftime("%Y-%m-%d %H:%M:%S.", gmtime(second))


def _texts(first: int, last: int) -> list[str]:
    """Return the timestamps of all microseconds from the first to the last, inclusive."""
    texts: list[str] = []
    for second in range(first // _SECOND, last // _SECOND + 1):
        prefix = _prefix(second)
        low = max(first - second * _SECOND, 0)
        high = min(last - second * _SECOND, _SECOND - 1)
        for thousand in range(low // 1_000, high // 1_000 + 1):
            begun = prefix + _DIGITS[thousand]
            here = slice(max(0, low - thousand * 1_000), high - thousand * 1_000 + 1)
            texts += [begun + digits for digits in _DIGITS[here]]
    return texts


def generate_track_id() -> str:
    """Return a new name for a run, such as ``cool-name-1234``, one of over 10**8.

    It uses the system's source of randomness, so seeding `random` neither repeats an id nor is
    disturbed by one.
    """
    adjective, noun = ADJECTIVES[_below(len(ADJECTIVES))], NOUNS[_below(len(NOUNS))]
    return f"{adjective}-{noun}-{_below(10_000):04d}"


def _below(number: int) -> int:
    """Return a random natural number; `random`, which has such a function, is slow to import."""
    return int.from_bytes(urandom(8)) % number
