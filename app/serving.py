"""The server: the page, the viewers' scripts, a conversation's files, and what keeps strangers out.

Nothing on the page may reach another host: the Content-Security-Policy refuses every image, form, frame and request
that would, whatever a model or a file managed to put into an answer.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before gradio is imported: it would ask two hosts

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.confinement import confine_to_this_machine
from app.drawings import drawing_routes
from app.exporting.routes import export_routes
from app.own_routes import own_routes
from app.services import Services, database_host
from app.settings import ROOT, Settings
from app.standing import standing
from app.ui.own_page import own_page
from app.ui.page import PAGE_HEAD, VIEW_STYLES, build_page, page_theme
from app.ui.status_page import status_numbers
from app.uploads import DOWNLOADED
from errors import ModelError, RetortError, SettingsError
from tools.over_files import read_rows, read_state

START_AFTER_S = 1.0
MOST_COUNTED = 100  # pictures or videos of one question
MOST_ROWS = 500  # of a batch, told at once
BATCH_FILES = ("results.csv", "results.sdf")
_SIZE = re.compile(r"([1-9]\d{0,5})x([1-9]\d{0,5})")
_COUNT = re.compile(r"[1-9]\d{0,3}")
_FETCHING = re.compile(r"/(file|proxy)=\s*https?:", re.IGNORECASE)
VENDOR = ROOT / "assets" / "vendor"

#: Gradio's own page needs inline scripts and styles, and evaluates the templates of its HTML components.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors {ancestors}",
    )
)


class _SecurityHeaders:
    """Adds the headers to each response as it starts, without holding back a stream."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", self._policy)  # unless it has a stricter one of its own
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class _NoFetching:
    """Refuses the addresses by which Gradio fetches what another host has, on behalf of whoever names it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _FETCHING.search(scope["path"]):
            refusal = PlainTextResponse("Retort fetches nothing from other hosts for a page.", status_code=404)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def build_app(services: Services, settings: Settings, *, ready: Callable[[], None] | None = None) -> FastAPI:
    """The whole site; ``ready`` is called once it is about to serve."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if ready is not None:
            ready()
        yield
        services.close()

    app = FastAPI(title="Retort", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok", "model": services.model.status().state}

    @app.get("/files/{conversation_id}/{sha256}")
    def kept_file(conversation_id: str, sha256: str) -> Response:
        found = services.uploads.find(conversation_id, sha256)
        if found is None:
            return PlainTextResponse("There is no such file.", status_code=404)
        path, media_type = found
        filename = path.name if media_type == DOWNLOADED else None  # named: the browser keeps it and does not show it
        return FileResponse(
            path, media_type=media_type, filename=filename, headers={"Cache-Control": "private, max-age=86400"}
        )

    @app.get("/batches/{conversation_id}/{key}/rows")
    def rows_of_batch(conversation_id: str, key: str, start: int = 0, count: int = 0) -> Response:
        """How far a batch is, and some of its rows; 404 where it has not begun."""
        folder = services.uploads.batch(conversation_id, key)
        if folder is None:
            return PlainTextResponse("There is no such batch.", status_code=404)
        rows = read_rows(folder, max(0, start), min(max(0, count), MOST_ROWS))
        return JSONResponse({"state": read_state(folder), "rows": rows})

    @app.get("/batches/{conversation_id}/{key}/{name}")
    def file_of_batch(conversation_id: str, key: str, name: str) -> Response:
        folder = services.uploads.batch(conversation_id, key)
        if folder is None or name not in BATCH_FILES or not (folder / name).is_file():
            return PlainTextResponse("There is no such file.", status_code=404)
        return FileResponse(folder / name, media_type=DOWNLOADED, filename=name)

    @app.get("/frames/{conversation_id}/{sha256}/{frames}")
    def frames_of_video(conversation_id: str, sha256: str, frames: int) -> Response:
        from app.frames import contact_sheet  # with torch, which no other page needs

        found = services.uploads.find(conversation_id, sha256)
        if found is None or not found[1].startswith("video/") or frames < 1:
            return PlainTextResponse("There is no such video.", status_code=404)
        try:
            sheet = contact_sheet(found[0], frames)
        except RetortError as error:
            return PlainTextResponse(str(error), status_code=422)
        picture = io.BytesIO()
        sheet.save(picture, "PNG")
        headers = {"Cache-Control": "private, max-age=86400"}
        return Response(picture.getvalue(), media_type="image/png", headers=headers)

    @app.get("/tokens/{conversation_id}/{message_id}")
    def tokens(conversation_id: str, message_id: int) -> Response:
        """How the loaded model reads a question, as HTML."""
        tokenizer: Any = getattr(_loaded(services), "tokenizer", None)
        message = next((m for m in services.store.messages(conversation_id) if m.id == message_id), None)
        if message is None or not hasattr(tokenizer, "spans"):
            return PlainTextResponse("There is nothing to show.", status_code=404)
        from app.ui.tokens import tokens_html

        return HTMLResponse(tokens_html(tokenizer, message.message.text))

    @app.get("/cost")
    def cost(pictures: str = "", videos: str = "", tiles: int | None = None) -> dict[str, int]:
        """Tokens of pictures of these sizes ("640x480,…") and videos of so many frames ("8,…"); empty if it sees none."""
        eyes = getattr(_loaded(services), "eyes", None)
        sizes = [(int(width), int(height)) for width, height in _SIZE.findall(pictures)[:MOST_COUNTED]]
        frames = [int(count) for count in _COUNT.findall(videos)[:MOST_COUNTED]]
        return {"tokens": eyes.cost(sizes, frames, tiles)} if eyes and (sizes or frames) else {}

    @app.get("/status")
    def status() -> HTMLResponse:
        return HTMLResponse(own_page("status"))

    @app.get("/status.json")
    def numbers_of_status() -> JSONResponse:
        return JSONResponse(status_numbers(standing(services)), headers={"Cache-Control": "no-store"})

    @app.get("/metrics")
    def metrics(request: Request) -> Response:
        from app.metrics import exposition  # with a library that no page needs

        text, media_type = exposition(standing(services), request.headers.get("accept", ""))
        return Response(text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return FileResponse(ROOT / "assets" / "logo.svg", media_type="image/svg+xml")

    app.include_router(own_routes(services))
    app.include_router(export_routes(services))
    app.include_router(drawing_routes(services.tools))
    app.mount("/vendor", StaticFiles(directory=VENDOR, check_dir=False), name="vendor")
    gr.mount_gradio_app(
        app,
        build_page(services),
        path="",
        theme=page_theme(),
        css_paths=[VIEW_STYLES],
        head=PAGE_HEAD,
        footer_links=[],
        run_history=False,
        max_file_size=max(settings.upload_mb, settings.video_mb, settings.file_mb) * 1_000_000,
        show_error=True,
        ssr_mode=False,
        enable_monitoring=False,
    )
    # Spaces shows the page in a frame of its own site; elsewhere nobody may frame it
    ancestors = "https://huggingface.co" if os.environ.get("SPACE_ID") else "'self'"
    app.add_middleware(_NoFetching)
    app.add_middleware(_SecurityHeaders, policy=CONTENT_SECURITY_POLICY.format(ancestors=ancestors))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.host_names, www_redirect=False)
    return app


def _loaded(services: Services) -> object | None:
    return services.model.wait(0) if services.model.status().state == "ready" else None


def serve(services: Services, settings: Settings) -> None:
    """Serve until interrupted; raises ``SettingsError`` if the port is taken."""
    _refuse_taken_port(settings)
    os.environ.setdefault("GRADIO_TEMP_DIR", str(Path(settings.folder).expanduser().resolve() / "incoming"))
    app = build_app(services, settings, ready=lambda: _say_ready(services, settings))
    logging.getLogger("uvicorn.error").addFilter(_is_no_ending)
    confine_to_this_machine(filter(None, (database_host(settings), settings.host)))
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=2)


def _is_no_ending(record: logging.LogRecord) -> bool:
    """False for what uvicorn says of pages that are open when the server ends: that is no error."""
    is_cancelled = record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
    return not is_cancelled and "timeout graceful shutdown exceeded" not in record.getMessage()


def _refuse_taken_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}); choose another with --port."
            ) from None


def _say_ready(services: Services, settings: Settings) -> None:
    name = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::1", "::") else settings.host
    print(f"Retort is at http://{name}:{settings.port} (Ctrl-C ends it).", flush=True)
    # importing torch holds the interpreter for seconds: the first page, if someone waits for it, goes before
    starter = threading.Timer(START_AFTER_S, _start, [services])
    starter.daemon = True
    starter.start()


def _start(services: Services) -> None:
    """Load the model, and say on the console, too, how that ended."""
    services.start()
    try:
        services.model.wait(None)
        print(services.model.status().sentence, flush=True)
    except ModelError as error:
        print(f"Retort: {error}", file=sys.stderr, flush=True)
