"""What `xt export` writes, `xt import` reads back equal: every value that the format has."""

from __future__ import annotations

import itertools
import math
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import XT, environment
from tests.preloaded import run_command
from tests.profiles import examples
from xetrack import Reader, Tracker
from xetrack_cli.__main__ import main

TEXTS = [
    "=1", "'=1", "''=1", "5", "'5", "007", "-5", "", "a,b", '"q"', '""', "'", "''", " x ", "1,5",
    "[1]", "[1, 2]", "'[1, 2]", "''[1, 2]", '{"a": 1}', "[x, y", "null", "NA", "N/A", "None",
    "TRUE", "true", "False", "nan", "-inf", "1e5", "a\rb", "\r", "\n", "\r\n", "a\tb", "sep=;",
    "a;b;c", "\x00", "\x1b[0m", "é→\u2028\x85", "=" * 3_000, "x" * 200_000, '"', '",\n"',
]  # fmt: skip
OTHERS = [
    None, True, False, 0, -5, 2**70, 0.5, -1e300, 1e16, math.inf, -math.inf, [], {}, [1, 2],
    ["a, b", {"x": None}], {"k": "v,w"}, [[]], ["\r\n"], [math.inf, "Infinity"], {"a": -math.inf},
]  # fmt: skip
FORMATS = ["csv", "tsv", "jsonl"]


def same(value):
    """What tells values apart that are equal: 1, 1.0 and True."""
    return type(value).__name__, repr(value)


def round_trip(rows, engine, ending, columns=None, *, known=False):
    """Store rows, export them and import them elsewhere; return both tables, cell by cell.

    Elsewhere may be known what the columns hold, from a run that has the same rows.
    """
    with TemporaryDirectory() as folder:
        old, new, file = f"{folder}/a.{engine}", f"{folder}/b.{engine}", f"{folder}/rows.{ending}"
        with Tracker(old, track_id="1e5", warnings=False) as tracker:
            tracker.log_batch(rows)
        if known:
            with Tracker(new, track_id="other", warnings=False) as tracker:
                tracker.log_batch(rows)
        chosen = ["--columns", ",".join(columns)] if columns else []
        assert [0, 0] == [main(["export", old, file, *chosen]), main(["import", new, file])]
        names = columns or Reader(old).columns
        tables = [Reader(path).select(names, tail=len(rows)).rows() for path in (old, new)]
        if not columns:  # with what identifies them, they are known
            assert (0, len(rows)) == (main(["import", old, file]), len(Reader(old)))
        return [[tuple(map(same, row)) for row in table] for table in tables]


@pytest.mark.parametrize("columns", [None, ["a"]], ids=["whole", "alone"])
@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("engine", ["db", pytest.param("duckdb", marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ["texts", "mixed", "others"])
def test_what_looks_like_something_else_comes_back(engine, ending, columns, kind):
    """Texts like numbers, lists or marks, alone or beside what they look like."""
    pairs = {
        "texts": [(text, "x") for text in TEXTS],
        "mixed": itertools.zip_longest(TEXTS + OTHERS, OTHERS),
        "others": [(value, 1) for value in OTHERS],
    }
    rows = [{"a": a, "b": b} for a, b in pairs[kind]]
    before, after = round_trip(rows, engine, ending, columns)
    assert before == after


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(TEXTS)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False)
scalars = st.none() | st.booleans() | numbers | texts
nested = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
lists = st.lists(nested, max_size=3) | st.dictionaries(texts, nested, max_size=3)
columns = st.sampled_from([texts, numbers, st.booleans(), lists, scalars, scalars | lists])


@st.composite
def tables(draw):
    """Rows of one to three columns, each of one kind or of many, with missing cells."""
    kinds = draw(st.lists(columns, min_size=1, max_size=3))
    row = st.fixed_dictionaries({f"c{at}": kind | st.none() for at, kind in enumerate(kinds)})
    return draw(st.lists(row, min_size=1, max_size=6))


@pytest.mark.slow
@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("engine", ["db", pytest.param("duckdb", marks=pytest.mark.slow)])
@settings(max_examples=examples(20, usual=8), phases=[Phase.explicit, Phase.generate])
@given(rows=tables(), alone=st.booleans(), known=st.booleans())
@example(rows=[{"c0": ""}, {"c0": None}], alone=True, known=False)
@example(rows=[{"c0": "x"}, {"c0": None}, {"c0": "NA"}], alone=True, known=True)
@example(rows=[{"c0": text} for text in TEXTS + OTHERS], alone=False, known=True)
def test_any_table_comes_back(engine, ending, rows, alone, known):
    """Equal in type, value and order; and importing it where it is adds nothing."""
    before, after = round_trip(rows, engine, ending, ["c0"] if alone else None, known=known)
    assert before == after


plain_columns = st.sampled_from(
    [texts, st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.booleans()]
)


@st.composite
def typed_tables(draw):
    """Rows whose columns are of one kind each, as those of Parquet are."""
    kinds = draw(st.lists(plain_columns, min_size=1, max_size=3))
    row = st.fixed_dictionaries({f"c{at}": kind | st.none() for at, kind in enumerate(kinds)})
    return draw(st.lists(row, min_size=1, max_size=6))


@pytest.mark.parametrize("engine", ["db", pytest.param("duckdb", marks=pytest.mark.slow)])
@settings(max_examples=examples(20, usual=10))
@given(rows=typed_tables())
def test_any_table_of_one_kind_a_column_comes_back_from_parquet(engine, rows):
    """A column of several kinds is text there, and so is a list."""
    before, after = round_trip(rows, engine, "parquet")
    assert before == after


@pytest.mark.parametrize("ending", ["csv", "tsv"])
@pytest.mark.parametrize("engine", ["db", pytest.param("duckdb", marks=pytest.mark.slow)])
def test_texts_stay_texts_in_a_column_that_holds_numbers(tmp_path, engine, ending):
    """They were written in quotes, which say so, whatever the column there holds by now."""
    old, new, file = (tmp_path / name for name in (f"a.{engine}", f"b.{engine}", f"rows.{ending}"))
    texts = ["5", "007", "1e3", "true", "NA", "words"]
    with Tracker(old, warnings=False) as tracker:
        tracker.log_batch([{"value": text, "number": 5} for text in texts])
    with Tracker(new, warnings=False) as tracker:
        tracker.log({"value": 5, "number": 5})
    assert [0, 0] == [main(["export", str(old), str(file)]), main(["import", str(new), str(file)])]
    rows = Reader(new).select(["value", "number"]).rows()
    assert [(5, 5), *((text, 5) for text in texts)] == [*map(tuple, rows)]


def test_lists_and_numbers_in_quotes_keep_their_kind_where_numbers_are(tmp_path):
    """A list needs quotes for its commas; and where all is in quotes, they tell nothing."""
    old, new, file = (tmp_path / name for name in ("a.db", "b.db", "rows.csv"))
    values = [5, [1, 2], {"k": 1}]
    with Tracker(old, warnings=False) as tracker:
        tracker.log_batch([{"value": value} for value in values])
    with Tracker(new, warnings=False) as tracker:
        tracker.log({"value": 1})
    assert [0, 0] == [main(["export", str(old), str(file)]), main(["import", str(new), str(file)])]
    assert [1, *values] == [row[0] for row in Reader(new).select(["value"]).rows()]
    file.write_text('track_id,timestamp,value\n"run","2026-01-01 00:00:00.000001","7"\n')
    assert 0 == main(["import", str(new), str(file)])
    assert [1, *values, 7] == [row[0] for row in Reader(new).select(["value"]).rows()]


@pytest.mark.parametrize("engine", ["db", pytest.param("duckdb", marks=pytest.mark.slow)])
def test_nan_comes_back_or_its_loss_is_reported(tmp_path, capsys, engine):
    """JSON has none: it is null there, with a warning; a missing cell gives none."""
    db = tmp_path / f"a.{engine}"
    with Tracker(db) as tracker:
        tracker.log_batch([{"x": math.nan, "y": 1.0}, {"x": None, "y": math.nan}])
    for ending in ("csv", "tsv", "parquet", "jsonl"):
        new, file = tmp_path / f"{ending}.{engine}", tmp_path / f"rows.{ending}"
        assert 0 == main(["export", str(db), str(file)])
        warned = "2 cells of nan became null, as JSON has no nan" in capsys.readouterr().err
        assert 0 == main(["import", str(new), str(file)])
        rows = Reader(new).select(["x", "y"]).rows()
        assert warned == (ending == "jsonl")
        assert warned == (repr(rows) == "[(None, 1.0), (None, None)]")
        assert warned != (repr(rows) == "[(nan, 1.0), (None, nan)]")
    assert 0 == main(["export", str(db), str(tmp_path / "y.jsonl"), "--where", "y", "=", "1"])
    assert "1 cell of nan" in capsys.readouterr().err


def test_a_table_goes_through_pipes(tmp_path):
    """`xt export runs.db - | xt import other.db -`, in every format."""
    with Tracker(tmp_path / "a.db") as tracker:
        tracker.log_batch([{"t": text, "n": 1} for text in TEXTS if "\0" not in text])
    for form in ("csv", "jsonl", "parquet"):
        words = ["-", "--format", form]
        options = {"cwd": tmp_path, "env": environment(), "capture_output": True}
        written = run_command([*XT, "export", "a.db", *words], check=True, **options)
        assert b"" == written.stderr
        done = run_command(
            [*XT, "import", f"{form}.db", *words], check=True, input=written.stdout, **options
        )
        assert done.stdout.startswith(b"Imported 44 rows of 1 run")
        names = ["t", "n", "timestamp", "track_id"]
        tables = [Reader(tmp_path / name).select(names).rows() for name in ("a.db", f"{form}.db")]
        assert tables[0] == tables[1]
