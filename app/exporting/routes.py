"""What the page asks of the server to give a conversation away and to take one in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool

from app.services import Services
from errors import RetortError

#: Kinds by the ending of their file, with the media type that they have.
MEDIA_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "ipynb": "application/x-ipynb+json",
}


def export_routes(services: Services) -> APIRouter:
    """``GET /export/ID.KIND``, and ``PUT /import``, which no page of another site can send."""
    router = APIRouter()

    @router.get("/export/{conversation_id}.{kind}")
    def export(conversation_id: str, kind: str) -> Response:
        """The conversation as it is now, also while it is being answered."""
        from app.exporting.writing import document_of, filename

        if kind not in MEDIA_TYPES:
            return PlainTextResponse(f"A conversation is exported as {', '.join(MEDIA_TYPES)}.", status_code=404)
        try:
            document = document_of(services.store, conversation_id)
        except RetortError as error:
            return PlainTextResponse(str(error), status_code=404)
        # kept by the browser and not shown: nothing of it runs as a part of this site
        headers = {
            "Content-Disposition": f'attachment; filename="{filename(document, kind)}"',
            "Cache-Control": "no-store",
        }
        return Response(_written(kind)(document), media_type=MEDIA_TYPES[kind], headers=headers)

    @router.put("/import")
    async def take_in(request: Request) -> Response:
        """The id of the new conversation, or in a sentence why there is none."""
        from app.importing import MOST_BYTES

        contents = bytearray()
        async for chunk in request.stream():
            contents += chunk
            if len(contents) > MOST_BYTES:
                told = f"The file has more than {MOST_BYTES / 1e6:.0f} MB, the most that is taken."
                return PlainTextResponse(told, status_code=413)
        try:
            return JSONResponse({"id": await run_in_threadpool(_imported, services, bytes(contents))})
        except RetortError as error:
            return PlainTextResponse(str(error), status_code=422)

    return router


def _written(kind: str) -> Callable[[dict[str, Any]], str]:
    """Each with libraries of its own, which no page needs before."""
    if kind == "md":
        from app.exporting.as_markdown import as_markdown

        return as_markdown
    if kind == "html":
        from app.exporting.as_html import as_html

        return as_html
    if kind == "ipynb":
        from app.exporting.as_notebook import as_notebook

        return as_notebook
    from app.exporting.writing import as_json

    return as_json


def _imported(services: Services, contents: bytes) -> str:
    from app.importing import import_conversation, read_document

    return import_conversation(read_document(contents), services.store, services.uploads)
