"""The format keeps every promise of its kind."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from xetrack_example.html import ExampleTable

from xetrack_testing import FormatContract


class _Cells(HTMLParser):
    """Reads the texts of a table."""

    def __init__(self):
        super().__init__()
        self.rows = []

    def handle_starttag(self, tag, _):
        assert tag in {"table", "tr", "th", "td"}, f"a text became the tag {tag}"
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.removesuffix("\n")


class TestFormat(FormatContract):
    """Declare what cannot hold: test_x = gap(FormatContract.test_x, 'the reason')."""

    format_class = ExampleTable

    @pytest.fixture
    def cells(self):
        """Read what was written."""

        def read(text):
            parser = _Cells()
            parser.feed(text)
            parser.close()
            return parser.rows

        return read
