"""A stored conversation with real results, made without a model: what the tests of exports, imports and replays work on."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import PIL.Image

from app.batches import Batches
from app.calling import failed
from app.store import Store, sqlite_url
from app.uploads import Uploads
from errors import RetortError
from model.messages import File, Image, Part, Text, Thinking, ToolCall, ToolResult
from tools.rerun import call

MEGABYTE = 1_000_000
LYSOZYME = "KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL"

#: Fifteen tools, among them one that minimises coordinates, and two calls that are refused.
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("describe_molecule", {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}),
    ("draw_molecules", {"molecules": ["CCO", "c1ccccc1"]}),
    ("count_atoms", {"molecule": "CCOC(=O)c1ccccc1", "element": "C"}),
    ("functional_groups", {"molecule": "NCC(=O)O"}),
    ("stereo_report", {"molecule": "C[C@H](N)C(=O)O"}),
    ("show_3d", {"molecule": "CCO", "conformers": 2}),
    ("formula_report", {"formula": "C9H8O4"}),
    ("isotope_pattern", {"formula": "C6H5Br"}),
    ("balance_reaction", {"reactants": ["C3H8", "O2"], "products": ["CO2", "H2O"]}),
    ("element", {"symbol": "Br"}),
    ("protein_report", {"sequence": LYSOZYME}),
    ("translate", {"sequence": "ATGGCCATTGTAATGGGCCGCTGA"}),
    ("restriction_digest", {"sequence": "GGGAATTCCCAAAGGATCCTTT", "enzymes": ["EcoRI", "BamHI"]}),
    ("align_pair", {"a": "HEAGAWGHEE", "b": "PAWHEAE"}),
    ("convert_notation", {"molecule": "CCO", "to": "molfile"}),
    ("describe_molecule", {"molecule": "C1CC"}),
    ("translate", {"sequence": "ATG GCQ"}),
)
TABLE = "name,smiles\naspirin,CC(=O)Oc1ccccc1C(=O)O\nbenzene,c1ccccc1\nbroken,C1CC\n"


@dataclass
class Place:
    """A store and its uploads, as one Retort has them."""

    store: Store
    uploads: Uploads

    @classmethod
    def under(cls, folder: Path) -> Place:
        folder.mkdir(parents=True, exist_ok=True)
        return cls(Store(sqlite_url(folder)), Uploads(folder / "uploads", 20 * MEGABYTE, 50 * MEGABYTE))

    def ask(self, conversation_id: str, *parts: Part) -> None:
        self.store.add_message(conversation_id, "user", parts)

    def answer(self, conversation_id: str, *parts: Part, **details: Any) -> int:
        """Add an answer, and return its id."""
        added = self.store.add_message(conversation_id, "assistant", parts)
        self.store.save(replace(added, details=details), from_part=len(parts))
        return added.id

    def attach(self, conversation_id: str, path: Path) -> File | Image:
        taken = self.uploads.take(conversation_id, path)
        assert isinstance(taken, (File, Image))
        return taken


def called(number: int, tool: str, arguments: dict[str, Any], asked: dict[str, Any] | None = None) -> list[Part]:
    """A call and its real result; ``asked`` are the arguments as a model wrote them, with its names for files."""
    made = ToolCall(f"call_{number}", tool, asked or arguments)
    try:
        return [made, ToolResult(made.id, tool, True, call(tool, arguments).model_dump(mode="json"))]
    except RetortError as error:
        return [made, failed(made, error, arguments)]


def long_conversation(place: Place) -> str:
    """Every call of ``CALLS`` in one answer, with thinking before and words after it."""
    conversation_id = place.store.create_conversation()
    place.ask(conversation_id, Text("What can be said of aspirin & of lysozyme?"))
    parts: list[Part] = [Thinking("The person wants <b>numbers</b>; I call tools.", 3.2, 12)]
    for number, (tool, arguments) in enumerate(CALLS, start=1):
        parts += called(number, tool, arguments)
    parts.append(Text("Aspirin weighs 180.16 Da.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"))
    usage = {"prompt_tokens": 90, "new_tokens": 40, "first_token_s": 0.2, "seconds": 2.5}
    place.answer(conversation_id, *parts, model="scripted", seed=7, unchecked=False, usage=usage)
    return conversation_id


def conversation_with_a_table(place: Place, folder: Path) -> str:
    """A table is attached, read, and gone over with a tool."""
    conversation_id = place.store.create_conversation()
    path = folder / "drugs of mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    file = place.attach(conversation_id, path)
    assert isinstance(file, File)
    place.ask(conversation_id, file, Text("What is in the table, and what do its compounds weigh?"))
    asked = {"file": "file_1", "tool": "describe_molecule", "column": "smiles"}
    place.answer(
        conversation_id,
        *called(1, "read_file", {"file": file.path}, {"file": "file_1"}),
        *over_file(2, file, asked),
        Text("Three rows."),
        model="scripted",
    )
    return conversation_id


def over_file(number: int, file: File | Image, asked: dict[str, Any]) -> list[Part]:
    """A batch over a file, as it really runs."""
    assert isinstance(file, File)
    made = ToolCall(f"call_{number}", "run_over_file", asked)
    running = Batches().run(file, asked, threading.Event())
    try:
        while True:
            next(running)
    except StopIteration as ended:
        return [made, ToolResult(made.id, made.name, True, ended.value.model_dump(mode="json"))]


def picture(colour: str) -> bytes:
    """A PNG in which nothing is drawn."""
    written = io.BytesIO()
    PIL.Image.new("RGB", (40, 40), colour).save(written, "PNG")
    return written.getvalue()
