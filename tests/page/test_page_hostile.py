"""Hostile names in files and links are text everywhere, and a wrong link is told so, in a real browser."""

import json

import pytest
from page_server import Server, needs_browser

pytestmark = needs_browser


def hostile(tmp_path):
    names = [
        "<script>window.harm=1</script>",
        "<img src=x onerror=window.harm=1>",
        '=HYPERLINK("http://x")',
        "{{ 1+1 }}`${7*7}`",
        "é" * 200,
        "</script><b>",
    ]
    ids = [names[1], *(f"M{n}" for n in range(1, len(names)))]
    members = "\n".join(
        f"  {{ id = {json.dumps(each)}, name = {json.dumps(name)}, autonomy = 0.{n}, interest = 0.6 }},"
        for n, (each, name) in enumerate(zip(ids, names, strict=True))
    )
    text = f"""
title = "<script>window.harm=1</script>\\u202E@SUM(1)"
question = "<b>Would</b> they {{{{ 7*7 }}}} agree?\\u202E"
sources = ["<svg onload=window.harm=1>"]
notes = ["`${{window.harm=1}}` </script><script>window.harm=1</script>"]
[council]
members = [
{members}
]
[[proposal]]
name = "</script><script>window.harm=1</script>"
[procedure]
rounds = 2
"""
    path = tmp_path / "hostile.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_hostile_names_are_text(visits, tmp_path):
    server = Server(hostile(tmp_path))
    try:
        visit = visits(server)
        for view in ("/", "/watch?replicate=2&round=1", "/sources"):
            visit.open(view)
            assert visit.page.evaluate("window.harm") is None
            assert visit.page.locator("b:has-text('Would')").count() == 0
            seen = visit.page.inner_text("body")
            assert "<script>window.harm=1</script>" in seen
            assert "\u202e" not in seen
            assert "49" not in visit.page.inner_text("footer")
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 1280
        visit.open()
        visit.slide("<script>window.harm=1</script>: autonomy (cost)", 0.5)
        visit.page.wait_for_timeout(600)
        assert visit.page.evaluate("window.harm") is None
        assert visit.wrong == []
    finally:
        said, _ = server.stop()
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "link",
    [
        "/?set=members.FRA.autonomy=7",
        "/watch?set=procedure.rule=%22%3Cscript%3Ewindow.harm=1%3C/script%3E%22",
        "/sources?member=%E2%80%AE%3Cb%3E",
        "/?set=" + "x" * 10_000,
        "/?proposal=77&set=a.b.c=1",
        "/?set=%ff%00",
    ],
)
def test_a_wrong_link_says_so(visit, link):
    visit.open(link)
    assert "This link does not fit" in visit.page.inner_text("h1")
    assert visit.page.evaluate("window.harm") is None
    assert "link" in visit.page.inner_text(".alert") or "--set" in visit.page.inner_text(".alert")
    visit.page.get_by_role("link", name="Open the scenario as its file has it").click()
    visit.page.wait_for_selector("[data-drawn], .ledger")
    assert visit.wrong == []


def test_a_link_can_change_names_but_no_markup(visit):
    title, name = "%22%3Cimg src=x onerror=window.harm=1%3E%22", "%22%3Cscript%3Ewindow.harm=1%3C/script%3E%22"
    visit.open(f"/?set=title={title}&set=proposal.0.name={name}")
    assert visit.page.evaluate("window.harm") is None
    assert "<img src=x onerror=window.harm=1>" in visit.page.inner_text(".top")
