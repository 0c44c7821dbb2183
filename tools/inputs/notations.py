"""Which notation a text is written in, recognised before any library is asked; nothing here builds a molecule."""

from __future__ import annotations

import re
import unicodedata

from errors import ToolInputError, shown
from tools.inputs.elements import ELEMENT_NAMES

#: Look-alikes that are often pasted into chemistry, and the ASCII character that is probably meant.
_LOOK_ALIKES = dict(
    zip(
        "СсОоРрНВІіЅѕΝΟΒΡΗΙΖΚΜΤΧ−–—‐‑‒═＝（）［］＃＋－＠／．,“”„«»‘’′·•",
        'CcOoPpHBIiSsNOBPHIZKMTX------==()[]#+-@/.,"""""\'\'\'..',
        strict=True,
    )
)
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ω": "omega", "λ": "lambda", "π": "pi"}
_GREEK |= {"′": "'", "″": "''", "±": "+-"}  # typeset in names, too
_INCHIKEY = re.compile(r"(?:InChIKey=)?[A-Z]{14}-[A-Z]{8,10}(?:-[A-Z]?)?", re.IGNORECASE)
_CAS = re.compile(r"(?:CAS(?:\s*(?:RN|No\.?|number))?[\s:#]*)?(\d{2,7}-\d{2}-\d)", re.IGNORECASE)
_SMILES_RUN = re.compile(r"(?:Br|Cl|[BCNOPSFIbcnops])+")
_FORMULA_PART = re.compile(r"([A-Z][a-z]?)(\d*)")
_SELFIES = re.compile(r"(?:\[[^\[\]\s]+\]|\.)+")
_SELFIES_SIGN = re.compile(r"\[[=#/\\-]*(?:Branch\d|Ring\d)\]|\[nop\]|\[(?:[=/\\]\d*|#)[A-Z][^\[\]]*\]")
_SELFIES_PLAIN = re.compile(r"(?:\[(?:C|N|O|S|P|F|Cl|Br|I|B)\]){2,}")
_MOLFILE = re.compile(r"\bV[23]000\b|^M  END|^\$\$\$\$", re.MULTILINE)
_SMARTS = (
    (re.compile(r"\$\("), "$( )"),
    (re.compile(r"\[[^\[\]]{0,40}#\d"), "[#n]"),
    (re.compile(r"\[[^\[\]]{0,40}[,;&!]"), "a logical operator in brackets"),
    (re.compile(r"\[(?:[BCNOPSFI]|Cl|Br|[cnops]|\*)?(?:[DRX]\d*|[rvx]\d+)\]"), "a ring, degree or valence query"),
    (re.compile(r"\[[aA]\]"), "the any-atom query"),
    (re.compile(r"~"), "the any-bond '~'"),
    (re.compile(r"!|&"), "a logical operator"),
)
_AMINO_ACIDS = frozenset("ACDEFGHIKLMNPQRSTVWYXBZU*")
_THREE_LETTER = re.compile(
    r"(?:(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val)[-\s]?){3,}", re.IGNORECASE
)


def refuse_odd_characters(text: str, where: str) -> None:
    """Raise ``ToolInputError`` at the first character outside ASCII, or control character, with its code point."""
    for position, character in enumerate(text, 1):
        if " " <= character <= "~" or character in "\t\n\r":
            continue
        name = unicodedata.name(character, "a control character")
        meant = _LOOK_ALIKES.get(character)
        if meant is None:
            folded = unicodedata.normalize("NFKD", character)[:1]  # é is e and an accent
            meant = folded if folded.isascii() and folded.isprintable() else None
        hint = f"write '{meant}' instead" if meant and meant != " " else "remove it"
        if meant == " ":
            hint = "remove it or type a plain space"
        raise ToolInputError(
            f"{shown(text)} contains U+{ord(character):04X} ({name}), which is no character of a structure",
            f"{where}, character {position}",
            hint,
        )


def spell_greek(text: str) -> str:
    """Greek letters of a chemical name in words: ``α-pinene`` is ``alpha-pinene``; only in texts with a Latin word."""
    if not re.search(r"[A-Za-z]{4}", text):
        return text
    return "".join(_GREEK.get(character, character) for character in text)


def is_inchikey(text: str) -> bool:
    return bool(_INCHIKEY.fullmatch(text))


def cas_number(text: str) -> str:
    """The CAS number that ``text`` is ("50-78-2", "CAS 50-78-2"), or an empty string."""
    found = _CAS.fullmatch(text)
    return found[1] if found else ""


def cas_check_digit(cas: str) -> int:
    """The last digit that a CAS number must have: digits weighted 1, 2, 3, … from the right, modulo 10 (CAS)."""
    digits = cas.replace("-", "")[:-1]
    return sum(weight * int(digit) for weight, digit in enumerate(reversed(digits), 1)) % 10


def is_selfies(text: str) -> bool:
    """Whether the text is bracketed SELFIES symbols. ``[C][C][O]`` would also be a SMILES of bare atoms."""
    return bool(
        _SELFIES.fullmatch(text) and (_SELFIES_SIGN.search(text) or _SELFIES_PLAIN.fullmatch(text.replace(".", "")))
    )


def written_r_groups(text: str) -> tuple[str, tuple[str, ...]]:
    """``[R1]`` as the dummy atom ``[*:1]``, ``[R]`` as ``*``, and a note of it; a SMARTS would mean atoms of rings by them."""
    said = re.findall(r"\[R\d{0,2}\]", text)
    if not said:
        return text, ()
    plain = re.sub(r"\[R(\d{1,2})\]", r"[*:\1]", text).replace("[R]", "*")
    return plain, (f"{' and '.join(dict.fromkeys(said))} was read as a place of attachment: {shown(plain)}.",)


def smarts_sign(text: str) -> tuple[int, str] | None:
    """Index and description of what makes a text a SMARTS pattern, or None."""
    for pattern, description in _SMARTS:
        if found := pattern.search(text):
            return found.start(), description
    return None


def reaction_arrow(text: str) -> int:
    """Index of a reaction arrow ``>>`` or ``>…>``; -1 where there is none (``->`` is a dative bond)."""
    bare = text.replace("->", "--")
    return bare.find(">") if bare.count(">") >= 2 else -1


def formula_elements(text: str) -> list[tuple[str, int]]:
    """The parts of a molecular formula such as ``C8H10N4O2`` or ``NO3-``; empty where the text is none."""
    bare = re.sub(r"(?:\^?\{?\d*[+-]\}?)$", "", text) if text[-1:] in "+-}" else text
    parts = _FORMULA_PART.findall(bare)
    if not parts or "".join(symbol + count for symbol, count in parts) != bare:
        return []
    if any(symbol not in ELEMENT_NAMES or count.startswith("0") for symbol, count in parts):
        return []
    return [(symbol, int(count[:9] or 1)) for symbol, count in parts]


def sequence_kind(text: str) -> str:
    """ "DNA", "RNA", "protein" or "FASTA" for a text that is a sequence with a letter that no SMILES has, else ""."""
    if text.startswith(">"):
        return "FASTA"
    if _THREE_LETTER.fullmatch(text):
        return "protein"
    letters = re.sub(r"\s", "", text).upper()
    if len(letters) < 4 or not set(letters) - set("BCNOPSFI"):
        return ""
    if not text.replace(" ", "").isupper() and not re.fullmatch(r"[acgtun\s]+", text):
        return ""
    if set(letters) <= set("ACGTN"):
        return "DNA"
    if set(letters) <= set("ACGUN"):
        return "RNA"
    return "protein" if len(letters) >= 6 and set(letters) <= _AMINO_ACIDS else ""


def is_molfile(text: str) -> bool:
    signs = ("V2000", "V3000", "M  END", "$$$$")  # sought first, since most texts have none
    return any(sign in text for sign in signs) and bool(_MOLFILE.search(text))


def may_be_name(text: str) -> bool:
    """Whether a text could be a chemical name: words that are no run of SMILES atoms, and no SMILES-only signs."""
    if re.search(r"[=#@\\%$*<>{}:/]", text) and not re.search(r"[a-z]{4}", text):
        return False
    if re.search(r"[=#@\\%$*<>|]", text):
        return False
    runs = re.findall(r"[A-Za-z]+", re.sub(r"\[[^\[\]]*\]", " ", text))  # [Na+] is no word; benzo[a]pyrene has one
    return any(len(run) >= 2 and not _SMILES_RUN.fullmatch(run) for run in runs)


def has_word(text: str) -> bool:
    """Whether a word of four letters or more, not all capitals, or a text of three, is no run of SMILES atoms."""
    words = re.findall(r"[A-Za-z][a-z]{3,}", text) + re.findall(r"^[A-Za-z][a-z]{2}$", text)
    return any(not _SMILES_RUN.fullmatch(word) for word in words)
