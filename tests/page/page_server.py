"""The page as a program of its own, and a real browser that no outside address exists for."""

import functools
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OFFICE = "tokyo-office-2023"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def lacking():
    """Why there is no browser to test with; None: there is one."""
    for each in ("nicegui", "playwright"):
        if find_spec(each) is None:
            return f"{each} is not installed"
    return None if chromium() else "there is no Chromium of Debian's (apt-get install chromium)"


def chromium():
    return shutil.which("chromium")


needs_browser = pytest.mark.skipif(lacking() is not None, reason=str(lacking()))
needs_extra = pytest.mark.skipif(find_spec("nicegui") is None, reason="nicegui is not installed")


def environment(**more):
    """Without what tells NiceGUI that it is being tested: it is to behave as it does for a user."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "NICEGUI_"))}
    return kept | {"PYTHONPATH": path} | more


class Server:
    """`run.py page SCENARIO` on a free port, and what it wrote to its log."""

    def __init__(self, scenario=OFFICE, *options):
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed by stop)
        command = [sys.executable, str(ROOT / "run.py"), "page", str(scenario), "--port", "0", *options]
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment(), cwd=self.folder.name
        )
        first = self.process.stdout.readline()
        assert first.startswith("http://127.0.0.1:"), (first, self.said())
        self.url = first.split()[0].rstrip("/")

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        left = os.listdir(self.folder.name)
        self.process.stdout.close()
        said = self.said()
        self.log.close()
        self.folder.cleanup()
        return said, left


class Visit:
    """One browser tab: what it asked for, what its console said."""

    def __init__(self, page, server):
        self.page, self.server, self.asked, self.wrong = page, server, [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: said.type in ("error", "warning") and self.wrong.append(said.text))

    def open(self, view="/"):
        self.page.goto(self.server.url + view)
        self.page.wait_for_selector(".view")
        self.page.wait_for_load_state("networkidle")
        return self

    def drawn(self):
        return self.page.get_attribute("[data-drawn]", "data-drawn")

    def act(self, do):
        """Do something, and wait until the page is redrawn."""
        before = self.drawn()
        do()
        self.page.wait_for_function(
            "before => document.querySelector('[data-drawn]').dataset.drawn !== before", arg=before
        )

    def slide(self, label, value):
        """Move the slider of that label, and let it go."""
        self.act(
            lambda: self.page.get_by_label(label, exact=True).evaluate(
                """(input, value) => { input.value = value; input.dispatchEvent(new Event('input'));
                                   input.dispatchEvent(new Event('change')); }""",
                value,
            )
        )

    def row(self, table, head):
        """The numbers of a row, by the table's caption and the row's head."""
        found = (
            self.page.get_by_role("table", name=table)
            .get_by_role("row")
            .filter(has=self.page.get_by_role("rowheader", name=head, exact=True))
        )
        return found.locator("td.number").all_inner_texts()

    @property
    def chance(self):
        """P(adopted), as the page says it."""
        return self.row("Probability of each outcome", "adopted in any form")[0]


@functools.cache
def axe():
    """The source of axe-core, from npm. Skips where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so axe-core cannot be had")
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [npm, "pack", "axe-core@4", "--silent"], cwd=folder, capture_output=True, text=True, check=False
        )
        found = next(Path(folder).glob("*.tgz"), None)
        if ran.returncode or found is None:
            pytest.skip("npm cannot reach its registry, so axe-core cannot be had")
        with tarfile.open(found) as archive:
            return archive.extractfile("package/axe.min.js").read().decode("utf-8")
