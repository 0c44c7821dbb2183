"""Names of compounds and elements in a text, as the router finds them, without what only looks like one in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from app.checking.things import ThingKind
from app.checking.words import closes_last
from app.entities import find_entities
from errors import RetortError
from tools.inputs.elements import parse_element

#: Words of answers that the tables list as names of compounds, and names of classes of them.
_WORDS = """
    phosphine borane silane
    anhydride lactone lactam diacid dimer trimer monomer metabolite metabolites acetal ketal hemiacetal imine enamine epoxide oxide peroxide halide hydrazide
    oxime quinone sulfone sulfoxide thiol nitrile azide isocyanate carbamate glycoside glycol diol triol diamine enol enolate arene alkane alkene alkyne diene ligand
    catalyst oxidant reductant indicator dye pigment antioxidant surfactant hormone enzyme cofactor substrate inhibitor racemate enantiomer isomer cation anion
    radical complex chelate sulfonamide phosphonate phosphate sulfate acetate benzoate chloride bromide iodide fluoride cyanide hydroxide carbonate nitrate nitrite bleach
    soda lime chalk steam optimum matrix probe pilot advance compass orbit impact escort ally command
    proton protons electron neutron
    acceptors acid agar alcohol alcohols aldehyde alkaloid amide amine amines analysis anhydrous answer atoms
    average balanced base bonds buffer cas cellulose chain cns code compound conclusion control data dihydrate
    disulfide disulfides donors drug equation ester esters ether ethers exact example examples fat figure flavone
    flavonol formula formulas franklin free gas gelatin group groups heavy hydrate hydrochloric-acid hydrogens
    inchi inchikey insulin ketone ketones lead length light linker lipid liquid logp mainly mass masses medium
    method model molar molecular molecule monohydrate monoisotopic neutral nitro note nucleoside nucleotide number
    oil peptide phenols polymer primer product properties property protein question reactant reaction reagent
    residue residues result results ring rings salt sample section sequence smiles solid solution solvent standard
    starch step steroid stock structure sugar sugars sulfide sulfides summary table tag target total tpsa
    trihydrate unit units value values version wax weight weights
"""
_NO_NAMES = frozenset(_WORDS.split())
#: Characters of a line in which names are looked for.
LONGEST_LINE = 4_000
_SUBSTITUENT = re.compile(
    r"[a-z](?:yl|oxy|amino|chloro|bromo|fluoro|iodo|nitro|hydroxy|oxo)[\s-]$|(?:mono|di|tri)?(?:sodium|potassium|calcium|magnesium|lithium)\s$"
    r"|\b(?:isomer|analog(?:ue)?|derivative|metabolite|prodrug|precursor|salt|ester|amide|oligomer|polymer|enantiomer)s?\s+of\s+(?:the\s+)?$|\b[Aa]n?\s$",
)
#: What makes of a name another: a salt, a label with deuterium.
_GOES_ON = re.compile(
    r"\s+(?:HCl|HBr|(?:di|tri)?(?:citrate|sulfate|phosphate|tartrate|maleate|mesylate|besylate|fumarate|hydrochloride|sodium|potassium)|lysin(?:e|ate)|glucoside|salt)\b|·|[-–]d\d|[-–]\(?[A-Z]-?CD"
)
#: Behind the name of a compound that is part of another name.
_PROTEIN = re.compile(
    r"\s+(?:[a-z-]+ases?|receptors?|channels?|transporters?|antagonists?|agonists?|inhibitors?|deficiency|metabolism|derivatives?|analog(?:ue)?s?)\b"
)
_CLASSES = re.compile(
    r"[a-z]+ oils?|(?:fatty|amino|carboxylic|nucleic|mineral|strong|weak|organic|Lewis|boronic) acids?|(?:free|conjugate|parent|crude|pure) (?:acid|base|form)|salt (?:mono|di|tri|tetra)?hydrate|(?:the )?(?:mono|di|tri|tetra|penta|hexa|hepta|deca)hydrate",
    re.IGNORECASE,
)


def named_in(text: str) -> Iterator[tuple[int, int, ThingKind, str]]:
    """Names of compounds and elements, line by line, as the router finds them."""
    at = 0
    for line in text.splitlines(keepends=True):
        for kind, start, end, value in _named_in(line[:LONGEST_LINE]):
            yield at + start, at + end, kind, value
        at += len(line)


@lru_cache(maxsize=2048)
def _named_in(line: str) -> tuple[tuple[ThingKind, int, int, str], ...]:
    line = line.replace("→", ";").replace("->", ";;")
    spaced = re.sub(r"\S+", _without_brackets, re.sub(r"(?<=\S)\|(?=\S)", " ", line))
    found: list[tuple[ThingKind, int, int, str]] = []
    for entity in find_entities(spaced, _NO_NAMES, amounts=False):
        if entity.kind == "name" and (
            _SUBSTITUENT.search(spaced, 0, entity.start)
            or _PROTEIN.match(spaced, entity.end)
            or _GOES_ON.match(spaced, entity.end)
        ):
            continue  # the rest of a name that is not known as a whole
        if entity.kind == "name" and (entity.text.lower() in _NO_NAMES or _CLASSES.fullmatch(entity.text)):
            continue
        if entity.kind == "name":
            found.append(("name", entity.start, entity.end, entity.text))
        elif entity.kind == "element" and (symbol := _element(entity.text)):
            found.append(("element", entity.start, entity.end, symbol))
    return tuple(found)


def _without_brackets(token: re.Match[str]) -> str:
    """The token with the brackets and stops of its sentence as semicolons, so that no name runs on over them."""
    word = re.sub(r"['’]s(?=\W*$)", ";;", token[0])
    word = re.sub(r"^[|￼*=]+|[|￼*=:;,/]+$", lambda found: ";" * len(found[0]), word)
    if word.startswith(("(", "[")) and (
        word.count("(") > word.count(")") or closes_last(word.rstrip(";.")) or word[0] == "["
    ):
        word = ";" + word[1:]
    bare = word.rstrip(";.")
    if bare.endswith((")", "]")) and (bare.count(")") > bare.count("(") or bare.count("]") > bare.count("[")):
        word = bare[:-1] + ";" * (len(word) - len(bare) + 1)
    return word


@lru_cache(maxsize=512)
def _element(word: str) -> str:
    """The symbol of an element that is written out; "lead" as a verb cannot be told from the metal, and stays one."""
    if len(word) < 3:
        return ""
    try:
        return parse_element(word.lower().removesuffix("s") if word.lower().endswith(("ns", "ms")) else word)
    except RetortError:
        return ""
