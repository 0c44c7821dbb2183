"""What statements are about: compounds, sequences, elements, each by whatever it is written as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.entities import find_entities
from app.notations import looks_like_formula, looks_like_smiles, sequence_kind
from errors import RetortError
from tools.inputs.elements import parse_element
from tools.inputs.formulas import parse_formula
from tools.inputs.three_letter import from_three_letters

ThingKind = Literal["name", "smiles", "inchi", "inchikey", "cas", "formula", "element", "dna", "rna", "protein"]
COMPOUNDS = frozenset(["name", "smiles", "inchi", "formula", "cas", "element"])
SEQUENCES = frozenset(["dna", "rna", "protein"])

_TOKEN = re.compile(r"[^\s|￼\"“”„«»]+")
_STOPS = ".,;:!?'’‘…⁺⁻"
_ADDUCT = re.compile(r"\[\d?M[^\[\]]*\].{0,3}")
#: Too short to be told from a word but by what it is called.
_SAID_PEPTIDE = re.compile(
    r"(?:peptide|protein|translat\w+|encod\w+|reads?(?: it)? as|→|sequence|product)(?:\s+(?:is|as|to|into|therefore|thus|then|reads?|gives?|sequence|of|the|peptide|protein|frame|in|1)){0,5}\s*:?\s+([ACDEFGHIKLMNPQRSTVWY]{3,}\*?)(?![\w-])"
)
#: An InChIKey, also with letters too few or too many.
_KEY = re.compile(
    r"(?<![A-Za-z\d-])[A-Z]{12,16}-[A-Z]{6,13}(?:-[A-Z]{1,2})?(?![\w-])|(?<![A-Za-z\d-])[A-Z]{23,25}-[A-Z](?![\w-])"
)
_WHOLE_KEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_KEY_ITSELF = re.compile(r"[A-Z]{14}-?[A-Z]{8}[SN]A|[A-Z]{14}-[A-Z]{10}-[A-Z]")
_SAYS_KEY = re.compile(r"\bkeys?\b|InChI", re.IGNORECASE)
_CAS = re.compile(r"(?<![\w.,/-])\d{2,7}-\d{2}-\d(?![\w-]|\.\d)")
_INCHI = re.compile(r"InChI=1S?/[^\s|`\"]+")
#: Words in capitals that are no peptides.
_CAPITALS = frozenset(
    [
        "MALDI",
        "SMILES",
        "FASTA",
        "GRAVY",
        "HEPES",
        "CHAPS",
        "SAMPLE",
        "TEMPLATE",
        "PRIMER",
        "ALIGN",
        "DETAILS",
        "FINAL",
        "CLEAR",
        "MASSES",
        "LATTICE",
        "TRIS",
        "PAGE",
        "FLAG",
        "MEDIA",
        "ENTRY",
        "KINASE",
        "LIGASE",
        "DNASE",
        "RNASE",
        "MINIMAL",
        "SEE",
        "ALL",
        "PLASMID",
        "VALID",
    ]
)
_SAYS_SEQUENCE = re.compile(
    r"\baa\b|\bpI\b|\bDa\b|peptide|protein|sequence|primer|oligo|residue|amino acids?|\bDNA\b|\bRNA\b|\bORF\b|translat|strand|probe|complement",
    re.I,
)
#: What is written as a formula and is a group, a model or a method in words.
_NO_FORMULA = re.compile(
    r"(?:SN|E)[12](?:cB)?|sp[23]?|(?![ONHF]2\b|O3\b|P4\b|S8\b)[A-Z]\d{1,2}|H[12]N[12]|HeLa|U2OS|TPSAs?|[IVX]+|(?:COX|IL|PM)-?\d+|[A-Z]{1,2}\d{2,}"
)
#: A symbol whose number or weight is given: "Kr: Z = 36", "* I (A_r = 126.90)".
_SYMBOL = re.compile(r"(?<![\w-])([A-Z][a-z]?)(?=\s?[:(,]?\s*\(?(?:Z\s*=|A_?r\b|atomic\s+(?:number|weight|mass)))")
#: Lines of names and values between commas without blanks.
_CSV = re.compile(r"(?:^[^\n,|]+(?:,[^\n, |][^\n,|]*)+$\n?){2,}", re.MULTILINE)
_SAYS_SMILES = re.compile(r"\bSMILES\b", re.IGNORECASE)
_ROMAN_IN_NAME = re.compile(r"[A-Za-z][a-z]+\([IVX]+\)")


@dataclass(frozen=True)
class Thing:
    """``text`` as the tools take it; it stands at ``start`` to ``end`` of the plain text. ``sure``: it can be nothing else."""

    kind: ThingKind
    text: str
    start: int
    end: int
    sure: bool = True


def find_things(text: str, code: list[tuple[int, int]] | None = None) -> list[Thing]:
    """In the order of the text, none over another."""
    text = _CSV.sub(lambda found: re.sub(r",(?=\S)", "|", found[0]), text)
    taken = bytearray(len(text))
    found: list[Thing] = []

    def take(kind: ThingKind, start: int, end: int, value: str = "", sure: bool = True) -> None:
        if start < end and not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Thing(kind, value or text[start:end], start, end, sure))

    for match in _INCHI.finditer(text):
        take("inchi", match.start(), match.start() + len(_core(match[0])))
    says_key = bool(_SAYS_KEY.search(text) or _WHOLE_KEY.search(text))
    for match in _KEY.finditer(text):
        if says_key or _KEY_ITSELF.match(match[0]):
            take("inchikey", *match.span())
    for start, end in code or ():  # a SMILES in code is all of it, with a bracket too many
        inside = text[start:end].strip()
        if not re.search(r"\s", inside) and _notation(inside) == "smiles" and not any(taken[start:end]):
            first = start + text[start:end].index(inside)
            take("smiles", first, first + len(inside))
    for match in _CAS.finditer(text):
        take("cas", *match.span())
    for start, end, kind, residues in _sequences(text):
        take(kind, start, end, residues)
    for match in _SYMBOL.finditer(text):
        if symbol := _symbol(match[1]):
            take("element", *match.span(1), symbol)
    for match in _SAID_PEPTIDE.finditer(text):
        take("protein", *match.span(1))
    for match in _TOKEN.finditer(text):
        for start, end in _cores(match[0], match.start()):
            if not any(taken[start:end]) and (kind := _notation(text[start:end])):
                if (
                    kind != "smiles"
                    or re.search(r"[=#()\[\]@\d]|CC.", text[start:end])
                    or _SAYS_SMILES.search(text, max(0, start - 60), start)
                ):
                    take(kind, start, end)
                break
    for start, end, kind, value in _named(text):
        take(kind, start, end, value)
    return sorted(found, key=lambda thing: thing.start)


def _cores(token: str, at: int) -> Iterator[tuple[int, int]]:
    """The token without the punctuation around it, then without what a sentence's brackets add."""
    start, end = 0, len(token)
    while start < end and token[start] in "'‘’,;:*=~≈":
        start += 1
    end = start + len(_core(token[start:end]))
    inner = token[start:end]
    if inner.startswith("(") and (inner.count("(") > inner.count(")") or _closes_last(inner)):
        inside = inner[1:-1] if _closes_last(inner) else inner[1:]
        yield at + start + 1, at + start + 1 + len(_core(inside))
    if not (inner.startswith("(") and inner.count("(") > inner.count(")")):
        yield at + start, at + end
    if match := re.match(r"[A-Za-z]+[=:](?=[A-Z\[(])", inner):  # MW=…, SMILES:CCO
        yield at + start + match.end(), at + end
    if match := re.fullmatch(r"(?:M|MW|Mr|n|m|c)\((.+?)\)", inner):  # M(NaCl)
        yield at + start + match.start(1), at + start + match.end(1)


def _closes_last(word: str) -> bool:
    """Whether the first bracket is closed by the last character."""
    depth = 0
    for place, character in enumerate(word):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(word) - 1
    return False


def _core(token: str) -> str:
    """Without the stops behind it, and without closing brackets that nothing opened."""
    while token:
        bare = token.rstrip(_STOPS)
        for opening, closing in ("()", "[]"):
            if bare.endswith(closing) and bare.count(closing) > bare.count(opening):
                bare = bare[:-1]
        if bare == token:
            return token
        token = bare
    return token


@lru_cache(maxsize=8192)
def _notation(word: str) -> ThingKind | None:
    if not 2 <= len(word) <= 10_000 or _NO_FORMULA.fullmatch(word) or _ROMAN_IN_NAME.fullmatch(word):
        return None
    if ">>" in word or _ADDUCT.fullmatch(word) or "…" in word:
        return None
    if looks_like_formula(word) or re.fullmatch(
        r"(?:[A-Z][a-z]?){1,3}(?:OH|H)|(?:Na|K|Li|H|Ca|Mg)(?:Cl|Br|I|F|OH|H|CN)", word
    ):
        return "formula" if _is_formula(word) else None
    if re.fullmatch(r"(?:[A-Z][a-z]{2}-){2,}[A-Z][a-z]{2}", word) and from_three_letters(word) is not None:
        return "protein"
    if re.search(r"[cno]\d[cnos]{2,}", word) and re.fullmatch(r"[A-Za-z\d()\[\]=#@+\-/\\.%]+", word):
        return "smiles"  # also with an atom that is none
    return "smiles" if looks_like_smiles(word) and re.search(r"[A-Za-z]", word) else None


def _is_formula(word: str) -> bool:
    try:
        parse_formula(word)
    except RetortError:
        return False
    return True


def _sequences(text: str) -> Iterator[tuple[int, int, ThingKind, str]]:
    """Residues in one-letter code, also in blocks; words in capitals are none unless the text speaks of sequences."""
    spoken = bool(_SAYS_SEQUENCE.search(text))
    for match in re.finditer(
        r"(?<![A-Za-z\d])(?:[ACGTUN]{3,}(?:[ \n-]+[ACGTUN]{3,})+|[A-Z]{10,}(?:\n[A-Z]{5,})+|[acgtu]{10,}|[A-Z]{5,})(?![A-Za-z\d])",
        text,
    ):
        written = match[0]
        residues = re.sub(r"[\s-]", "", written)
        kind = sequence_kind(residues) if len(residues) >= 6 else None
        if kind is None and spoken and len(residues) >= 5 and re.fullmatch(r"[ACDEFGHIKLMNPQRSTVWY]+", residues):
            kind = "protein"
        if kind == "protein" and (
            not spoken or residues in _CAPITALS or not _is_peptide(text, match.start(), match.end())
        ):
            continue
        if kind in ("dna", "rna") and len(residues) < 8 and not (spoken and _is_said(text, match.start())):
            continue
        if kind:
            yield match.start(), match.end(), kind, residues.upper()


def _is_said(text: str, start: int) -> bool:
    """Whether a word in capitals is called a sequence by the words just before it."""
    return bool(_SAYS_SEQUENCE.search(text[max(0, start - 40) : start]))


def _is_peptide(text: str, start: int, end: int) -> bool:
    """Whether a word in capitals is long, or called a sequence, or what something is told of."""
    return end - start >= 8 or _is_said(text, start) or bool(re.match(r"[`'\"*)]*\s*(?:has|is|with|[(,:])", text[end:]))


def _named(text: str) -> Iterator[tuple[int, int, ThingKind, str]]:
    """Names of compounds and elements, line by line, as the router finds them."""
    at = 0
    for line in text.splitlines(keepends=True):
        for kind, start, end, value in _named_in(line):
            yield at + start, at + end, kind, value
        at += len(line)


@lru_cache(maxsize=2048)
def _named_in(line: str) -> tuple[tuple[ThingKind, int, int, str], ...]:
    line = line.replace("→", ";").replace("->", ";;")
    spaced = re.sub(r"\S+", _without_brackets, re.sub(r"(?<=\S)\|(?=\S)", " ", line))
    found: list[tuple[ThingKind, int, int, str]] = []
    for entity in find_entities(spaced, _NO_NAMES):
        if entity.kind == "name" and _SUBSTITUENT.search(spaced, 0, entity.start):
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
        word.count("(") > word.count(")") or _closes_last(word.rstrip(";.")) or word[0] == "["
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


@lru_cache(maxsize=256)
def _symbol(text: str) -> str:
    try:
        return text if parse_element(text) == text and text != "Z" else ""
    except RetortError:
        return ""


#: Words of answers that the tables list as names of compounds, and names of classes of them.
_NO_NAMES = frozenset(
    [
        "acceptors",
        "acid",
        "agar",
        "alcohol",
        "alcohols",
        "aldehyde",
        "alkaloid",
        "amide",
        "amine",
        "amines",
        "analysis",
        "anhydrous",
        "answer",
        "atoms",
        "average",
        "balanced",
        "base",
        "bonds",
        "buffer",
        "cas",
        "cellulose",
        "chain",
        "cns",
        "code",
        "compound",
        "conclusion",
        "control",
        "data",
        "dihydrate",
        "disulfide",
        "disulfides",
        "donors",
        "drug",
        "equation",
        "ester",
        "esters",
        "ether",
        "ethers",
        "exact",
        "example",
        "examples",
        "fat",
        "figure",
        "flavone",
        "flavonol",
        "formula",
        "formulas",
        "franklin",
        "free",
        "gas",
        "gelatin",
        "group",
        "groups",
        "heavy",
        "hydrate",
        "hydrochloric-acid",
        "hydrogens",
        "inchi",
        "inchikey",
        "insulin",
        "ketone",
        "ketones",
        "lead",
        "length",
        "light",
        "linker",
        "lipid",
        "liquid",
        "logp",
        "mainly",
        "mass",
        "masses",
        "medium",
        "method",
        "model",
        "molar",
        "molecular",
        "molecule",
        "monohydrate",
        "monoisotopic",
        "neutral",
        "nitro",
        "note",
        "nucleoside",
        "nucleotide",
        "number",
        "oil",
        "peptide",
        "phenols",
        "polymer",
        "primer",
        "product",
        "properties",
        "property",
        "protein",
        "question",
        "reactant",
        "reaction",
        "reagent",
        "residue",
        "residues",
        "result",
        "results",
        "ring",
        "rings",
        "salt",
        "sample",
        "section",
        "sequence",
        "smiles",
        "solid",
        "solution",
        "solvent",
        "standard",
        "starch",
        "step",
        "steroid",
        "stock",
        "structure",
        "sugar",
        "sugars",
        "sulfide",
        "sulfides",
        "summary",
        "table",
        "tag",
        "target",
        "total",
        "tpsa",
        "trihydrate",
        "unit",
        "units",
        "value",
        "values",
        "version",
        "wax",
        "weight",
        "weights",
    ]
)
_SUBSTITUENT = re.compile(r"[a-z](?:yl|oxy|amino|chloro|bromo|fluoro|iodo|nitro|hydroxy|oxo)[\s-]$")
_CLASSES = re.compile(
    r"(?:free|conjugate|parent|crude|pure) (?:acid|base|form)|salt (?:mono|di|tri|tetra)?hydrate|(?:the )?(?:mono|di|tri|tetra|penta|hexa|hepta|deca)hydrate",
    re.IGNORECASE,
)
