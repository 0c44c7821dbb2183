"""Notations in an answer: whether they can be read at all, and whether they are of the compound that they stand beside."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.checking.doubts import DENIED, REPORTED
from app.checking.facts import Fact, Facts, told_of
from app.checking.linking import SAYS, Links
from app.checking.marks import Verdict
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.things import Thing
from errors import RetortError, ToolInputError
from tools.inputs.formulas import parse_formula
from tools.inputs.notations import cas_check_digit

_NOTATIONS = frozenset(SAYS)
_GENERIC = re.compile(r"[–—]|\]n\b|\bR\d?\b|\[R\d?\]|\*|~|\bX\b|\bAr\b|SMARTS|\[\#|\[[^\]]*[XDv]\d|[;&,!$]\[|\.\.\.|…")
_SMARTS_SAID = re.compile(
    r"SMARTS|substructure pattern|reaction template|generic|fragment|R[-\s]?group|placeholder|polymer|repeat(?:ing)? unit",
    re.I,
)
_BROKEN_SAID = re.compile(
    r"\b(?:invalid|not valid|malformed|broken|does not parse|doesn[’']t parse|cannot be parsed|incorrect|wrong|mistake|typo|error|unclosed|never write|instead of|rather than|not)\b",
    re.I,
)
_DIRECT = re.compile(r"[\s`'\"*]*[:=]?[\s`'\"*]*")
#: The last letters of InChIKeys: N without a change of protons, others for some lost or added.
_PROTONS = frozenset("GHIJKLMNOPQRST")
#: Before a notation of a part of a molecule.
_PART = re.compile(
    r"\b(?:the|an?|its)\s+(?:[\w-]+\s+){0,2}(?:group|ring|part|fragment|moiety|unit|side chain|core|scaffold|substituent|residue|tail|head|acid|chain)s?\s*[(:,]?\s*[`'\"*]*$",
    re.IGNORECASE,
)
_HYDRATE = re.compile(r"\b(hemi|mono|di|tri|tetra|penta|hexa|hepta|octa|nona|deca|dodeca)hydrate", re.IGNORECASE)
_WATERS = re.compile(r"[·.*•](\d*)H2O$")
_COUNTS = {
    "mono": "",
    "di": "2",
    "tri": "3",
    "tetra": "4",
    "penta": "5",
    "hexa": "6",
    "hepta": "7",
    "octa": "8",
    "nona": "9",
    "deca": "10",
    "dodeca": "12",
}
_KEY = re.compile(r"[A-Z]{14}-[A-Z]{8}[SN]A-[A-Z]")
#: Of an InChIKey without stereochemistry and isotopes.
_FLAT = "UHFFFAOYSA"
#: In code that is not said to be a SMILES: atoms and bonds alone.
_PLAUSIBLE = re.compile(
    r"(?=.*[=#()\[\]\d])(?=.*[CcNnOo])(?:\[[^\[\]\s]{0,20}\]?|Br|Cl|[BCNOPSFIbcnops]|[-=#/\\.@+%()\d])+"
)
MOST_COMPARED = 12
_SUGAR = re.compile(r"ose\b", re.IGNORECASE)
#: Relations of compare_structures that no answer is wrong to pass over.
_AS_GOOD = re.compile(
    r"^identical|tautomer|not decided|zwitterion|resonance|mesomer|protonation|charge|isotop|salt|solvate", re.I
)


@dataclass(frozen=True)
class Identity:
    """What became of a notation; ``ours`` in words, ``beside`` the thing that it was compared with."""

    thing: Thing
    verdict: Verdict
    ours: str
    call: dict[str, Any]
    kind: str
    card: str = ""
    smiles: str = ""


class Identities:
    """The notations of one text."""

    def __init__(
        self,
        text: str,
        scope: Scope,
        facts: Facts,
        told: Sequence[Fact],
        code: Sequence[tuple[int, int]],
        stop: threading.Event | None = None,
    ) -> None:
        self._text, self._scope, self._facts, self._told, self._stop = text, scope, facts, told, stop
        self._links = Links(text, scope, code)

    def check(self, thing: Thing) -> Identity | None:
        if thing.kind not in _NOTATIONS:
            return None
        sentence = self._scope.sentence_at(thing.start)
        if thing.kind == "smiles" and self._scope.is_part(thing):
            return None  # of one that is taken apart
        if self._is_reported(thing) or (thing.kind == "cas" and not self._is_number_of_a_compound(thing, sentence)):
            return None
        invalid = self._invalid(thing, sentence)
        if invalid is not None:
            return invalid
        if thing.kind == "smiles" and _PART.search(self._text, max(sentence.start, thing.start - 30), thing.start):
            return None
        if DENIED.search(self._text[max(sentence.start, thing.start - 60) : thing.start]):
            return None
        beside, sure = self._links.beside(thing, sentence)
        doubted = _BROKEN_SAID.search(self._text, max(sentence.start, thing.start - 50), thing.start)
        different: Identity | None = None
        for other in beside[:MOST_COMPARED]:
            found = self._compared(thing, other)
            if found is not None and found.verdict in ("tool", "equal"):
                return found
            different = different or found
        return different if sure and not doubted else None

    def _is_reported(self, thing: Thing) -> bool:
        """Whether the line tells, before it, what others get wrong."""
        line = self._text.rfind("\n", 0, thing.start) + 1
        return bool(REPORTED.search(self._text, max(line, thing.start - 250), thing.start))

    def _is_number_of_a_compound(self, thing: Thing, sentence: Sentence) -> bool:
        """Whether what has the form of a CAS number is one: so called, beside a name, in square brackets, or alone."""
        names = [one for one in self._scope.things(frozenset(["name"])) if sentence.start <= one.start < sentence.end]
        bracketed = self._text[thing.start - 1 : thing.start] == "[" and self._text[thing.end : thing.end + 1] == "]"
        return (
            self._links.is_called(thing, sentence)
            or bool(self._links.in_sentence(thing, sentence, names))
            or bracketed
            or self._links.stands_alone(thing, sentence)
        )

    def _invalid(self, thing: Thing, sentence: Sentence) -> Identity | None:
        """Why it cannot be read, whatever it is of."""
        if _BROKEN_SAID.search(self._text, max(sentence.start, thing.start - 60), min(sentence.end, thing.end + 60)):
            return None
        if thing.kind == "cas":
            digit = cas_check_digit(thing.text)
            if digit != int(thing.text[-1]):
                return Identity(thing, "invalid", f"the check digit should be {digit}", {}, "cas")
            return None
        if thing.kind == "inchikey":
            if _KEY.fullmatch(thing.text) and thing.text[-1] in _PROTONS:
                return None
            return Identity(
                thing,
                "invalid",
                "an InChIKey has 14, 10 and 1 capitals, of which the second block ends in SA or NA and the last is N, or near it",
                {},
                "inchikey",
            )
        if thing.kind == "formula":
            return self._hydrate(thing, sentence)
        if thing.kind not in ("smiles", "inchi") or (thing.kind == "smiles" and not self._is_meant(thing, sentence)):
            return None
        call = {"tool": "resolve_structure", "arguments": {"text": thing.text}}
        try:
            fact = self._facts.ask(call["tool"], call["arguments"], self._stop)  # type: ignore[arg-type]
        except ToolInputError as error:
            return None if "SMARTS" in error.what else Identity(thing, "invalid", error.what, call, thing.kind)
        except RetortError:
            return None
        if thing.kind == "inchi" and str(fact.data.get("inchi")) != thing.text and thing.text.startswith("InChI=1S/"):
            return Identity(
                thing, "invalid", f"the structure that it gives has {fact.data.get('inchi')}", call, "inchi"
            )
        return None

    def _is_meant(self, thing: Thing, sentence: Sentence) -> bool:
        """Whether what looks like a SMILES is one: so called, directly behind a name, in code, or of no other form."""
        if self._is_generic(thing, sentence):
            return False
        names = [
            one
            for one in self._scope.things(frozenset(["name"]))
            if one.end <= thing.start and one.start >= sentence.start
        ]
        has_sign = re.search(r"[=()#\[\]]|[cno]\d", thing.text)
        if self._links.is_called(thing, sentence) or (
            names and has_sign and len(thing.text) > 4 and _DIRECT.fullmatch(self._text, names[-1].end, thing.start)
        ):
            return True
        return bool(_PLAUSIBLE.fullmatch(thing.text)) and (
            self._links.is_code(thing) or len(re.findall("[Cc]", thing.text)) > 2
        )

    def _hydrate(self, thing: Thing, sentence: Sentence) -> Identity | None:
        """A monohydrate with ·2H2O contradicts itself."""
        waters, said = (
            _WATERS.search(thing.text),
            _HYDRATE.search(self._text, max(sentence.start, thing.start - 60), thing.start),
        )
        if not waters or not said or said[1].lower() not in _COUNTS or waters[1] == _COUNTS[said[1].lower()]:
            return None
        return Identity(thing, "invalid", f"a {said[0].lower()} has ·{_COUNTS[said[1].lower()]}H2O", {}, "formula")

    def _is_generic(self, thing: Thing, sentence: Sentence) -> bool:
        return bool(_GENERIC.search(thing.text) or _SMARTS_SAID.search(self._text, sentence.start, sentence.end))

    def _compared(self, thing: Thing, other: Thing) -> Identity | None:
        known = self._facts.about(other, self._stop)
        if known is None or "formula" not in known.data:
            return None
        told = next(told_of(known, self._told), None)
        if thing.kind == "formula":
            return self._formula(thing, known, told)
        if thing.kind == "inchikey":
            return self._key(thing, other, known, told)
        if thing.kind == "cas":
            return self._cas(thing, other)
        try:
            compared = self._facts.ask("compare_structures", {"a": other.text, "b": thing.text}, self._stop)
        except RetortError:
            return None
        relation = str(compared.data.get("relation", ""))
        if compared.data.get("same"):
            return self._found(thing, "equal", str(compared.data["smiles_a"]), compared, told)
        if _AS_GOOD.search(relation):
            return None
        return self._found(
            thing, "different", f"{other.text} is {compared.data['smiles_a']}; these are {relation}", compared, None
        )

    def _key(self, thing: Thing, other: Thing, known: Fact, told: Fact | None) -> Identity | None:
        """Blocks of the skeleton, of what stands beside it (where both have that), and of the protons."""
        ours = str(known.data["inchikey"])
        if _SUGAR.search(other.text) and ours[:14] != thing.text[:14]:
            return None  # a ring or a chain
        same = ours[:14] == thing.text[:14] and ours[-1] == thing.text[-1]
        flat = thing.text[15:25] == _FLAT != ours[15:25]
        if same and flat:
            return None
        is_equal = same and ours[15:25] == thing.text[15:25]
        return self._found(thing, "equal" if is_equal else "different", ours, known, told if is_equal else None)

    def _formula(self, thing: Thing, known: Fact, told: Fact | None) -> Identity | None:
        try:
            stated, ours = parse_formula(thing.text), parse_formula(str(known.data["formula"]))
        except RetortError:
            return None
        if re.search(r"[DT](?![a-z])", thing.text):
            return None  # isotopes, which the formula of a compound does not have
        if dict(stated.counts) == dict(ours.counts):
            return self._found(thing, "equal", str(known.data["formula"]), known, told)
        return self._found(thing, "different", str(known.data["formula"]), known, None)

    def _cas(self, thing: Thing, other: Thing) -> Identity | None:
        """Compounds of one skeleton may have many numbers; a number of another compound, or one unknown where ours is known, differs."""
        try:
            named = self._facts.ask("name_to_structure", {"name": other.text}, self._stop)
        except RetortError:
            return None
        ours = str(named.data.get("cas", ""))
        if ours == thing.text:
            told = next((one for one in told_of(named, self._told) if one.data.get("cas") == ours), None)
            return self._found(thing, "equal", ours, named, told)
        try:
            numbered = self._facts.ask("name_to_structure", {"name": thing.text}, self._stop)
        except RetortError:
            return None
        if numbered.data["inchikey"][:14] == named.data["inchikey"][:14]:
            return self._found(thing, "equal", f"{other.text}, in one of its forms", numbered, None)
        try:
            compared = self._facts.ask("compare_structures", {"a": other.text, "b": thing.text}, self._stop)
        except RetortError:
            return None
        if _AS_GOOD.search(str(compared.data.get("relation", ""))):
            return None
        called = f"; {thing.text} is {numbered.data['smiles']}"
        return self._found(
            thing, "different", f"{ours}{called}" if ours else f"another compound{called}", numbered, None
        )

    def _found(self, thing: Thing, verdict: Verdict, ours: str, fact: Fact, told: Fact | None) -> Identity:
        smiles = str(fact.data.get("smiles", "")) if thing.kind != "smiles" else ""
        if told is not None and verdict == "equal":
            return Identity(thing, "tool", ours, told.call, thing.kind, told.card, smiles)
        return Identity(thing, verdict, ours, fact.call, thing.kind, "", smiles)
