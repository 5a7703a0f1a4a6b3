"""The page in a real browser, against the program as users start it."""

import contextlib
import json
import random
import re

import pytest
from page_server import OFFICE, ROOT, Server, axe, lacking, needs_browser

from sim.cli import main
from sim.show.words import percent

pytestmark = needs_browser
if not lacking():
    from playwright.sync_api import Error
AUTONOMY = "France: autonomy (cost)"
STOPS = "a[href], button, input, select, summary"


def printed(capsys, *words):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def run(capsys, *words):
    return printed(capsys, "run", *words, "--set", "uncertainty.draws=0")["proposals"][0]


def test_it_asks_nobody_for_anything(visit):
    for view in ("/", "/watch", "/sources"):
        visit.open(view)
    assert all(each.startswith((visit.server.url, "data:", "blob:")) for each in visit.asked), visit.asked
    assert visit.wrong == []


def test_a_slider_says_what_run_prints(visit, capsys, tmp_path):
    visit.open()
    assert visit.chance == percent(run(capsys, OFFICE)["adopted_any"])
    visit.slide(AUTONOMY, 0.4)
    told = run(capsys, OFFICE, "--set", "members.FRA.autonomy=0.4")
    assert visit.chance == percent(told["adopted_any"])
    assert f"with probability {percent(told['adopted_any'])}" in visit.page.inner_text(".said >> nth=0")

    visit.act(lambda: visit.page.get_by_label("Rule", exact=True).select_option(label="consensus-minus-1"))
    told = run(capsys, OFFICE, "--set", "members.FRA.autonomy=0.4", "--rule", "consensus-minus")
    assert visit.chance == percent(told["adopted_any"])
    assert visit.row("Probability of each outcome", "blocked") == [percent(told["outcomes"]["blocked"])]

    with visit.page.expect_download() as saving:
        visit.page.get_by_role("button", name="Save as a scenario file").click()
    path = tmp_path / saving.value.suggested_filename
    saving.value.save_as(path)
    again = run(capsys, str(path))
    assert (again["outcomes"], again["blame"], again["rules"]) == (told["outcomes"], told["blame"], told["rules"])

    visit.page.wait_for_url(re.compile("members.FRA.autonomy=0.4.*rule=consensus-minus"))
    link, shown = visit.page.url, visit.page.inner_text(".results")
    visit.page.goto(link)
    visit.page.wait_for_selector("[data-drawn]")
    visit.page.wait_for_load_state("networkidle")
    assert visit.page.url == link
    assert visit.page.get_by_label(AUTONOMY, exact=True).input_value() == "0.4"
    assert visit.page.locator("#rule").input_value() == "consensus-minus"
    visit.page.wait_for_function(
        "shown => document.querySelector('.results').innerText === shown", arg=shown, timeout=5000
    )

    visit.act(lambda: visit.page.get_by_role("button", name="Reset").click())
    assert visit.chance == percent(run(capsys, OFFICE)["adopted_any"])
    visit.page.wait_for_url(visit.server.url + "/")
    assert visit.wrong == []


def test_a_slider_can_be_dragged(visit):
    visit.open()
    slider = visit.page.get_by_label(AUTONOMY, exact=True)
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    visit.page.mouse.move(box["x"] + 0.98 * box["width"], middle)
    visit.page.mouse.down()
    for share in (0.9, 0.7, 0.5):
        visit.page.mouse.move(box["x"] + share * box["width"], middle, steps=4)
        visit.page.wait_for_timeout(40)
        assert abs(float(slider.input_value()) - share) < 0.03  # it stays under the pointer,
        assert visit.page.url == visit.server.url + "/"  # and nothing is computed before it is let go
    visit.act(visit.page.mouse.up)
    visit.page.wait_for_url(re.compile(f"autonomy={slider.input_value()}"))
    assert abs(float(slider.input_value()) - 0.5) < 0.03


def test_the_last_measures_follow_once_nothing_moves(visit, capsys):
    visit.open()
    france = next(each for each in run(capsys, OFFICE)["blame"] if each["id"] == "FRA")
    wanted = [
        percent(france[key])
        for key in ("object", "first_objector", "final_hold_out", "lone_hold_out", "pivotality", "shapley")
    ]
    visit.page.wait_for_function(
        """wanted => wanted === [...document.querySelectorAll('.bars.many tr.chosen td.number')]
            .map(each => each.innerText).join()""",
        arg=",".join(wanted),
    )


def test_members_can_be_left_out_and_put_back(visit, capsys):
    visit.open()
    visit.page.get_by_text("Who sits in the council").click()
    visit.act(lambda: visit.page.get_by_label("France", exact=True).uncheck())
    assert visit.chance == percent(run(capsys, OFFICE, "--set", 'council.without=["FRA"]')["adopted_any"])
    visit.act(lambda: visit.page.get_by_role("button", name="Put back council.without").click())
    assert visit.chance == percent(run(capsys, OFFICE)["adopted_any"])


def test_a_change_that_cannot_be_is_refused_and_undone(visits):
    server = Server(ROOT / "tests" / "page" / "alone.toml")
    try:
        visit = visits(server).open()
        visit.page.get_by_text("Who sits in the council").click()
        box = visit.page.get_by_label("Only", exact=True)
        box.click()
        visit.page.wait_for_selector(".alert:has-text('nobody is left')")
        assert visit.page.url == server.url + "/"
        visit.page.wait_for_function("document.querySelector('.roster input').checked")
        assert visit.wrong == []
    finally:
        said, _ = server.stop()
    assert "Traceback" not in said


def test_watch_comes_to_what_trace_says(visit, capsys):
    told = printed(capsys, "trace", OFFICE, "--replicate", "3")
    visit.open("/watch")
    number = visit.page.get_by_label("Replicate", exact=True)
    number.fill("3")
    visit.act(lambda: number.press("Tab"))
    step = visit.page.get_by_role("button", name="Step")
    while step.is_enabled():
        visit.act(step.click)
    assert f"{told['outcome']} in round {told['round']}" in visit.page.inner_text(".said")
    assert "holding out: France" in visit.page.inner_text(".said")
    shown = visit.page.locator(".tile").evaluate_all(
        "tiles => tiles.map(t => [t.querySelector('b').innerText, t.title])"
    )
    stances = dict(zip(told["members"], told["stances"][-1], strict=True))
    assert {member: title.rpartition(": ")[2] for member, title in shown} == stances
    visit.act(visit.page.get_by_role("button", name="Back").click)
    assert "nobody has spoken" in visit.page.inner_text(".said")
    assert visit.wrong == []


def test_watch_shows_one_in_which_france_yields(visit, capsys):
    visit.open("/watch")
    visit.act(visit.page.get_by_role("button", name="Find the next").click)
    replicate = int(re.search(r"Replicate (\d+)", visit.page.inner_text(".said"))[1])
    told = printed(capsys, "trace", OFFICE, "--replicate", str(replicate))
    mine = [stances[told["members"].index("FRA")] for stances in told["stances"]]
    assert "object" in mine
    assert mine[-1] != "object" or "FRA" in told["won_over"]
    visit.page.get_by_role("button", name="Play").click()
    visit.page.wait_for_selector(f".said:has-text('{told['outcome']} in round')")


def test_two_visitors_do_not_see_each_other(visits, server):
    one, other = visits(server).open(), visits(server).open()
    before = other.page.inner_text(".results")
    one.slide(AUTONOMY, 0.2)
    other.slide("France: stake", 0.9)
    other.act(lambda: other.page.get_by_role("button", name="Reset").click())
    other.page.wait_for_function("before => document.querySelector('.results').innerText === before", arg=before)
    assert one.page.get_by_label(AUTONOMY, exact=True).input_value() == "0.2"
    one.page.wait_for_url(re.compile("autonomy=0.2"))
    other.page.wait_for_url(server.url + "/")


def test_all_of_it_by_keyboard(visit):
    visit.open()
    page, reached = visit.page, []
    closed = page.locator("details:not([open]) > summary")
    while closed.count():
        closed.first.focus()
        page.keyboard.press("Enter")
    page.evaluate(
        f"window.wanted = [...document.querySelectorAll({STOPS!r})].filter(e => e.offsetParent && !e.disabled)"
    )
    wanted = page.evaluate("wanted.length")
    page.evaluate("window.seen = new Set()")
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        found = page.evaluate("""() => {
            const e = document.activeElement, s = getComputedStyle(e);
            window.seen.add(e);
            return [e.tagName, s.outlineStyle, parseFloat(s.outlineWidth), e.className];
        }""")
        if found[0] == "BODY":  # the last one was left: it goes on with the first
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.innerText") == "Skip to the answer"
            page.evaluate("seen.add(document.activeElement)")
            continue
        reached.append(found)
        assert found[1] != "none", found
        assert found[2] >= 2, found
    assert page.evaluate("wanted.filter(e => !seen.has(e)).map(e => e.outerHTML)") == []
    slider = page.get_by_label(AUTONOMY, exact=True)
    slider.focus()
    visit.act(lambda: page.keyboard.press("ArrowLeft"))  # from .99, the step next to .9937
    visit.act(lambda: page.keyboard.press("ArrowLeft"))
    assert slider.input_value() == "0.97"
    page.wait_for_url(re.compile("members.FRA.autonomy=0.97"))
    assert slider.evaluate("e => e === document.activeElement")  # redrawing does not take the focus away
    page.locator("#rule").focus()
    visit.act(lambda: page.keyboard.press("ArrowDown"))
    visit.act(lambda: (page.get_by_role("button", name="Reset").focus(), page.keyboard.press("Space")))
    page.wait_for_url(visit.server.url + "/")


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(visits, server, width):
    source, visit = axe(), visits(server, width)
    for view in ("/?set=members.FRA.autonomy=0.4", "/watch?replicate=21&round=2", "/sources", "/?set=weights.size=-1"):
        visit.open(view)
        visit.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        visit.page.evaluate(source)
        found = visit.page.evaluate("axe.run()")["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == [], view
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


EVENTS = """
(seed) => {
  const all = [...document.querySelectorAll('button, input, select, summary, .tile')]
    .filter(e => !e.disabled && e.offsetParent);
  const one = all[Math.floor(seed * 1e6) % all.length];
  if (!one) return;
  const part = (seed * 1e9) % 1;
  if (one.type === 'range') {
    one.value = Number(one.min) + part * (one.max - one.min);
    one.dispatchEvent(new Event('input'));
    one.dispatchEvent(new Event('change'));
  } else if (one.tagName === 'SELECT') {
    one.selectedIndex = Math.floor(part * one.options.length);
    one.dispatchEvent(new Event('change'));
  } else if (one.type === 'number') {
    one.value = ['3', '', '-1', '1e99', '4.7', '99999999999999'][Math.floor(part * 6)];
    one.dispatchEvent(new Event('change'));
  } else one.click();
}"""


def press(visit, events, seed):
    chance = random.Random(seed)
    for number in range(events):
        if number % 100 == 0:
            visit.open(chance.choice(["/", "/", "/watch"]) if number else "/")
            visit.page.on("dialog", lambda dialog: dialog.dismiss())
        if chance.random() < 0.8:
            with contextlib.suppress(Error):  # a key may have led to another view just now
                visit.page.evaluate(EVENTS, chance.random())
        else:
            keys = ["Tab", "Enter", "Space", "ArrowRight", "ArrowLeft", "Home", "End", "PageUp", "Escape", "z"]
            visit.page.keyboard.press(chance.choice(keys))
        if chance.random() < 0.3:
            visit.page.wait_for_timeout(chance.randint(0, 120))
    visit.page.wait_for_timeout(1500)
    visit.open()
    assert visit.wrong == []
    assert "Traceback" not in visit.server.said()


def test_random_events_do_no_harm(visit):
    press(visit, 80, 1)


@pytest.mark.slow
def test_a_thousand_random_events_do_no_harm(visit):
    press(visit, 1000, 2)
