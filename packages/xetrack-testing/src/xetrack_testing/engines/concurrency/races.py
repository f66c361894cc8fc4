"""Many processes at once, from the first moment on; and one that is killed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Settings
from xetrack.model.names import DEFAULT_TABLE, OWN, fold
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import killed, meanwhile, together
from xetrack_testing.rows import cells, column, fields, log, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Row, Value
    from xetrack_testing.engines.base import Opened

KEYS = ("loss", "Loss", "LOSS", "a b", "a_b", "select", "k" * 70, "k" * 71)


def add_columns(number: int, engine_class: type[Engine], location: str) -> list[str]:
    """Ask for the same columns as other processes, in another order and for another kind.

    Parameters
    ----------
    number
        The number of the process.
    engine_class
        The engine under test.
    location
        Where its database is.

    Returns
    -------
    list of str
        The column of each of `KEYS`.
    """
    engine = engine_class(location, Settings())
    answers = {}
    values: list[Value] = [1, 0.5, "x"]
    for key in [*KEYS[number * 2 :], *KEYS, f"mine{number}"]:
        answers[key] = engine.add_columns(DEFAULT_TABLE, fields([{key: values[number]}]))[0]
    engine.close()
    return [answers[key] for key in KEYS]


def log_rows(number: int, engine_class: type[Engine], location: str, rows: int) -> int:
    """Log in two threads with an engine each, while columns widen.

    Parameters
    ----------
    number
        The number of the process.
    engine_class
        The engine under test.
    location
        Where its database is.
    rows
        How many rows each thread logs.

    Returns
    -------
    int
        How many rows were logged.
    """
    shared, own = (engine_class(location, Settings()) for _ in range(2))

    def write(engine: Engine, thread: int) -> None:
        for n in range(rows):
            values: list[Value] = [n, n / 2, "x", None]
            value = values[(n + number) % 4]
            log(engine, {"n": n, "who": f"{number}-{thread}", f"k{n % 7}": value})

    with meanwhile(lambda: write(shared, 1), lambda: write(own, 2)):
        pass
    shared.close()
    own.close()
    return 2 * rows


def log_for_ever(
    acknowledge: Callable[[int], None], engine_class: type[Engine], location: str, first: int
) -> None:
    """Log rows and batches until the process is killed.

    Parameters
    ----------
    acknowledge
        Called with the number of each row that is stored.
    engine_class
        The engine under test.
    location
        Where its database is.
    first
        The number of the first row.
    """
    engine = engine_class(location, Settings())
    n = first
    while True:
        row: Row = {"n": n, f"k{n % 20}": [n, n / 2, "x", True, float("nan")][n // 20 % 5]}
        if n % 10 == 9:
            log(engine, row, *[{"batch": n}] * 2)
        elif n % 10 == 8:
            log(engine, row)
        else:  # as trackers do
            inserter = engine.inserter(DEFAULT_TABLE, fields([row]))
            with engine.lock:
                inserter.append(cells(row, row))
        acknowledge(n)
        n += 1


class RacesContract(EngineFixtures):
    """Any number of processes may use one location at once."""

    def test_processes_that_add_columns_get_one_answer(self, opened: Opened, location: str) -> None:
        """The same keys, for other kinds, in other orders, on a database that is missing."""
        answers = together(add_columns, self.engine_class, location, processes=3)
        assert [answers[0]] * 3 == answers
        assert len(KEYS) == len(set(map(fold, answers[0])))
        engine = opened()
        assert len(OWN) + len(KEYS) + 3 == len(engine.columns(DEFAULT_TABLE))
        kinds = {column.key: set(column.kinds) for column in engine.columns(DEFAULT_TABLE)}
        assert {"int", "float", "text"} == kinds["loss"]

    def test_processes_lose_no_row(self, opened: Opened, location: str) -> None:
        """Three processes of two threads each lose no row, and no order, of a missing database."""
        rows = 60
        logged = together(log_rows, self.engine_class, location, rows, processes=3)
        assert [2 * rows] * 3 == logged
        numbers: dict[str, list[int]] = {}
        for row in read(opened()):
            numbers.setdefault(row["who"], []).append(row["n"])
        assert {f"{process}-{thread}" for process in range(3) for thread in (1, 2)} == set(numbers)
        wrong = {who: stored for who, stored in numbers.items() if [*range(rows)] != stored}
        assert not wrong, "the numbers that were found of those who lost or mixed up some"

    def test_threads_may_begin_one_database(self, opened: Opened) -> None:
        """Each with an engine of its own, all at the same moment."""
        ready = threading.Barrier(8)

        def begin(number: int) -> None:
            engine = opened()
            ready.wait(allowed(20))
            log(engine, {"n": number})

        with meanwhile(*(lambda number=number: begin(number) for number in range(8))):
            pass
        assert [*range(8)] == sorted(column(opened(), "n"))

    def test_what_was_acknowledged_survives_a_kill(self, opened: Opened, location: str) -> None:
        """``kill -9`` amid writing, twice: neither a row is lost nor a batch torn.

        The database takes new rows at once.
        """
        acknowledged: list[Any] = []
        for first, after in ((0, 3), (1_000, 47)):
            acknowledged += killed(log_for_ever, self.engine_class, location, first, after=after)
        engine = opened()
        log(engine, {"n": 9_999})
        stored = [n for n in column(engine, "n") if n is not None]
        assert sorted(set(stored)) == stored, "rows are stored twice, or out of order"
        lost = sorted({*acknowledged} - {*stored})
        assert not lost, "rows that were acknowledged"
        assert len(stored) - 1 - len(acknowledged) <= 2, "rows came from nowhere"
        batches = [n for n in column(engine, "batch") if n is not None]
        assert sorted([n for n in stored if n % 10 == 9 and n != 9_999] * 2) == batches
