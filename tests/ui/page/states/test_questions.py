"""What a view shows is the answer to what it was asked last, and to nothing else."""

import pytest

pytestmark = pytest.mark.servers


def cells(page, name):
    """Return the texts of the cells of a table, without its head."""
    return page.get_by_role("grid", name=name).locator(".tbody .td").all_inner_texts()


def run_sql(page, text):
    """Type a query, run it, and wait for its answer."""
    page.get_by_role("textbox", name="Query in SQL").fill(text)
    with page.expect_response("**/sql?*"):
        page.get_by_role("button", name="Run", exact=True).click()


def show(page, before, after):
    """Change the address in place, as the browser's own "back" does."""
    page.evaluate(
        """([before, after]) => {
          history.pushState(null, "", location.search.replace(before, after));
          dispatchEvent(new PopStateEvent("popstate"));
        }""",
        [before, after],
    )


def test_a_query_with_as_many_rows_as_the_one_before_shows_its_own(look):
    """The table took the answer that it had for the next one, as both have one row."""
    watched = look(view="sql", sql="SELECT 11 AS number")
    watched.until("document.querySelector('.tbody')?.textContent.includes('11')")
    run_sql(watched.page, "SELECT 22 AS number")
    watched.until("document.querySelector('.tbody')?.textContent.includes('22')")
    assert cells(watched.page, "Answer") == ["22"]


def test_a_query_that_is_run_again_shows_what_it_says_now(look):
    """Also where it has as many rows as before."""
    watched = look(view="sql", sql="SELECT random() AS number")
    watched.page.locator(".tbody .tr:not(.is-loading)").wait_for()
    (before,) = cells(watched.page, "Answer")
    run_sql(watched.page, "SELECT random() AS number")
    watched.until("old => document.querySelector('.tbody').textContent !== old", before)
    assert cells(watched.page, "Answer") != [before]


def test_where_no_query_was_run_there_is_no_answer(look):
    """Back to before the first query: its answer stood under the next one."""
    watched = look(view="sql")
    run_sql(watched.page, "SELECT 11 AS number")
    watched.page.get_by_role("grid", name="Answer").wait_for()
    watched.page.go_back()
    watched.page.get_by_text("Ask the database").wait_for()
    assert watched.page.get_by_role("grid", name="Answer").count() == 0


def test_a_run_that_is_unpinned_leaves_the_top(look):
    """The last one that was pinned stayed there."""
    watched = look(view="runs")
    page = watched.page
    page.locator(".tbody .tr:not(.is-loading)").first.wait_for()
    page.get_by_role("grid", name="Runs").press("p")
    page.locator(".is-pinned").wait_for()
    page.get_by_role("grid", name="Runs").press("p")
    watched.until("!location.search.includes('pin')")
    page.wait_for_timeout(100)
    assert page.locator(".is-pinned").count() == 0


def test_numbers_of_a_chart_are_those_of_its_axis(look):
    """Another axis with as many points left the old numbers of x in the table."""
    watched = look(view="charts", y="loss", x="accuracy")
    page = watched.page
    page.locator(".plot canvas").wait_for()
    page.get_by_role("button", name="Numbers of loss as a table").click()
    watched.until("document.querySelector('.panel .tbody .td:nth-child(2)')?.textContent > ''")
    page.locator(".toolbar select").first.select_option("step")
    watched.until("document.querySelector('.panel .th:nth-child(2)').textContent === 'step'")
    watched.until("document.querySelector('.panel .tbody .td:nth-child(2)').textContent === '0'")
    assert page.locator(".panel .tbody .td").nth(1).inner_text() == "0"


def test_an_axis_that_cannot_be_read_says_so(look):
    """The chart stayed as it was, as if nothing had been chosen."""
    watched = look(expected=400, view="charts", y="loss", x="step")
    watched.page.locator(".plot canvas").wait_for()
    show(watched.page, "x=step", "x=nothing")
    watched.page.locator(".grid .state-error").wait_for()
    assert watched.page.locator(".grid .state-error").count() == 1


def test_an_error_of_one_run_is_not_shown_for_the_next(look):
    """It stood there until the next one came."""
    watched = look(expected=404, view="run", id="no-such-run")
    page = watched.page
    page.get_by_role("alert").wait_for()
    page.route("**/run/*", lambda route: None)
    show(page, "id=no-such-run", "id=another")
    page.wait_for_timeout(200)
    assert page.get_by_role("alert").count() == 0


def test_the_first_run_of_a_comparison_is_its_baseline(look):
    """Another baseline was marked before its differences were there."""
    watched = look(view="compare")
    page = watched.page
    page.locator("thead .tag").wait_for()
    page.route("**/compare?*", lambda route: None)
    page.get_by_role("button", name="As baseline").click()
    page.wait_for_timeout(200)
    heads = page.locator("thead th").all_inner_texts()
    assert ["baseline" in head.split("\n") for head in heads] == [True, False]
    page.unroute_all(behavior="ignoreErrors")
