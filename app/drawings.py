"""A molecule that an answer names as a small drawing, made when someone looks at it."""

from __future__ import annotations

from functools import lru_cache

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from app.ui.views.drawing import safe_svg
from errors import RetortError, ToolInputError
from tools.running import Workers

LONGEST_SMILES = 1_000
MOST_KEPT = 256
TIME_LIMIT_S = 5.0
#: Opened by itself, a drawing can neither run, load nor send anything.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "private, max-age=86400"}


class Drawings:
    """Drawings by SMILES; those that were looked at last are kept. May be used from any thread."""

    def __init__(self, tools: Workers) -> None:
        self._tools = tools
        self._kept = lru_cache(MOST_KEPT)(self._drawn)

    def svg(self, smiles: str) -> str:
        """The drawing that ``draw_molecules`` makes; raises ``ToolInputError`` or ``ToolError`` if there is none."""
        if not smiles or len(smiles) > LONGEST_SMILES:
            raise ToolInputError(
                f"A SMILES of {len(smiles):,} characters is not drawn here", "smiles", "give 1 to 1,000"
            )
        return self._kept(smiles)

    def _drawn(self, smiles: str) -> str:
        result = self._tools.call("draw_molecules", {"molecules": [smiles]}, time_limit_s=TIME_LIMIT_S)
        drawn = next(view for view in result.views if view.kind == "svg")
        return safe_svg(drawn.svg, drawn.title).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def drawing_routes(tools: Workers) -> APIRouter:
    """``/drawing?smiles=…``: an SVG, or one sentence with status 422."""
    routes, drawings = APIRouter(), Drawings(tools)

    @routes.get("/drawing")
    def drawing(smiles: str = "") -> Response:
        try:
            return Response(drawings.svg(smiles), media_type="image/svg+xml", headers=_HEADERS)
        except RetortError as error:
            return PlainTextResponse(str(error), status_code=422)

    return routes
