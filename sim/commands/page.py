"""A page on this machine, to explore a scenario with."""

from __future__ import annotations

import argparse
import sys

from sim.commands.words import MACHINE, loaded, settings_of, whole


def page(given: argparse.Namespace) -> int:
    """Serve the page until it is interrupted."""
    from sim.scenario.complaints import BadInput, plain

    wrong: list[str] = []
    port = whole(given.port, "--port", 0, 65535, wrong)
    if wrong:
        raise BadInput(wrong)
    loaded(given, given.scenario)  # what is wrong with it is said before anything is served
    from sim.show.page.desk import Desk
    from sim.show.page.serve import Taken, serve

    desk = Desk(given.scenario, tuple(settings_of(given)[0]))

    def ready(address: str) -> None:
        if not given.quiet:
            print(f"{address}  (Ctrl-C ends it)", flush=True)
        if given.open:
            import webbrowser

            webbrowser.open(address)

    try:
        serve(desk, given.host, 8080 if port is None else port, ready)
    except Taken as reason:
        print(plain(f"unanimity: {reason}"), file=sys.stderr)
        return MACHINE
    return 0
