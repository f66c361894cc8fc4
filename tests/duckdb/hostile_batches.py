"""A child that reads mutated batches of a row log: ``hostile_batches FOLDER FIRST LAST``."""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

from tests.duckdb.test_batches import COLUMNS, repeated
from tests.engines import log, opened, read
from tests.hostile import mutated
from tests.hostile_child import reading, ready
from xetrack.errors import XetrackError

TYPES = ["q", "d", "?", "texts", "text", "O", "S8", "i1", "", None, 7, "M8[us]", "V0"]
ROWS = [0, 1, -1, 1_999, 2_001, 2**20, 2**31, 2**40, 2**62, "many", None, 2000.5]


def damage(path: Path, seed: int) -> None:
    """Change something in the batch of a log."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = connection.execute("SELECT rowid, cells, missing FROM xetrack_batch_columns")
        number, cells, missing = chance.choice(columns.fetchall())
        what = chance.choice(["cells", "cells", "cells", "missing", "type", "rows", "after", "one"])
        if what in {"rows", "after"}:
            connection.execute(f"UPDATE xetrack_batches SET {what} = ?", (chance.choice(ROWS),))
            return
        if what == "one":  # one text for all rows, of which there are many, and nothing else
            connection.execute("DELETE FROM xetrack_batch_columns WHERE type != 'text'")
            connection.execute("UPDATE xetrack_batches SET rows = ?", (chance.choice(ROWS),))
            return
        values = {
            "cells": lambda: chance.choice([mutated(cells, seed), cells[:-8], "text", None, 5]),
            "missing": lambda: mutated(missing or bytes(2_000), seed),
            "type": lambda: chance.choice(TYPES),
        }
        sql = f"UPDATE xetrack_batch_columns SET {what} = ? WHERE rowid = ?"
        connection.execute(sql, (values[what](), number))


def main(folder: Path, first: int, last: int) -> None:
    """Log a batch, and read it again and again, each time damaged in another way."""
    engine = opened(folder / "whole.duckdb")
    with engine.lock:  # else the batch would be brought to DuckDB as soon as nobody writes
        log(engine, {"n": 1})
        log(engine, *repeated(COLUMNS))
        name = Path(engine.log.engine.location).name
        ready()
        for seed in range(first, last):
            place = folder / str(seed)
            place.mkdir()
            for file in folder.glob("whole.*"):
                shutil.copy(file, place)
            damage(place / name, seed)
            with reading(f"batch {seed}", XetrackError):
                other = opened(place / "whole.duckdb")
                try:
                    read(other)
                finally:
                    with suppress(XetrackError):
                        other.close()
            shutil.rmtree(place)
    engine.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
