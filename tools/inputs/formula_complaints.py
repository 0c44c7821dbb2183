"""What a text is that is no formula, and what to write instead: wrong case, abbreviations, SMILES, reactions, names."""

from __future__ import annotations

import re
from functools import lru_cache

from errors import ToolInputError, shown
from tools.inputs import notations
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.formula_writing import PlainText

#: Abbreviated groups that are no element (or only by chance), and what to write for them.
_ABBREVIATIONS = {
    "Bu": "C4H9 for butyl", "Boc": "C5H9O2 for tert-butoxycarbonyl", "Bn": "C7H7 for benzyl", "Bz": "C7H5O for benzoyl",
    "Cbz": "C8H7O2 for benzyloxycarbonyl", "Fmoc": "C15H11O2 for Fmoc", "Cy": "C6H11 for cyclohexyl",
    "Tf": "CF3SO2 for triflyl", "TMS": "C3H9Si for trimethylsilyl", "TBS": "C6H15Si for tert-butyldimethylsilyl",
    "Ms": "CH3SO2 for mesyl", "Tr": "C19H15 for trityl", "Vi": "C2H3 for vinyl", "Py": "C5H5N for pyridine",
    "THF": "C4H8O for THF", "DMF": "C3H7NO for DMF", "DMSO": "C2H6OS for DMSO", "EDTA": "C10H16N2O8 for EDTA",
    "Gly": "C2H5NO2 for glycine", "Ala": "C3H7NO2 for alanine", "bpy": "C10H8N2 for bipyridine",
    "phen": "C12H8N2 for phenanthroline", "acac": "C5H7O2 for acetylacetonate", "Cp": "C5H5 for cyclopentadienyl",
    "dppe": "C26H24P2 for dppe", "Mes": "C9H11 for mesityl", "Tol": "C7H7 for tolyl", "Hex": "C6H13 for hexyl",
    "Oct": "C8H17 for octyl", "en": "C2H8N2 for ethylenediamine", "py": "C5H5N for pyridine", "ox": "C2O4 for oxalate",
    "Ln": "one lanthanide, such as La",
}  # fmt: skip
#: Letters of general formulas: any group, any metal, any halogen.
_VARIABLES = {"R": "a group", "X": "a halogen", "M": "a metal", "A": "an element", "Q": "an element", "L": "a ligand",
              "Z": "an element", "E": "an element"}  # fmt: skip
#: Groups whose abbreviation is also an element: the compounds in which the element is meant anyway.
_ELEMENT_OR_GROUP = (
    ("Ac", "actinium", "acetyl", "C2H3O", re.compile(r"Ac|Ac2(?:O3|S3)|Ac(?:F|Cl|Br|I|H|\(NO3\)|\(OH\))3|AcPO4|AcO[FCB][lr]?")),
    ("Pr", "praseodymium", "propyl", "C3H7",
     re.compile(r"(?!.*(?:[in]Pr|OPr|Pr(?:OH|NH|Mg|Li|CN|CHO|CO[^3l]|SH|S?O?$)|Pr(?:Br|Cl|I|F)$|Pr2(?:O|NH)$)).*")),
    ("Ts", "tennessine", "tosyl", "C7H7SO2", re.compile(r"Ts")),
    ("Ar", "argon", "aryl", "C6H5", re.compile(r"(?!.*Ar(?:OH|NH|Br|Cl|I|CO|CHO|CN|Li|Mg|S|NO|CH)).*")),
)  # fmt: skip
#: Symbols that are far more often two elements in the wrong case; those made an atom at a time are meant only alone.
_MISTYPED = frozenset(("No", "Nh", "Cn", "Hs", "Po", "Co", "Cs", "Hf", "Ho", "Os", "Sc", "Sn", "Np"))
#: H20, Fe203, MgSO4.7H20: nobody counts so many atoms of one element beside a single other one.
_DIGIT_ZERO = re.compile(r"(?:^|[·.]\d*)(H202?|D20)(?![\dH])|^[A-Z][a-z]?(20[1-7])$")
#: T in capitals without any count: TNT, DDT, BHT. Tritium in words stands with hydrogen, oxygen or lithium: HTO.
_WITH_T = re.compile(r"(?=[A-Z]*T)(?![HDT]*O[HDT]*$)(?![ACGTU]+$)[A-Z]{3,}")
_SYNTHETIC = re.compile(r"(?:No|Nh|Cn|Hs)(?![a-z])")
_SYNTHETIC_MEANT = re.compile(r"(?:No|Nh|Cn|Hs)(?:\^.*)?|No[23]?\^?\{?[23]?\+\}?|No(?:F|Cl|Br|I)[23]|HsO4")
_CARBONATE = re.compile(r"(?:(?:H|Li|Na|K|Rb|Cs|Mg|Ca|Sr|Ba|NH4|\(NH4\))\d?)+(?:\()?(?:Co3|Po4|Po3)(?!\d).*")
_CAPITALS = re.compile(r"(CU|NI|SI|SN|PB)(?=[A-Z])[A-Z\d]+")
_BARE_SMILES = re.compile(r"(?:Cl|Br|[BCNOPSFI]|\[\d*[A-Z][a-z]?\]|[()\d])+")
_COMMON = frozenset(
    (
        "H",
        "C",
        "N",
        "O",
        "F",
        "Na",
        "Mg",
        "Al",
        "Si",
        "P",
        "S",
        "Cl",
        "K",
        "Ca",
        "Cr",
        "Mn",
        "Fe",
        "Ni",
        "Cu",
        "Zn",
        "Br",
        "Ag",
        "I",
        "Ba",
        "Li",
        "B",
        "Ti",
        "Hg",
        "Pb",
        "Sn",
        "Pt",
        "Au",
        "As",
        "Se",
        "Sr",
        "Cd",
        "V",
        "Bi",
    )
)
_MARKS = {
    "^": "a charge at the end has a sign, as in SO4^2-, and a count is a plain number, as in CO2",
    "_": "write a subscript as a plain number, as in H2O",
}


def refuse_other_kinds(plain: PlainText, given: str, where: str) -> None:
    """Raise ``ToolInputError`` for a reaction, a mixture, an InChI, a CAS number, a SMILES, a name or a general formula."""
    text = plain.text
    if text == "NaN":
        raise ToolInputError(
            "'NaN' is what programs write for a missing number", where, "give a formula; sodium and nitrogen are NNa"
        )
    if notations.is_selfies(text):
        raise ToolInputError(f"{shown(given)} is a SELFIES, not a formula", where, "give the formula itself")
    if found := re.search(r"->|>>|<=>|=>|→|⇌", text):
        raise ToolInputError(
            f"{shown(given)} is a reaction, not a formula", f"{where}, character {plain.place(found.start())}",
            "give one formula, or balance it with balance_reaction",
        )  # fmt: skip
    if found := re.search(r"\[\s*\d?M\s*[+-]", text):
        raise ToolInputError(
            f"{shown(given)} is an adduct of an unnamed molecule", f"{where}, character {plain.place(found.start())}",
            "give the formula of the molecule; isotope_pattern has an argument 'adduct'",
        )  # fmt: skip
    if found := re.search(r"\s\+\s|[A-Za-z\d)\]]\+\s*\d*(?=[A-Z])", text):
        raise ToolInputError(
            f"{shown(given)} has a '+' inside", f"{where}, character {plain.place(text.find('+'))}",
            "give one formula, with its whole charge at the end, as in NH4^+",
        )  # fmt: skip
    if text.lower().startswith("inchi"):
        raise ToolInputError(
            f"{shown(given)} is an InChI, not a formula", where, "give the formula alone, such as C2H6O"
        )
    if notations.cas_number(text):
        raise ToolInputError(f"{shown(given)} is a CAS number, not a formula", where, "give a formula such as C2H6O")
    if re.search(r"[=#@\\/%~|<>&!?]", text) or (re.search(r"(?<![A-Z])[bcnops]\d", text) and _is_smiles(text)):
        _refuse_bonds(plain, given, where)
    if found := re.search(r"(?<=[A-Za-z)\]])[01]\.\d", text):
        raise fraction(plain, found.start(), "", given, where)
    if found := re.search(r"[,;:]", text):
        raise ToolInputError(
            f"{shown(given)} has a '{found[0]}', which no formula has", f"{where}, character {plain.place(found.start())}",
            "give one formula of whole numbers, such as CuSO4.5H2O",
        )  # fmt: skip
    if found := re.search(r"\((I{1,3}|IV|VI{0,3}|IX|X)\)", text):
        raise ToolInputError(
            f"{shown(given)} has the oxidation state {found[0]} in it",
            f"{where}, character {plain.place(found.start())}",
            "leave it out, or give the charge of an ion at its end, as in Fe^3+",
        )
    if re.search(r"[A-Z][a-z]?[xynm](?![a-z])|[)\]][xynm]\b", text) and not re.search(
        r"[a-z]{3}|[A-Z][ai]n|Mn|Zn|Sn|Rn|In|Cn|Fm|Cm|Tm|Am|Pm|Sm|Dy", text
    ):
        raise ToolInputError(f"{shown(given)} has an unknown number in it", where, "write every count as a number")
    _refuse_names(plain, given, where)
    if _CAPITALS.fullmatch(text):
        pair = text[:2]
        raise ToolInputError(
            f"{shown(given)} begins with {pair}, which is {_names(pair)} in capitals and may be meant as {pair.title()}",
            f"{where}, character {plain.place(0)}",
            f"write {pair.title()}{text[2:]} for {ELEMENT_NAMES[pair.title()]}, or {pair[0]}1{text[1:]} as it stands",
        )
    if _WITH_T.fullmatch(text):
        raise ToolInputError(
            f"{shown(given)} looks like an abbreviation; as a formula its T would be tritium",
            f"{where}, character {plain.place(text.find('T'))}",
            "give the molecular formula, or write [3H] for tritium",
        )
    _refuse_wrong_case(plain, given, where)
    _refuse_element_or_group(plain, given, where)
    if found := re.search(r"(?<=[A-Z\d)\]])-(?=[A-Z(\[])|(?<=[A-Z][a-z])-(?=[A-Z(\[])", text):
        raise ToolInputError(
            f"{shown(given)} has a '-' inside", f"{where}, character {plain.place(found.start())}",
            "leave bond dashes out, and write a charge at the end",
        )  # fmt: skip


def doubts(plain: PlainText) -> tuple[str, ...]:
    """Notes on a formula that was read as it stands, where something else is often meant."""
    found = re.fullmatch(r"([A-Z][a-z])(\d?)", plain.text)
    if found and found[1] in _MISTYPED:
        return (f"{found[1]} is {ELEMENT_NAMES[found[1]]}; {_names(found[1].upper())} would be {plain.text.upper()}.",)
    found = re.fullmatch(r"([A-Z][A-Z])(\d?)", plain.text)
    if found and found[1].title() in ELEMENT_NAMES:
        symbol = found[1].title()
        return (f"{found[1]} was read as {_names(found[1])}; {ELEMENT_NAMES[symbol]} is {symbol}.",)
    if re.search(r"CI(?![a-z])", plain.text):  # as scanned texts have NaCI
        return ("CI was read as carbon and iodine, with a capital I; chlorine is Cl, with a small l.",)
    return ()


def leading_number(given: str, digits: str, rest: str, place: str) -> ToolInputError:
    """For a number before a formula: a coefficient of an equation, or a mass number without brackets."""
    rest = rest.rstrip(")]}")
    if not re.match(r"[A-Z(\[]", rest):
        return ToolInputError(f"{shown(given)} holds no element", place, "give a formula such as C8H10N4O2 or SO4^2-")
    found = re.match(r"([A-Z][a-z]?)(.*)", rest)
    hint = f"give {rest[:60]} alone"
    if found and found[1] in ELEMENT_NAMES:
        hint += f", or write [{digits}{found[1]}]{found[2][:60]} if an isotope is meant"
    return ToolInputError(f"{shown(given)} begins with the number {digits}, which belongs to no formula", place, hint)


def odd_character(plain: PlainText, at: int, given: str, where: str) -> ToolInputError:
    """For a character where an element should begin."""
    character = plain.text[at]
    place = f"{where}, character {plain.place(at)}"
    if character.islower():
        return _no_element(plain, at, re.compile(r"[a-z]+").match(plain.text, at)[0], given, where)  # type: ignore[index]
    if character in "+-":
        return ToolInputError(
            f"{shown(given)} has a '{character}' inside", place, "write the charge at the end, as in SO4^2-"
        )
    hint = _MARKS.get(character, "give a formula such as C8H10N4O2 or SO4^2-")
    return ToolInputError(f"{shown(given)} has '{character}' where an element should stand", place, hint)


def unknown_symbol(plain: PlainText, at: int, symbol: str, given: str, where: str) -> ToolInputError:
    """For letters that are no element."""
    return _no_element(plain, at, symbol, given, where)


def zero(plain: PlainText, at: int, digits: str, given: str, where: str) -> ToolInputError:
    """For a count of zero, or one that begins with it: often the letter O mistyped."""
    instead = plain.text[:at] + "O" + digits[1:] + plain.text[at + len(digits) :]
    what = "counts zero atoms" if not digits.strip("0") else f"has the count {digits}, which begins with a zero"
    return ToolInputError(
        f"{shown(given)} {what}", f"{where}, character {plain.place(at)}",
        f"write {instead[:60]} with the letter O if oxygen is meant, or a count without the zero",
    )  # fmt: skip


def fraction(plain: PlainText, at: int, unit: str, given: str, where: str) -> ToolInputError:
    """For a count that is, or may be, a decimal fraction; ``unit`` is what the number would multiply after a dot."""
    number = re.match(r"\d+", plain.text[at + 1 :])
    hint = "multiply all counts until they are whole numbers, as in Fe19O20 for Fe0.95O or 2CaSO4.H2O"
    if unit and number and number[0].strip("0"):
        hint = f"write '·{number[0]}{unit}' if {number[0]} units of {unit} are meant, or {hint}"
    return ToolInputError(
        f"{shown(given)} seems to have a fractional count", f"{where}, character {plain.place(at)}", hint
    )


class FormulaOrSmiles(ToolInputError):
    """A text that could be a formula or a SMILES; an argument that is usually a structure may take it for one."""


def refuse_smiles(text: str, hill: str, given: str, where: str) -> None:
    """Raise ``FormulaOrSmiles`` for a text such as CCO or C1CC1 that is a SMILES with hydrogens and a formula without.

    Nobody repeats an element in a formula of so few atoms, or writes a count of 1.
    """
    symbols = re.findall(r"Cl|Br|[BCNOPSFI]", text)
    if not _BARE_SMILES.fullmatch(text) or (len(set(symbols)) == len(symbols) and not set(text) & set("1[")):
        return
    from rdkit import Chem, rdBase
    from rdkit.Chem.rdMolDescriptors import CalcMolFormula

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text)
    if mol is None and len(set(symbols)) < len(symbols) and re.search(r"(?<!\d)1(?!\d)", text):
        raise ToolInputError(
            f"{shown(given)} has a count of 1 and an element twice, as a SMILES with an open ring has",
            where,
            f"write {hill} if that formula is meant, or correct the SMILES",
        )
    if mol is not None and (formula := CalcMolFormula(mol, True, False)) != hill:
        raise FormulaOrSmiles(
            f"{shown(given)} could be the formula {hill} or the SMILES of {formula}", where,
            f"write {hill} or {formula}",
        )  # fmt: skip


def _no_element(plain: PlainText, at: int, letters: str, given: str, where: str) -> ToolInputError:
    place, rest = f"{where}, character {plain.place(at)}", plain.text[at:]
    what = f"{shown(given)} has {shown(letters)}, which is no element"
    others = cased(plain.text)
    if not (plain.text.isupper() and others):
        for group in sorted(_ABBREVIATIONS, key=len, reverse=True):
            if rest.startswith(group) or (group == "Bu" and re.match(r"(?:tert|sec|[tsin])-?Bu", rest)):
                what = f"{shown(given)} has '{group}', which is no element but an abbreviation"
                return ToolInputError(what, place, f"write {_ABBREVIATIONS[group]}")
    if others:
        return ToolInputError(what, place, f"symbols are case-sensitive: write {' or '.join(others)}")
    if re.fullmatch(r"[ACGTU]{3,}", plain.text):
        return ToolInputError(f"{shown(given)} looks like a DNA or RNA sequence", place, "use sequence_report for it")
    if letters in _VARIABLES:
        hint = f"if {letters} stands for {_VARIABLES[letters]}, write the atoms that are meant"
        return ToolInputError(what, place, hint)
    if plain.text == "e":
        return ToolInputError(what, place, "write e^- for an electron")
    return ToolInputError(what, place, "give element symbols in their usual case, such as C8H10N4O2")


def cased(text: str) -> list[str]:
    """At most two formulas of common elements that a text could be in the right case, the likelier first."""
    bare = re.sub(r"(?:\^.*|[+-]+)$", "", text)
    pieces = re.findall(r"[A-Za-z]+|[^A-Za-z]+", bare[:60])
    written = [("", 0.0)]
    for piece in pieces:
        options = _segmented(piece.lower()) if piece[0].isalpha() else ((piece, 0.0),)
        written = sorted(((a + b, c + d) for a, c in written for b, d in options), key=lambda one: one[1])[:6]
        if not written:
            return []
    symbols = [one for one, _ in written if one != bare]
    return [one + text[len(bare) :] for one in symbols[:2]]


@lru_cache(maxsize=256)
def _segmented(letters: str) -> tuple[tuple[str, float], ...]:
    """The ways to cut letters into common elements, with a cost that grows with their number."""
    if not letters:
        return (("", 0.0),)
    if len(letters) > 12:
        return ()
    found = []
    for size in (1, 2):
        symbol = letters[:size].title()
        if len(symbol) == size and (symbol in _COMMON or symbol == "Co"):
            cost = 2.1 if symbol == "Co" else 1.0 if size == 1 else 1.5
            found += [(symbol + rest, cost + more) for rest, more in _segmented(letters[size:])]
    return tuple(sorted(found, key=lambda one: one[1])[:6])


def _is_smiles(text: str) -> bool:
    from tools.inputs.unreadable import (
        is_smiles,
    )  # the tables of names come with it: only for texts that are no formula

    return is_smiles(text)


def _refuse_bonds(plain: PlainText, given: str, where: str) -> None:
    found = re.search(r"[=#@\\/%~|<>&!?]|[bcnops]\d", plain.text)
    place = f"{where}, character {plain.place(found.start() if found else 0)}"
    if _is_smiles(plain.text):
        raise ToolInputError(
            f"{shown(given)} is a SMILES, not a formula", place, "give the molecular formula, such as C2H6O"
        )
    raise ToolInputError(
        f"{shown(given)} has a '{found[0] if found else ''}', which no formula has", place,
        "leave bonds out, as in C2H4, or give whole numbers",
    )  # fmt: skip


def _refuse_names(plain: PlainText, given: str, where: str) -> None:
    words = re.findall(r"[A-Za-z]*[a-z]{3,}", plain.text)
    words = [word for word in words if word not in _ABBREVIATIONS and word[1:] not in _ABBREVIATIONS]
    if not words:
        return
    if re.fullmatch(r"[A-Za-z\d]{2,12}", plain.text) and (others := cased(plain.text)) and len(others[0]) <= 8:
        raise ToolInputError(
            f"{shown(given)} is no formula in this case",
            where,
            f"symbols are case-sensitive: write {' or '.join(others)}",
        )
    raise ToolInputError(
        f"{shown(given)} is not a formula; {shown(words[0])} looks like a word or a name",
        f"{where}, character {plain.place(plain.text.find(words[0]))}",
        "give the molecular formula, such as C8H10N4O2",
    )  # fmt: skip


def _refuse_wrong_case(plain: PlainText, given: str, where: str) -> None:
    text = plain.text
    if found := _DIGIT_ZERO.search(text):
        mistyped = 1 if found[1] else 2
        instead = text[: found.start(mistyped)] + found[mistyped].replace("0", "O") + text[found.end(mistyped) :]
        raise ToolInputError(
            f"{shown(given)} has the digit 0 where the letter O may be meant",
            f"{where}, character {plain.place(text.find('0', found.start(mistyped)))}",
            f"write {instead[:60]}, if oxygen is meant",
        )
    if (found := _SYNTHETIC.search(text)) and not _SYNTHETIC_MEANT.fullmatch(text):
        symbol = found[0]
        raise ToolInputError(
            f"{shown(given)} has {symbol}, which is {ELEMENT_NAMES[symbol]}",
            f"{where}, character {plain.place(found.start())}",
            f"write {text.replace(symbol, symbol.upper())[:60]} for {_names(symbol.upper())}",
        )
    if _CARBONATE.fullmatch(text):
        found = re.search(r"Co|Po", text)
        symbol = found[0] if found else "Co"
        raise ToolInputError(
            f"{shown(given)} has {symbol}, which is {ELEMENT_NAMES[symbol]}",
            f"{where}, character {plain.place(found.start() if found else 0)}",
            f"write {text.replace(symbol, symbol.upper())[:60]} for {_names(symbol.upper())}",
        )


def _refuse_element_or_group(plain: PlainText, given: str, where: str) -> None:
    bare = re.sub(r"\^?[({]?\d*[+-]+[)}]?$", "", plain.text)
    for symbol, element, group, atoms, element_meant in _ELEMENT_OR_GROUP:
        found = re.search(rf"{symbol}(?![a-z])", bare)
        if found and not element_meant.fullmatch(bare):
            raise ToolInputError(
                f"{shown(given)} has {symbol}, which is the element {element} and an abbreviation of {group}",
                f"{where}, character {plain.place(found.start())}",
                f"write the atoms of the group in its place ({atoms} for {'phenyl' if symbol == 'Ar' else group})",
            )


def _names(capitals: str) -> str:
    return " and ".join({"D": "deuterium", "T": "tritium"}.get(letter) or ELEMENT_NAMES[letter] for letter in capitals)
