"""Experimental structures of the Protein Data Bank: ``fetch_structure``. RCSB's Data API, https://data.rcsb.org, and its files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from errors import ToolError, ToolInputError, shown
from tools.biology.structure_contents import chains_of
from tools.biology.structure_views import structure_view
from tools.inputs import PdbText, Refresh
from tools.inputs.identifiers import parse_pdb
from tools.inputs.structure_files import ParsedStructure, read_structure
from tools.lookups.asking import Service, ask
from tools.lookups.reading import Number, Told, Words, as_json, as_text
from tools.outputs import Table, ToolOutput
from tools.registry import tool

DATA_HOST, FILE_HOST = "data.rcsb.org", "files.rcsb.org"
_LICENCE = "The data of the PDB archive are under CC0 1.0; cite the entry's authors."
RCSB = Service("RCSB PDB", DATA_HOST, _LICENCE)
RCSB_FILES = Service("RCSB PDB", FILE_HOST, _LICENCE)
MOST_FILE_BYTES = 30_000_000
MOST_CHAINS = 60


class _Struct(Told):
    title: Words = ""


class _Experiment(Told):
    method: Words = ""


class _Info(Told):
    resolutions: list[float] = Field(default_factory=list, alias="resolution_combined")
    assemblies: int = Field(0, alias="assembly_count")
    mass_kda: Number = Field(None, alias="molecular_weight")


class _Dates(Told):
    deposited: Words = Field("", alias="deposit_date")
    released: Words = Field("", alias="initial_release_date")
    revised: Words = Field("", alias="revision_date")


class _Citation(Told):
    title: Words = ""
    doi: Words = Field("", alias="pdbx_database_id_DOI")
    journal: Words = Field("", alias="rcsb_journal_abbrev")
    year: Number = None
    authors: list[Words] = Field(default_factory=list, alias="rcsb_authors")


class _Entry(Told):
    id: Words = Field(alias="rcsb_id")
    struct: _Struct = _Struct()
    experiments: list[_Experiment] = Field(default_factory=list, alias="exptl")
    info: _Info = Field(_Info.model_validate({}), alias="rcsb_entry_info")
    dates: _Dates = Field(_Dates.model_validate({}), alias="rcsb_accession_info")
    citation: _Citation | None = Field(None, alias="rcsb_primary_citation")


class _Removal(Told):
    title: Words = ""
    removed: Words = Field("", alias="remove_date")
    replaced_by: list[Words] = Field(default_factory=list, alias="id_codes_replaced_by")


class _Removed(Told):
    removal: _Removal = Field(alias="rcsb_repository_holdings_removed")


@tool(
    group="lookup",
    libraries=("httpx", "gemmi"),
    asks=("PDB entry", "PDB ID", "RCSB", "fetch the structure", "Protein Data Bank", "from the PDB", "in the PDB", "PDB code", "fetch PDB"),
    time_limit_s=90,
    hosts=(DATA_HOST, FILE_HOST),
)  # fmt: skip
def fetch_structure(
    pdb_id: PdbText,
    form: Annotated[
        Literal["asymmetric unit", "assembly"],
        Field(description="What was deposited, or the first biological assembly"),
    ] = "asymmetric unit",
    refresh: Refresh = False,
) -> ToolOutput:
    """Fetch an experimental structure from the Protein Data Bank (RCSB) over the network, by its PDB identifier: title, method,
    resolution, chains, citation, and the model in 3D.

    Resolution in Å. Raises ``ToolInputError`` for an entry that was withdrawn, with what replaced it, or that there is not;
    ``ToolError`` where RCSB does not answer.
    """
    entry_id = parse_pdb(pdb_id)
    answer = ask(RCSB, f"/rest/v1/core/entry/{entry_id}", as_json(_Entry), refresh=refresh)
    if answer.value is None:
        raise _no_entry(entry_id, refresh)
    entry = answer.value
    name = f"{entry_id}.cif" if form == "asymmetric unit" else f"{entry_id}-assembly1.cif"
    file = ask(RCSB_FILES, f"/download/{name}", as_text, accept="*/*", most_bytes=MOST_FILE_BYTES, refresh=refresh)
    if file.value is None:
        raise ToolInputError(f"RCSB has no file {name}", "form", "ask for the asymmetric unit")
    parsed = _parsed(file.value, name)
    title = f"{entry_id}: {entry.struct.title}"
    views, unshown = structure_view(parsed, title)
    chains = chains_of(parsed.structure)
    method = ", ".join(one.method.capitalize().replace("nmr", "NMR") for one in entry.experiments)
    resolution = min(entry.info.resolutions, default=None)
    data: dict[str, Any] = {
        "pdb_id": entry_id,
        "title": entry.struct.title,
        "method": method,
        "resolution_a": resolution,
        "deposited": entry.dates.deposited[:10],
        "released": entry.dates.released[:10],
        "revised": entry.dates.revised[:10],
        "form": form,
        "assemblies": entry.info.assemblies,
        "models": len(parsed.structure),
        "chains": [
            {
                "chain": row.name,
                "kind": row.kind or "no polymer",
                "residues": row.residues,
                "sequence_length": row.announced,
            }
            for row in chains[:MOST_CHAINS]
        ],
        "citation": _cited(entry.citation),
        "doi": entry.citation.doi if entry.citation else "",
        "url": f"https://www.rcsb.org/structure/{entry_id}",
    }
    rows = tuple((row.name, row.kind or "no polymer", row.residues, row.announced, row.ligands) for row in chains)
    table = Table(
        title=f"Chains of {entry_id}", columns=("Chain", "Kind", "Residues", "Of sequence", "Ligands"), rows=rows
    )
    notes = (_form_note(form, entry.info.assemblies), *parsed.notes, *unshown, answer.note, file.note)
    at = f" at {resolution:g} Å" if resolution else ""
    summary = f"{entry_id}, {entry.struct.title}: {method or 'method not told'}{at}, {form}, {len(rows)} chain{'s' * (len(rows) != 1)}."
    return ToolOutput(summary=summary, data=data, views=(*views, table), notes=notes)


def _no_entry(entry_id: str, refresh: bool) -> ToolInputError:
    """Of an entry that is not there: whether it was withdrawn, when, and what took its place."""
    gone = ask(RCSB, f"/rest/v1/holdings/removed/{entry_id}", as_json(_Removed), refresh=refresh).value
    if gone is None:
        return ToolInputError(f"The PDB has no entry {shown(entry_id)}", "pdb_id", "compare it with its source")
    removal = gone.removal
    on = f" on {removal.removed[:10]}" if removal.removed else ""
    what = f"The PDB entry {entry_id} is obsolete: it was withdrawn{on}"
    if not removal.replaced_by:
        return ToolInputError(f"{what} and not replaced", "pdb_id", "look for another structure of the molecule")
    listed = ", ".join(removal.replaced_by[:10])
    return ToolInputError(f"{what} and replaced by {listed}", "pdb_id", f"ask for {removal.replaced_by[0]}")


def _parsed(text: str, name: str) -> ParsedStructure:
    try:
        return read_structure(text, name)
    except ToolInputError as error:
        raise ToolError(f"RCSB PDB answered with a file that cannot be read: {error}") from None


def _form_note(form: str, assemblies: int) -> str:
    if form == "assembly":
        more = f" of {assemblies} that are told" if assemblies > 1 else ""
        return f"This is biological assembly 1{more}; chains that symmetry makes have names such as A-2."
    plural = assemblies != 1
    told = f"{assemblies} biological assembl{'ies are' if plural else 'y is'} told" if assemblies else "none is told"
    return (
        "This is the asymmetric unit, as it was deposited; what is active in the cell may be more or less of it: "
        f"{told}, and form 'assembly' fetches the first."
    )


def _cited(citation: _Citation | None) -> str:
    if citation is None:
        return ""
    authors = ", ".join(citation.authors[:3]) + (" et al." if len(citation.authors) > 3 else "")
    year = f" {citation.year:.0f}" if citation.year else ""
    return f"{authors}: {citation.title} {citation.journal}{year}".strip()[:400]
