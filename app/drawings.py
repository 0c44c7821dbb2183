"""A molecule of an answer as a small drawing, made when someone looks at it."""

from __future__ import annotations

from functools import lru_cache

from errors import ToolInputError
from tools.running import Workers

LONGEST_SMILES = 1_000
MOST_KEPT = 256
TIME_LIMIT_S = 5.0


class Drawings:
    """Drawings by SMILES; those that were looked at last are kept. May be used from any thread."""

    def __init__(self, tools: Workers) -> None:
        self._tools = tools
        self._kept = lru_cache(MOST_KEPT)(self._drawn)

    def svg(self, smiles: str) -> str:
        """The drawing as ``draw_molecules`` makes it; raises ``ToolInputError`` or ``ToolError`` if there is none."""
        if not smiles or len(smiles) > LONGEST_SMILES:
            raise ToolInputError(f"A SMILES of {len(smiles)} characters is not drawn here", "smiles", "give 1 to 1,000")
        return self._kept(smiles)

    def _drawn(self, smiles: str) -> str:
        result = self._tools.call("draw_molecules", {"molecules": [smiles]}, time_limit_s=TIME_LIMIT_S)
        return next(view.svg for view in result.views if view.kind == "svg")
