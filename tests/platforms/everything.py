"""What a user does with xetrack, in one process: `python everything.py FOLDER [bare]`.

It runs on any system; with `bare`, on a Python that has lost what only POSIX systems have. So
all of xetrack is imported late.
"""

from __future__ import annotations

import contextlib
import io
import os
import pkgutil
import sys
import warnings
from array import array
from importlib import import_module
from pathlib import Path

PACKAGES = (
    *("xetrack", "xetrack_arrow", "xetrack_assets", "xetrack_cache", "xetrack_cli"),
    *("xetrack_duckdb", "xetrack_gpu", "xetrack_objects", "xetrack_postgres"),
    *("xetrack_reproduce", "xetrack_ui"),
)


def double(number):
    """Return a result that is worth keeping."""
    return {"double": 2 * number}


def import_everything():
    """Import each module of each distribution, but for those that are run."""
    for name in PACKAGES:
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "__main__" not in module.name and ".scaffold.example" not in module.name:
                import_module(module.name)


def log_and_read(path, **options):
    """Log rows, calls and an object, and read them back."""
    from xetrack import Reader, Tracker  # noqa: PLC0415

    with Tracker(path, {"lr": 0.1}, cache=f"{path}-cache", **options) as tracker:
        tracker.log({"loss": 0.5, "weights": array("b", [1, 2])})
        tracker.log_batch([{"loss": 0.25}, {"loss": 0.125}])
        assert tracker.track(double, args=[21]) == tracker.track(double, args=[21])
        assert tracker.get("weights") == array("b", [1, 2])
        tracker.set_value("done", True)
    reader = Reader(path)
    rows = reader.select().dicts()
    assert [0.5, 0.25, 0.125, None, None] == [row["loss"] for row in rows]
    assert [42, 42] == [row["double"] for row in rows[3:]]
    assert [True] * 5 == [row["done"] for row in rows]
    assert "" == rows[3]["cache"] != rows[4]["cache"], "the second call was answered by the cache"
    assert len(reader.to_df()) == len(reader) == 5
    assert ["finished"] == reader.runs()["status"].tolist()


def log_beside():
    """Write logs, JSON lines and figures of the machine, and read the first two."""
    from xetrack import Reader, Tracker  # noqa: PLC0415

    options = {"log_system_params": True, "log_network_params": True, "git_root": None}
    with Tracker("beside.db", logs_path="logs", jsonl="rows.jsonl", **options) as tracker:
        tracker.log({"loss": 1.0})
        tracker.logger.info("a message")
    assert 1.0 == Reader.read_jsonl("rows.jsonl")["loss"].iloc[0]
    assert 1.0 in Reader.read_logs("logs")["loss"].tolist()
    (row,) = Reader("beside.db").select().dicts()
    assert row["ram_percent"] > 0


def use_xt():
    """Run commands of `xt` in this process."""
    from xetrack_cli.__main__ import main  # noqa: PLC0415

    def run(*words):
        with contextlib.redirect_stdout(io.StringIO()) as written:
            assert 0 == main(words), words
        return written.getvalue()

    assert "0.125" in run("head", "rows.db")
    assert "finished" in run("runs", "rows.db")
    assert "3" in run("sql", "rows.db", "SELECT count(*) FROM events WHERE loss > 0")
    assert "lr" in run("show", "rows.db", "@1")
    for words in (["doctor", "rows.db"], ["plugins"], ["assets", "ls", "rows.db"]):
        assert run(*words), words
    assert run("cache", "stats", "rows.db-cache")
    run("backup", "rows.db", "backup.db")
    run("copy", "rows.db", "copy.db")
    run("export", "rows.db", "rows.csv")
    assert "weights" in Path("rows.csv").read_text()


def keep_waiting_rows():
    """Let rows wait on disk, as those of a sink that is away do, and take them over."""
    from xetrack.dispatch.spool.spool_file import SpoolFile  # noqa: PLC0415

    folder = Path("spool")
    file = SpoolFile.create(folder, "mine")
    for number in range(3):
        file.append({"number": number}, "INFO", 10_000)
    file.forget()
    taken = SpoolFile.adopt(next(folder.glob("*.rows")))
    assert taken is not None
    assert [0, 1, 2] == [row["number"] for row, _, _ in taken.rows()]
    assert 3 == taken.count()
    taken.acknowledge(max(position for _, _, position in taken.rows()))
    taken.close()
    assert [] == list(folder.iterdir())


def main():
    """Do all of it, in the folder that the first argument names."""
    folder, *how = sys.argv[1:]
    os.chdir(folder)
    if how == ["bare"]:
        from tests.platforms.bare import bare  # noqa: PLC0415

        bare()
    warnings.simplefilter("error")
    import_everything()
    log_and_read("rows.db")
    log_and_read("rows.duckdb")
    log_and_read("elsewhere.db", asset_store=(Path.cwd() / "objects").as_uri())
    log_beside()
    use_xt()
    keep_waiting_rows()
    sys.stdout.write("all of it works\n")


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2]))
    main()
