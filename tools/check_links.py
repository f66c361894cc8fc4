"""Check that links of the Markdown files within the repository lead to a file and to a heading."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tools.workspace import ROOT, files, report

if TYPE_CHECKING:
    from pathlib import Path

FENCE = re.compile(r"(?ms)^\s*(```|~~~).*?^\s*\1|`[^`\n]+`")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"(?m)^#+\s+(.*?)\s*#*$")
HERE = re.compile(r"https://(?:github|raw\.githubusercontent)\.com/xdssio/xetrack(?:/blob)?/HEAD/")
"""How whole addresses of this repository's files begin, as READMEs have for the package index."""
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def anchors(page: Path) -> set[str]:
    """Return the fragments of a page's headings, made as hosting sites make them."""
    titles = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def is_broken(page: Path, link: str) -> bool:
    """Return True if a link misses its target; those to other sites are not followed.

    Parameters
    ----------
    page
        The file that has the link.
    link
        As it is written there.

    Returns
    -------
    bool
        True if there is no such file, or no such heading in it.
    """
    own = HERE.match(link)
    if ELSEWHERE.match(link) and not own:
        return False
    path, _, fragment = unquote(HERE.sub("", link)).partition("#")
    target = ((ROOT if own else page.parent) / path) if path else page
    if not target.exists():
        return True
    return bool(fragment) and target.suffix == ".md" and fragment not in anchors(target)


def main() -> int:
    """Follow all links, and print those that are broken.

    Returns
    -------
    int
        The exit code.
    """
    pages = files("*.md")
    links = {
        (page, first or second)
        for page in pages
        for first, second in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    }
    problems = [
        f"{page.relative_to(ROOT)} links to {link}, which is not there"
        for page, link in sorted(links)
        if is_broken(page, link)
    ]
    return report(problems, f"links: {len(links)} in {len(pages)} pages")


if __name__ == "__main__":
    sys.exit(main())
