"""Rules of thumb for oral drugs, each with its value and limit: ``drug_likeness``."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdkit import Chem, RDConfig, rdBase
from rdkit.Chem import Crippen, Lipinski, rdMolDescriptors

from errors import ToolInputError, shown
from tools.chemistry import qed
from tools.chemistry.atomic_masses import molecule_average_mass
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import Cell, Plot, Series, Table, ToolOutput
from tools.registry import tool

CONVENTIONS = (
    "Rule of five (Lipinski 1997): average mass at most 500 Da, logP at most 5, at most 5 donors counted as N-H and O-H bonds, at "
    "most 10 acceptors counted as N and O atoms. It is passed with at most one violation.",
    "Veber 2002: at most 10 rotatable bonds and a TPSA of at most 140 Å². Ghose 1999 and Egan 2000 stand beside them.",
    "logP and molar refractivity are Crippen's (1999), not the ClogP of Lipinski's paper; TPSA: Ertl 2000, without S and P; "
    "rotatable bonds by RDKit's strict definition (no amide C-N).",
    "QED (Bickerton 2012, mean weights): 0 to 1, 1 is best. SA score (Ertl and Schuffenhauer 2009): 1 easy to 10 hard to make.",
    "The rules describe oral small molecules; to pass them is no proof of a drug, nor to fail them of the opposite.",
)
#: Elements that Crippen's atom types were fitted for.
_FITTED = frozenset((1, 6, 7, 8, 9, 15, 16, 17, 35, 53))
MACROCYCLE = 12
_PEPTIDE_BOND = Chem.MolFromSmarts("[NX3][CX4][CX3](=O)[NX3][CX4][CX3](=O)[NX3,OX2,OX1-]")


@dataclass(frozen=True)
class Rule:
    """One line of a rule set; the value must lie from ``least`` to ``most``, both included."""

    rule_set: str
    name: str
    key: str
    unit: str
    most: float
    least: float | None = None

    def passed(self, values: dict[str, float]) -> bool:
        return values[self.key] <= self.most and (self.least is None or values[self.key] >= self.least)

    def limit(self) -> str:
        return f"at most {self.most:g}" if self.least is None else f"{self.least:g} to {self.most:g}"


RULES = (
    Rule("Rule of five", "average mass", "average_mass_da", "Da", 500),
    Rule("Rule of five", "logP (Crippen)", "logp_crippen", "", 5),
    Rule("Rule of five", "donors (N-H and O-H)", "h_bond_donors", "", 5),
    Rule("Rule of five", "acceptors (N and O)", "h_bond_acceptors", "", 10),
    Rule("Veber", "rotatable bonds", "rotatable_bonds", "", 10),
    Rule("Veber", "TPSA", "tpsa_a2", "Å²", 140),
    Rule("Ghose", "average mass", "average_mass_da", "Da", 480, 160),
    Rule("Ghose", "logP (Crippen)", "logp_crippen", "", 5.6, -0.4),
    Rule("Ghose", "molar refractivity", "molar_refractivity", "cm³/mol", 130, 40),
    Rule("Ghose", "atoms (with hydrogens)", "atoms", "", 70, 20),
    Rule("Egan", "logP (Crippen)", "logp_crippen", "", 5.88),
    Rule("Egan", "TPSA", "tpsa_a2", "Å²", 131.6),
)


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "drug-likeness", "drug-like", "druglike", "Lipinski", "rule of five", "Ro5", "Veber", "Ghose", "Egan", "QED", "SA score",
        "synthetic accessibility", "oral bioavailability", "violations", "orally available", "drug-like properties",
    ),
)  # fmt: skip
def drug_likeness(molecule: MoleculeText) -> ToolOutput:
    """Check a molecule against Lipinski's rule of five, Veber, Ghose and Egan, each value with its limit, with QED and the
    synthetic accessibility (SA) score.

    Raises ``ToolInputError`` for a wrong molecule or one without carbon.
    """
    parsed = parse_molecule(molecule)
    if not any(atom.GetAtomicNum() == 6 for atom in parsed.mol.GetAtoms()):
        raise ToolInputError(
            f"{shown(parsed.label)} contains no carbon; the rules are for organic small molecules",
            "molecule",
            "give an organic molecule",
        )
    values = rule_values(parsed.mol)
    checked: list[dict[str, Any]] = [
        {
            "rule_set": rule.rule_set,
            "rule": rule.name,
            "value": round(values[rule.key], 2) + 0,  # + 0 turns -0.0 into 0.0
            "limit": rule.limit(),
            "unit": rule.unit,
            "passed": rule.passed(values),
        }
        for rule in RULES
    ]
    failed = {name: [row for row in checked if row["rule_set"] == name and not row["passed"]] for name in _sets()}
    violations = len(failed["Rule of five"])
    verdicts = {name: len(rows) <= (1 if name == "Rule of five" else 0) for name, rows in failed.items()}
    likeness, accessibility = qed.estimate(parsed.mol), sa_score(parsed.mol)
    words = "no violation" if not violations else f"{violations} violation{'s' * (violations > 1)}"
    why = f" ({', '.join(str(row['rule']) for row in failed['Rule of five'])})" if violations else ""
    summary = (
        f"{parsed.label} has {words} of the rule of five{why} and {'passes' if verdicts['Rule of five'] else 'fails'} it; "
        f"{'passes' if verdicts['Veber'] else 'fails'} Veber; QED {likeness:.2f}; SA score {_written(accessibility)}."
    )
    data: dict[str, Any] = {
        "smiles": parsed.smiles,
        "ro5_violations": violations,
        "ro5_pass": verdicts["Rule of five"],
        "veber_pass": verdicts["Veber"],
        "ghose_pass": verdicts["Ghose"],
        "egan_pass": verdicts["Egan"],
        "qed": round(likeness, 3),
        "sa_score": None if accessibility is None else round(accessibility, 2),
        **{key: round(value, 3 if key == "average_mass_da" else 2) + 0 for key, value in values.items()},
        "rules": checked,
    }
    rows: list[tuple[Cell, ...]] = [
        (rule.rule_set, rule.name, row["value"], row["limit"], rule.unit, "pass" if row["passed"] else "fail")
        for rule, row in zip(RULES, checked, strict=True)
    ]
    rows += [
        ("QED", "estimate of drug-likeness", data["qed"], "0 to 1", "", None),
        ("SA score", "synthetic accessibility", data["sa_score"], "1 to 10", "", None),
    ]
    table = Table(
        title=f"Drug-likeness of {parsed.label}",
        columns=("Rules", "Property", "Value", "Limit", "Unit", "Result"),
        rows=tuple(rows),
    )
    notes = (*parsed.notes, *_limits(parsed), *CONVENTIONS)
    if accessibility is None:
        notes += ("The SA score is not defined for this molecule.",)
    return ToolOutput(summary=summary, data=data, views=(table, _plot(parsed.label, values)), notes=notes)


def rule_values(mol: Chem.Mol) -> dict[str, float]:
    """The properties that the rules are about: masses in Da, TPSA in Å², molar refractivity in cm³/mol, counts."""
    return {
        "average_mass_da": molecule_average_mass(mol),
        "logp_crippen": Crippen.MolLogP(mol),  # type: ignore[attr-defined]
        "h_bond_donors": Lipinski.NHOHCount(mol),  # type: ignore[attr-defined]
        "h_bond_acceptors": Lipinski.NOCount(mol),  # type: ignore[attr-defined]
        "rotatable_bonds": rdMolDescriptors.CalcNumRotatableBonds(mol),
        "tpsa_a2": rdMolDescriptors.CalcTPSA(mol),
        "molar_refractivity": Crippen.MolMR(mol),  # type: ignore[attr-defined]
        "atoms": mol.GetNumAtoms() + sum(atom.GetTotalNumHs() for atom in mol.GetAtoms()),
    }


def sa_score(mol: Chem.Mol) -> float | None:
    """Ertl's synthetic accessibility score, 1 (easy) to 10 (hard), by RDKit's contributed code; None where it has none."""
    with rdBase.BlockLogs():
        try:
            return _scorer().calculateScore(mol)
        except (ZeroDivisionError, ValueError):  # no fragments to score
            return None


@functools.cache
def _scorer() -> Any:
    """RDKit's ``sascorer``, which lies beside the package and is no module of it."""
    path = Path(RDConfig.RDContribDir) / "SA_Score" / "sascorer.py"
    spec = importlib.util.spec_from_file_location("sascorer", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sets() -> list[str]:
    return list(dict.fromkeys(rule.rule_set for rule in RULES))


def _written(score: float | None) -> str:
    return "not defined" if score is None else f"{score:.1f}"


def _plot(label: str, values: dict[str, float]) -> Plot:
    """Each property as a share of its limit in the rule of five and Veber's."""
    shown_rules = [rule for rule in RULES if rule.rule_set in ("Rule of five", "Veber")]
    return Plot(
        title=f"{label}: share of each limit",
        style="bar",
        x_label="property",
        x_names=tuple(rule.name for rule in shown_rules),
        y_label="value / limit",
        series=(
            Series(
                name=label,
                x=tuple(float(number) for number in range(1, len(shown_rules) + 1)),
                y=tuple(round(values[rule.key] / rule.most, 3) for rule in shown_rules),
            ),
        ),
        caption="A bar above 1 breaks its rule.",
    )


def _limits(parsed: ParsedMolecule) -> list[str]:
    """Where the rules were not made for such a molecule."""
    mol, notes = parsed.mol, []
    foreign = sorted({atom.GetSymbol() for atom in mol.GetAtoms() if atom.GetAtomicNum() not in _FITTED})
    if foreign:
        notes.append(
            f"logP, QED and SA score are not fitted for {', '.join(foreign)}; take them and the rules with care."
        )
    if len(Chem.GetMolFrags(mol)) > 1:
        notes.append("The rules are for one compound: give the active component alone for its own values.")
    if any(atom.GetFormalCharge() for atom in mol.GetAtoms()):
        notes.append("logP (Crippen) is fitted to neutral compounds: of a charged form it is no more than a rough sum.")
    largest = max((len(ring) for ring in mol.GetRingInfo().AtomRings()), default=0)
    if largest >= MACROCYCLE:
        notes.append(f"A macrocycle (a ring of {largest} atoms) is outside the domain of the rules.")
    if mol.HasSubstructMatch(_PEPTIDE_BOND):
        notes.append("Peptides are outside the domain of the rules.")
    return notes
