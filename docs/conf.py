"""How Sphinx builds this site: see `make docs`."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from tools.written_pages import REPOSITORY, complete

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "xetrack"
author = "The xetrack authors"
copyright = author  # noqa: A001 - the name that Sphinx knows
version = release = version("xetrack-core")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
html_theme = "furo"
html_title = f"xetrack {release}"
html_theme_options = {
    "source_repository": f"{REPOSITORY}/",
    "source_branch": "HEAD",
    "source_directory": "docs/",
    "top_of_page_buttons": ["view"],
}
html_search_scorer = str(Path(__file__).with_name("search_scorer.js"))
copybutton_prompt_text = "$ "
html_show_sourcelink = False
html_copy_source = False
pygments_style = "tango"
pygments_dark_style = "github-dark"

# The pages are plain Markdown, whose headings answer to the anchors that hosting sites give them.
myst_heading_anchors = 3

smartquotes = False  # options begin with two hyphens
default_role = "py:obj"  # in docstrings, `log` is the method of that name
add_module_names = False
python_maximum_signature_line_length = 80
autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_type_aliases = {name: f"~xetrack.model.kinds.{name}" for name in ("Row", "Scalar", "Value")}
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_rtype = False


def _complete(app: Sphinx, page: str, source: list[str]) -> None:
    """Put in what the marks of a page ask for."""
    root = Path(app.srcdir)
    source[0] = complete(source[0], root / f"{page}.md", root)


def _keep_colons(
    _: Sphinx, what: str, __: str, ___: object, ____: object, lines: list[str]
) -> None:
    """Keep napoleon from taking for a type what stands before a colon; an empty comment does."""
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]


def _named(_: Sphinx, *signature: Any) -> tuple[str | None, str | None]:
    """Name the default of what need not be given, which is an object of no name."""
    arguments, returned = signature[-2:]
    return arguments and arguments.replace("<object object>", "MISSING"), returned


def _separate(_: Sphinx, page: nodes.document) -> None:
    """Put a colon between a parameter and what it is; without smart quotes there are hyphens."""
    for text in [text for text in page.findall(nodes.Text) if text.startswith(" -- ")]:
        text.parent.replace(text, nodes.Text(text.replace(" -- ", ": ", 1)))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect what is done while building."""
    app.connect("source-read", _complete)
    app.connect("autodoc-process-signature", _named)
    app.connect("doctree-read", _separate)
    app.connect("autodoc-process-docstring", _keep_colons, priority=1)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
