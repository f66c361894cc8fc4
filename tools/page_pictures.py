"""Draw docs/images/page/: each view of `xt ui`, light and dark, on a screen and on a phone.

`python -m tools.page_pictures [VIEW ...]`; without a name, all of them. Needs chromium.
"""

from __future__ import annotations

import io
import math
import os
import random
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from PIL import Image

from tools.browser import launched
from tools.workspace import ROOT
from xetrack import Tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = ROOT / "docs" / "images" / "page"
SIZES = {"wide": (1280, 800), "narrow": (390, 844)}
COLOURS = 256
"""As many as a picture needs to look the same, at a third of its size."""

RUNS = 12
STEPS = 400
FAILS, BREAKS = 7, 4
"""The run that fails, and the one with numbers that are none."""

_URL = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")
_SELECTED = ",".join(f"digits-{number:02}" for number in range(8))
_VIEWS: dict[str, dict[str, str]] = {
    "runs": {"view": "runs", "sort": "accuracy", "desc": "1"},
    "charts": {"view": "charts", "runs": _SELECTED},
    "compare": {"view": "compare", "runs": "digits-00,digits-01,digits-05"},
    "run": {"view": "run", "id": "digits-05"},
    "rows": {"view": "rows"},
    "sql": {
        "view": "sql",
        "sql": "SELECT optimizer, rate, min(loss) AS loss, max(accuracy) AS accuracy "
        "FROM events GROUP BY optimizer, rate ORDER BY loss",
    },
    "plots": {"view": "plots", "px": "rate", "py": "accuracy", "by": "optimizer"},
}


def log_runs(place: Path) -> None:
    """Log runs of a search, one with a spike, one with gaps, and one that fails.

    Parameters
    ----------
    place
        The database.
    """
    chance = random.Random(7)  # noqa: S311 - for a picture
    for number in range(RUNS):
        rate, optimizer = (0.3, 0.1, 0.03, 0.01)[number % 4], ("adam", "sgd", "lion")[number % 3]
        params = {"optimizer": optimizer, "rate": rate, "width": 64 << number % 3, "seed": number}
        track_id = f"digits-{number:02}"
        try:
            with Tracker(place, params, track_id=track_id, group="digits", record=False) as tracker:
                tracker.define("loss", goal="min", unit="nats", x="step")
                tracker.define("accuracy", goal="max", x="step")
                tracker.log_batch(_rows(number, rate, chance))
                if number == FAILS:
                    raise FloatingPointError("the loss is nan")  # noqa: TRY301 - as a run fails
        except FloatingPointError:
            continue


def _rows(number: int, rate: float, chance: random.Random) -> list[dict[str, float]]:
    rows = []
    for step in range(STEPS // 2 if number == FAILS else STEPS):
        decay = math.exp(-step * rate / 20)
        loss = 0.2 + 2.1 * decay + chance.gauss(0, 0.03) + rate / 5
        if number == 0 and step == STEPS // 3:
            loss = 4.5
        if number == BREAKS and STEPS // 2 < step < STEPS // 2 + 30:
            loss = math.nan
        accuracy = 1 - decay * 0.85 - 0.03 + chance.gauss(0, 0.008) - rate / 10
        rows.append({"step": step, "loss": loss, "accuracy": accuracy, "speed": 900 + 90 * rate})
    return rows


@contextmanager
def serving(place: Path) -> Iterator[str]:
    """Serve a database.

    Parameters
    ----------
    place
        The database.

    Yields
    ------
    str
        The URL.

    Raises
    ------
    RuntimeError
        The server printed none.
    """
    command = [sys.executable, "-m", "xetrack_cli", "ui", "--no-browser", place.name]
    with subprocess.Popen(command, cwd=place.parent, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None  # noqa: S101 - it is a pipe
            for line in process.stderr:
                if url := _URL.search(line):
                    yield url[0]
                    return
            raise RuntimeError("xt ui printed no URL")
        finally:
            process.terminate()


def draw(browser: Any, url: str, view: str) -> None:
    """Draw one view in both themes and sizes.

    Parameters
    ----------
    browser
        Chromium.
    url
        Of the page, with its token.
    view
        Which view.
    """
    for theme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion="reduce",
            )
            page.goto(f"{url}&{urlencode(_VIEWS[view])}")
            page.wait_for_load_state("load")
            page.wait_for_timeout(2_500)  # streams stay open, so the network never rests
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            path = PICTURES / f"{view}-{theme}-{size}.png"
            picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
            page.close()


def main(names: list[str]) -> int:
    """Draw the pictures.

    Parameters
    ----------
    names
        Of views; all of them when empty.

    Returns
    -------
    int
        The exit code.
    """
    unknown = [name for name in names if name not in _VIEWS]
    if unknown:
        print(f"There is no view {unknown[0]!r}. There are: {', '.join(_VIEWS)}", file=sys.stderr)
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    os.environ["XETRACK_RECORDERS"] = "0"
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        place = Path(folder) / "runs.db"
        os.chdir(folder)  # the page shows where a run ran, and by which command
        sys.argv = ["search.py"]
        log_runs(place)
        with serving(place) as url:
            for name in names or _VIEWS:
                draw(browser, url, name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
