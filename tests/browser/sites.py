"""A small site on loopback for tests of single views, with the scripts and styles of the real one and under its policy."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.serving import CONTENT_SECURITY_POLICY
from app.ui.page import ASSETS
from app.vendor import VENDOR

POLICY = CONTENT_SECURITY_POLICY.format(ancestors="'self'")


@contextmanager
def site_of(page: Callable[[str], str]) -> Iterator[str]:
    """Serves ``page(name)`` at ``/page/name`` of the address that it gives, and ``assets`` at ``/own``."""
    import uvicorn
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse
    from fastapi.staticfiles import StaticFiles

    app = FastAPI()

    @app.get("/page/{name}")
    def shown(name: str) -> HTMLResponse:
        return HTMLResponse(page(name), headers={"Content-Security-Policy": POLICY})

    app.mount("/vendor", StaticFiles(directory=VENDOR))
    app.mount("/own", StaticFiles(directory=ASSETS))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def bare_page(body: str) -> str:
    """A page of views alone, with a composer that keeps what is put into it as ``window.composed``."""
    return (
        f"<!doctype html><meta charset=utf-8><link rel=stylesheet href=/own/views.css><body>{body}"
        "<script>window.retort = { compose: (text) => { window.composed = text; } };</script><script src=/own/views.js></script>"
    )
