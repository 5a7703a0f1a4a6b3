"""The server: on this machine only, unless it is told another address; it prints its own and runs until Ctrl-C."""

from __future__ import annotations

import errno
import gc
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from nicegui import ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from sim.scenario.complaints import BadInput, plain
from sim.show.page import theme
from sim.show.page.desk import Desk, Opened
from sim.show.page.explore import Explore
from sim.show.page.frame import aside, refused
from sim.show.page.sources import Sources
from sim.show.page.state import read
from sim.show.page.watch import Watch

LOCAL = ("127.0.0.1", "localhost", "[::1]", "::1")
ANYWHERE = ("0.0.0.0", "::", "")
GRACE = 0.1  # seconds that browsers have to take leave


class Taken(Exception):
    """The address cannot be listened on; the message says why."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Taken says why there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(128)
    except (OSError, OverflowError) as error:
        found.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise Taken(
                f"port {port} is taken; give another, as in --port {port + 1}, or --port 0 for a free one"
            ) from None
        why = getattr(error, "strerror", None) or str(error)
        raise Taken(f"{plain(host)}, port {port}: {why}; give another with --host and --port") from None
    return found


def serve(desk: Desk, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted. ready is called with the address once it answers. Raises Taken, KeyboardInterrupt."""
    bound = listening(host, port)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    if host not in ANYWHERE:  # nobody else's page may reach this one under a name that leads here
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL, host])
    _views(desk)
    ui.run_with(
        app,
        title="Unanimity",
        language="en-US",
        tailwind=False,
        show_welcome_message=False,
        binding_refresh_interval=None,
    )
    config: Any = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=GRACE, access_log=False)  # type: ignore[arg-type]
    logging.getLogger("uvicorn.error").addFilter(lambda record: "timeout graceful" not in record.getMessage())
    name = host if host not in ANYWHERE else socket.gethostname()
    shown = f"[{name}]" if ":" in name else name
    _Server(config, lambda: ready(f"http://{shown}:{bound.getsockname()[1]}/")).run(sockets=[bound])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            gc.freeze()  # what was imported stays: not to look through it again makes redraws steady, and the end swift
            self._ready()


def _views(desk: Desk) -> None:
    """The pages; each visit has a view of its own."""
    ui.add_css(theme.sheet(), shared=True)

    @ui.page("/", title=desk.stem, response_timeout=60)
    async def explore(request: Request) -> None:
        await _opened(desk, request, "/", Explore)

    @ui.page("/watch", title=f"{desk.stem}: one replicate", response_timeout=60)
    async def watch(request: Request) -> None:
        await _opened(desk, request, "/watch", Watch)

    @ui.page("/sources", title=f"{desk.stem}: sources", response_timeout=60)
    async def sources(request: Request) -> None:
        await _opened(desk, request, "/sources", Sources)


async def _opened(desk: Desk, request: Request, view: str, build: Callable[[Desk, Opened], object]) -> None:
    """Build a view of the state that the address holds, or say what is wrong with it."""
    pairs = request.query_params.multi_items()
    try:
        opened = await aside(lambda: desk.opened(read(pairs)))
        build(desk, opened)
    except BadInput as wrong:
        refused(wrong, view)
