"""The pointer, the focus, and what opens and closes."""

from queue import Queue

import pytest

pytestmark = pytest.mark.servers

FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"


def test_a_part_of_an_axis_that_is_dragged_opens_no_run(look):
    """A line at the place where one began to drag was taken for what was clicked."""
    watched = look(view="plots", kind="parallel")
    page = watched.page
    axis = page.locator(".parallel-axis").last
    axis.wait_for()
    page.wait_for_timeout(200)
    box = page.locator(".plot-host").bounding_box()
    place = axis.bounding_box()
    x = place["x"] + place["width"] / 2 - 8
    # lines of all runs end at the axis: somewhere the pointer is near one
    for y in range(60, int(box["height"]) - 20, 6):
        page.mouse.move(x, box["y"] + y)
        if page.locator(".parallel-count").inner_text().startswith("sweep"):
            break
    page.mouse.move(x + 6, box["y"] + y)
    page.mouse.down()
    page.mouse.move(x + 6, box["y"] + y - 40, steps=4)
    page.mouse.up()
    watched.until("document.querySelector('.parallel-count')?.textContent.includes('chosen parts')")
    assert "view=run" not in page.url


def test_a_chart_that_is_left_takes_its_cursor_with_it(look):
    """Other charts kept it, with all lines but one faint, until the pointer moved again."""
    watched = look(view="charts", y="loss,accuracy", x="step")
    page = watched.page
    page.locator(".plot canvas").nth(1).wait_for()
    page.wait_for_timeout(200)
    page.locator(".panel-body").first.focus()
    place = page.locator(".u-over").first.bounding_box()
    for step in range(1, 4):
        page.mouse.move(place["x"] + 100 * step, place["y"] + 50)
        page.wait_for_timeout(50)
    watched.until("document.querySelector('.legend .is-near') !== null")
    page.keyboard.press("t")
    page.get_by_role("grid", name="Numbers of loss").wait_for()
    watched.until("document.querySelector('.legend .is-near') === null")
    assert page.locator(".legend .is-near").count() == 0


def test_completions_that_come_late_do_not_open(look):
    """The box was left, or the condition sent, before they came."""
    watched = look(view="runs")
    page = watched.page
    held = Queue()
    page.route("**/complete?*", held.put)
    box = page.get_by_role("combobox", name="Filter runs by a condition in SQL")
    box.fill("lo")
    box.press("Tab")
    page.wait_for_timeout(250)
    held.get(timeout=5).continue_()
    page.wait_for_timeout(250)
    assert box.get_attribute("aria-expanded") == "false"


def test_what_is_cleared_keeps_the_focus(look):
    """The button that clears a condition goes with it."""
    watched = look(view="runs", where="lr > 0")
    watched.page.get_by_role("button", name="Clear the condition").click()
    watched.until("!location.search.includes('where')")
    assert watched.page.evaluate(FOCUSED) == "Filter runs by a condition in SQL"


def test_what_is_copied_leaves_the_focus_where_it_was(look):
    """Also where the page may not use the clipboard, and selects the text in a box of its own."""
    watched = look(view="rows")
    page = watched.page
    button = page.get_by_role("button", name="SQL", exact=True)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button.press("Enter")
    page.get_by_text("Copied").wait_for(state="attached")
    assert page.evaluate("document.activeElement.textContent").startswith("SQL")


def test_bars_of_a_histogram_are_as_high_as_their_counts(look):
    """Groups of numbers had keys and no colours."""
    watched = look(view="plots", kind="histogram", px="accuracy", by="seed")
    page = watched.page
    page.locator(".bar").first.wait_for()
    keys = page.locator(".keys-row .key").count()
    bars = page.locator(".bar rect:not(.bar-room)")
    colours = {bars.nth(at).get_attribute("style") for at in range(bars.count())}
    assert len(colours) == keys == 3


def test_the_banner_goes_when_the_server_answers(look):
    """Also in a view without a stream of news."""
    watched = look(view="compare")
    page = watched.page
    page.get_by_role("table").wait_for()
    page.route("**/api/**", lambda route: route.abort())
    page.keyboard.press("7")
    page.get_by_text("The server is gone.").wait_for()
    page.unroute_all(behavior="ignoreErrors")
    page.keyboard.press("3")
    page.get_by_role("table").wait_for()
    banner = page.get_by_text("The server is gone.")
    banner.wait_for(state="detached")
    assert banner.count() == 0
