"""Structural alerts by published filter sets: ``structural_alerts``."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem.FilterCatalog import FilterCatalog, FilterCatalogParams

from errors import ToolInputError, shown
from tools.chemistry.drawing import HIGHLIGHTS, drawn_if_legible
from tools.inputs import MoleculeText
from tools.inputs.molecules import parse_molecule
from tools.outputs import Table, ToolOutput
from tools.registry import tool

#: RDKit's catalogue to its name here, with its source.
CATALOGUES = {"PAINS_A": "PAINS A", "PAINS_B": "PAINS B", "PAINS_C": "PAINS C", "BRENK": "Brenk", "NIH": "NIH"}
SOURCES = (
    "PAINS A, B, C: Baell and Holloway 2010 (frequent hitters in one assay technology); Brenk: Brenk 2008 (unwanted groups in "
    "screening for neglected diseases); NIH: Jadhav 2010 and Doveston 2015 (reactive or promiscuous groups). All as in RDKit."
)


@functools.cache
def _catalogue(name: str) -> FilterCatalog:
    params = FilterCatalogParams()
    params.AddCatalog(getattr(FilterCatalogParams.FilterCatalogs, name))
    return FilterCatalog(params)


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "structural alerts", "alerts", "PAINS", "Brenk", "NIH filter", "pan-assay interference", "frequent hitter", "reactive groups",
        "unwanted groups", "assay interference", "promiscuous", "toxicophore", "medchem filters",
    ),
)  # fmt: skip
def structural_alerts(molecule: MoleculeText) -> ToolOutput:
    """Find structural alerts in a molecule by the PAINS, Brenk and NIH filters, with their atoms.

    An alert is not toxicity, and none is not safety. Atom indices count from 0 in input order. Raises ``ToolInputError`` for a
    wrong molecule or one without carbon.
    """
    parsed = parse_molecule(molecule)
    if not any(atom.GetAtomicNum() == 6 for atom in parsed.mol.GetAtoms()):
        raise ToolInputError(
            f"{shown(parsed.label)} contains no carbon; the filters are for organic screening compounds",
            "molecule",
            "give an organic molecule",
        )
    found = find_alerts(parsed.mol)
    by_set = Counter(alert["catalog"] for alert in found)
    counts = {name: by_set.get(name, 0) for name in CATALOGUES.values()}
    if found:
        listed = "; ".join(
            f"{name} {n} ({', '.join(dict.fromkeys(a['name'] for a in found if a['catalog'] == name))})"
            for name, n in counts.items()
            if n
        )
        amount = "1 structural alert" if len(found) == 1 else f"{len(found)} structural alerts"
        summary = f"{parsed.label} has {amount}: {listed}."
    else:
        summary = f"{parsed.label} has no alert of the PAINS, Brenk and NIH filters."
    colours: dict[int, str] = {}
    for number, alert in enumerate(found):
        for atom in alert["atoms"]:
            colours.setdefault(atom, HIGHLIGHTS[number % len(HIGHLIGHTS)])
    drawings, undrawn = drawn_if_legible(parsed, highlight=colours, caption=summary)
    rows = tuple(
        (alert["catalog"], alert["name"], alert["places"], " ".join(map(str, alert["atoms"]))) for alert in found
    )
    notes = (
        *parsed.notes,
        *undrawn,
        "An alert is not toxicity, and none is not safety: the filters mark groups that were troublesome in screening, and "
        "many approved drugs have some.",
        SOURCES,
        "A filter that matches in several places is one alert; sets overlap, so that one group can count in several. Atoms "
        "are numbered from 0 in the order of the input.",
    )
    data = {"smiles": parsed.smiles, "count": len(found), "counts": counts, "alerts": found}
    return ToolOutput(
        summary=summary,
        data=data,
        views=(*drawings, Table(title="Structural alerts", columns=("Filter", "Alert", "Places", "Atoms"), rows=rows)),
        notes=notes,
    )


def find_alerts(mol: Chem.Mol) -> list[dict[str, Any]]:
    """``{"catalog", "name", "atoms", "places"}`` of each filter that matches: all atoms, and in how many places."""
    found: list[dict[str, Any]] = []
    with rdBase.BlockLogs():
        for key, name in CATALOGUES.items():
            for entry in _catalogue(key).GetMatches(mol):
                # a filter's own match is its first one only
                patterns = [match.filterMatch.GetPattern() for match in entry.GetFilterMatches(mol)]
                places = {frozenset(atoms) for pattern in patterns for atoms in mol.GetSubstructMatches(pattern)}
                atoms = sorted(frozenset().union(*places))
                found.append(
                    {"catalog": name, "name": _plain(entry.GetDescription()), "atoms": atoms, "places": len(places)}
                )
    return found


def _plain(description: str) -> str:
    """RDKit's ``catechol_A(92)`` (92: how many compounds of the training set had it) as ``catechol A``."""
    return description.split("(")[0].replace("_", " ").strip()
