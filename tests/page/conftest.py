"""One server and one browser for all tests of the page in a process; each test has a context of its own."""

import pytest
from page_server import FLAGS, Server, Visit, chromium


@pytest.fixture(scope="session")
def server():
    found = Server()
    yield found
    said, left = found.stop()
    assert "Traceback" not in said, said
    assert left == []


@pytest.fixture(scope="module")  # while it lives no other event loop can run in this process, as a cluster's tests need
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visits(browser):
    """Visits by people who do not know each other."""
    contexts = []

    def visit(server, width=1280, height=900):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        return Visit(contexts[-1].new_page(), server)

    yield visit
    for each in contexts:
        each.close()


@pytest.fixture
def visit(visits, server):
    return visits(server)
