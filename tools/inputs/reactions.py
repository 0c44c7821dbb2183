"""The strict reader of reactions: reaction SMILES, or an equation of names such as ``ethanol -> ethene + water``.

RDKit alone reads ``CCO>>CC=O words`` without a complaint and takes empty sides. Here the text is split at its one
arrow, and every molecule goes through ``parse_molecule``, so that a mistake is named with the molecule it is in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rdkit import Chem

from errors import ToolInputError, shown
from tools.inputs import notations
from tools.inputs.graph import atoms_of
from tools.inputs.molecules import LONGEST_TEXT, ParsedMolecule, parse_molecule
from tools.inputs.unreadable import is_smiles

MOST_MOLECULES = 60
LARGEST_COEFFICIENT = 1_000
_EXAMPLES = "write reactants>>products, as in CCO>>CC=O, or an equation of names, as in ethanol -> ethene + water"
_WORD_ARROW = re.compile(r"(?<=\s)(?:-{1,3}>|={1,2}>|<=>|=)(?=\s)|[→⟶⟹⇒⇌⇄]")
_EQUILIBRIUM = ("<=>", "⇌", "⇄", "=")
_PLUS = re.compile(r"\s\+\s")
_COEFFICIENT = re.compile(r"(\d+)(?:\s*[*×·]\s*|\s+)(\S.*)", re.DOTALL)
_FRACTION = re.compile(r"(?:\d+/\d+|\d*\.\d+|½|¼|⅓)\s*[A-Za-z\[]")
_STATE = re.compile(r"\s*\((?:s|l|g|aq)\)$")
_LABEL = re.compile(r"(?:reaction(?: SMILES)?|rxn)\s*:\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class ParsedReaction:
    """A reaction as it was written: molecules in their order, with a coefficient for each reactant and product.

    ``agents`` are what stands between the two arrows of a reaction SMILES; ``notes`` says what was assumed, each
    molecule's own notes included.
    """

    text: str
    reactants: tuple[ParsedMolecule, ...]
    agents: tuple[ParsedMolecule, ...]
    products: tuple[ParsedMolecule, ...]
    reactant_counts: tuple[int, ...]
    product_counts: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def smiles(self) -> str:
        """The reaction SMILES of canonical SMILES, a molecule with the coefficient 2 written twice."""
        left = [
            one.smiles for one, count in zip(self.reactants, self.reactant_counts, strict=True) for _ in range(count)
        ]
        right = [
            one.smiles for one, count in zip(self.products, self.product_counts, strict=True) for _ in range(count)
        ]
        return ">".join((".".join(left), ".".join(agent.smiles for agent in self.agents), ".".join(right)))


def parse_reaction(text: str, where: str = "reaction", dummies: bool = False) -> ParsedReaction:
    """Read one reaction of at most 60 molecules; ``dummies`` allows ``*`` atoms.

    Raises ``ToolInputError`` where there is not exactly one arrow, for an empty side, for a SMARTS, for a coefficient
    that is no whole number, and for whatever is wrong with one of the molecules.
    """
    if not isinstance(text, str):
        raise ToolInputError(f"{shown(text)} is not text", where, _EXAMPLES)
    bare, notes = _unwrapped(text)
    if not bare:
        raise ToolInputError("The reaction is empty", where, _EXAMPLES)
    if len(text) > LONGEST_TEXT:
        raise ToolInputError(
            f"{shown(text)} has {len(text):,} characters; at most {LONGEST_TEXT:,} are read",
            where,
            "give one step at a time",
        )
    sides, in_words, note = _split_at_the_arrow(bare, where)
    if note:
        notes.append(note)
    if not in_words and (sign := notations.smarts_sign(bare.replace("->", "--").replace(">", "."))):
        raise ToolInputError(
            f"{shown(text)} is a reaction SMARTS ({sign[1]}), which stands for many reactions",
            where,
            "give molecules as SMILES, or use apply_reaction to apply a SMARTS to molecules",
        )
    for side, kind in zip((sides[0], sides[2]), ("reactants", "products"), strict=True):
        if not side.strip():
            raise ToolInputError(f"{shown(text)} has no {kind}", where, _EXAMPLES)
    written = [_written(side, in_words) if side.strip() else [] for side in sides]
    if (total := sum(map(len, written))) > MOST_MOLECULES:
        raise ToolInputError(
            f"{shown(text)} has {total} molecules; at most {MOST_MOLECULES} are taken", where, "give one step at a time"
        )
    read = [
        [
            _molecule(part, f"{where}, {kind} {number}", dummies, in_words or bool(_PLUS.search(side)))
            for number, part in enumerate(parts, 1)
        ]
        for parts, kind, side in zip(written, ("reactant", "agent", "product"), sides, strict=True)
    ]
    molecules = [one for side in read for one, _ in side]
    _refuse_mixed_formulas(molecules, where)
    for molecules_of_side, kind in zip(read, ("Reactant", "Agent", "Product"), strict=True):
        notes += [
            f"{kind} {number} ({one.label}): {note}"
            for number, (one, _) in enumerate(molecules_of_side, 1)
            for note in one.notes
        ]
    return ParsedReaction(
        text=text,
        reactants=tuple(one for one, _ in read[0]),
        agents=tuple(one for one, _ in read[1]),
        products=tuple(one for one, _ in read[2]),
        reactant_counts=tuple(count for _, count in read[0]),
        product_counts=tuple(count for _, count in read[2]),
        notes=tuple(dict.fromkeys(notes)),
    )


def _unwrapped(text: str) -> tuple[str, list[str]]:
    """The text without outer blanks, quotation marks and a label such as ``reaction:``, and notes of what went."""
    bare, notes = text.strip(), []
    quoted = re.fullmatch(r"(```|`|\"|')(.*)\1", bare, re.DOTALL)
    if quoted and quoted[2].strip():
        bare = quoted[2].strip()
        notes.append(f"The quotation marks around {shown(bare)} were removed.")
    if label := _LABEL.match(bare):
        bare = bare[label.end() :]
        notes.append(f"The label {shown(label[0].strip())} was removed.")
    return bare, notes


def _split_at_the_arrow(text: str, where: str) -> tuple[tuple[str, str, str], bool, str]:
    """Reactants, agents and products; whether it is an equation in words; and a note on how the arrow was read."""
    words = list(_WORD_ARROW.finditer(text))
    without = _WORD_ARROW.sub(" ", text)
    signs = [found.start() for found in re.finditer(r"(?<!-)>", text)] if not words else []
    dative = [found.span() for found in re.finditer("->", text)] if not words else []
    if re.search(r"\s<-+>\s|↔", text):
        raise ToolInputError(
            f"{shown(text)} has a resonance arrow, which is no reaction", where, "write -> or >> for a reaction"
        )
    if len(words) == 1 and not re.search(r"(?<!-)>", without):
        arrow = words[0]
        note = ""
        if arrow[0] in _EQUILIBRIUM:
            note = f"'{arrow[0]}' was read as an arrow from left to right."
        return (text[: arrow.start()], "", text[arrow.end() :]), True, note
    if not words and len(signs) == 2:
        return (text[: signs[0]], text[signs[0] + 1 : signs[1]], text[signs[1] + 1 :]), False, ""
    if not words and not signs and len(dative) == 1:
        (start, end) = dative[0]
        if _is_molecule(text):
            raise ToolInputError(
                f"{shown(text)} is a molecule with the dative bond '->'", f"{where}, character {start + 1}",
                "put a blank on each side of '->' if it is the arrow of a reaction, or write >>",
            )  # fmt: skip
        return (text[:start], "", text[end:]), True, "'->' was read as the arrow of the reaction, not as a dative bond."
    if len(words) + (len(signs) + 1) // 2 + len(dative) > 1 or (re.search(r"(?<!-)>", without) and words):
        raise ToolInputError(f"{shown(text)} has more than one arrow", where, "give one step at a time")
    if len(signs) == 1:
        raise ToolInputError(
            f"{shown(text)} has one '>', and a reaction SMILES has two", f"{where}, character {signs[0] + 1}", _EXAMPLES
        )
    raise ToolInputError(f"{shown(text)} has no reaction arrow", where, _EXAMPLES)


def _is_molecule(text: str) -> bool:
    try:
        parse_molecule(text)
    except ToolInputError:
        return False
    return True


def _written(side: str, in_words: bool) -> list[str]:
    """The texts of the molecules of one side: between " + ", else, in a SMILES, between dots."""
    if in_words or _PLUS.search(side):
        return [part.strip() for part in _PLUS.split(f" {side} ")]
    parts = side.strip().split(".")
    molecules: list[str] = []
    while parts:
        taken = 1
        if len(parts) > 1 and not is_smiles(parts[0]):  # a ring bond may close behind the dot: C1.C1 is ethane
            taken = next((n for n in range(2, len(parts) + 1) if is_smiles(".".join(parts[:n]))), 1)
        molecules.append(".".join(parts[:taken]).strip())
        parts = parts[taken:]
    return molecules


def _molecule(text: str, where: str, dummies: bool, in_words: bool) -> tuple[ParsedMolecule, int]:
    if not text:
        between = "two plus signs" if in_words else "two dots"
        raise ToolInputError(f"There is no molecule between {between}", where, "give a molecule there, or remove it")
    count, bare = _coefficient(text, where)
    bare = _STATE.sub("", bare)
    try:
        return parse_molecule(bare, where, dummies=dummies), count
    except ToolInputError as complaint:
        if in_words and notations.formula_elements(bare):
            raise ToolInputError(
                f"{shown(bare)} is a formula of which no structure is known here", where,
                "give the compound's name or SMILES, or use balance_reaction for an equation of formulas",
            ) from None  # fmt: skip
        if in_words and "+" in bare.strip("+") and not is_smiles(bare):
            raise ToolInputError(complaint.what, where, "put a blank on each side of the plus sign") from None
        raise


def _coefficient(text: str, where: str) -> tuple[int, str]:
    """The whole number before a molecule, and the molecule: "2 H2", "2H2O"; 1 where none is written."""
    if _FRACTION.match(text):
        raise ToolInputError(
            f"{shown(text)} has a coefficient that is no whole number",
            where,
            "multiply the equation until all are whole",
        )
    found = _COEFFICIENT.fullmatch(text)
    if not found:
        found = re.fullmatch(r"(\d+)([A-Z\[(].*)", text, re.DOTALL)  # 2H2O, but not the name 2H-pyran
        if not found or not (notations.formula_elements(found[2]) or is_smiles(found[2])):
            return 1, text
    count = int(found[1][:9])
    if not 1 <= count <= LARGEST_COEFFICIENT:
        raise ToolInputError(
            f"{shown(text)} has the coefficient {count:,}", where, f"give one from 1 to {LARGEST_COEFFICIENT:,}"
        )
    return count, found[2].strip()


def _refuse_mixed_formulas(molecules: list[ParsedMolecule], where: str) -> None:
    """Raise where formulas stand beside a text that is a SMILES and a formula of two compounds: ``CO + 2 H2``."""
    formulas = [one for one in molecules if one.notation == "name" and notations.formula_elements(one.text)]
    if not formulas:
        return
    for one in molecules:
        elements = [symbol for symbol, _ in notations.formula_elements(one.text)] if one.notation == "smiles" else []
        if elements and len(set(elements)) == len(elements):
            raise ToolInputError(
                f"{shown(one.text)} stands beside the formula {shown(formulas[0].text)} but is also the SMILES of "
                "another compound",
                where,
                "write its name, or its SMILES with brackets such as [C-]#[O+], or use balance_reaction for formulas",
            )


def without_maps(parsed: ParsedMolecule) -> ParsedMolecule:
    """The same molecule without atom map numbers, to be compared and drawn."""
    if not any(atom.GetAtomMapNum() for atom in atoms_of(parsed.mol)):
        return parsed
    mol = Chem.Mol(parsed.mol)
    for atom in mol.GetAtoms():
        atom.SetAtomMapNum(0)
    mol = Chem.RemoveHs(mol)
    Chem.AssignStereochemistry(
        mol, cleanIt=True, force=True
    )  # a centre whose groups differ in their maps alone is none
    smiles = Chem.MolToSmiles(mol)
    return replace(parsed, mol=mol, smiles=smiles, label=smiles if parsed.notation == "smiles" else parsed.label)
