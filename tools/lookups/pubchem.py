"""What PubChem says of a compound: ``pubchem_lookup``. PUG REST and PUG View, https://pubchem.ncbi.nlm.nih.gov/docs/pug-rest."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import Field

from errors import ToolInputError, shown
from tools.chemistry.description import properties
from tools.chemistry.drawing import drawn_if_legible
from tools.inputs import CompoundText, Refresh
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.notations import cas_check_digit
from tools.lookups.asking import Answer, Service, ask
from tools.lookups.compounds import Sought, sought
from tools.lookups.pubchem_hazards import HAZARD_NOTES, hazard_data, hazard_table, hazards_of
from tools.lookups.reading import Number, Told, Words, as_json
from tools.outputs import Cell, Svg, Table, ToolOutput, View
from tools.registry import tool

HOST = "pubchem.ncbi.nlm.nih.gov"
PUBCHEM = Service(
    "PubChem",
    HOST,
    "PubChem's own data are in the public domain; values of depositors have the terms of their sources.",
)
MOST_HITS, MOST_DRAWN = 20, 6
MOST_NAMES = 12
_ASKED = (
    "Title,MolecularFormula,MolecularWeight,MonoisotopicMass,Charge,SMILES,InChIKey,IUPACName,XLogP,TPSA,HBondDonorCount,"
    "HBondAcceptorCount,RotatableBondCount"
)
_COMPUTED = ("average_mass_da", "monoisotopic_mass_da", "logp_crippen", "tpsa_a2")
_CAS = re.compile(r"\d{2,7}-\d{2}-\d")


class _Compound(Told):
    cid: int = Field(alias="CID")
    title: Words = Field("", alias="Title")
    formula: Words = Field("", alias="MolecularFormula")
    mass: Number = Field(None, alias="MolecularWeight")
    monoisotopic: Number = Field(None, alias="MonoisotopicMass")
    charge: Number = Field(None, alias="Charge")
    smiles: str = Field("", alias="SMILES", max_length=10_000)
    inchikey: Words = Field("", alias="InChIKey")
    iupac: Words = Field("", alias="IUPACName")
    xlogp: Number = Field(None, alias="XLogP")
    tpsa: Number = Field(None, alias="TPSA")
    donors: Number = Field(None, alias="HBondDonorCount")
    acceptors: Number = Field(None, alias="HBondAcceptorCount")
    rotatable: Number = Field(None, alias="RotatableBondCount")


class _Properties(Told):
    compounds: list[_Compound] = Field(alias="Properties", min_length=1)


class _PropertyTable(Told):
    table: _Properties = Field(alias="PropertyTable")


class _Synonyms(Told):
    names: list[Words] = Field(default_factory=list, alias="Synonym")


class _Information(Told):
    information: list[_Synonyms] = Field(alias="Information", min_length=1)


class _SynonymList(Told):
    listed: _Information = Field(alias="InformationList")


@tool(
    group="lookup",
    libraries=("httpx", "rdkit"),
    asks=("PubChem", "PubChem CID", "CID", "look up in PubChem", "PubChem entry", "in PubChem", "from PubChem"),
    time_limit_s=90,
    hosts=(HOST,),
)
def pubchem_lookup(
    compound: CompoundText,
    more: Annotated[
        Literal["nothing", "names", "hazards"],
        Field(description="Also names and CAS numbers, or the GHS hazard classification"),
    ] = "nothing",
    refresh: Refresh = False,
) -> ToolOutput:
    """Look a compound up in PubChem over the network, by name, CAS number, structure or CID: CID, identifiers, PubChem's own
    values beside those computed here; on request GHS hazards.

    Masses in Da, TPSA in Å². A name that several compounds bear is answered with all of them. Of a structure only its InChIKey is sent.
    Raises ``ToolInputError`` for a broken structure and for what PubChem does not have, ``ToolError`` where it does not answer.
    """
    wanted = sought(compound)
    answer = _asked(wanted, refresh)
    if answer.value is None:
        called = {"cid": "with the CID", "inchikey": "with the InChIKey", "name": "named"}[wanted.by]
        raise ToolInputError(
            f"PubChem has no compound {called} {shown(wanted.value)}",
            "compound",
            "check its spelling, or give its SMILES",
        )
    found = answer.value.table.compounds
    meant = [one for one in found if wanted.by == "inchikey" and _is_the_same(one, wanted.parsed)]
    if len(found) > 1 and len(meant) != 1:
        return _several(wanted, found, answer)
    return _one(wanted, (meant or found)[0], answer, more, refresh)


def _is_the_same(one: _Compound, parsed: ParsedMolecule | None) -> bool:
    """Of compounds with one InChIKey, such as tautomers, the one that is drawn as the one that was asked for."""
    theirs = _parsed(one)
    return parsed is not None and theirs is not None and theirs.smiles == parsed.smiles


def _asked(wanted: Sought, refresh: bool) -> Answer[_PropertyTable]:
    form = {"name": wanted.value} if wanted.by == "name" and "/" in wanted.value else None
    place = "" if form else f"/{quote(wanted.value, safe='')}"
    path = f"/rest/pug/compound/{wanted.by}{place}/property/{_ASKED}/JSON"
    return ask(PUBCHEM, path, as_json(_PropertyTable), form=form, refresh=refresh)


def _several(wanted: Sought, found: list[_Compound], answer: Answer[_PropertyTable]) -> ToolOutput:
    hits = found[:MOST_HITS]
    structures = {one.cid: parsed.smiles if (parsed := _parsed(one)) else "" for one in hits}
    named = "; ".join(f"CID {one.cid} ({one.title or one.formula})" for one in hits[:4])
    more = f" and {len(found) - 4} more" if len(found) > 4 else ""
    table = Table(
        title=f"Compounds at PubChem for {wanted.value[:60]}",
        columns=("CID", "Title", "Formula", "Mass", "SMILES"),
        rows=tuple((one.cid, one.title, one.formula, one.mass, structures[one.cid][:200]) for one in hits),
        units=("", "", "", "Da", ""),
    )
    views: list[View] = [table, *(drawn for one in hits[:MOST_DRAWN] for drawn in _drawn(one))]
    data = {
        "count": len(found),
        "hits": [
            {"cid": one.cid, "title": one.title, "formula": one.formula, "smiles": structures[one.cid]} for one in hits
        ],
    }
    notes = (*wanted.notes, "None of them was chosen; ask again with the CID of the one that is meant.", answer.note)
    summary = f"{shown(wanted.value)} stands for {len(found)} compounds at PubChem: {named}{more}."
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=notes)


def _drawn(one: _Compound) -> tuple[Svg, ...]:
    parsed = _parsed(one)
    return drawn_if_legible(parsed, f"CID {one.cid}: {one.title}"[:120])[0] if parsed else ()


def _parsed(one: _Compound) -> ParsedMolecule | None:
    """PubChem's structure as our parser reads it; None where it does not."""
    try:
        return parse_molecule(one.smiles, "PubChem's SMILES")
    except ToolInputError:
        return None


def _one(
    wanted: Sought,
    one: _Compound,
    answer: Answer[_PropertyTable],
    more: Literal["nothing", "names", "hazards"],
    refresh: bool,
) -> ToolOutput:
    parsed = _parsed(one)
    ours = properties(parsed) if parsed else {}
    title = one.title or f"CID {one.cid}"
    data: dict[str, Any] = {
        "cid": one.cid,
        "title": one.title,
        "iupac_name": one.iupac,
        "smiles": parsed.smiles if parsed else "",
        "inchikey": one.inchikey,
        "formula": one.formula,
        "average_mass_da": one.mass,
        "monoisotopic_mass_da": one.monoisotopic,
        "xlogp3": one.xlogp,
        "tpsa_a2": one.tpsa,
        "h_bond_donors": one.donors,
        "h_bond_acceptors": one.acceptors,
        "rotatable_bonds": one.rotatable,
        "url": f"https://{HOST}/compound/{one.cid}",
    }
    data |= {f"{key}_computed_here": ours[key] for key in _COMPUTED if ours}
    differences = _differences(one, ours, wanted)
    data["differences"] = differences
    views: list[View] = []
    if parsed:
        views += drawn_if_legible(parsed, title, caption=f"Drawn here from PubChem's SMILES of CID {one.cid}")[0]
    views.append(_beside(title, one, ours))
    notes = [*wanted.notes, *differences, *([] if parsed else [_UNREAD]), _CONVENTIONS, answer.note]
    if more == "names":
        names = ask(PUBCHEM, f"/rest/pug/compound/cid/{one.cid}/synonyms/JSON", as_json(_SynonymList), refresh=refresh)
        data |= _names(names.value.listed.information[0].names if names.value else [])
    if more == "hazards":
        hazards = hazards_of(PUBCHEM, one.cid, refresh)
        data |= hazard_data(hazards)
        views.append(hazard_table(title, hazards))
        notes = [*HAZARD_NOTES, *notes]
    mass = f", average mass {one.mass:g} Da" if one.mass is not None else ""
    summary = f"PubChem has {title} as CID {one.cid}, {one.formula}{mass}"
    return ToolOutput(summary=f"{summary}, InChIKey {one.inchikey}.", data=data, views=tuple(views), notes=tuple(notes))


_UNREAD = "PubChem's structure cannot be read here: it is not drawn, and nothing was computed of it."
_CONVENTIONS = (
    "logP: XLogP3 of PubChem and Crippen's here are different models and need not agree; so may counts of donors and acceptors, "
    "whose definitions differ."
)


def _differences(one: _Compound, ours: dict[str, Any], wanted: Sought) -> list[str]:
    """Where PubChem and what is computed here disagree beyond rounding: one sentence each."""
    found = []
    if ours and one.inchikey and ours["inchikey"] and ours["inchikey"] != one.inchikey:
        found.append(f"The InChIKey of PubChem's SMILES is {ours['inchikey']} here, and PubChem says {one.inchikey}.")
    if ours and one.mass is not None and abs(one.mass - ours["average_mass_da"]) > 0.02 + 1e-4 * one.mass:
        found.append(f"The average mass is {ours['average_mass_da']:.3f} Da here, and PubChem says {one.mass:g} Da.")
    if ours and one.monoisotopic is not None and abs(one.monoisotopic - ours["monoisotopic_mass_da"]) > 0.001:
        found.append(
            f"The monoisotopic mass is {ours['monoisotopic_mass_da']:.4f} Da here, and PubChem says {one.monoisotopic:.4f} Da."
        )
    known = properties(wanted.parsed)["inchikey"] if wanted.parsed else ""
    if wanted.by == "name" and known and one.inchikey and known != one.inchikey:
        found.append(
            f"Here {shown(wanted.value)} is another structure ({wanted.parsed.smiles if wanted.parsed else ''}, InChIKey {known}) than at "
            f"PubChem ({one.inchikey}); look which one is meant."
        )
    return found


def _beside(title: str, one: _Compound, ours: dict[str, Any]) -> Table:
    rows: tuple[tuple[str, Cell, Cell, str], ...] = (
        ("Formula", one.formula, ours.get("formula"), ""),
        ("Average mass", one.mass, ours.get("average_mass_da"), "Da"),
        ("Monoisotopic mass", one.monoisotopic, ours.get("monoisotopic_mass_da"), "Da"),
        ("Charge", one.charge, ours.get("charge"), "e"),
        ("logP (PubChem: XLogP3; here: Crippen)", one.xlogp, ours.get("logp_crippen"), ""),
        ("TPSA", one.tpsa, ours.get("tpsa_a2"), "Å²"),
        ("Hydrogen-bond donors", one.donors, ours.get("h_bond_donors"), ""),
        ("Hydrogen-bond acceptors", one.acceptors, ours.get("h_bond_acceptors"), ""),
        ("Rotatable bonds", one.rotatable, ours.get("rotatable_bonds"), ""),
        ("InChIKey", one.inchikey, ours.get("inchikey"), ""),
        ("IUPAC name", one.iupac, None, ""),
    )
    return Table(title=f"{title}, CID {one.cid}", columns=("Property", "PubChem", "Computed here", "Unit"), rows=rows)


def _names(names: list[str]) -> dict[str, Any]:
    """The first names, and every name that is a CAS number by its check digit."""
    numbers = [name for name in names if _CAS.fullmatch(name) and int(name[-1]) == cas_check_digit(name)]
    plain = [name for name in names if name not in numbers]
    return {"names": plain[:MOST_NAMES], "name_count": len(names), "cas_numbers": numbers[:MOST_NAMES]}
