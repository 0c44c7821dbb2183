"""What is in a structure file, chain by chain, and what touches what: ``structure_report``."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from tools.biology.structure_atoms import ModelAtoms, atoms_of
from tools.biology.structure_contents import ChainRow, Gap, chains_of, gaps_of
from tools.biology.structure_quality import b_factor_data, b_factor_notes, headings
from tools.biology.structure_selection import CONTACT_A, Contact, contacts_of, select_residues
from tools.biology.structure_surface import MOST_SURFACE_ATOMS, PROBE_A, SECONDARY, secondary_structure, surface_areas
from tools.biology.structure_views import looked_at, structure_view
from tools.inputs import FileText
from tools.inputs.opened_files import open_file
from tools.inputs.structure_files import ParsedStructure, read_structure
from tools.outputs import Cell, Table, ToolOutput, View
from tools.registry import tool

MOST_LISTED = 60
MOST_ROWS = 2000
LONGEST_SECONDARY = 1500  # letters in the data
MOST_ISOLATED_ATOMS = 25_000  # for areas of chains taken apart


@tool(
    group="protein and structure",
    libraries=("gemmi", "biotite"),
    asks=(
        "PDB file", "mmCIF", "protein structure", "chains", "ligands", "missing residues", "gaps", "alternate conformations",
        "altloc", "secondary structure", "helices", "strands", "SASA", "solvent accessible surface", "contacts", "binding site",
        "residues around the ligand", "around", "near", "B-factor", "pLDDT", "resolution", "crystal structure", "AlphaFold model", "structure report",
        "how many models", "what is in this structure",
    ),
    time_limit_s=60,
)  # fmt: skip
def structure_report(
    file: FileText,
    select: Annotated[
        str,
        Field(
            description="What to list contacts of: A, A:45, A:45-60, HEM, HIS A 87, ligands; empty for none",
            json_schema_extra={"entity": "selection"},
        ),
    ] = "",
) -> ToolOutput:
    """Report on a protein or nucleic acid structure in a PDB or mmCIF file: chains, ligands, waters, gaps, alternative conformations,
    models, secondary structure, solvent-accessible surface, B factors or pLDDT, and the contacts of a selection.

    Areas in Å², distances in Å. Raises ``ToolInputError`` for a file in another format, a broken line, or a selection that names nothing.
    """
    opened = open_file(file)
    parsed = read_structure(opened.text)
    structure = parsed.structure
    atoms = atoms_of(structure[0])
    chains, gaps = chains_of(structure), gaps_of(structure)
    secondary = {row.name: secondary_structure(atoms, row.name) for row in chains if row.kind.startswith("protein")}
    areas, area_notes = _surface(atoms, chains)
    title, heading_data = headings(structure)
    data: dict[str, Any] = {
        "file": opened.name,
        "format": parsed.format,
        **heading_data,
        "models": len(structure),
        "atoms": len(atoms.names),
        "chains": [_chain_data(row, secondary.get(row.name, ""), areas) for row in chains],
        "ligands": _ligands(atoms),
        "waters": sum(residue.part == "water" for residue in atoms.residues),
        "gaps": [_gap_data(gap) for gap in gaps[:MOST_LISTED]],
        "altloc_residues": sum(bool(residue.altlocs) for residue in atoms.residues),
        "altlocs": [f"{residue.label} ({', '.join(residue.altlocs)})" for residue in atoms.residues if residue.altlocs][
            :MOST_LISTED
        ],
        **areas,
        **b_factor_data(atoms, parsed),
    }
    notes = [*opened.notes, *parsed.notes, *_notes(parsed, atoms, gaps, secondary), *area_notes, *b_factor_notes(data)]
    views, shown_notes = structure_view(parsed, title or opened.name, atoms=atoms, gaps=gaps, secondary=secondary)
    tables: list[View] = [_chain_table(chains, secondary)]
    if data["ligands"]:
        ligand_rows = tuple((one["name"], one["chain"], one["number"], one["atoms"]) for one in data["ligands"])
        tables.append(Table(title="Ligands and ions", columns=("Name", "Chain", "Number", "Atoms"), rows=ligand_rows))
    if gaps:
        rows = tuple((gap.chain, gap.after, gap.before, gap.missing, gap.distance_a) for gap in gaps[:MOST_ROWS])
        columns = ("Chain", "After", "Before", "Missing residues", "Distance")
        tables.append(Table(title="Gaps", columns=columns, rows=rows, units=("", "", "", "", "Å")))
    summary = _summary(title or opened.name, chains, data)
    if select.strip():
        chosen = select_residues(select, atoms)
        contacts = contacts_of(atoms, chosen)
        data |= _contact_data(select, chosen, contacts, atoms)
        views = [looked_at(view, [atoms.residues[index] for index in chosen], contacts) for view in views]
        tables.insert(0, _contact_table(select, contacts))
        notes.append(
            f"Contacts: pairs of residues with heavy atoms within {CONTACT_A:g} Å; of residues bonded along a chain none is listed. Polar: two of "
            "N, O, S, F or metals within 3.5 Å, whatever their hydrogens."
        )
        summary += f" {len({contact.other for contact in contacts})} residues are within {CONTACT_A:g} Å of {select.strip()[:40]}."
    return ToolOutput(summary=summary, data=data, views=(*views, *tables), notes=(*notes, *shown_notes))


def _summary(title: str, chains: list[ChainRow], data: dict[str, Any]) -> str:
    polymers = [row for row in chains if row.kind]
    residues = sum(row.residues for row in polymers)
    kinds = ", ".join(
        f"{sum(row.kind == kind for row in polymers)} {kind}" for kind in dict.fromkeys(row.kind for row in polymers)
    )
    chains_said = (
        f"{len(polymers)} chain{'' if len(polymers) == 1 else 's'} ({kinds}), {residues:,} residues"
        if polymers
        else "no polymer"
    )
    method = f", {data['method']}" if data.get("method") else ""
    resolution = f" at {data['resolution_a']:g} Å" if data.get("resolution_a") else ""
    models = f", {data['models']} models" if data["models"] > 1 else ""
    ligands = (
        f", {len(data['ligands'])} ligand{' or ion' if len(data['ligands']) == 1 else 's or ions'}"
        if data["ligands"]
        else ""
    )
    return f"{title}: {chains_said}{ligands}, {data['waters']:,} waters{models}{method}{resolution}."


def _surface(atoms: ModelAtoms, chains: list[ChainRow]) -> tuple[dict[str, Any], list[str]]:
    """Areas of polymers and ligands as one body, of each polymer in it, and what the polymers bury between them."""
    heavy = atoms.heavy()
    body = atoms.part_mask("polymer", "ligand") & heavy
    if not body.any():
        return {"sasa_a2": None}, []
    if int(body.sum()) > MOST_SURFACE_ATOMS:
        return {"sasa_a2": None}, [f"No surface is given: more than {MOST_SURFACE_ATOMS:,} atoms."]
    areas = surface_areas(atoms, body)
    polymers = [row.name for row in chains if row.kind]
    polymer = atoms.part_mask("polymer") & heavy
    data: dict[str, Any] = {
        "sasa_a2": round(float(areas.sum()), 0),
        "sasa_by_chain_a2": {name: round(float(areas[polymer & atoms.chain_mask(name)].sum()), 0) for name in polymers},
    }
    notes = [
        f"Surface: Shrake-Rupley with a probe of {PROBE_A} Å over the heavy atoms of polymers and ligands together, without water; radii of "
        "ProtOr (Tsai 1999), for other residues van der Waals radii. Other radii give areas that differ by some 5 %."
    ]
    if len(polymers) > 1 and int(polymer.sum()) <= MOST_ISOLATED_ATOMS:
        alone = sum(float(surface_areas(atoms, polymer & atoms.chain_mask(name)).sum()) for name in polymers)
        together = float(surface_areas(atoms, polymer).sum())
        data["buried_between_chains_a2"] = round(alone - together, 0)
        notes.append(
            "Buried between chains: the areas of the polymers alone less that of all of them together, both sides counted."
        )
    return data, notes


def _chain_data(row: ChainRow, secondary: str, areas: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"chain": row.name, "kind": row.kind or "no polymer", "residues": row.residues}
    if row.kind:
        data |= {"first": row.first, "last": row.last}
    if row.announced:
        data |= {"sequence_length": row.announced, "not_modelled": max(0, row.announced - row.residues)}
    data |= {"ligands": row.ligands, "waters": row.waters}
    if secondary:
        data |= {f"{name}_residues": secondary.count(letter) for letter, name in SECONDARY.items()}
        if len(secondary) <= LONGEST_SECONDARY:
            data["secondary_structure"] = secondary
    return data


def _ligands(atoms: ModelAtoms) -> list[dict[str, Any]]:
    counts = np.bincount(atoms.residue_of, minlength=len(atoms.residues))
    return [
        {"name": residue.name, "chain": residue.chain, "number": residue.number, "atoms": int(counts[index])}
        for index, residue in enumerate(atoms.residues)
        if residue.part == "ligand"
    ][:MOST_ROWS]


def _gap_data(gap: Gap) -> dict[str, Any]:
    return {"chain": gap.chain, "after": gap.after, "before": gap.before, "missing": gap.missing}


def _notes(parsed: ParsedStructure, atoms: ModelAtoms, gaps: list[Gap], secondary: dict[str, str]) -> list[str]:
    notes = []
    models = len(parsed.structure)
    if models > 1:
        notes.append(f"The file holds {models} models; all numbers are of the first.")
    if any(residue.altlocs for residue in atoms.residues):
        notes.append("Of alternative conformations the one with the highest occupancy was used, else the first.")
    if gaps:
        notes.append(
            "Gaps: bonds along a chain that are too long (C-N above 2 Å, O3'-P above 2.5 Å), and ends that the file's sequence has and the model "
            "lacks; how many residues are missing inside is by their numbers."
        )
    if any(secondary.values()):
        notes.append(
            "Secondary structure: P-SEA (Labesse 1997), from C alpha positions: a helix, b strand, c coil. DSSP, which looks for hydrogen bonds, "
            "differs at the ends of helices and strands."
        )
    helices, sheets = len(parsed.structure.helices), len(parsed.structure.sheets)
    if helices or sheets:
        notes.append(f"The file itself lists {helices} helices and {sheets} sheets.")
    return notes


def _chain_table(chains: list[ChainRow], secondary: dict[str, str]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for row in chains:
        letters = secondary.get(row.name, "")
        span = f"{row.first} – {row.last}" if row.kind else ""
        shares = [round(100 * letters.count(letter) / len(letters)) if letters else None for letter in "ab"]
        rows.append(
            (row.name, row.kind or "no polymer", row.residues, row.announced, span, *shares, row.ligands, row.waters)
        )
    columns = ("Chain", "Kind", "Residues", "Of sequence", "From – to", "Helix", "Strand", "Ligands", "Waters")
    return Table(title="Chains", columns=columns, rows=tuple(rows), units=("", "", "", "", "", "%", "%", "", ""))


def _contact_data(select: str, chosen: list[int], contacts: list[Contact], atoms: ModelAtoms) -> dict[str, Any]:
    return {
        "selected": [atoms.residues[index].label for index in chosen[:MOST_LISTED]],
        "selected_count": len(chosen),
        "contact_residues": list(dict.fromkeys(contact.other.label for contact in contacts))[:MOST_LISTED],
        "contacts": [
            {
                "selected": contact.selected.label,
                "other": contact.other.label,
                "distance_a": contact.distance_a,
                "atoms": contact.atoms,
                "kind": contact.kind,
            }
            for contact in contacts[:MOST_LISTED]
        ],
        "contact_count": len(contacts),
    }


def _contact_table(select: str, contacts: list[Contact]) -> Table:
    rows = tuple(
        (one.selected.label, one.other.label, one.distance_a, one.atoms, one.kind) for one in contacts[:MOST_ROWS]
    )
    columns = ("Selected", "Other", "Shortest distance", "Atoms", "Kind")
    return Table(title=f"Contacts of {select.strip()[:40]}", columns=columns, rows=rows, units=("", "", "Å", "", ""))
