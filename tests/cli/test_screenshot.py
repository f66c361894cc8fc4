"""The picture in the documentation is of what `xt` shows today."""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape

from tools import screenshot

TEXT = re.compile(r"<text [^>]*#xt-line-(\d+)\)\">([^<]*)</text>")


def lines(svg):
    """The lines of text in a picture, without the frames of its tables."""
    found = defaultdict(str)
    for number, text in TEXT.findall(svg):
        found[int(number)] += unescape(text)
    return [" ".join(re.sub(r"[│┌┐╭╮─┬]", " ", found[n]).split()) for n in sorted(found)]


def fixed(svg):
    """What does not depend on the files that were compressed: commands, columns, titles."""
    return [line for line in lines(svg) if re.match(r"\$|config_codec|file|.*histogram", line)]


def test_the_picture_shows_what_the_commands_print_now(xt, tmp_path):
    """On a demo of a few files, the same commands give the same columns."""
    (tmp_path / "data").mkdir()
    for number in range(3):
        (tmp_path / "data" / f"{number}.txt").write_text(f"{number} again and again\n" * 100)
    assert 0 == xt("demo", "data", "--db", "xetrack-demo.db").code
    drawn = screenshot.picture(tmp_path / "xetrack-demo.db")
    kept = screenshot.PICTURE.read_text("utf-8")
    assert 6 == len(fixed(kept))
    assert fixed(kept) == fixed(drawn)
    # Of fonts that a picture may not fetch, only the name is left.
    assert "url(http" not in kept + drawn
    assert any(re.match(r"0\.txt|1\.txt|2\.txt", line) for line in lines(drawn))
