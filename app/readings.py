"""What a word is only for the tool that is meant: a misspelt name, a named reaction, a symbol, a formula in capitals.

``HF`` is a formula for a tool that wants one and a word for all others; "oxidation" names a reaction to be applied and is
a plain word in "oxidation state". So these are read once for each tool, after its words were weighed.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache

from app.entities import GRAMMAR, Entity, may_be_a_misspelt_name
from app.identifiers import identifiers
from app.notations import is_formula
from app.wording import TOKEN, Candidate, Clause, stem, without
from errors import RetortError
from tools.biology.proteases import known_proteases
from tools.chemistry.nuclei import parse_nucleus
from tools.chemistry.reactions_by_name import name_key, reaction_names_in
from tools.inputs.elements import parse_element

LONGEST_REACTION_WORDS = 5
_MOLECULAR = frozenset(("molecule", "molecules", "name", "notation", "compound", "solute"))
_COMPOUNDS = frozenset(("structure", "cas", "name", "inchikey", "formula", "element"))
#: A verb of making beside the name of what is made: "make the amide from …", not "is there an amide in …".
_MAKING = re.compile(
    r"\b(?:mak(?:e|es|ing)|made|form(?:s|ed|ing)?|gives?|giving|get|turn(?:s|ed)?|convert(?:s|ed)?|coupl(?:e|es|ed|ing)|react(?:s|ed|ion)?"
    r"|combin(?:e|es|ed|ing)|condens(?:e|es|ed)|join(?:s|ed)?|prepar(?:e|es|ed|ing)|synthesi[sz]\w*|products?)\b",
    re.IGNORECASE,
)
#: From a verb to the noun by which a reaction goes: esterify, hydrogenated, saponifies.
_NOUNS = (
    (r"if(?:y|ies|ied|ying)$", "ification"), (r"i[sz](?:e|es|ed|ing)$", "ization"), (r"y[sz](?:e|es|ed|ing)$", "ysis"),
    (r"at(?:e|es|ed|ing)$", "ation"), (r"uc(?:e|es|ed|ing)$", "uction"), (r"idi[sz](?:e|es|ed|ing)$", "idation"),
    (r"tect(?:s|ed|ing)?$", "tection"), (r"pl(?:e|es|ed)$", "pling"),
)  # fmt: skip
_NUCLIDE = re.compile(
    r"(?<![\w.])(\d{1,3}(?:H|C|N|O|F|P|Si|B|Se|Sn|Pt|Li|Na|Al|S|Hg|Cd|Pb|Te|D))(?![a-z\d])|\b(protons?)\b",
    re.IGNORECASE,
)
_ANY_ENZYME = re.compile(
    r"\b(?:which|what|any|all)\s+(?:restriction\s+)?(?:endonucleases|enzymes?)\b|\brestriction map\b", re.IGNORECASE
)
_MUTATION = re.compile(
    r"(?<![\w.])(?:p\.)?[ACDEFGHIKLMNPQRSTVWY]\d{1,5}(?:[ACDEFGHIKLMNPQRSTVWY*](?!\w)|fs\b|del\b)"
    r"|\bp\.\(?[A-Z][a-z]{2}\d+(?:[A-Z][a-z]{2}|[*=]|fs|del)\)?|\bc\.[\d_+\-*]+(?:[ACGT]*>[ACGT]+|(?:del|ins|dup|inv)[ACGT]*)"
    r"|\bcodon\s+\d+\s+[ACGTU]{3}\s*>\s*[ACGTU]{3}"
)
#: Hosts of codon usage, as people call them.
_HOST = re.compile(
    r"\b(?:E\.?\s?coli|Escherichia coli|(?:baker's\s+)?yeast|S\.?\s?cerevisiae|humans?|Homo sapiens|mouse|CHO|Pichia(?:\s+pastoris)?"
    r"|B\.?\s?subtilis|C\.?\s?elegans|D\.?\s?melanogaster|Drosophila|chicken)\b",
    re.IGNORECASE,
)
#: Residues, chains and ligands of a structure: HIS A 57, A:45-60, chain B, HEM, ligands.
_SELECTION = re.compile(
    r"(?<![\w:])(?:[A-Z][A-Z0-9]{1,2} [A-Za-z0-9]{1,4} -?\d{1,5}[A-Z]?|[A-Za-z0-9]{1,4}:-?\d{1,5}(?:-\d{1,5})?"
    r"|(?i:chain) [A-Za-z0-9]{1,4}|(?i:ligands?)|(?i:waters)|(?:(?<=the )|(?<=gand )|(?<=ound ))[A-Z][A-Z0-9]{1,2})(?![\w:])"
)
_SHORT_WORDS = frozenset(("I", "In", "As", "At", "He", "No", "Be", "Am", "So", "Os", "Ho"))


def readings(
    candidate: Candidate, clause: Clause, subjects: list[Entity], asked_of_others: frozenset[str], known: Container[str]
) -> list[Entity]:
    """More entities of the clause for this tool; ``asked_of_others``: stems that other tools are asked by;
    ``known``: those that any tool knows.
    """
    wanted = {candidate.entities[name] for name in candidate.required}
    named = identifiers(candidate, clause)
    found = [*named]
    if "reaction_name" in wanted:
        found += _reactions(clause, asked_of_others)
    if "nucleus" in candidate.entities.values():
        found += _nuclei(clause)
    if "restriction_enzymes" in wanted and all(entity.kind != "restriction enzyme" for entity in subjects):
        found += _all_enzymes(clause)
    if "mutation" in wanted:
        found += _mutations(clause)
    if "host" in candidate.entities.values():
        found += [Entity("host", match[0], 0, 0) for match in _HOST.finditer(clause.without_entities())][:1]
    if "selection" in candidate.entities.values():
        found += _selections(clause)
    if "protease" in candidate.entities.values():
        found += _proteases(clause)
    if any(entity.kind in _COMPOUNDS for entity in (*clause.entities, *subjects)):
        return found
    if "element" in wanted:
        found += _symbols(clause)
    elif wanted & {"formula", "molecule_or_formula", "solute", "compound"} and (formulas := _capitals(clause, wanted)):
        found += formulas
    elif wanted & _MOLECULAR and not named:
        found += _misspelt(clause, known)
    return found


def _misspelt(clause: Clause, known: Container[str]) -> list[Entity]:
    """Words that no tool knows and that may be meant as names."""
    unknown = [word for word in clause.words if stem(word) not in known and may_be_a_misspelt_name(word)]
    return [Entity("name", word, 0, 0) for word in unknown]


def _reactions(clause: Clause, asked_of_others: frozenset[str]) -> list[Entity]:
    """The most telling name of a reaction in the clause, as it is written, or the noun of a verb."""
    text = clause.without_entities()
    making = bool(_MAKING.search(text))
    for key, _ in reaction_names_in(text):
        if making or stem(key) not in asked_of_others:
            return [Entity("reaction_name", _as_written(text, key), 0, 0)]
    words = TOKEN.findall(text)
    for count in (2, 1):
        for start in range(len(words) - count + 1):
            spoken = " ".join(words[start : start + count])
            if words[start].lower() not in GRAMMAR and (noun := _noun_of(spoken)):
                return [Entity("reaction_name", spoken, 0, 0, noun)]
    return []


def _as_written(text: str, key: str) -> str:
    words = list(re.finditer(r"\S+", text))
    for count in range(1, LONGEST_REACTION_WORDS + 1):
        for start in range(len(words) - count + 1):
            spoken = text[words[start].start() : words[start + count - 1].end()].strip(" ,.;:?!\"'")
            if name_key(spoken) == key:
                return spoken
    return key


@lru_cache(maxsize=1024)
def _noun_of(spoken: str) -> str:
    for ending, noun in _NOUNS:
        named = re.sub(ending, noun, spoken.lower(), count=1)
        if named != spoken.lower() and any(key == name_key(named) for key, _ in reaction_names_in(named)):
            return named
    return ""


def _nuclei(clause: Clause) -> list[Entity]:
    """13C, proton; an element beside the NMR of it: "carbon signals"."""
    text = clause.text
    for found in _NUCLIDE.finditer(text):
        return [Entity("nucleus", found[0], 0, 0)]
    for entity in clause.entities:
        if entity.kind == "element" and re.search(
            r"\b(?:NMR|signals?|environments?|spectr\w+|peaks?|resonances?|lines?|equivalent|nonequivalent)\b",
            text,
            re.IGNORECASE,
        ):
            try:
                return [Entity("nucleus", str(parse_nucleus(entity.value)), 0, 0)]
            except RetortError:
                return []
    return []


def _mutations(clause: Clause) -> list[Entity]:
    """A123T, p.Ala123Thr, c.76A>G; several are one text, as they are written."""
    sequences = [entity for entity in clause.entities if entity.kind in ("dna", "rna", "protein")]
    found = _MUTATION.findall(without(clause.request, clause.start, clause.end, sequences))
    return [Entity("mutation", ", ".join(found), 0, 0)] if found else []


def _selections(clause: Clause) -> list[Entity]:
    """What of a structure is meant, as ``structure_report`` reads it: "chain A" is its A."""
    for found in sorted(_SELECTION.finditer(clause.text), key=lambda match: match[0].islower()):  # "the ligand HEM"
        text = re.sub(r"(?i)^chain ", "", found[0])
        return [Entity("selection", text, 0, 0)]
    return []


def _all_enzymes(clause: Clause) -> list[Entity]:
    """ "Which enzymes cut it" asks for a map of all."""
    return [Entity("restriction enzyme", "all", 0, 0)] if _ANY_ENZYME.search(clause.without_entities()) else []


def lists_of_proteases(request: str) -> list[tuple[int, int]]:
    """Where several proteases are named together: they stay in one clause."""
    return [found.span() for found in _proteases_pattern().finditer(request)]


@lru_cache(maxsize=1)
def _proteases_pattern() -> re.Pattern[str]:
    """The longest names that the tool knows; several are one argument as they are written: "trypsin and Lys-C"."""
    names = sorted((name for one in known_proteases() for name in (one.name, *one.other_names)), key=len, reverse=True)
    one = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![\w-])(?:{one})(?:\s*(?:\+|and|/|,)\s*(?:{one}))*(?![\w-])", re.IGNORECASE)


def _proteases(clause: Clause) -> list[Entity]:
    found = _proteases_pattern().search(clause.without_entities())
    return [Entity("protease", found[0], 0, 0)] if found else []


def _symbols(clause: Clause) -> list[Entity]:
    """A symbol of an element, by itself; not the first word of a sentence, which may be "In" or "As"."""
    found = []
    for match in re.finditer(r"(?<![\w.\-])([A-Z][a-z]?)(?![\w\-])", clause.text):
        symbol = match[1]
        if symbol == "I" or (symbol in _SHORT_WORDS and not clause.text[: match.start()].strip()):
            continue
        try:
            found.append(Entity("element", symbol, 0, 0, parse_element(symbol)))
        except RetortError:
            continue
    return found


def _capitals(clause: Clause, wanted: set[str]) -> list[Entity]:
    """KOH, HF, CO; for a solution also the PBS or TAE that no table knows: a dilution needs no formula."""
    words = [word for word in clause.words if re.fullmatch(r"[A-Z][A-Z\d]{1,5}", word)]
    if "solute" in wanted:
        return [Entity("name", word, 0, 0) for word in words if word not in ("DNA", "RNA")]
    return [Entity("formula", word, 0, 0) for word in words if is_formula(word)]
