"""How many distinct signals a nucleus gives: ``nmr_signals``."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field
from rdkit import Chem

from errors import ToolInputError
from tools.argument_forms import also_called
from tools.chemistry.averaged_structure import AveragedMolecule, TooManyOpen, averaged, is_metal
from tools.chemistry.drawing import HIGHLIGHTS, NUMBERING, drawn_if_legible
from tools.chemistry.equivalence import equivalent_sets
from tools.chemistry.nuclei import Nucleus, parse_nucleus
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import Svg, Table, ToolOutput
from tools.registry import tool

Method = Annotated[
    Literal["diastereotopic", "topological"],
    also_called(
        {"topological": "topology|constitution|constitutional|graph", "diastereotopic": "stereo|stereochemical"}
    ),
]
Sets = list[list[int]]
MOST_LISTED = 16
CONVENTIONS = {
    "diastereotopic": "Nuclei count together where a symmetry of the molecule exchanges them (homotopic or, as in achiral solvents, "
    "enantiotopic); diastereotopic nuclei count apart.",
    "topological": "Nuclei count together where the constitution alone does not tell them apart: stereochemistry, diastereotopic "
    "nuclei and the two sides of a double bond are left out.",
}
AVERAGING = (
    "The molecule is taken as averaged in solution at 25 °C: single bonds turn, rings flip, amines invert; axes of hindered "
    "biaryls, helices and planar chirality are not looked for."
)
CHEMICAL = "Signals are chemically distinct nuclei: coupling, AA'BB' patterns and chance overlap change no count."
_EXCHANGING = frozenset(("N", "O", "S", "Se"))


@dataclass(frozen=True)
class Signal:
    """``atoms``: the nuclei in the molecule with its hydrogens; ``carriers``: what the drawing shows of them, by input numbers.

    ``split``: whether the constitution alone would put it together with another signal.
    """

    letter: str
    atoms: tuple[int, ...]
    carriers: tuple[int, ...]
    kind: str
    exchangeable: bool
    split: bool


@dataclass(frozen=True)
class Counted:
    """The sets of equivalent nuclei in each isomer that the marks leave open, and what was assumed."""

    isomers: list[tuple[Chem.Mol, Sets]]
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> list[int]:
        return sorted({len(sets) for _, sets in self.isomers})


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "NMR", "NMR signals", "1H NMR", "13C NMR", "19F NMR", "proton NMR", "carbon NMR", "number of signals", "how many signals", "peaks",
        "resonances", "chemically equivalent", "equivalent protons", "equivalent hydrogens", "nonequivalent protons", "diastereotopic",
        "enantiotopic", "homotopic", "distinct environments", "proton environments", "carbon environments", "integration",
    ),
    time_limit_s=30,
)  # fmt: skip
def nmr_signals(
    molecule: MoleculeText,
    nucleus: Annotated[
        str,
        Field(description="The nucleus observed: 1H, 13C, 19F, 31P, 15N, …", json_schema_extra={"entity": "nucleus"}),
    ] = "1H",
    method: Annotated[
        Method, Field(description="Count diastereotopic nuclei apart, or go by the constitution (topology) alone")
    ] = "diastereotopic",
) -> ToolOutput:
    """Count the distinct NMR signals of a molecule (chemically non-equivalent sets of 1H, 13C, 19F, 31P or other nuclei), with
    their atoms, relative areas, and which are exchangeable or diastereotopic.

    ``signals`` includes exchangeable protons (OH, NH, SH); it is None where it depends on stereocentres that are not marked, and
    ``signals_possible`` then lists the counts. Raises ``ToolInputError`` for a wrong molecule or nucleus.
    """
    parsed = parse_molecule(molecule)
    observed = parse_nucleus(nucleus)
    _refuse_hypervalent(parsed)
    average = averaged(parsed.mol)
    nuclei = [
        atom.GetIdx() for atom in average.mol.GetAtoms() if observed.is_in(atom.GetAtomicNum(), atom.GetIsotope())
    ]
    topological = equivalent_sets(average.topological(), nuclei)
    counted = Counted([(average.heavy, topological)])
    if method == "diastereotopic":
        counted = _counted(average, nuclei, parsed)
    settled = len(counted.counts) == 1
    signals = _signals(average.mol, counted.isomers[0][1], topological) if settled else []
    data: dict[str, Any] = {
        "smiles": parsed.smiles,
        "nucleus": str(observed),
        "method": method,
        "signals": counted.counts[0] if settled else None,
        "signals_possible": counted.counts,
        "exchangeable_signals": sum(signal.exchangeable for signal in signals) if settled else None,
        "signals_topological": len(topological),
        "nuclei": len(nuclei),
        "relative_areas": [len(signal.atoms) for signal in signals],
        "groups": [
            {
                "signal": signal.letter,
                "kind": signal.kind,
                "nuclei": len(signal.atoms),
                "atoms": list(signal.carriers),
                "exchangeable": signal.exchangeable,
            }
            for signal in signals
        ],
    }
    if not settled:
        data["isomers"] = _by_isomer(counted)
    notes = [*parsed.notes, *counted.notes, *_exchange_notes(parsed, average, nuclei, len(topological))]
    notes += _notes(parsed, average, observed, signals, len(nuclei))
    notes += [CONVENTIONS[method], AVERAGING, CHEMICAL, NUMBERING]
    table = Table(
        title=f"{observed} signals of {parsed.label}",
        columns=("Signal", "Kind", "Nuclei", "Atoms", "Exchangeable"),
        rows=tuple(
            (
                one.letter,
                one.kind,
                len(one.atoms),
                " ".join(map(str, one.carriers)),
                "yes" if one.exchangeable else "no",
            )
            for one in signals
        ),
    )
    drawings, undrawn = _drawn(parsed, signals)
    summary = _summary(parsed, observed, method, counted, signals)
    return ToolOutput(summary=summary, data=data, views=(*drawings, table), notes=(*notes, *undrawn))


def _counted(average: AveragedMolecule, nuclei: list[int], parsed: ParsedMolecule) -> Counted:
    """The sets in every isomer that the marks leave open, amide bonds held where that leaves no rotamers to choose from."""

    def in_isomers(one: AveragedMolecule) -> Counted:
        isomers = [(mol, equivalent_sets(structure, nuclei)) for mol, structure in one.isomers()]
        return Counted(isomers or [(one.heavy, equivalent_sets(one.structure, nuclei))])

    try:
        held = in_isomers(average)
        if not average.slow:
            return held
        turning = in_isomers(average.with_fast_amides())
    except TooManyOpen as error:
        raise ToolInputError(
            f"{parsed.label} has {error.count} stereo elements without a mark that may bear on the number of signals",
            "molecule",
            "mark the stereocentres, or ask for method topological",
        ) from None
    if held.counts == turning.counts:
        return turning
    if any(kind == "amide" for kind, _ in average.open):
        note = f"Amide C-N bonds are taken to turn fast; at 25 °C they are slow, and rotamers may show, of {_listed(held.counts)} signals."
        return Counted(turning.isomers, (note,))
    note = (
        f"Turning about the amide C-N (or nitrosamine N-N) bond is taken as slow, as it is at 25 °C, so that the groups on its "
        f"nitrogen count apart; where it is fast, there are {_listed(turning.counts)} signals instead of {_listed(held.counts)}."
    )
    return Counted(held.isomers, (note,))


def _signals(mol: Chem.Mol, sets: Sets, topological: Sets) -> list[Signal]:
    """The sets with letters, in the order of the atoms that carry them."""
    whole = {at: number for number, members in enumerate(topological) for at in members}
    parts = Counter(whole[atoms[0]] for atoms in sets)
    carried = sorted((sorted({_carrier(mol, at) for at in atoms}), atoms) for atoms in sets)
    return [
        Signal(
            letter=letter,
            atoms=tuple(atoms),
            carriers=tuple(carriers),
            kind=_kind(mol, carriers[0]),
            exchangeable=_is_exchangeable(mol, atoms[0]),
            split=parts[whole[atoms[0]]] > 1,
        )
        for letter, (carriers, atoms) in zip(_letters(), carried, strict=False)
    ]


def _letters() -> Iterator[str]:
    """a, b, …, z, aa, ab, …"""
    for length in itertools.count(1):
        for letters in itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=length):
            yield "".join(letters)


def _carrier(mol: Chem.Mol, at: int) -> int:
    """The atom itself, or of a hydrogen the atom it is bonded to."""
    atom = mol.GetAtomWithIdx(at)
    others = atom.GetNeighbors()
    return others[0].GetIdx() if atom.GetAtomicNum() == 1 and others and others[0].GetAtomicNum() != 1 else at


def _kind(mol: Chem.Mol, at: int) -> str:
    """``"CH3"``, ``"CH (aromatic)"``, ``"C=O"``, ``"COOH"``: the group of an atom and its hydrogens."""
    atom = mol.GetAtomWithIdx(at)
    hydrogens = sum(other.GetAtomicNum() == 1 for other in atom.GetNeighbors())
    name = atom.GetSymbol() + ("" if not hydrogens else "H" if hydrogens == 1 else f"H{hydrogens}")
    if atom.GetIsAromatic():
        return f"{name} (aromatic)"
    doubles = [bond.GetOtherAtom(atom) for bond in atom.GetBonds() if bond.GetBondType() == Chem.BondType.DOUBLE]
    if atom.GetSymbol() == "C" and doubles:
        return f"{name}=O" if any(other.GetSymbol() == "O" for other in doubles) else f"{name}="
    if name == "OH" and mol.HasSubstructMatch(_ACID) and any(at in match for match in mol.GetSubstructMatches(_ACID)):
        return "COOH"
    return name


def _is_exchangeable(mol: Chem.Mol, at: int) -> bool:
    atom = mol.GetAtomWithIdx(at)
    return atom.GetAtomicNum() == 1 and any(other.GetSymbol() in _EXCHANGING for other in atom.GetNeighbors())


def _refuse_hypervalent(parsed: ParsedMolecule) -> None:
    """SF5Cl, BrF5: places at one atom that differ without any mark in the notation."""
    for atom in parsed.mol.GetAtoms():
        degree = atom.GetDegree()
        halogen = atom.GetSymbol() in ("Cl", "Br", "I", "Xe") and degree in (3, 5) and atom.GetFormalCharge() == 0
        pyramid = halogen and all(bond.GetBondType() == Chem.BondType.SINGLE for bond in atom.GetBonds())
        crowded = degree >= 5 and not is_metal(atom)
        if pyramid or (crowded and _ligands_differ(atom)):
            raise ToolInputError(
                f"{parsed.label} has {degree} ligands around {atom.GetSymbol()}, whose places (axial, equatorial, cis, trans) "
                "its notation does not tell",
                "molecule",
                "count its signals from its known geometry",
            )


def _ligands_differ(atom: Chem.Atom) -> bool:
    mol = atom.GetOwningMol()
    return len({Chem.MolToSmiles(mol, rootedAtAtom=other.GetIdx()) for other in atom.GetNeighbors()}) > 1 or (
        atom.GetTotalNumHs() > 0
    )


def _by_isomer(counted: Counted) -> list[dict[str, Any]]:
    """One row for each isomer that differs in its SMILES, at most 16."""
    rows: dict[str, dict[str, Any]] = {}
    for mol, sets in counted.isomers:
        smiles = Chem.CanonSmiles(Chem.MolToSmiles(mol))
        rows.setdefault(smiles, {"smiles": smiles, "signals": len(sets)})
    return list(rows.values())[:MOST_LISTED]


def _exchange_notes(
    parsed: ParsedMolecule, average: AveragedMolecule, nuclei: list[int], topological: int
) -> list[str]:
    """What resonance and moving protons changed, with the count as drawn where it differs."""
    notes = []
    if average.exchange.sites or average.exchange.charges:
        as_drawn = len(equivalent_sets(averaged(parsed.mol, exchanging=False).topological(), nuclei))
        if as_drawn != topological:
            notes.append(
                "Resonance and the fast exchange of protons between like atoms of one molecule are averaged; by the constitution as "
                f"drawn there would be {as_drawn} signals instead of {topological}."
            )
    return notes


def _notes(
    parsed: ParsedMolecule, average: AveragedMolecule, observed: Nucleus, signals: list[Signal], nuclei: int
) -> list[str]:
    notes = []
    atoms = list(parsed.mol.GetAtoms())
    if not nuclei:
        notes.append(f"{parsed.label} has no {observed}.")
    exchangeable = [signal for signal in signals if signal.exchangeable]
    if exchangeable:
        rest = len(signals) - len(exchangeable)
        notes.append(
            f"Exchangeable protons ({', '.join(dict.fromkeys(one.kind for one in exchangeable))}) are counted, one signal for each "
            f"environment: {len(exchangeable)} of {len(signals)}; in D2O, or merged with water, {rest} would be left. The protons "
            "of an NH2 count together, though those of a primary amide may show apart."
        )
    split = [signal for signal in signals if signal.split]
    if split:
        listed = ", ".join(f"{one.letter} ({one.kind})" for one in split[:MOST_LISTED])
        notes.append(
            f"Alike by constitution, told apart by stereochemistry: {listed}{', …' * (len(split) > MOST_LISTED)}."
        )
    if average.assumed_cis:
        notes.append("Unmarked double bonds in rings of 8 to 11 atoms are taken as cis.")
    if any(is_metal(atom) and atom.GetDegree() > 3 for atom in atoms):
        notes.append("How the ligands stand around a metal (cis, trans, fac, mer) is not considered.")
    if any(atom.GetNumRadicalElectrons() for atom in atoms):
        notes.append("Unpaired electrons broaden or hide signals; they are counted as if there were none.")
    if any(atom.GetIsotope() for atom in atoms):
        notes.append("Isotope labels tell atoms apart; a label of another nuclide is not observed.")
    return notes


def _drawn(parsed: ParsedMolecule, signals: list[Signal]) -> tuple[tuple[Svg, ...], tuple[str, ...]]:
    """The structure with the letters of the signals at their atoms, and a colour for each set of letters."""
    letters: dict[int, list[str]] = {}
    for signal in signals:
        for at in signal.carriers:
            letters.setdefault(at, []).append(signal.letter)
    marked = Chem.Mol(parsed.mol)
    for at, here in letters.items():
        marked.GetAtomWithIdx(at).SetProp("atomNote", ",".join(here))
    shades = {
        text: HIGHLIGHTS[number % len(HIGHLIGHTS)]
        for number, text in enumerate(dict.fromkeys(",".join(one) for one in letters.values()))
    }
    highlight = {at: shades[",".join(here)] for at, here in letters.items()}
    legend = tuple(shades) if len(shades) <= len(HIGHLIGHTS) else ()
    return drawn_if_legible(replace(parsed, mol=marked), highlight=highlight, caption=parsed.label, legend=legend)


def _summary(parsed: ParsedMolecule, observed: Nucleus, method: Method, counted: Counted, signals: list[Signal]) -> str:
    if len(counted.counts) > 1:
        examples = {len(sets): mol for mol, sets in counted.isomers}
        cases = ", ".join(
            f"{count} for {Chem.CanonSmiles(Chem.MolToSmiles(examples[count]))}" for count in counted.counts
        )
        return f"The number of {observed} signals of {parsed.label} depends on stereo elements that are not marked: {cases}."
    number = counted.counts[0]
    if not number:
        return f"{parsed.label} has no {observed} and gives no signal of it."
    how = ", by constitution alone" if method == "topological" else ""
    text = f"{parsed.label} has {number} distinct {observed} signal{'s' * (number != 1)}{how}"
    if number <= MOST_LISTED:
        text += ": " + ", ".join(f"{one.kind} ({len(one.atoms)}{observed.symbol})" for one in signals)
    divisor = math.gcd(*(len(one.atoms) for one in signals))
    areas = " : ".join(str(len(one.atoms) // divisor) for one in signals)
    if 1 < number <= MOST_LISTED and observed.symbol == "H":
        text += f"; relative areas {areas}"
    exchangeable = sum(one.exchangeable for one in signals)
    if exchangeable:
        text += f"; {exchangeable} of the signals {'is' if exchangeable == 1 else 'are'} exchangeable"
    return text + "."


def _listed(counts: list[int]) -> str:
    return " or ".join(map(str, counts))


_ACID = Chem.MolFromSmarts("[OX2H1][CX3]=[OX1]")
