"""The page as one file: it holds what it shows, runs nothing but its own modules, and is small."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import shutil
import subprocess
import zlib
from array import array
from html.parser import HTMLParser

import pytest

import xetrack_ui
from tests.preloaded import run_xt
from tests.ui.pages import HOSTILE, decoded, fill
from xetrack import Reader, Tracker
from xetrack_ui.answers import ROUTES
from xetrack_ui.answers.question import Question
from xetrack_ui.errors import ExportError
from xetrack_ui.export.bundling import bundle
from xetrack_ui.export.writing import LARGEST, make_page
from xetrack_ui.tables.workspace import Workspace

TABLE = "/api/db/0/default"


class Document(HTMLParser):
    """The elements of a page, as a browser reads them."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.open = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open = [tag, dict(attrs), ""]
        self.elements.append(self.open)

    def handle_endtag(self, tag):
        self.open = None

    def handle_data(self, data):
        if self.open is not None:
            self.open[2] += data

    def all(self, tag):
        """Return attributes and text of the elements of a name."""
        return [(attrs, text) for name, attrs, text in self.elements if name == tag]


def data_of(text):
    """Return the answers in a page."""
    (packed,) = [
        text for attrs, text in Document(text).all("script") if attrs.get("id") == "packed"
    ]
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def exported(location, table="", runs=()):
    """Return the page of a database, and its answers."""
    workspace = Workspace([str(location)])
    with workspace.closing():
        page = make_page(workspace, table, runs)
    return page, data_of(page.text)


def test_the_page_holds_the_answers_that_it_asks_for(tmp_path, static):
    """All runs, with their records, numbers over each axis, and the first rows."""
    location = tmp_path / "runs.db"
    fill(location)
    with Reader(location) as reader:
        reader.define("loss", goal="min", x="step")
    page, data = exported(location)
    requests = data["requests"]
    expected = {"/api/databases", *(f"{TABLE}/{name}" for name in ("columns", "runs", "rows"))}
    expected |= {f"{TABLE}/run/run-{number}" for number in (0, 1)}
    expected |= {f"{TABLE}/series?y={name}" for name in ("loss", "step", "val_acc")}
    assert expected | {f"{TABLE}/series?y=loss&x=step"} == requests.keys()
    assert (2, 2) == (requests[f"{TABLE}/runs"]["total"], len(requests[f"{TABLE}/runs"]["runs"]))
    assert 22 == len(requests[f"{TABLE}/rows"]["rows"])
    assert not requests["/api/databases"][0]["sql"]
    head, columns = decoded(base64.b64decode(requests[f"{TABLE}/series?y=loss&x=step"]["base64"]))
    assert ["run-0", "run-1"] == [run["track_id"] for run in head["runs"]]
    assert [1.0] * 20 == [*map(float, columns["rows"])]
    assert ((), []) == (page.left_out, data["left_out"])


def test_only_its_own_script_and_style_may_run(tmp_path, static):
    """By their hashes, as a browser computes them; and no address is asked for."""
    fill(tmp_path / "runs.db")
    page, _ = exported(tmp_path / "runs.db")
    document = Document(page.text)
    (policy,) = [attrs["content"] for attrs, _ in document.all("meta") if "http-equiv" in attrs]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert "'none'" == rules["default-src"] == rules["base-uri"] == rules["form-action"]
    (script,) = [text for attrs, text in document.all("script") if attrs.get("type") == "module"]
    ((_, style),) = document.all("style")
    for name, text in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" == rules[name]
    assert "unsafe" not in policy
    links = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert all(link.startswith("data:") for link in links), links
    assert "color: red" in style
    assert "data:image/svg+xml;base64," in style
    assert 0 == page.text.count("</script>") - 2


def test_modules_become_one(static):
    """In the order in which they need each other, with their names for each other."""
    script = bundle("js/app.js", lambda path: (static / path).read_text())
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    assert script.index("total") < script.index("total: sum")
    assert "none" not in script
    assert script.count("$module") >= 4


@pytest.mark.skipif(not shutil.which("node"), reason="node runs the script as a browser would")
def test_the_script_runs(static, tmp_path):
    """It computes what the modules compute."""
    script = bundle("js/app.js", lambda path: (static / path).read_text())
    head = "const out = []; const document = {body: {append: (...items) => out.push(...items)}};\n"
    (tmp_path / "page.mjs").write_text(f"{head}{script}\nconsole.log(JSON.stringify(out));\n")
    done = subprocess.run(
        ["node", str(tmp_path / "page.mjs")], capture_output=True, text=True, check=True
    )
    assert ["3", "chart", "</script>", "static/icon.svg"] == json.loads(done.stdout)


@pytest.mark.parametrize(
    ("modules", "reason"),
    [
        ({"a.js": 'import "./b.js";\n', "b.js": ""}, "not known"),
        ({"a.js": "export let a = 1;\n"}, "not known"),
        ({"a.js": "export default 1;\n"}, "not known"),
        (
            {"a.js": 'import { b } from "./b.js";', "b.js": 'import { a } from "./a.js";'},
            "each other",
        ),
    ],
)
def test_a_module_of_another_form_is_an_error(modules, reason):
    """It is found when the page is built, not by who opens it."""
    with pytest.raises(ExportError, match=reason):
        bundle("a.js", modules.__getitem__)


def test_hostile_texts_stay_data(tmp_path, static):
    """Names and values cannot leave their element, and come back as they were."""
    location = tmp_path / "runs.db"
    for number, text in enumerate(HOSTILE):
        with Tracker(location, {"p": text}, track_id=text, name=text) as tracker:
            tracker.log({f"m {text}": float(number), "text": text})
    page, data = exported(location)
    document = Document(page.text)
    assert {"html", "head", "meta", "title", "link", "style", "body", "div", "script"} == {
        name for name, _, _ in document.elements
    }
    assert {*HOSTILE} == {run["track_id"] for run in data["requests"][f"{TABLE}/runs"]["runs"]}
    assert 9 == len([each for each in data["requests"] if "/series?y=m" in each])


def test_a_hundred_runs_of_a_thousand_points_fit(tmp_path, static):
    """With five metrics: every point is there, in less than five million bytes."""
    location = tmp_path / "runs.db"
    chance = random.Random(1)
    for number in range(100):
        with Tracker(location, track_id=f"run-{number:02d}") as tracker:
            tracker.log_batch(
                [{f"m{name}": chance.random() for name in range(5)} for _ in range(1000)]
            )
    page, data = exported(location)
    assert len(page.text.encode()) < LARGEST == 5_000_000
    assert (100, 1000) == (page.runs, page.points)
    assert ["99,000 rows"] == [*page.left_out] == data["left_out"]
    _, columns = decoded(base64.b64decode(data["requests"][f"{TABLE}/series?y=m3"]["base64"]))
    assert 100_000 == len(columns["rows"]) == sum(columns["rows"])


def test_rows_are_points_as_buckets_of_one_row_are(tmp_path, static):
    """What is no number has its mark, and the points of a run are in the order of its axis."""
    location = tmp_path / "runs.db"
    cells = [1.5, float("nan"), None, float("inf"), float("-inf"), -2.0, 1e300]
    for name in ("first", "second"):
        with Tracker(location, track_id=name) as tracker:
            tracker.define("loss", x="epoch")
            epochs = [3.0, 1.0, 2.0, None, 7.0, 5.0, 9.0]
            for cell, epoch in zip(cells, epochs, strict=True):
                tracker.log({"loss": cell, "epoch": epoch})
    _, data = exported(location)
    workspace = Workspace([str(location)])
    with workspace.closing():
        pairs = [("y", "loss"), ("buckets", "7")]
        answer = ROUTES["/api/db/{db}/{table}/series"](
            Question(workspace, {"db": "0", "table": "default"}, pairs)
        )
    requests = {name: each for name, each in data["requests"].items() if "y=loss" in name}
    (head, columns), (by_epoch, other) = (
        decoded(base64.b64decode(requests[name]["base64"])) for name in sorted(requests)
    )
    expected_head, expected = decoded(answer.content)
    assert expected_head["runs"] == head["runs"]
    assert {name: repr(each) for name, each in expected.items()} == {
        name: repr(each) for name, each in columns.items()
    }
    assert [1.0, 2.0, 3.0, 5.0, 7.0, 9.0] * 2 == [*other["x_low"]]
    assert [1, 8, 0, 0, 4, 0] * 2 == [*other["loss:odd"]]
    assert "epoch" == by_epoch["x"]


def test_what_does_not_fit_is_said(tmp_path, static, monkeypatch):
    """Points become parts with their extremes; rows and objects are counted."""
    location = tmp_path / "runs.db"
    fill(location)
    with Tracker(location, track_id="long") as tracker:
        tracker.log_batch([{"loss": random.random()} for _ in range(3000)])
        tracker.log({"loss": 99.0, "object": array("b", [1] * 100)})
    monkeypatch.setattr("xetrack_ui.export.writing._ROWS", 3_000)
    monkeypatch.setattr("xetrack_ui.export.writing._ASSETS", 10)
    page, data = exported(location)
    whole = len(page.text)
    monkeypatch.setattr("xetrack_ui.export.writing.LARGEST", whole - 10_000)
    page, data = exported(location)
    assert len(page.text) < whole - 10_000
    assert 3 == len(data["left_out"]), data["left_out"]
    rows, objects, points = data["left_out"]
    assert rows.endswith("rows")
    assert "1 object" == objects
    assert f"{page.points:,} parts of 3,001 rows" in points
    _, columns = decoded(base64.b64decode(data["requests"][f"{TABLE}/series?y=loss"]["base64"]))
    assert 99.0 == max(columns["loss:max"])
    monkeypatch.setattr("xetrack_ui.export.writing.LARGEST", 100)
    with pytest.raises(ExportError, match="--runs"):
        exported(location)


def test_objects_are_in_the_file(tmp_path, static):
    """With their types, as the page shows them."""
    location = tmp_path / "runs.db"
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
    with Tracker(location, track_id="a") as tracker:
        asset = tracker.assets.put(picture, "picture")
        tracker.log({"picture": asset, "loss": 1.0})
    _, data = exported(location)
    content = data["requests"][f"{TABLE}/asset/{asset}/content"]
    assert (picture, "image/png") == (base64.b64decode(content["base64"]), content["type"])
    assert "image" == data["requests"][f"{TABLE}/asset/{asset}"]["media"]


def test_the_command_writes_a_file(tmp_path):
    """With the runs that are named, whole or not at all."""
    location, path = tmp_path / "runs.db", tmp_path / "page.html"
    fill(location)

    def run(*words):
        return run_xt([*map(str, words)], cwd=tmp_path)

    done = run("ui", location, "--export", path, "--runs", "the 1", "--json")
    assert 0 == done.code, done.err
    (said,) = json.loads(done.out)
    assert (1, path.stat().st_size) == (said["runs"], said["bytes"])
    assert said["left_out"] is None, "nobody asked for the others"
    assert 1 == len(data_of(path.read_text("utf-8"))["requests"][f"{TABLE}/runs"]["runs"])
    before = path.read_bytes()
    for words in (
        (location, "--export", path, "--runs", "none"),
        (location, location, "--export", path),
        (tmp_path / "none.db", "--export", path),
        (location, "--export", location),
        (location, "--runs", "run-0"),
        (),
    ):
        done = run("ui", *words)
        assert done.code in {1, 2}
        assert done.err.startswith("Error: ")
    assert before == path.read_bytes()


def test_a_notebook_shows_it_in_a_frame(tmp_path, static):
    """Which can reach neither the notebook nor a network."""
    location = tmp_path / "runs.db"
    fill(location)
    fill(location, table="metrics")
    with Reader(location, table="metrics") as reader:
        page = xetrack_ui.page(reader, runs=["@1"], height=300)
    frame = page._repr_html_()
    ((attrs, _),) = Document(frame).all("iframe")
    assert ("allow-scripts allow-downloads", "300") == (attrs["sandbox"], attrs["height"])
    assert page.text == attrs["srcdoc"]
    runs = data_of(page.text)["requests"]["/api/db/0/metrics/runs"]["runs"]
    assert ["run-1"] == [run["track_id"] for run in runs]
    assert page.left_out == ()
    assert "characters" in repr(page)
    with Tracker(tmp_path / "empty.db") as tracker:
        tracker.log({"x": 1})
    with Reader(tmp_path / "empty.db") as reader:
        reader.delete_run(tracker.track_id)
    with pytest.raises(ExportError, match="no run"):
        xetrack_ui.page(tmp_path / "empty.db")
    with pytest.raises(AttributeError, match="pages"):
        xetrack_ui.pages  # noqa: B018
