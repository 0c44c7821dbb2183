"""The strict parser of molecules: any notation in, one sanitized molecule out, or one sentence that says what is wrong.

RDKit alone takes an empty text for a molecule of mass 0, ``CC\\nO`` for ethane and ``CCO and more words`` for ethanol.
Here a text is capped, cleared of look-alikes, recognised (``tools.inputs.notations``), read by the grammar
(``tools.inputs.smiles_errors``) and only then given to RDKit; whatever was changed or assumed is in ``notes``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.inputs import notations
from tools.inputs.inchis import is_inchi, read_inchi
from tools.inputs.molfiles import read_molfile
from tools.inputs.name_checks import as_ions
from tools.inputs.names import LONGEST_NAME, NamedStructure, look_up_name
from tools.inputs.sanitizing import MERGED_HYDROGENS, sanitized
from tools.inputs.smiles_errors import SmilesReading, refuse_problems
from tools.inputs.unreadable import is_smiles, number_error, other_kind, trailing_text

LONGEST_TEXT = 10_000
LONGEST_MOLFILE = 200_000  # 1,000 atoms and their bonds in a V2000 block
LONGEST_LABEL = 60
_LABEL = re.compile(
    r"(?:(?:canonical |isomeric )?SMILES|InChI|InChIKey|SELFIES|(?:IUPAC )?name)\s*:\s*(?=\S)", re.IGNORECASE
)
_SHORT_NAME = re.compile(r"[A-Za-z\d]{2,8}|[A-Za-z\d]{1,8}\^?\{?\d?[+-]+\}?")  # CO2, Cl-, SO4^2-
FORMULA_MARK = "<formula>"  # stands in a note until the molecule is sanitized
_EXAMPLES = "give a SMILES such as CCO, an InChI, a CAS number such as 64-17-5, or a name"


@dataclass(frozen=True)
class ParsedMolecule:
    """A molecule and how it was read.

    ``mol`` is sanitized, ``smiles`` its canonical isomeric SMILES, ``text`` what was given, ``notation`` one of
    "smiles", "inchi", "selfies", "molfile", "cas", "name". ``label`` is what a sentence calls it (name, capitalised,
    or the text); ``notes`` says in words everything that was changed or assumed. ``cas`` is the CAS number of the compound
    whose name or number was given, empty for a structure and for a name that came from no table.
    """

    mol: Chem.Mol
    smiles: str
    text: str
    notation: str
    label: str
    notes: tuple[str, ...]
    cas: str = ""


def parse_molecule(text: str, where: str = "molecule", *, dummies: bool = False) -> ParsedMolecule:
    """Read one molecule in any notation; ``dummies`` allows ``*`` atoms, which have no mass.

    Raises ``ToolInputError`` for everything that is not exactly one molecule of at most 1,000 heavy atoms.
    """
    if not isinstance(text, str):
        raise ToolInputError(f"{shown(text)} is not text", where, _EXAMPLES)
    if not text.strip():
        raise ToolInputError("The molecule is empty", where, _EXAMPLES)
    molfile = notations.is_molfile(text[:LONGEST_MOLFILE])
    longest = LONGEST_MOLFILE if molfile else LONGEST_TEXT
    if len(text) > longest:
        raise ToolInputError(
            f"{shown(text)} has {len(text):,} characters; at most {longest:,} are read",
            where,
            "give a smaller molecule",
        )
    if molfile:
        mol, notes = read_molfile(text, where)
        return _finished(mol, text, "molfile", "the molecule in the molfile", notes, where, dummies)
    text_in_words = notations.spell_greek(text)
    notations.refuse_odd_characters(text_in_words, where)
    bare, notes = _unwrapped(text_in_words)
    if dummies:
        bare, r_groups = notations.written_r_groups(bare)
        notes += r_groups
    if not bare:
        raise ToolInputError(f"{shown(text)} holds no molecule", where, _EXAMPLES)
    shift = max(text_in_words.find(bare), 0)
    parsed = _recognised(bare, where, shift, dummies)
    return replace(parsed, text=text, notes=notes + parsed.notes)


def parse_molecules(value: str | list[str], where: str = "molecules", most: int = 60) -> list[ParsedMolecule]:
    """Read one molecule or a list of at most ``most``, also as one text with commas; raises ``ToolInputError`` naming the item
    that is wrong.
    """
    if isinstance(value, str):
        return _one_or_listed(value, where, most)
    if not value:
        raise ToolInputError("The list of molecules is empty", where, "give at least one molecule")
    if len(value) > most:
        raise ToolInputError(
            f"{len(value)} molecules were given; at most {most} are taken", where, "give fewer at a time"
        )
    return [parse_molecule(text, f"{where}, item {number}") for number, text in enumerate(value, 1)]


def _one_or_listed(text: str, where: str, most: int) -> list[ParsedMolecule]:
    """One molecule, or several with commas or semicolons between them where the whole text is none but each part is one."""
    try:
        return [parse_molecule(text, where)]
    except ToolInputError:
        between = r",\s+|\s*;\s*" if re.search(r",\s|;", text) else ","  # a comma alone may be inside a name
        parts = re.split(between, text.strip()) if len(text) <= LONGEST_TEXT else []
        if not 1 < len(parts) <= most or re.search(r"[\r\n]", text):
            raise
        try:
            first, *others = (parse_molecule(part, where) for part in parts)
        except ToolInputError:
            first = None
        if first is None:
            raise
    note = f"The text {shown(text)} was read as a list of {len(parts)} molecules."
    return [replace(first, notes=(note, *first.notes)), *others]


def _unwrapped(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without outer blanks, quotes, backticks and a label such as ``SMILES:``, and notes of what went."""
    bare, notes = text.strip(), []
    quoted = re.fullmatch(r"(```|`|\"|')(.*)\1", bare, re.DOTALL)
    if quoted and quoted[2].strip():
        bare = quoted[2].strip()
        notes.append(f"The quotation marks around {shown(bare)} were removed.")
    if label := _LABEL.match(bare):
        bare = bare[label.end() :]
        notes.append(f"The label {shown(label[0].strip())} was removed.")
    return bare, tuple(notes)


def _recognised(text: str, where: str, shift: int, dummies: bool) -> ParsedMolecule:
    """Send the text to the reader of its notation; names are tried where it cannot be a SMILES."""
    at = f"{where}, character "
    if cas := notations.cas_number(text):
        return _by_cas(cas, text, where)
    if is_inchi(text):
        mol, notes = read_inchi(text, where, shift)
        return _finished(mol, text, "inchi", "the compound of this InChI", notes, where, dummies)
    if notations.is_inchikey(text):
        raise ToolInputError(
            f"{shown(text)} is an InChIKey, a hash that cannot be turned back into a structure",
            where,
            "give the SMILES, InChI or name of the compound",
        )
    if broken := re.search(r"[\r\n\t]", text):
        raise ToolInputError(
            f"{shown(text)} continues after a line break or tab",
            f"{at}{broken.start() + 1 + shift}",
            "give one molecule on one line, or several as a list",
        )
    if (arrow := notations.reaction_arrow(text)) >= 0:
        raise ToolInputError(
            f"{shown(text)} is a reaction, not a molecule",
            f"{at}{arrow + 1 + shift}",
            "give one of its molecules",
        )
    if notations.is_selfies(text):
        return _from_selfies(text, where, dummies)
    if error := number_error(text, where):
        raise error
    if notations.may_be_name(text) and (named := _by_name(text, where)):
        return named
    if " " in text:
        raise trailing_text(text, where, shift)
    is_word = notations.may_be_name(text) and notations.has_word(text)  # fused names hold colons in brackets, too
    if not is_word and (sign := notations.smarts_sign(text)):
        raise ToolInputError(
            f"{shown(text)} is a SMARTS pattern ({sign[1]}), which stands for many molecules",
            f"{at}{sign[0] + 1 + shift}",
            "give one molecule as SMILES",
        )
    return _from_smiles(text, where, shift, dummies)


def _from_smiles(smiles: str, where: str, shift: int, dummies: bool, *, given: bool = True) -> ParsedMolecule:
    """``given``: the person wrote this SMILES, which could have been meant as a formula; a table's could not."""
    try:
        reading = SmilesReading(smiles, where, shift)
    except ToolInputError as complaint:
        if _SHORT_NAME.fullmatch(smiles) and (named := _by_name(smiles, where)):
            return named  # such as CO2 or D2O, which are short or of SMILES letters alone
        raise other_kind(smiles, where) or complaint from None
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles, sanitize=False)
        if mol is None:
            raise other_kind(smiles, where) or reading.refuse("cannot be read by RDKit", 0, "check its spelling")
        refuse_problems(mol, reading)
    notes: list[str] = []
    elements = notations.formula_elements(smiles) if given else []
    if 1 < len(elements) <= 4 and len({symbol for symbol, _ in elements}) == len(elements):
        notes.append(
            f"'{smiles}' was read as a SMILES with implied hydrogens ({FORMULA_MARK}), not as the formula {smiles}."
        )
    label = smiles if len(smiles) <= LONGEST_LABEL else smiles[: LONGEST_LABEL - 1] + "…"
    return _finished(mol, smiles, "smiles", label, tuple(notes), where, dummies, reading)


def _finished(
    mol: Chem.Mol,
    text: str,
    notation: str,
    label: str,
    notes: tuple[str, ...],
    where: str,
    dummies: bool,
    reading: SmilesReading | None = None,
) -> ParsedMolecule:
    clean, found = sanitized(mol, text, where, dummies=dummies, reading=reading)
    said = tuple(note.replace(FORMULA_MARK, CalcMolFormula(clean)) for note in notes)
    if notation == "inchi":  # its reader makes the hydrogens, the person wrote none
        found = tuple(note for note in found if note != MERGED_HYDROGENS)
    return ParsedMolecule(clean, Chem.MolToSmiles(clean), text, notation, label, (*said, *found))


def _from_selfies(text: str, where: str, dummies: bool) -> ParsedMolecule:
    import selfies  # a second of import that only SELFIES need

    try:
        smiles = selfies.decoder(text)
    except selfies.DecoderError:
        smiles = ""
    if not smiles:
        raise ToolInputError(
            f"{shown(text)} is not a valid SELFIES", where, "check its bracketed symbols, or give a SMILES"
        )
    parsed = _from_smiles(smiles, where, 0, dummies, given=False)
    note = f"Read as SELFIES and converted to the SMILES {shown(smiles)}."
    label = text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"
    return replace(parsed, text=text, notation="selfies", label=label, notes=(note, *parsed.notes))


def _by_cas(cas: str, text: str, where: str) -> ParsedMolecule:
    digit = notations.cas_check_digit(cas)
    if int(cas[-1]) != digit:
        raise ToolInputError(
            f"{shown(text)} is not a valid CAS number: its check digit is {cas[-1]}, which should be {digit}",
            f"{where}, last digit",
            "compare it with its source",
        )
    found = look_up_name(cas)
    if not found:
        raise ToolInputError(
            f"The CAS number {shown(cas)} is in none of the tables here", where, "give the compound's name or SMILES"
        )
    return _of_named(found, text, "cas", where)


def _by_name(text: str, where: str) -> ParsedMolecule | None:
    """The compound that bears this name, or None; refuses a name that several compounds bear."""
    words = text.split()
    systematic = len(words) < 2 or not is_smiles(words[0])
    found = look_up_name(text, systematic=systematic) if len(text) <= LONGEST_NAME else []
    return _of_named(found, text, "name", where) if found else None


def _of_named(found: list[NamedStructure], text: str, notation: str, where: str) -> ParsedMolecule:
    bearers = [entry for entry in found if entry.principal] or found
    parsed: dict[str, tuple[NamedStructure, ParsedMolecule]] = {}
    for entry in bearers:
        one = _from_smiles(entry.smiles, where, 0, False, given=False)
        parsed.setdefault(as_ions(one.mol), (entry, one))
    if len(parsed) > 1:
        listed = ", ".join(f"{entry.name} ({entry.cas or entry.smiles})" for entry, _ in list(parsed.values())[:6])
        raise ToolInputError(
            f"{shown(text)} is the name of {len(parsed)} different compounds: {listed}",
            where,
            "give one of these names, a CAS number, or the SMILES",
        )
    entry, one = next(iter(parsed.values()))
    called = text if notation == "name" else entry.name
    number = f" (CAS {entry.cas})" if entry.cas else ""
    same = called.lower() == entry.name.lower()
    subject = f"{called}{number}" if same else f"{called}, which is {entry.name}{number},"
    notes = [f"The structure of {subject} is from {entry.source}."]
    if entry.note and not re.match(r"[LDRS]-|\(", called, re.IGNORECASE):
        notes.append(entry.note)
    if others := {other.name for other in found} - {entry.name}:
        notes.append(f"The tables list the name as a synonym of {', '.join(sorted(others)[:4])} too.")
    if unset := _unset_centres(one.mol):
        notes.append(f"The source leaves {unset} possible stereo element{'s' * (unset > 1)} unassigned.")
    locant = re.match(r"[a-z]-(?=[a-z])", called)  # n-butyllithium is no N-butyllithium
    first = locant.end() if locant else 0
    label = called[:first] + called[first : first + 1].upper() + called[first + 1 :]
    if not entry.principal:  # a synonym may be anything: the tables know "wood" as methanol
        label += f" ({entry.name})"
    return replace(one, text=text, notation=notation, label=label, notes=(*notes, *one.notes), cas=entry.cas)


def _unset_centres(mol: Chem.Mol) -> int:
    with rdBase.BlockLogs():
        found = Chem.FindPotentialStereo(Chem.Mol(mol))
    unset = [element for element in found if element.specified == Chem.StereoSpecified.Unspecified]
    atoms = [element for element in unset if element.type == Chem.StereoType.Atom_Tetrahedral]
    bonds = [element for element in unset if element.type == Chem.StereoType.Bond_Double]
    phosphorus = sum(mol.GetAtomWithIdx(element.centeredOn).GetSymbol() == "P" for element in atoms)
    return len(atoms) + len(bonds) - phosphorus  # P(=O)(OH) of a phosphate is no stable centre: its protons move
