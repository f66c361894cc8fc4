"""Every command on every engine: it does what it does on SQLite, or names the part that cannot.

The rows of all databases are copies of one, so that whatever a command prints must be the same.
`journal` is the engine of the example, `ledger` one of a stranger, behind a URL: neither has SQL,
SQLite, or an asset store.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import shlex
import subprocess
import sys

import pytest

from tests.cli import ledger
from tests.cli.conftest import environment, without
from tests.cli.recorded import recorder
from tests.engines import ROOT
from tests.postgres.servers import Server
from tests.preloaded import Done, run_xt
from xetrack import Reader, Tracker, copy
from xetrack.plugins.registry import registry
from xetrack_cli.__main__ import main
from xetrack_cli.commands.setup import doctor

EXAMPLE = ROOT / "examples" / "xetrack-example" / "src"
ENGINES = {
    "sqlite": "the engine 'sqlite' of xetrack-core",
    "duckdb": "the engine 'duckdb' of xetrack-duckdb",
    "postgres": "the engine 'postgres' of xetrack-postgres",
    "journal": "the engine 'journal' of xetrack-example",
    "ledger": "the engine 'ledger' of ledger-engine",
}
BACKED_UP = {"sqlite", "duckdb"}
WITH_STORE = {"sqlite", "duckdb", "postgres"}
EACH = pytest.mark.parametrize("name", ENGINES)
SAME = pytest.mark.parametrize("name", [name for name in ENGINES if name != "sqlite"])

READING = {
    "head": "head DB",
    "tail": "tail DB -n 3 --columns epoch,model --json",
    "conditions": "head DB --where epoch > 2 --where accuracy < 0.54 --csv",
    "sort": "head DB --sort accuracy --desc --json",
    "sql": 'sql DB "SELECT model, count(*) AS n, sum(epoch) AS epochs FROM events GROUP BY model '
    'ORDER BY n" --csv',
    "sql keys": """sql DB 'SELECT "val/loss" FROM default WHERE epoch = 1 ORDER BY 1' --json""",
    "runs": "runs DB --json",
    "runs by record": "runs DB --status finished --tag fine --group sweep --since 1d --json",
    "runs by rows": "runs DB --where epoch > 2 --json",
    "show": "show DB one --json",
    "show by name": "show DB 'the first' --csv",
    "show the newest": "show DB @1 --csv",
    "packages": "show DB one --packages --json",
    "patch": "show DB one --patch",
    "compare": "compare DB one two --json",
    "compare all": "compare DB one two --diff",
    "tables": "tables DB",
    "columns": "columns DB --json",
    "names": "ls DB",
    "values": "ls DB model --unique",
    "describe": "stats describe DB --json",
    "top": "stats top DB accuracy --json",
    "bottom": "bottom DB val/loss --json",
    "hist": "plot hist DB accuracy",
    "scatter": "plot scatter DB epoch accuracy",
    "line": "plot line DB epoch accuracy --json",
    "csv": "export DB - --format csv",
    "jsonl": "export DB - --format jsonl --track-id one",
    "another table": "head DB --table notes --json",
    "no such table": "head DB --table note",
    "no such run": "show DB ones",
    "no such column": "ls DB accuracies",
    "wrong sql": "sql DB 'DROP TABLE events'",
}
CHANGING = {
    "set": "set DB tag 3",
    "set of a run": "set DB tag text --track-id one",
    "set where": "set DB accuracy 0.5 --where-key epoch --where-value 3",
    "set nowhere": "set DB accuracy 0.5 --where-key epoch --where-value 300",
    "tag": "tag DB @1 best later",
    "untag": "tag DB 'the first' fine --remove",
    "note": "note DB tw 'Look at it again.'",
    "tag no run": "tag DB three best",
    "delete": "delete DB one",
    "delete the newest": "delete DB @1",
    "delete no run": "delete DB three",
    "import again": "import DB rows.csv",
    "import": "import DB more.jsonl",
}


def words(line, location):
    """Split a line as a shell does, and put a location in the place of DB."""
    return [location if word == "DB" else word for word in shlex.split(line)]


@pytest.fixture(scope="session")
def started():
    """Return a server of PostgreSQL, which is started when it is asked for."""
    servers = []

    def server():
        if not servers:
            servers.append(Server())
        return servers[0]

    yield server
    for each in servers:
        each.stop()


NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def plugins(tmp_path_factory):
    """Install the plugins of both strangers, here and for `xt`."""
    site = ledger.installed(tmp_path_factory.mktemp("plugins") / "site")
    about = site / "xetrack_example-0.1.0.dist-info"
    about.mkdir()
    metadata = "Metadata-Version: 2.1\nName: xetrack-example\nVersion: 0.1.0\n"
    (about / "METADATA").write_text(metadata)
    (about / "entry_points.txt").write_text("[xetrack.plugins]\nexample = xetrack_example.plugin\n")
    with pytest.MonkeyPatch.context() as patch:
        for path in (site, EXAMPLE):
            patch.syspath_prepend(str(path))
        registry().refresh()
        yield os.pathsep.join([str(site), str(EXAMPLE), *filter(None, sys.path)])
    registry().refresh()


@pytest.fixture
def location(tmp_path, started):
    """Return where a database of an engine lies, by its name and that of the engine."""
    return lambda engine, name="runs": place(engine, tmp_path, started, name)


def place(engine, folder, started, name="runs"):
    """Return where a database of an engine lies; its URL has a secret in it."""
    if engine == "postgres":
        url = f"{started().url}&schema=x{os.getpid()}_{next(NUMBERS)}"
        return url.replace("postgres:@", "postgres:hush-hush@")
    if engine == "ledger":
        return f"ledger://{folder}/{name}?token=hush-hush"
    ending = {"sqlite": "db"}.get(engine, engine)
    return str(folder / f"{name}.{ending}")


@pytest.fixture
def xt(tmp_path, plugins, capsys, monkeypatch):
    """Run `xt` in this process, with the plugins; no secret of a location is ever printed."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("XETRACK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XETRACK_RECORDERS", "0")

    def run(*words):
        capsys.readouterr()
        code = main([*map(str, words)])
        done = Done(code, *capsys.readouterr())
        assert "hush" not in done.out + done.err
        assert "Traceback" not in done.err
        assert "This should not happen" not in done.err
        return done

    return run


def fill(origin):
    """Log the rows that all databases get copies of."""
    with Tracker(
        origin,
        params={"model": "resnet18"},
        track_id="one",
        name="the first",
        group="sweep",
        tags=["fine"],
        record=[recorder("packages", {"numpy": "2.1"}), recorder("git", {"patch": "+1\n" * 900})],
    ) as tracker:
        first = [{"accuracy": 0.5 + at / 100, "epoch": at, "val/loss": 1 / 3} for at in range(5)]
        tracker.log_batch(first)
    packages = recorder("packages", {"distributions": {"numpy": "2.2"}})
    with Tracker(origin, params={"model": "vgg"}, track_id="two", record=[packages]) as tracker:
        tracker.log({"accuracy": 0.25, "epoch": 1, "val/loss": 0.125})
    with Tracker(origin, table="notes", track_id="two") as tracker:
        tracker.log({"note": "fine"})


@pytest.fixture(scope="module")
def read_only(tmp_path_factory, started):
    """Locations of databases of each engine, which are only read; and where they lie."""
    folder = tmp_path_factory.mktemp("read")
    fill(folder / "origin.db")
    return {}, folder, started


@pytest.fixture(scope="module")
def of_sqlite():
    """What SQLite answered, by test and case, as it is the same for each other engine."""
    return {}


@pytest.fixture
def stored(read_only, plugins):
    """Return the location of a database of an engine, which is only read."""
    places, folder, started = read_only

    def at(engine):
        if engine not in places:
            places[engine] = place(engine, folder, started)
            copy(folder / "origin.db", places[engine], tables="all")
        return places[engine]

    return at


@pytest.fixture
def filled(location, plugins, read_only):
    """Return the location of a database of an engine, with the same rows for all."""
    _, folder, _ = read_only

    def at(engine):
        there = location(engine)
        copy(folder / "origin.db", there, tables="all")
        return there

    return at


def comparable(done, there):
    """Return what came of a command, without the location of its database."""
    out = done.out
    if "," in out.partition("\n")[0] and out[0] != "[":
        out = [*csv.reader(out.splitlines())]
    return done.code, out, without(there, done.err)


@SAME
@pytest.mark.parametrize("case", READING)
def test_what_is_read_is_the_same(xt, stored, of_sqlite, name, case):
    """Letter by letter, also where the answer is an error; but quotes of CSV may differ."""
    ours, theirs = stored("sqlite"), stored(name)
    if case not in of_sqlite:
        of_sqlite[case] = xt(*words(READING[case], ours))
    expected = of_sqlite[case]
    done = xt(*words(READING[case], theirs))
    if case in {"wrong sql", "no such table"}:  # each database has words and a location of its own
        assert (1, expected.code, "") == (done.code, done.code, done.out)
        assert done.err.startswith("Error: The query failed" if case == "wrong sql" else "Error: ")
        return
    assert ("", case.startswith("no such")) == (expected.out * expected.code, expected.code == 1)
    assert comparable(expected, ours) == comparable(done, theirs)


@SAME
@pytest.mark.parametrize("case", CHANGING)
def test_what_is_changed_is_the_same(xt, filled, of_sqlite, name, case, tmp_path):
    """The answer and the rows, whether they can be changed or not."""
    done = of_sqlite.setdefault(f"changed: {case}", {})
    rows = "timestamp,track_id,epoch\n2024-01-02 03:04:05.000006,four,7\n"
    (tmp_path / "more.jsonl").write_text('{"track_id": "five", "epoch": 9, "new": [1, "x"]}\n')
    for engine in {"sqlite", name} - done.keys():
        place = filled(engine)
        (tmp_path / "rows.csv").write_text(xt("export", place, "-", "--format", "csv").out or rows)
        found = xt(*words(CHANGING[case], place))
        err = without(place, found.err.replace("ledger://", ""))
        left = json.loads(xt("head", place, "-n", "20", "--json").out)
        for row in left:
            if row["track_id"] == "five":
                row["timestamp"] = ""
        text = " ".join(word for word in found.out.split() if not word.startswith(("/", place[:9])))
        with Reader(place) as reader:
            records = [
                (each.track_id, str(each.status), each.tags, each.notes)
                for each in reader.run_records().values()
            ]
        done[engine] = (found.code, text, err, left, records)
    assert done["sqlite"] == done[name]


@EACH
@pytest.mark.parametrize("other", ["sqlite", "journal", "ledger"])
def test_a_copy_comes_from_and_goes_to_any_engine(xt, filled, location, name, other):
    """All tables; and again copies nothing."""
    place, target = filled(name), location(other, "copied")
    assert "Copied 7 rows" in xt("copy", place, target, "--all").out
    assert "Copied 0 rows" in xt("copy", place, target, "--all").out
    assert xt("head", place, "--json").out == xt("head", target, "--json").out


@EACH
@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_goes_from_and_into_any_engine(xt, filled, location, name, ending):
    """A new database of that engine has the same rows."""
    place, target = filled(name), location(name, "read")
    assert "Wrote 6 rows" in xt("export", place, f"rows.{ending}").out
    assert "Imported 6 rows" in xt("import", target, f"rows.{ending}").out
    assert xt("head", place, "-n", "9", "--json").out == xt("head", target, "-n", "9", "--json").out


@EACH
def test_a_backup_is_made_or_the_part_is_named(xt, stored, name):
    """With what brings the rows elsewhere; and nothing is written."""
    done = xt("backup", stored(name), "backup.db")
    if name in BACKED_UP:
        assert (0, "") == (done.code, done.err)
        return
    assert (1, "") == (done.code, done.out)
    assert f"Error: T{ENGINES[name][1:]} cannot back up" in done.err
    assert "xt copy DB OTHER" in without(stored(name), done.err)


@EACH
@pytest.mark.parametrize("command", ["ls", "verify", "gc", "export-old", "export", "delete"])
def test_objects_are_listed_or_the_part_is_named(xt, stored, name, command):
    """An engine without an asset store is no database without objects."""
    more = {"export": ["abcdef", "out"], "delete": ["abcdef"], "export-old": ["old.db"]}
    done = xt("assets", command, stored(name), *more.get(command, ()))
    if name in WITH_STORE:
        missing = command in {"export", "delete"}
        assert missing == (done.code == 1), done.err
        assert missing == ("There is no asset 'abcdef'" in done.err)
        return
    assert (1, "") == (done.code, done.out)
    assert f"Error: T{ENGINES[name][1:]} cannot list the objects of" in done.err
    assert "Tracker(asset_store=NAME)" in done.err


@pytest.fixture
def of_databases(monkeypatch):
    """Let the doctor look at databases only: each plugin would be imported in a process."""
    monkeypatch.setattr(doctor, "check_installation", lambda: ())


@pytest.mark.usefixtures("of_databases")
@EACH
def test_the_doctor_reads_every_database(xt, stored, name):
    """It names the engine by its plugin, and says whether all rows can be read."""
    done = xt("doctor", stored(name), "--json")
    found = {row["check"]: (row["state"], row["found"]) for row in json.loads(done.out)}
    assert (0, ("ok", ENGINES[name])) == (done.code, found["engine"])
    assert "default (6 rows)" in found["tables"][1]
    if name == "sqlite":
        assert ("ok", "SQLite finds nothing wrong") == found["integrity"]
    assert ("ok", "all 7 rows can be read") == found["rows"]


@pytest.mark.usefixtures("of_databases")
@pytest.mark.parametrize("name", ["journal", "ledger"])
def test_the_doctor_reports_what_an_engine_cannot_read(xt, filled, location, tmp_path, name):
    """As a problem of the database, whatever the engine raised."""
    place = filled(name)
    path = tmp_path / ("runs.journal" if name == "journal" else "runs")
    with path.open("a") as file:
        file.write("[[[no JSON\n")
    done = xt("doctor", place, "--json")
    found = {row["check"]: (row["state"], row["found"]) for row in json.loads(done.out)}
    assert (1, "problem") == (done.code, found["database"][0])


@SAME
def test_new_rows_are_watched(tmp_path, plugins, stored, name):
    """The last row is shown at once; Ctrl-C would be the end."""
    env = environment(PYTHONPATH=plugins)
    words = ["watch", stored(name), "-n", "1", "--json"]
    with pytest.raises(subprocess.TimeoutExpired) as ended:
        run_xt(words, cwd=tmp_path, env=env, timeout=2)
    assert "two" == json.loads(ended.value.output)["track_id"]


def test_sql_says_what_is_missing_where_nothing_runs_it(tmp_path, plugins, stored):
    """The engine is named by its plugin, and so are the plugins that are left out."""
    # The example, too: it offers a database that runs SQL over any rows.
    env = environment(PYTHONPATH=plugins, XETRACK_DISABLE_PLUGINS="duckdb,example")
    done = run_xt(["sql", stored("ledger"), "SELECT 1"], cwd=tmp_path, env=env)
    assert (1, "") == (done.code, done.out)
    assert f"Error: T{ENGINES['ledger'][1:]} cannot run SQL. " in done.err
    assert "left out by XETRACK_DISABLE_PLUGINS=duckdb" in done.err


@EACH
def test_a_reader_runs_sql_on_every_engine(stored, name):
    """With parameters, and a frame comes back."""
    with Reader(stored(name)) as reader:
        mark = "%s" if name == "postgres" else "?"
        frame = reader.sql(f"SELECT epoch FROM db.default WHERE epoch > {mark} ORDER BY epoch", [2])
        assert [3, 4] == frame["epoch"].tolist()


@EACH
def test_the_default_database_may_be_of_any_engine(tmp_path, plugins, stored, name):
    """`XETRACK_DB` takes a path or a URL."""
    env = environment(PYTHONPATH=plugins, XETRACK_DB=stored(name))
    done = run_xt(["ls", "epoch", "--unique"], cwd=tmp_path, env=env)
    assert (0, "0\n1\n2\n3\n4\n", "") == done
