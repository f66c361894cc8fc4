"""The files of the page: modules, styles and vendored libraries, as they lie in the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from starlette.responses import FileResponse, Response

from xetrack_ui.values.cells import encode
from xetrack_ui.values.failures import failure

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""What is sent, by the ends of names."""

INDEX = "index.html"


@cache
def static_folder() -> Path:
    """Return the folder of the page's files."""
    return Path(str(files("xetrack_ui") / "static"))


@cache
def static_files() -> frozenset[str]:
    """Return the paths of the page's files in that folder."""
    folder = static_folder()
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix in TYPES)
    return frozenset(path.relative_to(folder).as_posix() for path in paths)


def send_file(path: str) -> Response:
    """Return a file of the page.

    Parameters
    ----------
    path
        The path of the request, without a slash at its begin.
    """
    name = INDEX if not path else path.removeprefix("static/")
    is_there = not path or (path.startswith("static/") and name in static_files())
    file = static_folder() / name
    if is_there and file.is_file():
        kind = TYPES[file.suffix]
        return FileResponse(file, media_type=kind, headers={"Cache-Control": "no-cache"})
    text = f"There is no file {path!r}."
    error = encode({"error": failure("PathNotFoundError", text, "")})
    return Response(error, 404, media_type="application/json")
