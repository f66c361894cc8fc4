"""Timestamps of rows, and track ids of runs."""

from __future__ import annotations

from os import urandom
from time import gmtime, localtime, strftime, time_ns

from xetrack.model.run_names import ADJECTIVES, NOUNS

_SECOND = 1_000_000
"""Microseconds in a second."""

_MICROSECONDS = slice(10, 16)
"""The microseconds among the 19 digits of the system's nanoseconds, from 2001 to 2286."""

_NEVER = "never"
"""A text that the digits of a clock never begin with."""

_DIGITS = [f"{number:03d}" for number in range(1_000)]
"""Half of the digits of a microsecond: joining them is three times as fast as formatting."""


class Clock:
    """A clock of local time in microseconds, strictly increasing whatever the system clock does.

    It also increases as text: in the hour that is repeated when summer time ends, it advances by
    single microseconds.

    **Thread safety.** One thread at a time may use it.

    Examples
    --------
    >>> clock = Clock()
    >>> clock.stamp() < clock.stamp()
    True
    >>> len(clock.stamps(3))
    3
    """

    def __init__(self) -> None:
        self._second = 0
        """The local second of the last timestamp, counted from 1970."""
        self._micro = "000000"
        """Microseconds of the last timestamp, within its second."""
        self._prefix = "1970-01-01 00:00:00."
        """The text of that second."""
        self._began = _NEVER
        """The ten digits of that second on the system's clock."""

    def stamp(self) -> str:
        """Return the next timestamp: ``YYYY-MM-DD HH:MM:SS.ffffff``."""
        # Most are in the same second as the one before. Then nothing is quicker than to cut the
        # digits of the system's clock, which are seconds, microseconds and the rest.
        digits = str(time_ns())
        micro = digits[_MICROSECONDS]
        # In this order: between the comparison and what follows no signal handler can log.
        if digits.startswith(self._began) and micro > self._micro:
            self._micro = micro
            return self._prefix + micro
        while True:
            before = self._micro
            state = _state(self._next(int(digits)))
            if self._micro is before:  # else a signal handler took a stamp meanwhile
                self._second, self._prefix, self._began, self._micro = state
                return state[1] + state[3]

    def stamps(self, number: int) -> list[str]:
        """Return a number of timestamps, each a microsecond after the one before."""
        stamps = [self.stamp()]
        while len(stamps) < number:
            before = self._micro
            first = self._second * _SECOND + int(before) + 1
            last = first + number - len(stamps) - 1
            state = _state(last)
            if self._micro is before:  # as above
                self._second, self._prefix, self._began, self._micro = state
                stamps += _texts(first, last)
        return stamps

    def _next(self, now: int) -> int:
        """Return the next moment, in local microseconds."""
        local = now // 1_000 + localtime().tm_gmtoff * _SECOND
        # When the offset from UTC falls, the time as text would go back; so it counts on by
        # single microseconds until the clock is there.
        return max(local, self._second * _SECOND + int(self._micro) + 1)


def _state(moment: int) -> tuple[int, str, str, str]:
    """Return the state of a clock at a moment: second, its text, its digits, microseconds."""
    second, number = divmod(moment, _SECOND)
    began = str(second - localtime().tm_gmtoff)
    digits = began if len(began) == _MICROSECONDS.start else _NEVER
    return second, _prefix(second), digits, f"{number:06d}"


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
