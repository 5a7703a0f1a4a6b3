"""The project's own pictures inside a page: their SVG without what belongs to files, and with names of their own."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.show.report.elements import Markup, tag

ROOT = re.compile(r"<svg\b[^>]*>")
NAMED = re.compile(r'\b(id="|url\(#|href="#)([^")]+)')
ASIDE = re.compile(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
BOX = re.compile(r'viewBox="([^"]+)"')

Draw = Callable[[Path], list[Path]]  # draws pictures into a folder, as SVG


def inlined(draw: Draw) -> Iterator[Markup]:
    """Pictures drawn by matplotlib, each as a figure."""
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(draw(Path(folder))):
            yield tag("figure", inline(path.read_text(encoding="utf-8"), f"picture{number}"), class_="sheet")


def inline(svg: str, name: str) -> Markup:
    """One picture. The text is matplotlib's, which has escaped what is in it; ids get a name before them."""
    root = ROOT.search(svg)
    if root is None:
        raise ValueError("no SVG")
    box, title = BOX.search(root[0]), TITLE.search(svg)
    body = ASIDE.sub("", svg[root.end() :]).replace("xlink:href", "href")
    body = NAMED.sub(lambda found: f"{found[1]}{name}-{found[2]}", body)
    said = title[1] if title else "A picture"
    view = box[1] if box else "0 0 518 400"
    drawn = 'stroke-linejoin="round" stroke-linecap="butt"'  # which its own style sheet says, for the whole page
    return Markup(f'<svg viewBox="{view}" role="img" aria-label="{_quoted(said)}" {drawn}>{body.strip()}')


def _quoted(text: str) -> str:
    """A title as it stands in the file, inside an attribute."""
    return " ".join(text.split()).replace('"', "&quot;")
