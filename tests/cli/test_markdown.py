"""Tables in Markdown hold what the cells hold, whatever that means in Markdown."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from xetrack import Tracker
from xetrack_cli.render.cells import text_of
from xetrack_cli.render.markdown import markdown
from xetrack_cli.render.model import Table

BREAKING_OUT = [
    "a|b",
    r"a\|b",
    r"a\\|b",
    "a\\",
    "\\",
    "`a|b`",
    "``",
    "`",
    "**bold** and *so*, _so_, __so__ and ~~not so~~",
    "[link](https://example.com)",
    "![image](x.png)",
    "[a][b] [c]: d",
    "<script>alert(1)</script>",
    "<https://example.com>",
    "<!-- comment -->",
    "a < b & c > d",
    "&lt;b&gt; &#124; &amp; &",
    r"C:\new\_file \*",
    "  blanks  around  ",
    " ",
    "first line\nsecond | line\r\n| --- |",
    "| x |",
    "--- | ---",
    "# title",
    "- item",
    "\x1b[31mred\x1b[0m",
    "\u202eevil",
    "__init__ a_b_c _private_ snake_case_",
    "\x00",
]


def parsed(text):
    """The rows of one table as a parser reads them: cells, each with the kinds of its parts."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    assert ["table_open", "table_close"] == [tokens[0].type, tokens[-1].type]
    rows = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        if token.type == "inline":
            kinds = {part.type for part in token.children} - {"text", "text_special"}
            rows[-1].append(("".join(part.content for part in token.children), kinds))
    return rows


def once(names, *rows, **more):
    """The Markdown of a table."""
    return "\n".join(markdown(Table(names=tuple(names), rows=rows, **more)))


@pytest.mark.parametrize("text", BREAKING_OUT, ids=repr)
def test_a_cell_is_one_cell_of_its_text(text):
    """In a row and as the name of a column, first and last."""
    shown = (text_of(text), set())
    assert [[shown, ("n", set()), shown]] * 2 == parsed(once([text, "n", text], [text, "n", text]))


@given(st.lists(st.text(alphabet="ab1 \\|`*_~[]()<>!&#;:'\"-=+.\n{}", max_size=12), min_size=1))
@example(["a\\", "|"])
def test_any_cells_are_those_cells(texts):
    """Of what means something in Markdown, in any order."""
    expected = [(text_of(text), set()) for text in texts]
    names = [f"n{at}" for at in range(len(texts))]
    assert expected == parsed(once(names, texts))[1]


def test_plain_values_look_as_they_are():
    """People read these tables as they are, so nothing is escaped without need."""
    values = ["snake_case_name", [1, [2]], {"a": "b c"}, "a-b.c (d) 1 < 2 & 3", r"C:\Users", "x!"]
    line = once("abcdef", values).splitlines()[-1]
    assert [text_of(one) for one in values] == [part.strip() for part in line.split("|")[1:-1]]


def test_names_and_cells_of_a_database_stay_in_their_cells(xt, tmp_path):
    """Of `xt head` in a pipe, as it is pasted into an issue."""
    with Tracker(tmp_path / "x.db") as tracker:
        tracker.log({"a|b": "c`|`d", "<b>": ["|"]})
    done = xt("head", "x.db")
    (row,) = json.loads(xt("head", "x.db", "--json").out)
    assert [["", *row], ["0", *map(text_of, row.values())]] == [
        [text for text, _ in cells] for cells in parsed(done.out)
    ]


def test_no_cell_of_a_pipe_is_very_long(xt, tmp_path):
    """JSON has all of it."""
    with Tracker(tmp_path / "long.db", track_id="a") as tracker:
        tracker.log({"text": "y" * 1_000})
    row = xt("head", tmp_path / "long.db").out.splitlines()[2]
    assert max(map(len, row.split("|"))) < 310
    assert "yyy… |" in row
    assert "y" * 1_000 in xt("head", tmp_path / "long.db", "--json").out
