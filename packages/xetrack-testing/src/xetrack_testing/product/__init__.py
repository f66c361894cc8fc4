"""The contract of the whole product: trackers, readers, copies and ``xt``, with one part in it."""

from __future__ import annotations

import math
import threading
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from xetrack import Reader, Tracker
from xetrack import copy as copy_rows
from xetrack.errors import RunNotFoundError, UnsupportedValueError, XetrackWarning
from xetrack.interfaces.runs.record import RunStatus
from xetrack.plugins.entrypoints import find, normalized
from xetrack.plugins.parts import PLUGIN
from xetrack.plugins.registry import Registry
from xetrack_testing.installed import InstalledContract
from xetrack_testing.processes import together
from xetrack_testing.product import work
from xetrack_testing.rows import exact
from xetrack_testing.threads import threads_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

OF_READERS = {"engine", "table", "asset_store", "trust"}
"""Options of a tracker that a reader has too."""

ROW: dict[str, Any] = {"epoch": 1, "loss": 0.5, "word": "text", "none": None, "list": [1, math.nan]}


class ProductContract(InstalledContract):
    """The whole product with a part: rows, calls, objects, changes, copies, processes and ``xt``.

    The part is chosen by the fixture `options`, or by `db` if it is an engine. The tests are
    skipped as long as the distribution is not installed. For example::

        class TestProduct(ProductContract):
            distribution = "xetrack-redis"

            @pytest.fixture
            def options(self):
                return {"sinks": ["redis"]}
    """

    backend: str | None = None
    """Name of a frame backend, to read rows with it as well."""

    @pytest.fixture
    def db(self, tmp_path: Path) -> str:
        """The location of a database; nothing is there yet. By default a file of SQLite.

        Parameters
        ----------
        tmp_path
            A folder of the test's own, made by pytest.
        """
        return str(tmp_path / "runs.db")

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        """What a tracker gets beside the database: the part, and what it is configured by."""
        return {}

    @pytest.fixture
    def objects(self) -> Sequence[object]:
        """Objects that are no plain values, to be stored as assets; for a codec its own."""
        return [work.Model(1.5, 2), work.Model()]

    @pytest.fixture
    def same(self) -> Callable[[Any, Any], bool]:
        """Compare an object and the one that came back; by default by ``==``."""
        return lambda first, second: bool(first == second)

    @pytest.fixture(autouse=True)
    def _own_key(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Keep the key that signs pickles out of the folder of whoever runs the tests."""
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
        work.RAN.clear()

    @pytest.fixture(autouse=True)
    def _no_warning(self) -> Iterator[None]:
        """Fail where the product warns: a part that works is switched off by nothing."""
        with warnings.catch_warnings(record=True) as recorded:
            warnings.simplefilter("always", XetrackWarning)
            yield
        of_xetrack = [str(each.message) for each in recorded if each.category is XetrackWarning]
        assert not of_xetrack, "warnings of xetrack"
        for each in recorded:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)

    @pytest.fixture
    def tracker(self, db: str, options: dict[str, Any]) -> Iterator[Tracker]:
        """A tracker with the part, of the run ``first``.

        Parameters
        ----------
        db
            The location, from the fixture.
        options
            What `Tracker` gets beside it, from the fixture.
        """
        with Tracker(db, {"model": "small"}, track_id="first", **options) as made:
            yield made

    @pytest.fixture
    def reading(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options that readers take too.

        Parameters
        ----------
        options
            What `Tracker` gets, from the fixture.
        """
        return {name: value for name, value in options.items() if name in OF_READERS}

    def test_its_parts_are_ready(self) -> None:
        """Every part of the distribution can be used: none is quarantined or shadowed."""
        statuses = [
            status
            for status in Registry().check()
            if normalized(status.distribution) == normalized(self.distribution)
        ]
        assert [status for status in statuses if status.kind != PLUGIN], "it offers no part"
        assert not [f"{each.kind} {each.name}: {each.reason}" for each in statuses if each.reason]

    def test_rows_are_logged_and_read(
        self, tracker: Tracker, db: str, options: dict[str, Any], reading: dict[str, Any]
    ) -> None:
        """One by one and in batches, of two runs, in their order; by the tracker and a reader."""
        logged = tracker.log(ROW)
        assert {**ROW, "model": "small"}.keys() <= logged.keys()
        tracker.log_batch([{"epoch": n, "loss": 1 / n} for n in range(2, 300)])
        with Tracker(db, track_id="second", **options) as other:
            other.log({"epoch": 300, "note": "diverged"})
            assert (1, 300) == (other.count_run(), other.count_all())
        assert 299 == len(tracker) == tracker.count_run()
        with Reader(db, **reading) as reader:
            rows = [*reader.iter_rows()]
            assert [*range(1, 301)] == [row["epoch"] for row in rows]
            assert ["first"] * 299 + ["second"] == [row["track_id"] for row in rows]
            for key, cell in {**ROW, "model": "small"}.items():
                assert exact(cell) == exact(rows[0][key]), key
            late = reader.iter_rows(where=[("note", "=", "diverged")])
            assert [300] == [row["epoch"] for row in late]
            if self.backend is not None:
                frame = reader.to_df(backend=self.backend)
                assert 300 == len(frame)

    def test_calls_are_tracked_and_answered(
        self, tracker: Tracker, options: dict[str, Any]
    ) -> None:
        """A call has a row and its result; an error has a row and is raised; a cache answers."""
        train = tracker.wrap()(work.train)
        assert [{"loss": 0.5}, {"loss": 0.5}] == [train(2), train(2)]
        assert ([2] if options.get("cache") else [2, 2]) == work.RAN, "calls that were run"
        with pytest.raises(ArithmeticError, match="nan"):
            tracker.wrap()(work.fail)("nan")
        rows = [*tracker]
        assert ["train", "train", "fail"] == [row["function_name"] for row in rows]
        assert [0.5, 0.5] == [row["loss"] for row in rows[:2]]
        assert "nan" in rows[2]["error"]

    def test_objects_are_stored_with_their_rows(
        self,
        *,
        tracker: Tracker,
        db: str,
        objects: Sequence[object],
        same: Callable[[Any, Any], bool],
        reading: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """They come back to tracker and reader, and go with their run; or are refused at once.

        Where there is no store, the error is typed, and later rows are stored.
        """
        try:
            rows = [tracker.log({"n": n, "thing": value}) for n, value in enumerate(objects)]
        except UnsupportedValueError:
            assert tracker.assets is None or not len(tracker.assets)
            tracker.log({"n": 1})
            assert [1] == [row["n"] for row in tracker]
            return
        ids = [row["thing"] for row in rows]
        assert tracker.assets is not None
        with Reader(db, **reading) as reader:
            for value, asset in zip(objects, ids, strict=True):
                for assets in (tracker.assets, reader.assets):
                    assert assets is not None
                    assert same(value, assets[asset]), f"{value!r:.200} came back otherwise"
            assert {*ids} == {info.id for info in tracker.assets}
            assert {} == tracker.assets.verify()
            assert len(objects) == reader.delete_run("first")
            work.collect_at_once(monkeypatch)
            assert {*ids} == {*tracker.assets.gc()}, "orphans are not collected"
        assert 0 == len(tracker.assets)

    def test_a_run_has_its_record(
        self, tracker: Tracker, db: str, options: dict[str, Any], reading: dict[str, Any]
    ) -> None:
        """It begins with the first row and ends with the tracker; it is found, and goes on."""
        tracker.run.add_tags("baseline")
        assert not tracker.run.record
        tracker.log(ROW)
        begun = tracker.run.record
        assert begun
        assert RunStatus.RUNNING is begun.status
        tracker.run.notes = "as usual"
        tracker.close()
        with Tracker(db, track_id="first", resume=True, **options) as again:
            assert "small" == again.params["model"]
        with Reader(db, **reading) as reader:
            record = reader.run("@1")
            assert ("first", RunStatus.FINISHED) == (record.track_id, record.status)
            assert (("baseline",), "as usual") == (record.tags, record.notes)
            assert "small" == record.params["model"]
            assert 1 == reader.delete_run("first")
            with pytest.raises(RunNotFoundError):
                reader.run("first")

    def test_rows_are_changed_and_runs_deleted(
        self, tracker: Tracker, db: str, options: dict[str, Any], reading: dict[str, Any]
    ) -> None:
        """By the tracker in its run, by a reader in all; what is not named stays."""
        tracker.log_batch([{"n": n} for n in range(4)])
        with Tracker(db, track_id="second", **options) as other:
            other.log({"n": 9})
        assert 4 == tracker.set_value("split", "train")
        assert 1 == tracker.set_where("split", "test", "n", 3)
        with Reader(db, **reading) as reader:
            assert 5 == reader.set_value("kept", True)
            with pytest.warns(XetrackWarning, match="takes text too"):
                assert 1 == reader.set_value("n", "nine", track_id="second")
            rows = [(row["n"], row["split"], row["kept"]) for row in reader.iter_rows()]
            train = [(n, "train", True) for n in range(3)]
            assert [*train, (3, "test", True), ("nine", None, True)] == rows
            assert 4 == reader.delete_run("first")
            assert ["nine"] == [row["n"] for row in reader.iter_rows()]
        assert (0, 1) == (tracker.count_run(), tracker.count_all())

    def test_rows_are_copied_here_and_away(self, tracker: Tracker, db: str, tmp_path: Path) -> None:
        """From a file of SQLite, and into another, with the same cells; again adds nothing."""
        source, target = tmp_path / "source.db", tmp_path / "target.db"
        with Tracker(source, track_id="copied") as other:
            other.log(ROW)
        tracker.log({"epoch": 0})
        assert [1, 0] == [copy_rows(source, db) for _ in range(2)]
        assert [2, 0] == [copy_rows(db, target) for _ in range(2)]
        with Reader(target) as reader:
            rows = [*reader.iter_rows()]
        assert ["first", "copied"] == [row["track_id"] for row in rows]
        for key, cell in ROW.items():
            assert exact(cell) == exact(rows[1][key]), key

    def test_a_tracker_goes_to_other_processes(self, tracker: Tracker, db: str) -> None:
        """It is pickled, and logs there with the same part; no row is lost."""
        try:
            logged = together(work.log_some, tracker, processes=2)
        except TypeError:
            if db == Tracker.IN_MEMORY:
                pytest.skip("a database in memory is that of one process")
            raise
        numbers = [row["n"] for row in tracker if row["n"] is not None]
        assert sorted(n for part in logged for n in part) == sorted(numbers)
        assert 12 == tracker.count_run()

    def test_closing_leaves_no_thread_and_a_later_row_is_stored(
        self, db: str, options: dict[str, Any]
    ) -> None:
        """Twice as well as once."""
        before = {*threading.enumerate()}
        tracker = Tracker(db, track_id="first", **options)
        tracker.log({"n": 1})
        tracker.wrap()(work.train)(1)
        for _ in range(2):
            tracker.close()
        assert [] == threads_left(before, seconds=5), "threads that live on after close"
        tracker.log({"n": 2})
        assert [1, 2] == [row["n"] for row in tracker if row["n"] is not None]
        tracker.close()

    @pytest.mark.skipif(find_spec("xetrack_cli") is None, reason="xetrack-cli is not installed")
    def test_xt_reads_changes_copies_and_checks(
        self, *, tracker: Tracker, db: str, reading: dict[str, Any], tmp_path: Path
    ) -> None:
        """``xt head``, ``set``, ``copy``, ``doctor``, ``delete`` and ``plugins --check``."""
        if db == Tracker.IN_MEMORY:
            pytest.skip("a database in memory is that of one process")
        tracker.log_batch([{"n": n, "word": f"w{n}"} for n in range(3)])
        tracker.close()
        named = ["--engine", reading["engine"]] if "engine" in reading else []
        target = str(tmp_path / "copied.db")
        commands = {
            "head": ["head", db, "--json", *named],
            "set": ["set", db, "n", "7", "--where-key", "word", "--where-value", "w1", *named],
            "where": ["head", db, "--json", "--where", "n", "=", "7", *named],
            "copy": ["copy", db, target],
            "copied": ["head", target, "--json"],
            "doctor": ["doctor", db, "--json", *named],
            "delete": ["delete", db, "first", "--yes", *named],
            "plugins": ["plugins", "--check", "--json"],
        }
        with Reader(db, **reading) as reader:
            package = type(reader.engine).__module__.partition(".")[0]
        others = {
            normalized(point.distribution)
            for point in find()
            if point.value.partition(":")[0].partition(".")[0] != package
        } - {normalized(self.distribution)}
        (answers,) = together(work.run_xt, [*commands.values()], [*others], processes=1)
        printed = {}
        for (name, command), (code, out, err) in zip(commands.items(), answers, strict=True):
            assert "Traceback" not in err, (command, err)
            # Both say what is wrong with the installation, which may have nothing to do with it.
            assert not code or name in {"doctor", "plugins"}, (command, code, out, err)
            printed[name] = out
        assert ["w0", "w1", "w2"] == [row["word"] for row in work.parsed(printed["head"])]
        assert [("w1", 7)] == [(row["word"], row["n"]) for row in work.parsed(printed["where"])]
        assert [0, 7, 2] == [row["n"] for row in work.parsed(printed["copied"])]
        checks = {row["check"]: row for row in work.parsed(printed["doctor"])}
        assert "default (3 rows)" in checks["tables"]["found"]
        assert "ok" == checks["engine"]["state"]
        wrong = [
            row
            for row in work.parsed(printed["plugins"])
            if normalized(row["distribution"]) == normalized(self.distribution) and row["reason"]
        ]
        assert not wrong
        assert 0 == tracker.count_all()
