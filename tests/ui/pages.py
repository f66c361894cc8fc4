"""What the tests of the page share: asking it, reading its answers, and databases to show."""

from __future__ import annotations

import json
import math
from array import array
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from starlette.testclient import TestClient

from xetrack import Tracker
from xetrack_ui.server.app import make_app
from xetrack_ui.server.sessions import Session
from xetrack_ui.tables.workspace import Workspace

TOKEN = "token-of-the-tests"
PORT = 4321
CODES = {"f32": "f", "f64": "d", "u32": "I"}
HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    'it\'s "quoted"; DROP TABLE x --',
    "two\nlines\tand a tab",
    "a,b%2Cc",
    "../../etc/passwd",
    "größer 数 \u202e",
    "__proto__",
]


class Page:
    """A page, asked as a browser asks it that has the token."""

    def __init__(self, locations, table="", logs=()):
        self.workspace = Workspace([*map(str, locations)], table, [*map(str, logs)])
        hosts = {"127.0.0.1", "localhost"}
        self.app, self.inner = make_app(self.workspace, Session(PORT, TOKEN), hosts)
        self.client = TestClient(
            self.app,
            base_url=f"http://127.0.0.1:{PORT}",
            cookies={f"xetrack_ui_{PORT}": TOKEN},
            raise_server_exceptions=True,
        )

    def answer(self, path, /, **parameters):
        """Return the answer to a request; a list of names is joined as the page joins it."""
        pairs = {name: joined(value) for name, value in parameters.items()}
        url = path if path.startswith("/api") else of_table(path)
        return self.client.get(url, params=pairs or None)

    def json(self, path, /, **parameters):
        """Return an answer that is no error."""
        answer = self.answer(path, **parameters)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def error(self, status, path, /, **parameters):
        """Return the error of an answer, which says what to do next."""
        answer = self.answer(path, **parameters)
        assert status == answer.status_code, answer.text
        error = answer.json()["error"]
        assert {"type", "message", "hint"} == error.keys()
        assert error["message"]
        assert "Traceback" not in answer.text
        return error

    def series(self, **parameters):
        """Return the head of a series, and its columns by name."""
        answer = self.answer("series", **parameters)
        assert 200 == answer.status_code, answer.text
        assert "application/octet-stream" == answer.headers["content-type"]
        return decoded(answer.content)


def joined(value):
    """Return a parameter; the items of a list with commas between them."""
    if not isinstance(value, list | tuple):
        return value
    return ",".join(item.replace("%", "%25").replace(",", "%2C") for item in value)


def of_table(path, table="default", db=0):
    """Return the path of an answer about a table."""
    return f"/api/db/{db}/{quote(table, safe='')}/{path}"


def decoded(content):
    """Return the head of a series and its columns, as the page reads them."""
    length = int.from_bytes(content[:4], "little")
    assert 0 == length % 4
    head = json.loads(content[4 : 4 + length])
    columns = {}
    for column in head["columns"]:
        numbers = array(CODES[column["type"]])
        begin = 4 + length + column["offset"]
        assert 0 == begin % numbers.itemsize
        numbers.frombytes(content[begin : begin + column["length"] * numbers.itemsize])
        columns[column["name"]] = numbers
    return head, columns


@contextmanager
def opened(*locations, table="", logs=()):
    """Open a page, and close its databases at the end."""
    page = Page(locations, table, logs)
    with page.workspace.closing():
        yield page


def fill(location, table="default"):
    """Log three runs: two with records, of which one failed, and one that has nothing but rows."""
    for number, rate in enumerate((0.1, 0.2)):
        tracker = Tracker(
            location,
            {"lr": rate, "optimizer": "sgd"},
            table=table,
            track_id=f"run-{number}",
            name=f"the {number}",
            group="sweep",
            tags=["fine"] if number else [],
            record=[],
        )
        with suppress(ZeroDivisionError), tracker:
            for step in range(10):
                tracker.log({"step": step, "loss": 1 / (step + 1) + number})
            tracker.log({"val/acc": 0.5 + number / 4})
            if number:
                raise ZeroDivisionError("by hand")


def every_kind():
    """Return a row with a value of each kind that is hard to write down."""
    return {
        "nan": math.nan,
        "inf": math.inf,
        "minus": -math.inf,
        "huge": 10**30,
        "big": 2**60,
        "bytes": b"\x00\xff" * 40,
        "when": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "day": date(2026, 1, 2),
        "decimal": Decimal("0.10"),
        "path": Path("a/b"),
        "list": [1, math.nan, {"a": b"x"}],
        "truth": True,
        "long": "x" * 2**20,
        "text": HOSTILE[0],
        "surrogate": "\udc80",
    }
