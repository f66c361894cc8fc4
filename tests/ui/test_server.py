"""``xt ui`` in a process of its own, from its first line to Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from tests.preloaded import run_xt
from tests.ui.pages import fill
from tests.ui.servers import started
from xetrack import Tracker
from xetrack_ui.errors import AddressError
from xetrack_ui.server.addresses import listen, own_names, ssh_line, url_of

pytestmark = pytest.mark.processes

EVENTS = {"db": 0, "table": "default", "columns": "loss", "x": "step"}


@pytest.fixture
def location(tmp_path):
    """A database with three runs."""
    fill(tmp_path / "runs.db")
    return tmp_path / "runs.db"


def test_it_prints_its_url_and_ends_with_ctrl_c(location):
    """At once, also with open streams of events, and without a word more."""
    with started(location, "--no-browser") as server:
        assert "127.0.0.1" == server.host
        assert str(location) in server.lines[0]
        assert 2 == server.json("/api/db/0/default/runs")["total"]
        streams = [server.stream(**EVENTS) for _ in range(3)]
        for stream in streams:
            while not stream.comments:
                time.sleep(0.01)
        code, seconds = server.end()
        assert (0, "", "") == (code, server.process.stdout.read(), server.process.stderr.read())
        assert seconds < 2
        assert all(stream.has_ended for stream in streams)


def test_what_is_not_there_yet_is_said(location, tmp_path):
    """It may be a slip, or a run that has not begun."""
    missing = tmp_path / "rums.db"
    with started(location, missing, "--no-browser") as server:
        (line,) = [line for line in server.lines if "no database yet" in line]
        assert f"There is no database yet at {missing}, which the page shows" in line
        fill(missing)
        assert 2 == server.json("/api/db/1/default/runs")["total"]


@pytest.mark.parametrize("shows_another", [False, True])
def test_what_is_no_database_is_not_served(location, tmp_path, shows_another):
    """A program in place of the database it writes, say; all else would be an empty page."""
    program = tmp_path / "train.py"
    program.write_text("import xetrack\n")
    words = [*([str(location)] if shows_another else []), str(program), "--no-browser"]
    done = run_xt(["ui", *words], cwd=tmp_path, env=dict(os.environ))
    assert (1, "") == (done.code, done.out)
    assert f"Error: '{program}' cannot be opened: no installed engine knows" in done.err


def test_without_a_database_that_of_the_environment_is_shown(location, tmp_path):
    """As with all other commands."""
    with started("--no-browser", env={**os.environ, "XETRACK_DB": str(location)}) as server:
        assert ["runs.db"] == [each["name"] for each in server.json("/api/databases")]
    bare = {name: value for name, value in os.environ.items() if name != "XETRACK_DB"}
    done = run_xt(["ui", "--no-browser"], cwd=tmp_path, env=bare)
    assert (1, "") == (done.code, done.out)
    assert "such as: xt ui runs.db, or set XETRACK_DB" in done.err


def test_it_ends_while_a_statement_runs(location):
    """Ctrl-C does not wait for a database."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with started(location, "--no-browser") as server:
        connection = server.ask("/api/databases")
        connection.read()
        waiting = socket.create_connection(("127.0.0.1", server.port))
        cookie = f"xetrack_ui_{server.port}={server.token}"
        query = endless.replace(" ", "+").replace("+1", "%2B1").replace("i++", "i+%2B+")
        head = f"GET /api/db/0/sql?q={query} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}"
        waiting.sendall(f"{head}\r\n\r\n".encode())
        time.sleep(0.5)
        code, seconds = server.end()
        waiting.close()
        assert (0, True) == (code, seconds < 4)


def test_a_port_that_is_taken_is_an_error(location):
    """With what to type; without one, a free port is found."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "xetrack_cli", "ui", location, "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        assert 1 == done.returncode
        assert f"port {port}" in done.stderr
        assert "Leave out --port" in done.stderr
    with started(location, "--no-browser", "--port", port) as server:
        assert port == server.port


def test_over_ssh_it_says_how_to_get_there(location):
    """And opens no browser on the machine where nobody sits."""
    env = {**os.environ, "SSH_CONNECTION": "10.0.0.2 50000 10.0.0.9 22"}
    with started(location, env=env) as server:
        (line,) = [line.strip() for line in server.lines if "ssh -L" in line]
        assert line.startswith(f"ssh -L {server.port}:127.0.0.1:{server.port} ")
        assert line.endswith("10.0.0.9")


def test_another_host_says_what_it_exposes(location):
    """Everybody who has the URL can read; nobody else, and by any name."""
    with started(location, "--no-browser", "--host", "0.0.0.0") as server:
        assert any("not encrypted" in line for line in server.lines)
        assert 200 == server.ask("/api/databases").status
        server.token = "wrong"
        assert 401 == server.ask("/api/databases").status


def test_a_row_is_on_the_page_within_a_second(location):
    """New rows only, with how many rows the run has now; and the run in the list."""
    with started(location, "--no-browser") as server, Tracker(location, track_id="live") as tracker:
        tracker.log({"step": 0, "loss": 5.0})
        token = server.json("/api/db/0/default/runs")["token"]
        stream = server.stream(**EVENTS, after=token)
        for step in range(1, 4):
            logged = time.monotonic()
            tracker.log({"step": step, "loss": 5.0 - step})
            *_, (_, data, seen) = stream.wait("rows", step)
            assert seen - logged < 1
            expected = {"x": [step], "y": {"loss": [5.0 - step]}, "count": step + 1}
            assert {"live": expected} == data["runs"]
        (*_, (_, data, _)) = stream.wait("runs")
        assert {"live"} == {run["track_id"] for run in data["changed"]}
        assert "running" == data["changed"][0]["status"]


def test_nothing_is_done_while_nothing_changes(location):
    """Without a stream there is no thread and no work; with one, a look now and then."""
    with started(location, "--no-browser") as server:
        token = server.json("/api/db/0/default/runs")["token"]
        process = psutil.Process(server.process.pid)
        stream = server.stream(**EVENTS, after=token)
        time.sleep(2)
        assert [] == stream.events
        stream.close()
        time.sleep(1)
        before, switches = process.cpu_times(), process.num_ctx_switches()
        time.sleep(2)
        after = process.cpu_times()
        assert after.user + after.system - before.user - before.system < 0.1
        # The loop of the server itself wakes ten times a second.
        assert process.num_ctx_switches().voluntary - switches.voluntary < 100
        threads = [each.id for each in process.threads()]
        assert len(threads) <= 3


def test_a_signal_to_end_is_obeyed(location):
    """As from a service manager."""
    with started(location, "--no-browser") as server:
        server.process.send_signal(signal.SIGTERM)
        assert 0 == server.process.wait(10)


def test_addresses_are_checked_and_written():
    """Ports that there are not, hosts of others, IPv6."""
    with pytest.raises(ValueError, match="--port"):
        listen("127.0.0.1", 70_000)
    with pytest.raises(AddressError, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0)
    assert "http://[::1]:5/?token=x" == url_of("::1", 5, "x")
    assert socket.gethostname() in url_of("0.0.0.0", 5, "x")
    assert frozenset() == own_names("::")
    assert {"10.0.0.1"} == own_names("10.0.0.1")
    assert "ssh -L 5:127.0.0.1:5 " in ssh_line(5)
