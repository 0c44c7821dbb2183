"""The routes of the pages beside the chat: what left this machine, and what the model is told.

What changes something is a PUT or a DELETE from a page of this very address: no other site's page changes anything here.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from app.instructions import LONGEST_PROMPT
from app.services import Services
from app.ui.ledger_page import ledger_csv, ledger_rows
from app.ui.own_page import own_page
from app.ui.prompt_page import prompt_as_json
from errors import RetortError

ROWS_AT_ONCE = 50
FRESH = {"Cache-Control": "no-store"}


def own_routes(services: Services) -> APIRouter:
    router = APIRouter()
    changing = [Depends(_from_own_page)]

    @router.get("/ledger")
    def ledger() -> HTMLResponse:
        return HTMLResponse(own_page("ledger"))

    @router.get("/ledger.json")
    def rows_of_ledger(before: int | None = None) -> JSONResponse:
        return JSONResponse(ledger_rows(services, ROWS_AT_ONCE, before), headers=FRESH)

    @router.get("/ledger.csv")
    def table_of_ledger() -> StreamingResponse:
        return StreamingResponse(ledger_csv(services), media_type="text/csv; charset=utf-8", headers=FRESH)

    @router.delete("/ledger/allowed/{host}", dependencies=changing)
    def revoke(host: str) -> Response:
        if not services.outward.permissions.may_be_always:
            return PlainTextResponse("Hosts are allowed and revoked where Retort was started.", status_code=403)
        services.outward.permissions.revoke(host)
        return Response(status_code=204)

    @router.get("/prompt")
    def prompt() -> HTMLResponse:
        return HTMLResponse(own_page("prompt"))

    @router.get("/prompt.json")
    def text_of_prompt() -> Response:
        return _prompt_now(services)

    @router.get("/prompts/{sha256}")
    def earlier_prompt(sha256: str) -> Response:
        """The instructions that an answer had."""
        text = services.store.prompt(sha256)
        if text is None:
            return PlainTextResponse("There are no such instructions.", status_code=404)
        return PlainTextResponse(text, headers=FRESH)

    @router.put("/prompt.json", dependencies=changing)
    def keep_prompt(text: Annotated[str, Body(embed=True, max_length=4 * LONGEST_PROMPT)]) -> Response:
        try:
            services.prompt.save(text)
        except RetortError as error:
            return PlainTextResponse(str(error), status_code=422)
        return _prompt_now(services)

    @router.delete("/prompt.json", dependencies=changing)
    def our_prompt_again() -> Response:
        try:
            services.prompt.reset()
        except RetortError as error:
            return PlainTextResponse(str(error), status_code=422)
        return _prompt_now(services)

    return router


def _from_own_page(request: Request) -> None:
    """A browser says from which site's page a request comes; where Retort has a name of its own, Gradio would let any site ask."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "Only a page of Retort itself changes this.")


def _prompt_now(services: Services) -> Response:
    try:
        return JSONResponse(prompt_as_json(services), headers=FRESH)
    except RetortError as error:
        return PlainTextResponse(str(error), status_code=422)
