"""Predicted structures: ``alphafold_model``. AlphaFold DB, https://alphafold.ebi.ac.uk/api-docs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from errors import ToolError, ToolInputError, shown
from tools.biology.structure_atoms import ModelAtoms, atoms_of
from tools.biology.structure_views import structure_view
from tools.inputs import Refresh, UniprotAccession
from tools.inputs.identifiers import parse_uniprot
from tools.inputs.structure_files import read_structure
from tools.lookups.asking import Answer, Service, ask
from tools.lookups.reading import Number, Told, Words, as_json, as_text
from tools.outputs import Plot, Series, Table, ToolOutput
from tools.registry import tool

HOST = "alphafold.ebi.ac.uk"
ALPHAFOLD = Service(
    "AlphaFold DB", HOST, "The models of AlphaFold DB are under CC BY 4.0; cite Jumper et al. 2021 and AlphaFold DB."
)
MOST_FILE_BYTES = 30_000_000
CONFIDENT, DISORDERED = 70.0, 50.0  # pLDDT; the bands of AlphaFold DB
MOST_RANGES = 60
_FILE = re.compile(r"/files/[A-Za-z0-9\-_]{1,60}\.cif")


class _Model(Told):
    entry: Words = Field("", alias="entryId")
    entity: Words = Field("", alias="modelEntityId")
    accession: Words = Field("", alias="uniprotAccession")
    described: Words = Field("", alias="uniprotDescription")
    organism: Words = Field("", alias="organismScientificName")
    gene: Words = ""
    version: Number = Field(None, alias="latestVersion")
    created: Words = Field("", alias="modelCreatedDate")
    file: str = Field("", alias="cifUrl", max_length=500)

    @property
    def id(self) -> str:
        return self.entity or self.entry


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring residues on one side of pLDDT 70; ``first`` and ``last`` are their numbers."""

    first: str
    last: str
    count: int
    mean: float
    is_confident: bool

    @property
    def called(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


@tool(
    group="lookup",
    libraries=("httpx", "gemmi"),
    asks=("AlphaFold", "AlphaFold DB", "AlphaFold model", "predicted structure", "fetch the AlphaFold model", "AlphaFold prediction"),
    time_limit_s=90,
    hosts=(HOST,),
)  # fmt: skip
def alphafold_model(accession: UniprotAccession, refresh: Refresh = False) -> ToolOutput:
    """Fetch the predicted structure of a protein from AlphaFold DB over the network, by its UniProt accession: the model in 3D, its
    confidence (pLDDT) along the chain, and which stretches are too uncertain to be read.

    pLDDT from 0 to 100; below 70 a residue's place is no prediction to rely on. Raises ``ToolInputError`` where there is no model,
    ``ToolError`` where AlphaFold DB does not answer.
    """
    asked = parse_uniprot(accession, "accession")
    answer = ask(
        ALPHAFOLD, f"/api/prediction/{asked}", as_json(list[_Model]), absent=frozenset((400, 404, 422)), refresh=refresh
    )
    model = _meant(asked, answer)
    file = ask(ALPHAFOLD, _path_of(model), as_text, accept="*/*", most_bytes=MOST_FILE_BYTES, refresh=refresh)
    if file.value is None:
        raise ToolError(f"AlphaFold DB names a file of {model.id} that is not there; try again later.")
    try:
        parsed = read_structure(file.value, "AlphaFold DB's file")
    except ToolInputError as error:
        raise ToolError(f"AlphaFold DB answered with a file that cannot be read: {error}") from None
    numbers, confidence = _confidence(atoms_of(parsed.structure[0]))
    stretches = _stretches(numbers, confidence)
    shown_views, unshown = structure_view(parsed, f"AlphaFold model of {model.described or asked} ({asked})")
    views = [view.model_copy(update={"b_column": "plddt"}) for view in shown_views]
    uncertain = [one for one in stretches if not one.is_confident]
    below = sum(value < CONFIDENT for value in confidence) / len(confidence)
    mean = sum(confidence) / len(confidence)
    version = f"v{model.version:.0f}" if model.version else "of unknown version"
    data: dict[str, Any] = {
        "accession": asked,
        "model": model.id,
        "version": version,
        "created": model.created[:10],
        "protein_name": model.described,
        "gene": model.gene,
        "organism": model.organism,
        "residues": len(confidence),
        "plddt_mean": round(mean, 2),
        "plddt_below_70_fraction": round(below, 4),
        "plddt_below_50_fraction": round(sum(value < DISORDERED for value in confidence) / len(confidence), 4),
        "confident_ranges": [one.called for one in stretches if one.is_confident][:MOST_RANGES],
        "uncertain_ranges": [one.called for one in uncertain][:MOST_RANGES],
        "url": f"https://{HOST}/entry/{asked}",
    }
    notes = [
        "A prediction of one chain by itself, without ligands, ions, partners or modifications; no experiment.",
        "Below pLDDT 70 neither place nor fold of a residue is to be read as fact; below 50 it is likely disordered.",
    ]
    if uncertain:
        notes.insert(
            0, f"Not to be relied on (pLDDT below 70): residues {', '.join(one.called for one in uncertain[:20])}."
        )
    summary = (
        f"AlphaFold DB predicts {model.described or asked} ({asked}, {version}) with a mean pLDDT of {mean:.1f}; "
        + (f"{100 * below:.0f} % of its {len(confidence):,} residues are below 70 and no fact." if below else
           f"all of its {len(confidence):,} residues are at 70 or above.")
    )  # fmt: skip
    return ToolOutput(
        summary=summary,
        data=data,
        views=(*views, _plot(asked, confidence), _table(asked, stretches)),
        notes=(*notes, *parsed.notes, *unshown, answer.note, file.note),
    )


def _meant(asked: str, answer: Answer[list[_Model]]) -> _Model:
    """The model of just this accession: the service lists those of its isoforms, too. Raises ``ToolInputError``."""
    models = [one for one in answer.value or () if one.id.upper() == f"AF-{asked}-F1"]
    if not models:
        parts = [one.id for one in answer.value or ()]
        if parts:
            raise ToolInputError(
                f"AlphaFold DB has no single model of {shown(asked)}, only {', '.join(parts[:6])}", "accession", "ask for the protein's own accession"
            )  # fmt: skip
        raise ToolInputError(
            f"AlphaFold DB has no model of {shown(asked)}", "accession", "look whether the accession is of today, or for a structure in the PDB"
        )  # fmt: skip
    return models[0]


def _path_of(model: _Model) -> str:
    """The path of the file that the service names, if it is one of its own."""
    address = urlsplit(model.file)
    if address.scheme != "https" or address.netloc != HOST or not _FILE.fullmatch(address.path):
        raise ToolError(
            f"AlphaFold DB names a file at {shown(model.file)}, which is none of its own; it was not fetched."
        )
    return address.path


def _confidence(atoms: ModelAtoms) -> tuple[list[str], list[float]]:
    """Number and pLDDT of each residue, which all atoms of a residue have."""
    first: dict[int, float] = {}
    for index, value in zip(atoms.residue_of.tolist(), atoms.b_factors.tolist(), strict=True):
        first.setdefault(index, value)
    return [atoms.residues[index].number for index in first], list(first.values())


def _stretches(numbers: Sequence[str], confidence: Sequence[float]) -> list[_Stretch]:
    found: list[_Stretch] = []
    start = 0
    for place in range(1, len(confidence) + 1):
        if place == len(confidence) or (confidence[place] >= CONFIDENT) != (confidence[start] >= CONFIDENT):
            values = confidence[start:place]
            mean = sum(values) / len(values)
            found.append(
                _Stretch(numbers[start], numbers[place - 1], place - start, mean, confidence[start] >= CONFIDENT)
            )
            start = place
    return found


def _plot(asked: str, confidence: Sequence[float]) -> Plot:
    places = tuple(float(place) for place in range(1, len(confidence) + 1))
    return Plot(
        title=f"Confidence along {asked}",
        x_label="Residue",
        y_label="pLDDT",
        series=(
            Series(name="pLDDT", x=places, y=tuple(confidence)),
            Series(name="70: below it no fact", x=(places[0], places[-1]), y=(CONFIDENT, CONFIDENT)),
        ),
        caption="Residues below the line are not to be read as structure.",
    )


def _table(asked: str, stretches: Sequence[_Stretch]) -> Table:
    rows = tuple(
        (one.called, one.count, round(one.mean, 1), "confident" if one.is_confident else "below 70, no fact")
        for one in stretches[:300]
    )
    return Table(title=f"Stretches of {asked}", columns=("Residues", "Count", "Mean pLDDT", "To be read as"), rows=rows)
