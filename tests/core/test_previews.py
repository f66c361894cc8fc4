"""What readers, results, records and trackers look like at a prompt and in a notebook."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker
from xetrack.frames.preview import html_table, text_table

HOSTILE = "<script>alert(1)</script>\x1b[2J"


@pytest.fixture
def reader(tmp_path):
    """Of a run with twenty rows, one of them hostile."""
    with Tracker(tmp_path / "runs.db", track_id="a", group="g", notes=HOSTILE) as tracker:
        tracker.log_batch([{"epoch": epoch, "loss": 1 / (epoch + 1)} for epoch in range(19)])
        tracker.log({"epoch": 19, "text": HOSTILE})
    return Reader(tmp_path / "runs.db")


def test_a_result_shows_its_ends():
    """In lines, each as short as a row is."""
    with Tracker(Tracker.IN_MEMORY) as tracker:
        tracker.log_batch([{"epoch": epoch, "loss": epoch / 3} for epoch in range(12)])
    text = text_table(["epoch", "loss"], [(epoch, epoch / 3) for epoch in range(12)])
    assert ["epoch  loss", "0      0", "1      0.333333"] == text.splitlines()[:3]
    assert "…      …" == text.splitlines()[6]
    assert "11     3.66667" == text.splitlines()[-1]
    assert 12 == len(text.splitlines())


def test_results_have_a_heading_and_their_rows(reader):
    """Also where there are none."""
    few = reader.select(["epoch"], head=1)
    assert "Result of 1 row, 1 columns\nepoch\n0" == repr(few)
    assert repr(reader.select(["epoch"], head=0)).startswith("Result of 0 rows")
    assert few._repr_html_().startswith("<table><caption>Result of 1 row")


def test_a_reader_says_how_much_there_is(reader, tmp_path):
    """And what is wrong where nothing can be read; neither raises."""
    assert f"<Reader of 'default' in '{reader.db}': 20 rows>" == repr(reader)
    assert "20 rows" in reader._repr_html_()
    reader.close()
    (tmp_path / "runs.db").write_bytes(b"no database at all, for sure" * 99)
    assert "it is no SQLite database" in repr(reader)


def test_a_record_shows_what_is_known(reader):
    """One line a field; what is empty is left out."""
    lines = repr(reader.run("a")).splitlines()
    assert "RunRecord of 'a'" == lines[0]
    assert "  group: g" in lines
    assert not [line for line in lines if line.startswith(("  parent", "  name", "  error"))]
    assert "status: finished" in reader.run("a")._repr_html_()


def test_texts_stay_texts(reader):
    """Nothing that was logged becomes a tag, or reaches the terminal."""
    shown = [reader, reader.run("a"), reader.select(["text"], tail=1)]
    for each in shown:
        assert "\x1b" not in repr(each) + each._repr_html_()
        assert "<script>" not in each._repr_html_()
    assert "&lt;script&gt;" in html_table([HOSTILE], [[HOSTILE]], HOSTILE)


def test_long_cells_are_cut():
    """Before they are escaped: a cell may be as long as the memory."""
    assert text_table(["a"], [["x" * 10_000]]).endswith("x…")
    assert len(text_table(["a" * 99], [["x" * 10_000]])) < 100
    assert len(html_table(["a"], [["x" * 10_000_000]], "a")) < 500
