"""The page as one document: its styles, its script and its data, allowed by their hashes alone."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import zlib
from typing import TYPE_CHECKING

from xetrack_ui.export.bundling import bundle
from xetrack_ui.server.files import INDEX, TYPES, static_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_STYLE = re.compile(r'<link rel="stylesheet" href="(?P<path>static/[^"]+)">\s*')
_ICON = re.compile(r'<link rel="icon" href="(?P<path>static/[^"]+)"(?P<rest>[^>]*)>')
_SCRIPT = re.compile(r'<script type="module" src="(?P<path>static/[^"]+)"></script>')
_URL = re.compile(r'url\("?(?P<path>[^")]+)"?\)')
_FILE = re.compile(r'"(?P<path>static/[\w./-]+)"')
"""A file that a module names, such as an image."""
_CHARSET = re.compile(r'<meta charset="utf-8">', re.IGNORECASE)

_UNPACK = """\
const packed = document.getElementById("packed");
const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
const data = document.createElement("script");
data.type = "application/json";
data.id = "data";
data.textContent = await new Response(plain).text();
packed.replaceWith(data);
"""
"""What comes before all modules: the answers are compressed, as most of their bytes repeat."""


def pack(data: bytes) -> str:
    """Return the answers as they stand in a document.

    Parameters
    ----------
    data
        JSON.
    """
    return base64.b64encode(zlib.compress(data)).decode("ascii")


def make_document(packed: str, title: str) -> str:
    """Return a document that shows some answers without a server.

    Parameters
    ----------
    packed
        The answers, from `pack`.
    title
        What the browser shows as its name.

    Raises
    ------
    ExportError
        A module of the page cannot be brought into the document.
    """
    text = _read(INDEX)
    styles = [_style(match["path"]) for match in _STYLE.finditer(text)]
    style = "\n".join(styles)
    match = _SCRIPT.search(text)
    modules = bundle(match["path"].removeprefix("static/"), _read) if match else ""
    modules = _FILE.sub(lambda file: f'"{_data_url(file["path"])}"', modules)
    script = f"{_UNPACK}{_safe(modules)}\n"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data: blob:; media-src data: blob:; font-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    head = f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">'
    text = _replace(_CHARSET, lambda _: head, text)
    text = _replace(_ICON, _inline_icon, text)
    first = iter([f"<style>{style}</style>\n"])
    text = _STYLE.sub(lambda _: next(first, ""), text)
    text = re.sub(r"<title>[^<]*</title>", lambda _: f"<title>{html.escape(title)}</title>", text)
    body = (
        f'<script type="application/octet-stream" id="packed">{packed}</script>\n'
        f'<script type="module">{script}</script>'
    )
    return _replace(_SCRIPT, lambda _: body, text)


def _replace(pattern: re.Pattern[str], make: Callable[[re.Match[str]], str], text: str) -> str:
    return pattern.sub(make, text, count=1)


def _read(path: str) -> str:
    # As a browser reads it: the hashes are of what it sees.
    text = (static_folder() / path).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _style(path: str) -> str:
    folder = (static_folder() / path.removeprefix("static/")).parent

    def inline(match: re.Match[str]) -> str:
        if match["path"].startswith(("data:", "#")):
            return match[0]
        return f'url("{_data_url_of(folder / match["path"])}")'

    return _URL.sub(inline, _read(path.removeprefix("static/")))


def _inline_icon(match: re.Match[str]) -> str:
    return f'<link rel="icon" href="{_data_url(match["path"])}"{match["rest"]}>'


def _data_url(path: str) -> str:
    return _data_url_of(static_folder() / path.removeprefix("static/"))


def _data_url_of(file: Path) -> str:
    return f"data:{TYPES[file.suffix].replace(' ', '')};base64,{_base64(file.read_bytes())}"


def _safe(script: str) -> str:
    """Return a script in which nothing looks like the end of its element."""
    return re.sub(r"<(?=/script|!--|script)", r"\\x3c", script, flags=re.IGNORECASE)


def _hash(text: str) -> str:
    return f"sha256-{_base64(hashlib.sha256(text.encode()).digest())}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
