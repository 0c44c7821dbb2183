"""Measured activities of a compound: ``chembl_activities``. ChEMBL's web services, https://www.ebi.ac.uk/chembl/api/data/docs."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from errors import ToolInputError, shown
from tools.chemistry.drawing import drawn_if_legible
from tools.inputs import CompoundText, Refresh
from tools.inputs.identifiers import CHEMBL
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.lookups.asking import Answer, Service, ask
from tools.lookups.compounds import Sought, sought
from tools.lookups.reading import Number, Told, Words, as_json
from tools.outputs import Cell, Plot, Series, Table, ToolOutput, View
from tools.registry import tool

HOST = "www.ebi.ac.uk"
CHEMBL_SERVICE = Service("ChEMBL", HOST, "The data of ChEMBL are under CC BY-SA 3.0; cite ChEMBL.")
BASE = "/chembl/api/data"
MOST_MEASUREMENTS = 500
MOST_ROWS, MOST_GROUPS, MOST_GROUPS_TOLD = 300, 40, 20
_ONLY = (
    "activity_id,molecule_chembl_id,target_chembl_id,target_pref_name,target_organism,assay_chembl_id,assay_type,standard_type,"
    "standard_relation,standard_value,standard_units,pchembl_value,data_validity_comment,potential_duplicate,document_chembl_id,"
    "document_year"
)
ASSAY_TYPES = {
    "B": "binding", "F": "functional", "A": "ADMET", "T": "toxicity", "P": "physicochemical", "U": "unclassified",
}  # fmt: skip


class _Structures(Told):
    smiles: str | None = Field(None, alias="canonical_smiles", max_length=10_000)


class _Molecule(Told):
    chembl_id: str = Field(alias="molecule_chembl_id", pattern=r"^CHEMBL\d{1,9}$")
    name: Words = Field("", alias="pref_name")
    structures: _Structures | None = Field(None, alias="molecule_structures")

    @property
    def smiles(self) -> str:
        return (self.structures.smiles if self.structures else None) or ""


class _Molecules(Told):
    molecules: list[_Molecule]


class _Activity(Told):
    target_id: Words = Field("", alias="target_chembl_id")
    target: Words = Field("", alias="target_pref_name")
    organism: Words = Field("", alias="target_organism")
    assay: Words = Field("", alias="assay_chembl_id")
    assay_type: Words = ""
    kind: Words = Field("", alias="standard_type")
    relation: Words = Field("", alias="standard_relation")
    value: Number = Field(None, alias="standard_value")
    unit: Words = Field("", alias="standard_units")
    pchembl: Number = Field(None, alias="pchembl_value")
    doubt: Words = Field("", alias="data_validity_comment")
    duplicate: Number = Field(None, alias="potential_duplicate")
    document: Words = Field("", alias="document_chembl_id")
    year: Number = Field(None, alias="document_year")


class _Page(Told):
    total: int = Field(alias="total_count")


class _Activities(Told):
    activities: list[_Activity]
    page: _Page = Field(alias="page_meta")


@dataclass(frozen=True)
class _Group:
    """Measurements that may stand in one number: one target, one kind of value, one unit, one type of assay."""

    target: str
    target_id: str
    organism: str
    kind: str
    unit: str
    assay_type: str
    all: tuple[_Activity, ...]

    @property
    def exact(self) -> list[float]:
        """Values that are measured and not limits, not in doubt and not a repetition of another's."""
        return [one.value for one in self.all if one.value is not None and _counts(one)]

    @property
    def called(self) -> str:
        return f"{self.kind} at {self.target or self.target_id or 'no target'} ({ASSAY_TYPES.get(self.assay_type, 'unclassified')})"


def _counts(one: _Activity) -> bool:
    return one.relation == "=" and not one.doubt and not one.duplicate


@tool(
    group="lookup",
    libraries=("httpx", "rdkit"),
    asks=("ChEMBL", "ChEMBL activities", "in ChEMBL", "from ChEMBL"),
    time_limit_s=90,
    hosts=(HOST,),
)  # fmt: skip
def chembl_activities(
    molecule: CompoundText,
    target: Annotated[str, Field(description="A ChEMBL target such as CHEMBL218; empty: all targets")] = "",
    kind: Annotated[
        Literal["all", "IC50", "Ki", "Kd", "EC50", "AC50", "Potency", "Inhibition"],
        Field(description="Which kind of value"),
    ] = "all",
    refresh: Refresh = False,
) -> ToolOutput:
    """Look measured bioactivities of a compound up in ChEMBL over the network, by name, structure or ChEMBL id: IC50, Ki and others,
    each kind, unit, target and type of assay apart.

    Medians are of measured values ("=") alone, never across kinds, units or assay types. Of a structure only its InChIKey is sent.
    Raises ``ToolInputError`` for a broken structure and for what ChEMBL does not have, ``ToolError`` where it does not answer.
    """
    if target and not CHEMBL.fullmatch(target.strip().upper()):
        raise ToolInputError(
            f"{shown(target)} is no ChEMBL target", "target", "give one such as CHEMBL218, or leave it out"
        )
    found, notes, whence = _molecule(molecule, refresh)
    if isinstance(found, ToolOutput):
        return found
    query: dict[str, str | int] = {"molecule_chembl_id": found.chembl_id, "limit": MOST_MEASUREMENTS, "only": _ONLY}
    if target:
        query["target_chembl_id"] = target.strip().upper()
    if kind != "all":
        query["standard_type"] = kind
    answer = ask(CHEMBL_SERVICE, f"{BASE}/activity.json", as_json(_Activities), query=query, refresh=refresh)
    measured = answer.value.activities if answer.value else []
    total = answer.value.page.total if answer.value else 0
    groups = _grouped(measured)
    label, parsed = found.name or found.chembl_id, _parsed(found)
    data: dict[str, Any] = {
        "chembl_id": found.chembl_id,
        "name": found.name,
        "smiles": parsed.smiles if parsed else "",
        "measurements": len(measured),
        "measurements_in_chembl": total,
        "groups": [_group_data(group) for group in groups[:MOST_GROUPS_TOLD]],
        "url": f"https://{HOST}/chembl/explore/compound/{found.chembl_id}",
    }
    if total > len(measured):
        notes.append(
            f"ChEMBL has {total:,} measurements; the first {len(measured):,} were fetched. Name a target or a kind."
        )
    if len(groups) > MOST_GROUPS_TOLD:
        notes.append(
            f"{len(groups)} groups were made; the {MOST_GROUPS_TOLD} with most measurements are among the values."
        )
    views = [*_drawing(parsed, label, found.chembl_id), *_tables(label, groups, measured), *_plot(label, groups)]
    return ToolOutput(
        summary=_summary(label, found.chembl_id, groups, len(measured), target, kind),
        data=data,
        views=tuple(views),
        notes=(*notes, *_CONVENTIONS, *whence, answer.note),
    )


_CONVENTIONS = (
    "A median is taken over values with '=' that ChEMBL does not doubt and that repeat no other; limits ('>', '<') are counted beside it. Kinds "
    "of value, units and assay types are never mixed: an IC50 depends on the assay's conditions and is no Ki.",
    "pChEMBL is -log10 of the molar value of an IC50, EC50, Ki, Kd and their like.",
)


def _molecule(text: str, refresh: bool) -> tuple[_Molecule | ToolOutput, list[str], list[str]]:
    """The one molecule that is meant, or an answer that lists several; notes of how it was found, and whence."""
    word = text.strip().upper()
    if CHEMBL.fullmatch(word):
        answer = ask(CHEMBL_SERVICE, f"{BASE}/molecule/{word}.json", as_json(_Molecule), refresh=refresh)
        if answer.value is None:
            raise ToolInputError(f"ChEMBL has no molecule {shown(word)}", "molecule", "compare it with its source")
        return answer.value, [], [answer.note]
    wanted = sought(text, "molecule")
    listed = _listed(wanted, refresh)
    found = listed.value.molecules if listed.value else []
    if not found:
        raise ToolInputError(
            f"ChEMBL has no molecule for {shown(text)}",
            "molecule",
            "check its spelling, or give its SMILES or ChEMBL id",
        )
    if len(found) > 1:
        return _several(text, found, wanted, listed), [], []
    return found[0], list(wanted.notes), [listed.note]


def _listed(wanted: Sought, refresh: bool) -> Answer[_Molecules]:
    if wanted.by == "cid":
        raise ToolInputError("ChEMBL knows no CID of PubChem", "molecule", "give the compound's name or SMILES")
    filtered = {
        "name": "molecule_synonyms__molecule_synonym__iexact",
        "inchikey": "molecule_structures__standard_inchi_key",
    }[wanted.by]
    query: dict[str, str | int] = {filtered: wanted.value, "limit": 20}
    return ask(CHEMBL_SERVICE, f"{BASE}/molecule.json", as_json(_Molecules), query=query, refresh=refresh)


def _several(text: str, found: Sequence[_Molecule], wanted: Sought, listed: Answer[_Molecules]) -> ToolOutput:
    hits = [{"chembl_id": one.chembl_id, "name": one.name, "smiles": one.smiles[:500]} for one in found]
    named = "; ".join(f"{one.chembl_id} ({one.name or 'no name'})" for one in found[:6])
    table = Table(
        title=f"Molecules at ChEMBL for {text[:60]}",
        columns=("ChEMBL id", "Name", "SMILES"),
        rows=tuple((hit["chembl_id"], hit["name"], hit["smiles"][:200]) for hit in hits),
    )
    return ToolOutput(
        summary=f"{shown(text)} stands for {len(found)} molecules at ChEMBL: {named}.",
        data={"count": len(found), "hits": hits},
        views=(table,),
        notes=(
            *wanted.notes,
            "None of them was chosen; ask again with the ChEMBL id of the one that is meant.",
            listed.note,
        ),
    )


def _grouped(measured: Sequence[_Activity]) -> list[_Group]:
    """The largest first."""
    gathered: dict[tuple[str, ...], list[_Activity]] = {}
    for one in measured:
        if one.kind and one.value is not None:
            gathered.setdefault((one.target_id, one.kind, one.unit, one.assay_type), []).append(one)
    groups = [
        _Group(ones[0].target, key[0], ones[0].organism, key[1], key[2], key[3], tuple(ones))
        for key, ones in gathered.items()
    ]
    return sorted(groups, key=lambda group: len(group.all), reverse=True)


def _group_data(group: _Group) -> dict[str, Any]:
    exact = group.exact
    return {
        "target": group.target,
        "target_chembl_id": group.target_id,
        "organism": group.organism,
        "kind": group.kind,
        "unit": group.unit or "no unit",
        "assay_type": ASSAY_TYPES.get(group.assay_type, "unclassified"),
        "measured": len(exact),
        "median": _rounded(statistics.median(exact)) if exact else None,
        "lowest": _rounded(min(exact)) if exact else None,
        "highest": _rounded(max(exact)) if exact else None,
        "limits": sum(one.relation not in ("=", "") for one in group.all),
        "in_doubt": sum(bool(one.doubt) for one in group.all),
        "repetitions": sum(bool(one.duplicate) for one in group.all),
    }


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _parsed(found: _Molecule) -> ParsedMolecule | None:
    """ChEMBL's structure as our parser reads it; None where there is none, as of an antibody, or it cannot be read."""
    try:
        return parse_molecule(found.smiles, "ChEMBL's SMILES")
    except ToolInputError:  # what was measured is told all the same
        return None


def _drawing(parsed: ParsedMolecule | None, label: str, chembl_id: str) -> list[View]:
    drawn = f"Drawn here from ChEMBL's SMILES of {chembl_id}"
    return list(drawn_if_legible(parsed, label, caption=drawn)[0]) if parsed else []


def _tables(label: str, groups: Sequence[_Group], measured: Sequence[_Activity]) -> list[View]:
    rows = []
    for group in groups[:MOST_GROUPS]:
        told = _group_data(group)
        rows.append(tuple(
            told[key] for key in ("target", "organism", "kind", "assay_type", "measured", "median", "lowest", "highest", "unit", "limits", "in_doubt")
        ))  # fmt: skip
    columns = (
        "Target",
        "Organism",
        "Kind",
        "Assay",
        "Measured",
        "Median",
        "Lowest",
        "Highest",
        "Unit",
        "Limits",
        "In doubt",
    )
    each: list[tuple[Cell, ...]] = [
        (one.target, one.kind, one.relation, one.value, one.unit, one.pchembl, ASSAY_TYPES.get(one.assay_type, ""), one.doubt,
         one.assay, one.document, int(one.year) if one.year else None)
        for one in measured[:MOST_ROWS]
    ]  # fmt: skip
    heads = (
        "Target",
        "Kind",
        "Relation",
        "Value",
        "Unit",
        "pChEMBL",
        "Assay type",
        "In doubt",
        "Assay",
        "Document",
        "Year",
    )
    return [
        Table(title=f"Activities of {label}, by target and kind", columns=columns, rows=tuple(rows)),
        Table(title=f"Measurements of {label}", columns=heads, rows=tuple(each)),
    ]


def _plot(label: str, groups: Sequence[_Group]) -> list[View]:
    """pChEMBL of each group beside each other, so that no two kinds share a place."""
    shown_groups = [group for group in groups if any(one.pchembl and _counts(one) for one in group.all)][:12]
    if not shown_groups:
        return []
    points = [
        (place, one.pchembl)
        for place, group in enumerate(shown_groups, 1)
        for one in group.all
        if one.pchembl and _counts(one)
    ]
    series = Series(name=label, x=tuple(float(place) for place, _ in points), y=tuple(value for _, value in points))
    return [
        Plot(
            title=f"Potency of {label}",
            style="points",
            x_label="Kind and target",
            y_label="pChEMBL (-log10 of molar)",
            x_names=tuple(f"{group.kind} {group.target[:26]} ({group.assay_type})" for group in shown_groups),
            series=(series,),
        )
    ]


def _summary(label: str, chembl_id: str, groups: list[_Group], measured: int, target: str, kind: str) -> str:
    noun = ("activity" if measured == 1 else "activities") if kind == "all" else f"{kind} value{'s' * (measured != 1)}"
    at = f" at {target.strip().upper()}" if target else ""
    said = f"ChEMBL lists {measured or 'no'} {noun} of {label} ({chembl_id}){at}"
    best = next((group for group in groups if group.exact), None)
    if best is None:
        return f"{said}; none of them is a measured value that counts." if measured else f"{said}."
    middle = f"{_rounded(statistics.median(best.exact)):g} {best.unit}".strip()
    return f"{said}; of {best.called} the median of {len(best.exact)} is {middle}."
