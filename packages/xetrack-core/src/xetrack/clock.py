"""Timestamps that name rows, and track ids that name runs."""

from __future__ import annotations

from random import SystemRandom
from time import gmtime, localtime, strftime, time_ns

from xetrack.words import ADJECTIVES, NOUNS

_SECOND = 1_000_000
"""Microseconds."""


class Clock:
    """Local time in microseconds as text, strictly increasing whatever the system clock does.

    It also increases as text, so an hour that is repeated when summer time ends counts on by
    single microseconds. One thread at a time.
    """

    def __init__(self) -> None:
        self._last = 0
        self._offset = localtime().tm_gmtoff * _SECOND
        self._second = -_SECOND
        self._prefix = ""

    def stamp(self) -> str:
        """Return the next timestamp: ``YYYY-MM-DD HH:MM:SS.ffffff``."""
        moment = time_ns() // 1_000 + self._offset
        if moment <= self._last:
            moment = self._last + 1
        self._last = moment
        micro = moment - self._second
        # Most are in the same second as the one before. The seventh digit keeps the zeros.
        if 0 <= micro < _SECOND:
            return self._prefix + str(micro + _SECOND)[1:]
        return self._in_new_second(moment)

    def stamps(self, number: int) -> list[str]:
        """Return as many timestamps, each a microsecond after the one before."""
        found = [self.stamp()]
        while len(found) < number:
            moment = self._last + 1
            found.append(self._text(moment))
            # All that lie in the same second at once.
            most = min(number - len(found), self._second + _SECOND - moment - 1)
            digits = range(
                moment + 1 - self._second + _SECOND, moment + 1 - self._second + _SECOND + most
            )
            found += [self._prefix + str(digit)[1:] for digit in digits]
            self._last = moment + most
        return found

    def _in_new_second(self, moment: int) -> str:
        # The offset from UTC changes at most with a second. When it falls, the time as text would
        # go back; so it stays, and counts on by single microseconds until the clock is there.
        offset = localtime().tm_gmtoff * _SECOND
        self._last = moment = max(moment, moment + offset - self._offset)
        self._offset = offset
        return self._text(moment)

    def _text(self, moment: int) -> str:
        micro = moment - self._second
        if not 0 <= micro < _SECOND:
            second, micro = divmod(moment, _SECOND)
            self._second = second * _SECOND
            self._prefix = strftime("%Y-%m-%d %H:%M:%S.", gmtime(second))
        return self._prefix + str(micro + _SECOND)[1:]


def generate_track_id() -> str:
    """Return a new name for a run, such as ``cool-name-1234``; there are over 10**9 of them.

    The system's own source of randomness is used, so that seeding `random` neither repeats an
    id nor is disturbed by one.
    """
    choose = SystemRandom()
    return f"{choose.choice(ADJECTIVES)}-{choose.choice(NOUNS)}-{choose.randrange(10_000):04d}"
