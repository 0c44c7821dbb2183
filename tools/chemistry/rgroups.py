"""The substituents of a series on a common core, and what they add to an activity: ``rgroup_table``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.chemistry.activity_columns import Activities, activity_column
from tools.chemistry.core_decomposition import Decomposed, decomposed
from tools.chemistry.drawing import molecule_svg
from tools.chemistry.fingerprints import prefixed_notes
from tools.chemistry.free_wilson import Fit, Prediction, Term, free_wilson, predictions
from tools.inputs import MoleculesText
from tools.inputs.molecules import ParsedMolecule, parse_molecule, parse_molecules
from tools.inputs.notations import refuse_odd_characters, written_r_groups
from tools.outputs import Cell, Plot, Series, Table, ToolOutput, View
from tools.registry import tool

MOST_MOLECULES = 500
LONGEST_CORE = 500
MOST_TURNED = 60  # molecules whose other orientation on a symmetric core is tried on a prediction
_SMARTS_ONLY = re.compile(r"\$|~|[;,!&]|\[#|\[[^\]]*[RDXxrvhH]\d*[;,&\]]")


@tool(
    group="molecule",
    libraries=("rdkit", "numpy"),
    asks=(
        "R-group", "R groups", "R-group decomposition", "R-group table", "substituents", "SAR table", "structure-activity", "scaffold",
        "common core", "Free-Wilson", "contribution of substituents", "core", "analogue series",
    ),
    time_limit_s=60,
)  # fmt: skip
def rgroup_table(
    molecules: MoleculesText,
    core: Annotated[
        str,
        Field(
            description="The common core: a scaffold as SMILES, with [*:1] or [R1] where R1 is if wanted, or SMARTS",
            json_schema_extra={"entity": "core"},
        ),
    ],
    activities: Activities = None,
) -> ToolOutput:
    """Decompose molecules into a common core and R-groups, one row a molecule, with an optional Free-Wilson fit of their
    activities, which predicts those that are missing.

    Molecules without the core keep their row, empty. Raises ``ToolInputError`` for a wrong molecule or core, a core that none
    contains, over 500 molecules, or activities of another length.
    """
    parsed = parse_molecules(molecules, most=MOST_MOLECULES)
    pattern, core_notes = _core(core)
    column = activity_column(activities, len(parsed))
    found = decomposed([molecule.mol for molecule in parsed], pattern, core)
    matched = [place for place, row in enumerate(found.rows) if row is not None]
    unmatched = [place for place, row in enumerate(found.rows) if row is None]
    summary = f"{len(matched)} of {len(parsed)} molecules contain the core {shown(core)}; they vary at {_listed(found.positions)}."
    notes = [
        *core_notes,
        *prefixed_notes(parsed),
        "Items are numbered from 1 in the order given. R-numbers follow [*:n] where the core has them, else RDKit chooses them; * in "
        "a group is where it is bonded. Positions with hydrogen in every molecule are left out.",
    ]
    if found.equal:
        notes.append(
            f"The core is symmetric: {_listed(found.equal)} could be exchanged in each molecule, and stand so that each has few "
            "different groups."
        )
    if unmatched:
        items = ", ".join(f"{place + 1} ({parsed[place].label})" for place in unmatched[:10])
        notes.append(f"Without the core: {items}{' and more' * (len(unmatched) > 10)}.")
    if _same_rows(found, parsed):
        notes.append(
            "Different molecules have the same R-groups: the table does not show what tells them apart (stereo or isotopes at the core)."
        )
    table_rows = [
        {
            "item": place + 1,
            "molecule": molecule.label,
            "smiles": molecule.smiles,
            "matched": row is not None,
            **(row or {}),
        }
        for place, (molecule, row) in enumerate(zip(parsed, found.rows, strict=True))
    ]
    data: dict[str, Any] = {
        "core": core,
        "count": len(parsed),
        "matched": len(matched),
        "positions": list(found.positions),
        "rows": table_rows,
    }
    columns = ["Item", "Molecule", *found.positions]
    cells: list[list[Cell]] = [
        [place + 1, molecule.label, *((row or {}).get(position, "no core") for position in found.positions)]
        for place, (molecule, row) in enumerate(zip(parsed, found.rows, strict=True))
    ]
    views: list[View] = []
    if column is not None:
        known = {place: value for place in matched if (value := column[place]) is not None}
        fit = free_wilson([found.rows[place] or {} for place in known], list(known.values()))
        predicted = _predicted(found, column, known)
        columns += ["Activity", "Fitted", "Residual", *(["Predicted"] if None in column else [])]
        fitted = dict(zip(known, fit.fitted, strict=True)) if fit.fitted else {}
        for place, cell in enumerate(cells):
            value = fitted.get(place)
            rest = None if value is None else _rounded(round(known[place] - value, 12))
            cell += [column[place], _maybe(value), rest]
            table_rows[place] |= {"activity": column[place], "fitted": cell[-2], "residual": cell[-1]}
            if None in column:
                cell.append(_maybe(predicted[place].value) if place in predicted else None)
                table_rows[place]["predicted"] = cell[-1]
        data["free_wilson"] = _fit_data(fit)
        said, fit_notes = _fit_words(fit, len(known))
        summary = f"{summary[:-1]}; {said}{_prediction_words(predicted, parsed)}."
        notes += fit_notes
        if None in column:
            data["predictions"] = [
                {
                    "item": place + 1,
                    "smiles": parsed[place].smiles,
                    "predicted": _maybe(one.value),
                    "why_not": one.why_not,
                }
                for place, one in predicted.items()
            ]
            notes.append(
                "Predicted is the fitted sum for a molecule without an activity, where the measured ones determine it."
            )
        views += _fit_views(fit, list(known.values()))
    views.insert(0, Table(title="R-groups", columns=tuple(columns), rows=tuple(tuple(cell) for cell in cells)))
    views += [
        molecule_svg(
            parsed[place],
            highlight=parsed[place].mol.GetSubstructMatch(_without_labels(pattern)),
            caption=parsed[place].label,
        )
        for place in matched[:1]
        if parsed[place].mol.GetNumHeavyAtoms() <= 300
    ]
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))


def _core(core: str) -> tuple[Chem.Mol, tuple[str, ...]]:
    """The core as RDKit takes it, and notes; raises ``ToolInputError``."""
    hint = "give a scaffold such as c1ccccc1 or c1ccc([*:1])cc1[*:2]"
    if not core.strip() or len(core) > LONGEST_CORE:
        raise ToolInputError(f"{shown(core)} is no core of 1 to {LONGEST_CORE} characters", "core", hint)
    refuse_odd_characters(core, "core")
    plain, _ = written_r_groups(core)
    labels = re.findall(r":(\d+)\]", plain)
    if len(set(labels)) < len(labels):
        raise ToolInputError(f"{shown(core)} uses a label twice", "core", "give each [*:n] its own number")
    if _SMARTS_ONLY.search(plain):
        with rdBase.BlockLogs():
            pattern = Chem.MolFromSmarts(core.strip()) if not re.search(r"\s", core.strip()) else None
        if pattern is None:
            raise ToolInputError(f"{shown(core)} is not a valid SMARTS", "core", hint)
        mol, notes = pattern, [f"The core {shown(core)} was read as SMARTS."]
    else:
        parsed = parse_molecule(core, "core", dummies=True)
        mol, notes = parsed.mol, [note for note in parsed.notes if not note.startswith("Atom map")]
    if not any(
        atom.GetAtomicNum() > 1 or atom.HasQuery()
        for atom in mol.GetAtoms()
        if atom.GetDegree() or mol.GetNumAtoms() == 1
    ):
        raise ToolInputError(f"{shown(core)} has no atom of a core", "core", hint)
    if len(Chem.GetMolFrags(mol)) > 1:
        raise ToolInputError(f"{shown(core)} has several parts", "core", "give one connected core")
    return mol, tuple(notes)


def _predicted(found: Decomposed, column: list[float | None], known: dict[int, float]) -> dict[int, Prediction]:
    """The place of each molecule without an activity to its prediction; one without the core has none."""
    gaps = [place for place, value in enumerate(column) if value is None]
    wanted = {place: row for place in gaps if (row := found.rows[place]) is not None}
    made = _made(found.rows, known, list(wanted))
    tried = [*wanted, *known][: MOST_TURNED if len(known) <= 2 * MOST_TURNED else MOST_TURNED // 6]
    for rows in found.others_as_good(tried) if made else ():
        if all(one.value is None for one in made):
            break
        for number, other in enumerate(_made(rows, known, list(wanted))):
            value = made[number].value
            if value is not None and other.value is not None and abs(value - other.value) > 1e-6 * max(abs(value), 1):
                made[number] = Prediction(None, "the core is symmetric, and which group stands at which place is open")
    of_place = dict(zip(wanted, made, strict=False))
    lacking = "no molecule with the core has an activity"
    return {
        place: of_place.get(place, Prediction(None, lacking if place in wanted else "it does not contain the core"))
        for place in gaps
    }


def _made(rows: Sequence[dict[str, str] | None], known: dict[int, float], wanted: list[int]) -> list[Prediction]:
    if not known:
        return []
    measured = [rows[place] or {} for place in known]
    return predictions(measured, list(known.values()), [rows[place] or {} for place in wanted])


def _prediction_words(predicted: dict[int, Prediction], parsed: list[ParsedMolecule]) -> str:
    """ "; predicted for item 4 (CCO): 6.5"."""
    said = [
        f"item {place + 1} ({parsed[place].label}): {'none' if one.value is None else _rounded(one.value)}"
        + (f", because {one.why_not}" if one.why_not else "")
        for place, one in list(predicted.items())[:5]
    ]
    return f"; predicted for {'; '.join(said)}" if said else ""


def _same_rows(found: Decomposed, parsed: list[ParsedMolecule]) -> bool:
    seen: dict[tuple[str, ...], str] = {}
    for row, molecule in zip(found.rows, parsed, strict=True):
        if row is not None and seen.setdefault(tuple(row.values()), molecule.smiles) != molecule.smiles:
            return True
    return False


def _listed(positions: tuple[str, ...]) -> str:
    if not positions:
        return "no position"
    return positions[0] if len(positions) == 1 else f"{', '.join(positions[:-1])} and {positions[-1]}"


def _without_labels(core: Chem.Mol) -> Chem.Mol:
    """The core without its [*:n], to be highlighted."""
    mol = Chem.RWMol(core)
    mol.BeginBatchEdit()
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 0 and atom.GetAtomMapNum():
            mol.RemoveAtom(atom.GetIdx())
    mol.CommitBatchEdit()
    return mol.GetMol()


def _rounded(value: float) -> float:
    return float(f"{value:.8g}") + 0.0


def _fit_data(fit: Fit) -> dict[str, Any]:
    shared = {"solved": not fit.why_not, "parameters": fit.parameters, "rank": fit.rank, "references": fit.references}
    if fit.why_not or fit.intercept is None:
        return {**shared, "why_not": fit.why_not}
    return {
        **shared,
        "intercept": _rounded(fit.intercept.value),
        "intercept_standard_error": _maybe(fit.intercept.standard_error),
        "contributions": [
            {
                "position": term.position,
                "substituent": term.substituent,
                "contribution": _rounded(term.value),
                "standard_error": _maybe(term.standard_error),
            }
            for term in fit.terms
        ],
        "degrees_of_freedom": fit.degrees_of_freedom,
        "r_squared": _maybe(fit.r_squared),
        "residual_standard_error": _maybe(fit.residual_standard_error),
    }


def _maybe(value: float | None) -> float | None:
    return None if value is None else _rounded(value)


def _fit_words(fit: Fit, molecules: int) -> tuple[str, list[str]]:
    if fit.why_not:
        return f"a Free-Wilson fit is not possible, because {fit.why_not}", [
            "No contributions are given: an under-determined fit has infinitely many solutions."
        ]
    references = ", ".join(f"{position} = {group}" for position, group in fit.references.items())
    notes = [
        "Free-Wilson by ordinary least squares (Fujita-Ban form): activity = intercept + contributions; the reference of each "
        f"position contributes 0 ({references}), so that the intercept is the fitted activity of the molecule of references.",
        "Activities must be on an additive (logarithmic) scale. Standard errors are those of the fit; contributions hold for this "
        "series only.",
    ]
    if not fit.degrees_of_freedom:
        notes.append(
            "As many parameters as molecules: the fit is exact by construction, so that there are no errors and no R²."
        )
        return (
            f"Free-Wilson fit of {molecules} molecules with {fit.parameters} parameters, no degree of freedom left",
            notes,
        )
    r_squared = "R² not defined (the activity is constant)" if fit.r_squared is None else f"R² {fit.r_squared:.3f}"
    said = f"Free-Wilson fit of {molecules} molecules with {fit.parameters} parameters: {r_squared}"
    return f"{said}, residual standard error {fit.residual_standard_error:.3g}", notes


def _fit_views(fit: Fit, measured: list[float]) -> list[View]:
    if fit.why_not or fit.intercept is None:
        return []
    references = [Term(position, f"{group} (reference)", 0.0, None) for position, group in fit.references.items()]
    terms = sorted([*references, *fit.terms], key=lambda term: (term.position, -term.value))
    rows = tuple(
        (term.position, term.substituent, _rounded(term.value), _maybe(term.standard_error))
        for term in [fit.intercept, *terms]
    )
    return [
        Table(
            title="Free-Wilson contributions",
            columns=("Position", "Substituent", "Contribution", "Standard error"),
            rows=rows,
        ),
        Plot(
            title="Free-Wilson fit",
            style="points",
            x_label="measured activity",
            y_label="fitted activity",
            series=(Series(name="molecules", x=tuple(measured), y=tuple(_rounded(value) for value in fit.fitted)),),
        ),
    ]
