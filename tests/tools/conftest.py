"""Fixtures that tests of ``python -m tools over`` share."""

from __future__ import annotations

import pytest

from tools.inputs.opened_files import open_file
from tools.over_planning import planned
from tools.registry import Toolbox


@pytest.fixture(scope="session")
def catalog():
    return [{"name": tool.name, "parameters": tool.schema["parameters"]} for tool in Toolbox.load()]


@pytest.fixture
def plan(catalog, tmp_path):
    def made(content: bytes | str, tool: str = "describe_molecule", column: str | None = None, **arguments):
        given = tmp_path / "given"
        given.write_bytes(content if isinstance(content, bytes) else content.encode())
        return planned(catalog, open_file(str(given)), tool, arguments, column)

    return made
