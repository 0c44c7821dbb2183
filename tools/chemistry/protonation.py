"""The forms of a molecule at a pH, by rules for its ionizable groups: ``protonation_states``."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field
from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.chemistry.drawing import molecule_svg
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_ATOMS = 200
MOST_FORMS = 128  # of one component
MOST_LISTED = 100
MOST_DRAWN = 12
PLAUSIBLE_PKA = 100
#: Elements of the compounds that the rules were trained on.
_ORGANIC = frozenset((1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 34, 35, 53))
_STRONG_ACIDS = {"Cl": "[Cl-]", "Br": "[Br-]", "I": "[I-]"}  # pKa of HCl about -6, HBr -9, HI -10
_WATER = frozenset(("O", "[2H]O[2H]", "[2H]O"))
_PHOSPHORIC = Chem.MolFromSmarts("P(=O)([OX2,OX1-])([OX2,OX1-])[OX2,OX1-]")


@dataclass(frozen=True)
class _Rule:
    """A kind of ionizable group that was found: the mean pKa of such groups, and its standard deviation."""

    name: str
    mean: float
    deviation: float


@dataclass(frozen=True)
class _Component:
    forms: tuple[str, ...]
    rules: tuple[_Rule, ...] = ()
    note: str = ""


@tool(
    group="molecule",
    libraries=("dimorphite_dl", "rdkit"),
    asks=(
        "protonation", "protonation state", "protonated", "deprotonated", "charge at pH", "at pH", "physiological pH", "ionization",
        "ionisation", "ionized", "ionised", "zwitterion", "dominant form", "charge state", "microspecies", "net charge at pH",
    ),
    time_limit_s=30,
)  # fmt: skip
def protonation_states(
    molecule: MoleculeText,
    ph: Annotated[float, Field(description="pH of the solution", ge=0, le=14)] = 7.4,
    precision: Annotated[
        float,
        Field(description="How near to a pKa both forms are given, in standard deviations of the rule", ge=0, le=3),
    ] = 1.0,
) -> ToolOutput:
    """Give the dominant protonation states (charge forms) of a molecule at a pH, by the rules of Dimorphite-DL.

    Rule-based: no pKa of this molecule is computed. Raises ``ToolInputError`` for what the rules do not cover: inorganic acids
    and bases, metal compounds, labelled hydrogens, over 200 heavy atoms.
    """
    parsed = parse_molecule(molecule)
    _refuse_uncovered(parsed)
    components = [_forms(part, parsed, ph, precision) for part in Chem.GetMolFrags(parsed.mol, asMols=True)]
    written = _combined([component.forms for component in components])
    forms = [{"smiles": smiles, "charge": Chem.GetFormalCharge(Chem.MolFromSmiles(smiles))} for smiles in written]
    forms.sort(key=lambda form: (form["charge"], form["smiles"]))
    complete = all(len(component.forms) < MOST_FORMS for component in components)
    rules = [rule for component in components for rule in component.rules]
    near = sum(abs(rule.mean - ph) <= precision * rule.deviation for rule in rules)
    charges = sorted({form["charge"] for form in forms})
    told = ", ".join(f"{charge:+d}" if charge else "0" for charge in charges)
    if not rules and written == [parsed.smiles]:
        summary = f"Dimorphite-DL's rules know no ionizable group in {parsed.label}, so that no other form is given at pH {ph:g}."
    elif len(forms) == 1 and forms[0]["smiles"] == parsed.smiles:
        summary = f"{parsed.label} stays as it is at pH {ph:g}, charge {told}, by Dimorphite-DL's rules."
    elif len(forms) == 1:
        summary = f"{parsed.label} at pH {ph:g} is {forms[0]['smiles']}, charge {told}, by Dimorphite-DL's rules."
    else:
        amount = f"{len(forms)} forms" if complete else f"at least {len(forms)} forms"
        summary = f"{parsed.label} at pH {ph:g} has {amount} by Dimorphite-DL's rules, with charge {told.replace(', ', ' or ')}."
    notes = [
        *parsed.notes,
        *(component.note for component in components if component.note),
        "Rule-based (Dimorphite-DL, Ropp 2019): each ionizable group has the mean pKa of its kind and a standard deviation; no pKa "
        "of this molecule is computed, and groups do not influence each other.",
        f"Where the pH is within {precision:g} standard deviation{'s' * (precision != 1)} of a rule's mean, both forms are given; the rules do "
        "not tell their proportions. Tautomers are not enumerated.",
    ]
    if near and len(forms) > 1:
        notes.append(f"{near} of {len(rules)} rule values lie near pH {ph:g}, so that several forms are given.")
    if not complete:
        notes.append(f"At most {MOST_FORMS} forms of a component are made; there are more.")
    if len(forms) > MOST_LISTED:
        notes.append(f"Listed are {MOST_LISTED} of them.")
    data: dict[str, Any] = {
        "ph": ph,
        "precision": precision,
        "count": len(forms) if complete else None,
        "complete": complete,
        "rules": [{"group": rule.name, "mean_pka": rule.mean, "standard_deviation": rule.deviation} for rule in rules],
        "smiles": [form["smiles"] for form in forms[:MOST_LISTED]],
        "charges": [form["charge"] for form in forms[:MOST_LISTED]],
    }
    if not complete:
        data["at_least"] = len(forms)
    return ToolOutput(
        summary=summary, data=data, views=(*_views(forms, parsed.label, ph), _rule_table(rules)), notes=tuple(notes)
    )


def _refuse_uncovered(parsed: ParsedMolecule) -> None:
    mol = parsed.mol
    if mol.GetNumHeavyAtoms() > MOST_ATOMS:
        raise ToolInputError(
            f"{shown(parsed.label)} has {mol.GetNumHeavyAtoms()} heavy atoms; protonation states are made for up to {MOST_ATOMS}",
            "molecule",
            "give a smaller molecule",
        )
    if any(atom.GetAtomicNum() == 1 and atom.GetIsotope() for atom in mol.GetAtoms()):
        raise ToolInputError(
            f"{shown(parsed.label)} carries deuterium or tritium, which the rules would lose",
            "molecule",
            "leave the labels of its hydrogens out",
        )
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() not in _ORGANIC and atom.GetDegree():
            raise ToolInputError(
                f"{shown(parsed.label)} has {atom.GetSymbol()} bonded to other atoms; the rules are for organic compounds",
                "molecule",
                "give an organic molecule",
            )


def _forms(part: Chem.Mol, whole: ParsedMolecule, ph: float, precision: float) -> _Component:
    """The forms of one component; raises ``ToolInputError`` where the rules have none that can be trusted."""
    smiles = Chem.MolToSmiles(part)
    if smiles in _STRONG_ACIDS:
        ion = _STRONG_ACIDS[smiles]
        return _Component((ion,), (), f"H{smiles} is a strong acid and was taken as {ion} at every pH.")
    counter_ion = part.GetNumAtoms() == 1 and part.GetAtomWithIdx(0).GetTotalNumHs() == 0
    if counter_ion and part.GetAtomWithIdx(0).GetAtomicNum() > 1 and smiles not in ("[O-2]", "[S-2]", "[F-]", "[N-3]"):
        return _Component((smiles,), (), f"{smiles} was left as it is.")
    if smiles in _WATER:
        return _Component((smiles,), (), "Water was left as it is.")
    if not any(atom.GetAtomicNum() == 6 for atom in part.GetAtoms()) and not part.HasSubstructMatch(_PHOSPHORIC):
        raise ToolInputError(
            f"The rules do not cover the inorganic compound {smiles}"
            + (f" in {shown(whole.label)}" if smiles != whole.smiles else ""),
            "molecule",
            "look its pKa up, and give the organic component alone",
        )
    if _is_carbonic(part):
        raise ToolInputError(
            f"The rules do not cover carbonic acid and its salts ({smiles})",
            "molecule",
            "look its pKa values up (6.35 and 10.33)",
        )
    return _by_rules(part, smiles, ph, precision)


def _is_carbonic(part: Chem.Mol) -> bool:
    symbols = Counter(atom.GetSymbol() for atom in part.GetAtoms())
    return symbols == {"C": 1, "O": 3}


def _by_rules(part: Chem.Mol, smiles: str, ph: float, precision: float) -> _Component:
    from dimorphite_dl import protonate_smiles
    from loguru import logger

    logger.disable("dimorphite_dl")
    with rdBase.BlockLogs():
        try:
            lines = protonate_smiles(
                [smiles], ph_min=ph, ph_max=ph, precision=precision, max_variants=MOST_FORMS, label_states=True
            )
        except Exception as error:  # whatever goes wrong inside the library is one refusal for the person
            raise ToolInputError(
                f"Dimorphite-DL cannot process {shown(smiles)} ({type(error).__name__})",
                "molecule",
                "give another form of it",
            ) from None
        cut = [line.partition("\t") if "\t" in line and "," not in line else line.partition(",") for line in lines]
        states = [state for state in cut[0][2].replace(",", "\t").split("\t") if state] if cut else []
        forms = {}
        for text, _, _ in cut:
            mol = Chem.MolFromSmiles(text.strip())
            if mol is not None:
                forms[Chem.MolToSmiles(mol)] = mol
    uncovered = ToolInputError(
        f"Dimorphite-DL's rules give no sound form of {shown(smiles)}",
        "molecule",
        "give it as its neutral, unlabelled molecule",
    )
    if not forms or any(_fixed(mol) != _fixed(part) for mol in forms.values()):
        raise uncovered
    if not states and (set(forms) != {smiles} or _has_lone_anion(part)):  # made neutral or left, but by no rule
        raise uncovered
    rules = _rules(smiles)
    if forms and not rules and set(forms) != {smiles}:
        raise uncovered
    return _Component(tuple(forms), rules)


def _rules(smiles: str) -> tuple[_Rule, ...]:
    """The rules that match, without those that only hold a group such as nitro in its one form."""
    detector, record = _detector()
    with rdBase.BlockLogs():
        _, sites = detector.find_sites(record(smiles))
    return tuple(
        _Rule(site.name.replace("_", " ").replace("*", "").strip(), round(pka.mean, 2), round(pka.stdev, 2))
        for site in sites
        for pka in site.pkas
        if abs(pka.mean) < PLAUSIBLE_PKA
    )


@functools.cache
def _detector() -> Any:
    from dimorphite_dl.mol import MoleculeRecord
    from dimorphite_dl.protonate.detect import ProtonationSiteDetector

    return ProtonationSiteDetector(), MoleculeRecord


def _has_lone_anion(part: Chem.Mol) -> bool:
    """Whether a negative atom stands beside no positive one: a base of some kind, not half of an ylide or N-oxide."""
    return any(
        atom.GetFormalCharge() < 0 and not any(near.GetFormalCharge() > 0 for near in atom.GetNeighbors())
        for atom in part.GetAtoms()
        if atom.GetSymbol() != "N" or atom.GetDegree() > 1  # the end of a diazo group or azide
    )


def _fixed(mol: Chem.Mol) -> tuple[Any, ...]:
    """What taking up and losing protons leaves as it is: heavy atoms with their isotopes, hydrogens less charge, stereo."""
    heavy = Counter((atom.GetSymbol(), atom.GetIsotope()) for atom in mol.GetAtoms())
    hydrogens = sum(atom.GetTotalNumHs() for atom in mol.GetAtoms())
    radicals = sum(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms())
    carbons = sum(a.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED and a.GetSymbol() == "C" for a in mol.GetAtoms())
    return tuple(sorted(heavy.items())), hydrogens - Chem.GetFormalCharge(mol), radicals, carbons


def _combined(parts: list[tuple[str, ...]]) -> list[str]:
    """Every combination of the components' forms, one SMILES each."""
    total = 1
    for forms in parts:
        total *= len(forms)
    if total > MOST_FORMS**2:
        raise ToolInputError(
            f"The components have {total:,} combinations of forms", "molecule", "give one component at a time"
        )
    with rdBase.BlockLogs():
        return list(dict.fromkeys(Chem.CanonSmiles(".".join(chosen)) for chosen in itertools.product(*parts)))


def _rule_table(rules: list[_Rule]) -> Table:
    return Table(
        title="Rules that match (means of such groups, not pKa values of this molecule)",
        columns=("Group", "Mean pKa", "Standard deviation"),
        rows=tuple((rule.name, rule.mean, rule.deviation) for rule in rules),
    )


def _views(forms: list[dict[str, Any]], label: str, ph: float) -> tuple[View, ...]:
    drawings = []
    for form in forms[:MOST_DRAWN]:
        smiles = form["smiles"]
        with rdBase.BlockLogs():
            one = ParsedMolecule(Chem.MolFromSmiles(smiles), smiles, smiles, "smiles", label, ())
        charge = f"{form['charge']:+d}" if form["charge"] else "0"
        drawings.append(molecule_svg(replace(one, label=smiles), f"{label} at pH {ph:g}", caption=f"Charge {charge}"))
    rows = tuple((form["smiles"], form["charge"]) for form in forms[:MOST_LISTED])
    return (*drawings, Table(title=f"{label} at pH {ph:g}", columns=("SMILES", "Charge"), rows=rows, units=("", "e")))
