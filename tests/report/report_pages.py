"""Reports as they are written, read back by a strict parser."""

import html
import io
import os
import re
import shutil
import subprocess
import tempfile
import warnings
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import pytest
from filelock import FileLock

from sim.cli import main

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import html5lib

PLAIN = ("--set", "uncertainty.draws=0")
FEW = ("--replicates", "300")
SHIPPED = {
    "tokyo-office-2023": PLAIN,
    "tokyo-raw-autonomy": (),
    "tokyo-room-2023": FEW,
    "security-council": FEW,
}
CASES = {name: (name, *options) for name, options in SHIPPED.items()}
CASES["with-draws"] = ("tokyo-office-2023", "--set", "uncertainty.draws=300")
XHTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
HOSTILE = Path(__file__).with_name("hostile.toml")

needs_chromium = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="there is no Chromium of Debian's (apt-get install chromium)"
)
needs_playwright = pytest.mark.skipif(
    shutil.which("chromium") is None or find_spec("playwright") is None, reason="no Chromium, or no playwright"
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Reports on the cases by name, each computed once for all processes of a run of the tests."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here

    def report(name):
        page = shared / f"report-{name}" / "report.html"
        with FileLock(shared / f"report-{name}.lock"):
            if not page.exists():
                assert main(["report", *CASES[name], "--out", str(page.parent), "--quiet"]) == 0
        return page

    return report


def reported(*words, out):
    """The text of a report made now."""
    assert main(["report", *map(str, words), "--out", str(out), "--quiet"]) == 0
    return (Path(out) / "report.html").read_text(encoding="utf-8")


def said(*words):
    """What a command prints."""
    told = io.StringIO()
    with redirect_stdout(told):
        assert main([*map(str, words)]) == 0
    return told.getvalue()


def parsed(text):
    """The tree of a page; html5lib.html5parser.ParseError at the first thing that is not as HTML has it."""
    return html5lib.HTMLParser(strict=True).parse(text)


def words(element):
    """The text in an element, as it is read."""
    return re.sub(r"\s+", " ", " ".join(element.itertext())).replace("\u2060", "").strip()


def command(text):
    """The command that a page gives."""
    return html.unescape(re.search(r"<code>(.*?)</code>", text)[1])


def printed(page, out):
    """A page printed by Chromium: the path of the PDF."""
    with tempfile.TemporaryDirectory() as profile:
        options = [*FLAGS, "--headless", f"--user-data-dir={profile}", "--no-pdf-header-footer"]
        subprocess.run(
            ["chromium", *options, f"--print-to-pdf={out}", page.resolve().as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return out
