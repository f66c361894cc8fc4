"""What a newcomer does first."""

import re

import pytest

from tests.ui.page.databases import SPIKE, log_sweep
from xetrack import Tracker

pytestmark = pytest.mark.servers

RUN_ROWS = ".tbody .tr:not(.is-loading)"


def test_a_newcomer_filters_compares_and_zooms(visit, tmp_path):
    """From the table of runs, by a condition and two boxes, to what differs and to charts."""
    watched = visit(log_sweep(tmp_path / "runs.db"))
    page = watched.page
    page.wait_for_selector(RUN_ROWS)
    assert page.locator(RUN_ROWS).count() == 6

    box = page.get_by_role("combobox", name="Filter runs by a condition in SQL")
    box.fill("optimizer = 'sgd'")
    box.press("Enter")
    watched.until("document.querySelectorAll('.tbody .tr').length === 3")
    assert "where=optimizer" in page.url

    page.get_by_role("checkbox", name="Choose sweep 1").check()
    page.get_by_role("checkbox", name="Choose sweep 3").check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("table.compare")
    verdict = page.locator("table.compare tr", has=page.get_by_role("rowheader", name="results"))
    verdict.locator(".verdict-other").wait_for()
    assert "differs in" in verdict.inner_text()
    seeds = page.locator("table.compare tr", has=page.get_by_role("rowheader", name="seed"))
    assert re.sub(r"\s+", " ", seeds.inner_text()).startswith("seed 1 3")

    page.get_by_role("link", name="Charts").click()
    plot = page.locator(".plot").first
    plot.locator("canvas").wait_for()
    page.wait_for_timeout(300)
    place = plot.bounding_box()
    middle = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + 150, middle)
    page.mouse.down()
    page.mouse.move(place["x"] + 250, middle, steps=4)
    with page.expect_request(re.compile("/series.*low=.*high=")):
        page.mouse.up()
    page.wait_for_url(re.compile("low=.*high="))

    page.go_back()
    page.wait_for_selector("table.compare")


def test_a_link_shows_what_its_sender_saw(visit, tmp_path):
    """The state of a view is in its URL."""
    watched = visit(log_sweep(tmp_path / "runs.db"))
    watched.go(view="charts", y="loss", group="optimizer", smooth="0.9", logy="loss")
    page = watched.page
    page.locator(".panel .plot canvas").wait_for()
    assert page.locator(".panel").count() == 1
    assert page.get_by_label("Group").input_value() == "optimizer"
    assert page.locator(".panel").get_by_text("log").get_attribute("aria-pressed") == "true"
    assert page.locator(".legend-group").count() == 2


def test_lines_are_split_by_a_column_of_rows(visit, tmp_path):
    """Each value has its mean, its spread and the lines of its runs; new rows come to them."""
    path = tmp_path / "runs.db"
    trackers = [Tracker(path, name=f"run {number}") for number in range(2)]
    for tracker in trackers:
        for step in range(40):
            split = ("train", "test")[step % 2]
            tracker.log({"step": step, "split": split, "loss": 1 / (1 + step) + (split == "test")})
    watched = visit(path, view="charts", y="loss", x="step", group="rows:split")
    page = watched.page
    page.locator(".plot canvas").wait_for()
    assert page.get_by_label("Group").input_value() == "rows:split"
    assert page.locator(".legend-group .clip").all_inner_texts() == ["test", "train"]
    page.get_by_role("button", name="Numbers of loss as a table").click()
    grid = page.get_by_role("grid", name="Numbers of loss")
    labels = {*grid.locator(".run-name").all_inner_texts()}
    assert labels <= {f"run {number} · {split}" for number in (0, 1) for split in ("test", "train")}
    lines = "count => Number(document.querySelector('.panel [role=grid]').ariaRowCount) === count"
    watched.until(lines, 1 + 4 * 20 + 2 * 20)  # the head, four lines, and two means
    trackers[1].log({"step": 40, "split": "other", "loss": 9.0})
    watched.until(lines, 1 + 4 * 20 + 2 * 20 + 2)
    assert page.locator(".legend-group .clip").all_inner_texts() == ["other", "test", "train"]
    page.get_by_role("button", name="Facets").click()
    watched.until("document.querySelectorAll('.panel').length === 3")
    for tracker in trackers:
        tracker.close()


def test_time_counts_from_the_begin_of_each_run(visit, tmp_path):
    """The axis begins at nothing, and a logged row comes to its end."""
    with Tracker(tmp_path / "runs.db", name="live") as tracker:
        for step in range(5):
            tracker.log({"step": step, "loss": 1 / (1 + step)})
        watched = visit(tmp_path / "runs.db", view="charts", y="loss", x="@elapsed")
        page = watched.page
        page.locator(".plot canvas").wait_for()
        assert (
            page.locator(".select", has_text=re.compile("^x")).locator("select").input_value()
            == "@elapsed"
        )
        page.get_by_role("button", name="Numbers of loss as a table").click()
        page.wait_for_selector(".live-live")
        first = page.locator(".panel .tbody [role=gridcell]").nth(1).inner_text()
        assert first == "0 s"
        tracker.log({"step": 5, "loss": 0.1})
        watched.until("Number(document.querySelector('.panel [role=grid]').ariaRowCount) === 7")
        last = page.locator(".panel .tbody .tr").last.locator("[role=gridcell]").nth(1).inner_text()
        assert re.fullmatch(r"[\d.]+ s|\d+:\d\d\S*", last)


def test_no_point_is_hidden(visit, tmp_path):
    """One value of 300 is in the numbers of the chart, however few buckets there are."""
    watched = visit(log_sweep(tmp_path / "runs.db", steps=2000))
    watched.go(view="charts", y="loss")
    page = watched.page
    page.locator(".panel .plot canvas").wait_for()
    page.get_by_role("button", name="Numbers of loss as a table").click()
    page.get_by_role("grid", name="Numbers of loss").wait_for()
    run = page.evaluate(
        """async () => {
          const { getBuffers } = await import("/static/js/core/api.js");
          const { decodeSeries } = await import("/static/js/charts/series.js");
          const { readTraces } = await import("/static/js/charts/traces.js");
          const path = "/api/db/0/default/series";
          const buffers = await getBuffers(path, { y: "loss", x: "step", buckets: 64 });
          const traces = [...readTraces(buffers.map(decodeSeries)).get("loss").values()];
          return { max: Math.max(...traces[0].max), odd: traces[1].odd.filter(Boolean).length };
        }"""
    )
    assert run["max"] == SPIKE
    assert run["odd"] >= 1


def test_an_empty_database_shows_the_lines_that_fill_it(visit, tmp_path):
    """The lines run as they stand, and the page shows the run without being loaded anew."""
    path = tmp_path / "new.db"
    watched = visit(path)
    code = watched.page.locator(".code-box code").inner_text()
    assert sum(bool(line.strip()) for line in code.splitlines()) == 5
    exec(compile(code, "page", "exec"), {})
    watched.page.wait_for_selector(RUN_ROWS, timeout=20_000)


def test_an_error_says_what_to_do(visit, tmp_path):
    """A condition with a mistake marks the box, and the answer is where the rows would be."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5))
    watched.expected.add(400)
    box = watched.page.get_by_role("combobox", name="Filter runs by a condition in SQL")
    box.fill("lots < 3")
    box.press("Enter")
    watched.page.get_by_role("alert").wait_for()
    assert "lots" in watched.page.get_by_role("alert").inner_text()
    assert box.get_attribute("aria-invalid") == "true"


def test_logs_of_a_run_are_shown_beside_it(visit, tmp_path):
    """Those that the command was given: records that are no rows too, and texts in full."""
    logs = tmp_path / "rows.jsonl"
    with Tracker(tmp_path / "runs.db", name="logged", jsonl=logs) as tracker:
        tracker.log({"step": 1, "loss": 0.5})
        tracker.logger.monitor({"prompt": "first line\n" * 30})
    watched = visit(tmp_path / "runs.db", "--logs", logs, view="run")
    section = watched.page.get_by_label("Logs", exact=True)
    section.get_by_text("TRACKING", exact=True).first.wait_for()
    assert section.locator(".log").count() == 2
    section.get_by_role("button", name="MONITOR").click()
    watched.until("document.querySelectorAll('.log').length === 1")
    section.locator(".log-long summary").click()
    assert section.locator(".log-long pre").inner_text().count("first line") == 30


def test_rows_show_a_whole_row_and_how_to_get_them(visit, tmp_path):
    """A click shows all of a row; two buttons copy what gives the same rows."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5), view="rows")
    page = watched.page
    page.locator(RUN_ROWS).first.wait_for()
    page.locator(f"{RUN_ROWS} .td").nth(2).click()
    assert "optimizer" in page.get_by_role("dialog", name="Row").inner_text()
    page.keyboard.press("Escape")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_title("Copy the SQL that gives these rows").click()
    watched.until("navigator.clipboard.readText().then((text) => text.includes('SELECT'))")


def test_sql_answers_and_refuses_to_write(visit, tmp_path):
    """A query that reads has an answer; one that writes has a reason."""
    watched = visit(log_sweep(tmp_path / "runs.db", runs=2, steps=5), view="sql")
    watched.expected |= {400, 403}
    page = watched.page
    text = page.get_by_role("textbox", name="Query in SQL")
    text.fill("SELECT count(*) AS rows FROM events")
    text.press("Control+Enter")
    page.get_by_role("grid", name="Answer").wait_for()
    assert "10" in page.locator(RUN_ROWS).first.inner_text()
    text.fill("DELETE FROM events")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("alert").wait_for()
