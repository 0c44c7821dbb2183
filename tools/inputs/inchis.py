"""InChI: read strictly, with the layer that is wrong named (IUPAC InChI technical manual, 2020, chapter IV)."""

from __future__ import annotations

import re

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES

_VERSION = re.compile(r"InChI=1S?/", re.IGNORECASE)
_LAYERS = "chqpbtmsifro"
_HINT = "copy it whole, from 'InChI=1S/' on"


def is_inchi(text: str) -> bool:
    return text[:6].lower() == "inchi=" or text.startswith(("1S/", "1/"))


def read_inchi(text: str, where: str, shift: int = 0) -> tuple[Chem.Mol, tuple[str, ...]]:
    """An unsanitized molecule and notes; raises ``ToolInputError`` that names the layer which is wrong.

    ``shift`` is how many characters stood before the InChI in the text as given.
    """
    inchi = "InChI=" + (text[6:] if text[:6].lower() == "inchi=" else text)
    shift -= len(inchi) - len(text)
    _check_layers(inchi, text, where, shift)
    with rdBase.BlockLogs():
        mol = Chem.MolFromInchi(inchi, sanitize=False, removeHs=False)
        clean = Chem.MolFromInchi(inchi) if mol is not None else None
        written_back = Chem.MolToInchi(clean) if clean is not None else ""
    if mol is None or not mol.GetNumAtoms():
        raise ToolInputError(f"{shown(text)} is not a valid InChI", where, f"its layers disagree: {_HINT}")
    if problems := Chem.DetectChemistryProblems(mol):
        raise ToolInputError(
            f"{shown(text)} gives no valid molecule: {problems[0].Message()}", where, "check the InChI"
        )
    if clean is not None and (complaint := _formula_complaint(inchi, clean)):
        raise ToolInputError(f"{shown(text)} contradicts itself: {complaint}", where, f"layers are missing: {_HINT}")
    notes = ["Converted from InChI."]
    if "(H" in inchi:
        notes = ["Converted from InChI, which does not keep which tautomer was drawn."]
    if inchi[6:9] == "1S/" and written_back and written_back != inchi:
        notes.append(f"Written back, the InChI is {shown(written_back)}: not all of what was given could be kept.")
    if text[:6].lower() != "inchi=":
        notes.append("'InChI=' was added in front.")
    return mol, tuple(notes)


def _check_layers(inchi: str, text: str, where: str, shift: int) -> None:
    """Raise at the first character that cannot stand there: after the InChI, in its version, formula or a layer's name."""

    def refuse(what: str, index: int, hint: str = _HINT) -> ToolInputError:
        return ToolInputError(f"{shown(text)} {what}", f"{where}, character {max(1, index + 1 + shift)}", hint)

    if blank := re.search(r"\s", inchi):
        raise refuse("has text after its InChI", blank.start(), "give the InChI alone")
    version = _VERSION.match(inchi)
    if not version:
        raise refuse("is not a valid InChI: it starts as no version that is known", 6)
    at = version.end()
    for number, layer in enumerate(inchi[at:].split("/")):
        if number == 0 and layer[:1] not in _LAYERS:
            for found in re.finditer(r"([A-Z][a-z]?)\d*|\d+|\.|(.)", layer):
                if found[2] or (found[1] and found[1] not in ELEMENT_NAMES):
                    raise refuse(f"is not a valid InChI: {shown(found[0])} is no element", at + found.start())
        elif number and layer[:1] not in _LAYERS:
            raise refuse(f"is not a valid InChI: no layer is named {shown(layer[:1])}", at)
        elif not layer and len(inchi) > at:
            raise refuse("is not a valid InChI: it has an empty layer", at)
        if layer[:1] in ("c", "h") and layer.count("(") != layer.count(")"):
            raise refuse(f"is not a valid InChI: the parentheses of its /{layer[0]} layer do not match", at)
        at += len(layer) + 1


def _formula_complaint(inchi: str, mol: Chem.Mol) -> str:
    """Where the atoms of the formula layer, with the protons of /p, are not those of the structure."""
    layers = inchi.split("/")[1:]
    if layers[0][:1] in _LAYERS:
        return ""  # a bare proton has no formula layer
    counts: dict[str, int] = {}
    for component in layers[0].split("."):
        times, formula = re.match(r"(\d*)(.*)", component).groups()  # type: ignore[union-attr]
        for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
            counts[symbol] = counts.get(symbol, 0) + int(times or 1) * int(count or 1)
    protons = next((layer[1:] for layer in layers[1:] if layer[:1] == "p"), "0")
    counts["H"] = counts.get("H", 0) + (int(protons) if re.fullmatch(r"[+-]?\d{1,4}", protons) else 0)
    found: dict[str, int] = {}
    for atom in mol.GetAtoms():
        found[atom.GetSymbol()] = found.get(atom.GetSymbol(), 0) + 1
        found["H"] = found.get("H", 0) + atom.GetTotalNumHs()
    if {symbol: n for symbol, n in counts.items() if n} == {symbol: n for symbol, n in found.items() if n}:
        return ""
    return f"its formula is {layers[0][:60]}, its structure {CalcMolFormula(mol)}"
