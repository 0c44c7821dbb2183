"""A tool that breaks the rule: it opens a connection of its own and asks nobody. For the test that such a one is seen."""

from __future__ import annotations

import os
import urllib.request

from tools.outputs import ToolOutput
from tools.registry import tool


@tool(group="lookup", libraries=(), hosts=("pubchem.ncbi.nlm.nih.gov",))
def lookup_beside_the_gate() -> ToolOutput:
    """Ask the stand-in without leave."""
    address = f"{os.environ['RETORT_STAND_IN']}/rest/pug/compound/name/aspirin/JSON"
    asked = urllib.request.Request(address, headers={"Host": "pubchem.ncbi.nlm.nih.gov"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return ToolOutput(summary=f"{answer.status}", data={})
