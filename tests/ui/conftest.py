"""Pages on databases, and a stranger's engine."""

from __future__ import annotations

import pytest

from tests.journals import installed_journal
from tests.ui.pages import fill, opened

STATIC = {
    "index.html": """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>xetrack</title>
<link rel="icon" href="static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="static/css/a.css">
<link rel="stylesheet" href="static/css/b.css">
</head>
<body>
<div id="app"></div>
<script type="module" src="static/js/app.js"></script>
</body>
</html>
""",
    "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "css/a.css": "body { color: red }\n",
    "css/b.css": "p { background: url(../icon.svg) }\n",
    "js/app.js": 'import { total as sum } from "./parts/sums.js";\n'
    'import Chart from "../vendor/chart.js";\n\n'
    "document.body.append(String(sum([1, 2])), new Chart().name);\n"
    'document.body.append("</script>", "static/icon.svg");\n',
    "js/parts/sums.js": "/*\nexport function none() {}\n*/\n"
    'export { h } from "../../vendor/h.js";\n'
    "export function total(items) {\n  return items.reduce((a, b) => a + b, 0);\n}\n",
    "vendor/chart.js": "class Chart { name = 'chart' }\nexport { Chart as default };\n",
    "vendor/h.js": "var a=1;var b=function(){};export{a as h,b as other};",
}
"""A page in miniature, in the forms in which the modules of the real one are written."""


@pytest.fixture(autouse=True)
def _nothing_is_expensive(monkeypatch):
    """However slow the machine is, a table that has changed is read again."""
    monkeypatch.setattr("xetrack_ui.tables.state._CHEAP", 60.0)


@pytest.fixture
def page(tmp_path):
    """A page on a database of SQLite with three runs."""
    location = tmp_path / "runs.db"
    fill(location)
    with opened(location) as page:
        yield page


@pytest.fixture
def journal(tmp_path, monkeypatch):
    """The path of a journal, a stranger's engine, where the example is installed."""
    with installed_journal(tmp_path, monkeypatch) as path:
        yield path


@pytest.fixture
def static(tmp_path, monkeypatch):
    """The folder of a page in miniature, in the place of the real one."""
    from xetrack_ui.export import document  # noqa: PLC0415 - for these tests alone
    from xetrack_ui.server import files  # noqa: PLC0415

    folder = tmp_path / "static"
    for name, text in STATIC.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(document, "static_folder", lambda: folder)
    monkeypatch.setattr(files, "static_folder", lambda: folder)
    files.static_files.cache_clear()
    yield folder
    files.static_files.cache_clear()
