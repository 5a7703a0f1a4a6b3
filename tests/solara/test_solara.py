"""The example in Mesa's SolaraViz, installed and started as its page says, and used in a real browser.

Slow, since it fills a virtual environment: pytest -m slow tests/solara. SOLARA_PICTURES=FOLDER keeps pictures of it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import pytest

from sim.engines.agents import Council
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "see-it-in-solara.md"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

pytestmark = pytest.mark.slow


def lines_of(command):
    """The lines of the page's block with this command."""
    found = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    [block] = [each for each in found if f"{command} " in each]
    return block.splitlines()


def reached():
    """Does anybody answer at the package index?"""
    try:
        urllib.request.urlopen("https://pypi.org/simple/pip/", timeout=20).close()
    except (URLError, TimeoutError, ConnectionError):
        return False
    return True


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The programs of a new virtual environment, with what the page says to install."""
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    pytest.importorskip("playwright.sync_api", reason="no playwright: pip install playwright")
    folder = tmp_path_factory.mktemp("solara") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    [line] = [each for each in lines_of("pip install") if each.startswith("pip install ")]
    done = subprocess.run(
        [str(folder / "bin" / "pip"), *shlex.split(line)[1:], "--quiet", "--retries", "1"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode and not reached():
        pytest.skip("no network: the package index cannot be reached")
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "bin"


@contextmanager
def outside():
    """All of the outside, for a program that is told so; yields its address, and what it was asked."""
    asked = []

    class Outside(BaseHTTPRequestHandler):
        def refuse(self):
            asked.append(self.requestline)
            self.send_error(404)

        do_GET = do_HEAD = do_POST = do_CONNECT = refuse  # noqa: N815

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Outside) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()
        thread.join()


@contextmanager
def started(programs, folder, elsewhere):
    """The page's example, started as the page says on a free port; whatever it would fetch, it asks elsewhere for."""
    *settings, line = lines_of("solara run")
    env = dict(each.removeprefix("export ").split("=", 1) for each in settings)
    assert env["SOLARA_ASSETS_CDN"] == "http://127.0.0.1:9/"
    env["SOLARA_ASSETS_CDN"] = elsewhere
    env |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), elsewhere)
    env |= dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    address, log = f"http://127.0.0.1:{port}/", folder / "log"
    words = [str(programs / "solara"), *shlex.split(line)[1:], "--port", str(port), "--no-open"]
    with log.open("w") as said:
        server = subprocess.Popen(words, cwd=ROOT, env=os.environ | env, stdout=said, stderr=said)
    try:
        for _ in range(240):
            assert server.poll() is None, log.read_text()
            try:
                DIRECT.open(f"{address}readyz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.25)
        else:
            pytest.fail(f"it does not answer:\n{log.read_text()}")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    assert "Traceback" not in log.read_text(), log.read_text()


class Seen:
    """What a visitor sees, and the buttons."""

    def __init__(self, page):
        self.page = page

    def press(self, button):
        self.page.get_by_role("button", name=button, exact=True).click()

    def finds(self, text):
        self.page.get_by_text(text, exact=True).wait_for(timeout=30_000)

    def stances(self):
        """Stance -> the names under it; their numbers are checked."""
        heads = ("support", "acquiesce", "object")
        found, stance = {each: [] for each in heads}, None
        told = {}
        text = self.page.locator(".v-card").filter(has_text=re.compile("^\\s*\\d+ members")).inner_text()
        for line in filter(None, map(str.strip, text.splitlines()[1:])):
            if match := re.fullmatch(rf"({'|'.join(heads)}): (\d+)", line):
                stance = match[1]
                told[stance] = int(match[2])
            else:
                found[stance].append(line)
        assert told == {each: len(names) for each, names in found.items()}
        return found

    def picture(self, name):
        if "SOLARA_PICTURES" in os.environ:
            self.page.wait_for_timeout(1500)
            self.page.screenshot(path=Path(os.environ["SOLARA_PICTURES"]) / f"{name}.png", full_page=True)


def stances_of(council):
    return {
        stance: [member.name for member in council.members if member.stance == stance]
        for stance in ("support", "acquiesce", "object")
    }


def told(council):
    """What the chronicle must say of a council."""
    for each in council.rounds:
        names = [member.name for member in council.members if each.objects[0, member.seat]]
        yield f"Round {each.number}: {', '.join(names) or 'nobody'} objecting"
    yield f"Outcome: {council.outcome or 'none yet'}"


def test_the_council_in_solara_is_the_council(programs, tmp_path):
    from playwright.sync_api import sync_playwright

    scenario = load("tokyo-office-2023")
    case = scenario.questions[0].case
    council = Council(case, 21, scenario.seed)
    asked, wrong = [], []
    with (
        outside() as (elsewhere, fetched),
        started(programs, tmp_path, elsewhere) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "user", executable_path=CHROMIUM, args=FLAGS, viewport={"width": 1400, "height": 1000}
        )
        page = browser.pages[0]
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(address)
        seen = Seen(page)

        seen.finds("Step: 0")
        seen.finds("31 members")
        seen.finds("Replicate 21, isolation 3, hide 0")
        seen.finds("Outcome: none yet")
        assert not any(seen.stances().values())  # nobody has spoken

        council.step()
        seen.press("Step")
        seen.finds("Step: 1")
        for line in told(council):
            seen.finds(line)
        assert seen.stances() == stances_of(council)
        assert "France" in seen.stances()["object"]
        seen.picture("round-0")

        while council.running:
            council.step()
            seen.press("Step")
            seen.finds(f"Step: {council.steps}")
        for line in told(council):
            seen.finds(line)
        assert seen.stances() == stances_of(council)
        assert seen.page.get_by_role("button", name="Step", exact=True).is_disabled()
        seen.picture("the-end")

        # the second council: alone at no cost, and hiding if it can; played to its end
        alone = Council(case.but(isolation=0.0, hide=1.0), 21, scenario.seed).play()
        assert alone.outcome != council.outcome
        page.get_by_role("slider").nth(3).focus()  # after the two intervals, and the replicate
        page.keyboard.press("Home")
        page.get_by_role("slider").nth(4).focus()
        page.keyboard.press("End")
        page.wait_for_timeout(500)
        seen.press("Reset")
        seen.finds("Replicate 21, isolation 0, hide 1")
        seen.finds("Step: 0")
        seen.press("▶")
        for line in told(alone):
            seen.finds(line)
        seen.finds(f"Step: {alone.steps}")
        assert seen.stances() == stances_of(alone)
        hidden = [member.name for member in alone.members if member.hidden]
        assert page.locator(".v-chip--outlined").all_inner_texts() == hidden != []
        seen.picture("alone-and-hidden")
        browser.close()
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith(own)] == []  # the browser asked for nothing from outside
    assert fetched == []  # nor did the server
    assert wrong == []
