"""Notations in an answer: whether they can be read at all, and whether they are of the compound that they stand beside."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.checking.facts import Fact, Facts, told_of
from app.checking.finding import Thing
from app.checking.marks import Verdict
from app.checking.scope import Scope
from app.checking.sentences import Sentence
from errors import RetortError, ToolInputError
from tools.inputs.formulas import parse_formula
from tools.inputs.notations import cas_check_digit

_SAYS = {
    "smiles": re.compile(r"\bSMILES\b|\bsmiles\b|line notation", re.I),
    "inchi": re.compile(r"InChI(?!Key)", re.I),
    "inchikey": re.compile(r"InChI[-\s]?Key", re.I),
    "cas": re.compile(r"\bCAS\b|registry number|\bRN\b", re.I),
    "formula": re.compile(r"formula|composition", re.I),
}
_NOTATIONS = frozenset(_SAYS)
_GENERIC = re.compile(r"\bR\d?\b|\[R\d?\]|\*|~|\bX\b|\bAr\b|SMARTS|\[\#|[;&,!$]\[|\.\.\.|…")
_SMARTS_SAID = re.compile(
    r"SMARTS|substructure pattern|reaction template|generic|fragment|R[-\s]?group|placeholder|polymer|repeat(?:ing)? unit",
    re.I,
)
_BROKEN_SAID = re.compile(
    r"\b(?:invalid|not valid|malformed|broken|does not parse|doesn[’']t parse|cannot be parsed|incorrect|wrong|mistake|typo|error|unclosed|never write|instead of|rather than|not)\b",
    re.I,
)
_NAME_BESIDE = re.compile(
    r"^[`'\"”*)]*\s*(?:[(\[,:–—=|-]|,?\s*(?:has|is|are|with|having|whose|which has)\b|\bas\b|['’]s\b)"
)
#: What may stand between a name and a formula, a SMILES or a number of it.
_BESIDE = re.compile(
    r"[\s`'\"”*]*(?:[(\[,:;–—=-]|\s)*(?:(?:also|the|a|an|its|has|have|is|as|with|having|whose|which|and|of|can be|be|written|represented|given|by|molecular|empirical|chemical|sum|formula|structure|canonical|isomeric|simplified|compact"
    r"|SMILES|smiles|string|notation|representation|InChI|InChIKey|standard|key|identifier|CAS|registry|number|RN|No\.?|no\.?|#|reads?|for|it|are|line|used|common|known|corresponds?|to|one|valid|in|acid form|from PubChem)\b[\s`'\"*:,(=#.–—-]*)*",
    re.IGNORECASE,
)
_OF_NAME = re.compile(
    r"(?:SMILES|InChIKey|InChI|CAS(?:\s+(?:registry\s+)?(?:number|No\.?|RN))?|formula|structure|string|notation|number|key|identifier)\s+(?:\w+\s+){0,2}?(?:of|for)\s+(?:the\s+|a\s+|an\s+)?$",
    re.I,
)
#: Relations of compare_structures that no answer is wrong to pass over.
_AS_GOOD = re.compile(
    r"identical|tautomer|not decided|zwitterion|resonance|mesomer|protonation|charge|isotop|salt|solvate", re.I
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
        self._text, self._scope, self._facts, self._told, self._code, self._stop = text, scope, facts, told, code, stop

    def check(self, thing: Thing) -> Identity | None:
        if thing.kind not in _NOTATIONS:
            return None
        sentence = self._scope.sentence_at(thing.start)
        if thing.kind == "cas" and not self._is_called(thing, sentence):
            return None
        invalid = self._invalid(thing, sentence)
        if invalid is not None:
            return invalid
        beside, sure = self._beside(thing, sentence)
        if not beside:
            return None
        doubted = _BROKEN_SAID.search(self._text, max(sentence.start, thing.start - 50), thing.start)
        different: Identity | None = None
        for other in beside:
            found = self._compared(thing, other)
            if found is not None and found.verdict in ("tool", "equal"):
                return found
            different = different or found
        return different if sure and not doubted else None

    def _is_called(self, thing: Thing, sentence: Sentence) -> bool:
        """Whether it is called what it looks like: before it, in its sentence, or over its column."""
        says = _SAYS[thing.kind]
        places = [(max(0, thing.start - 60), thing.start), (sentence.start, sentence.end)]
        places += [place for place in (sentence.header, sentence.row) if place]
        return any(says.search(self._text, *place) for place in places)

    def _is_code(self, thing: Thing) -> bool:
        return any(start <= thing.start and thing.end <= end for start, end in self._code)

    def _invalid(self, thing: Thing, sentence: Sentence) -> Identity | None:
        """Why it cannot be read, whatever it is of."""
        if _BROKEN_SAID.search(self._text, max(sentence.start, thing.start - 60), min(sentence.end, thing.end + 60)):
            return None
        if thing.kind == "cas":
            digit = cas_check_digit(thing.text)
            if digit != int(thing.text[-1]):
                return Identity(thing, "invalid", f"the check digit should be {digit}", {}, "cas")
            return None
        if thing.kind == "smiles":
            if not (self._is_called(thing, sentence) or self._is_code(thing)) or self._is_generic(thing, sentence):
                return None
            if not re.search(r"[=#()\[\]@]|\d", thing.text) and not self._is_called(thing, sentence):
                return None
        elif thing.kind != "inchi":
            return None
        try:
            self._facts.ask("describe_molecule", {"molecule": thing.text}, self._stop)
        except ToolInputError as error:
            call = {"tool": "describe_molecule", "arguments": {"molecule": thing.text}}
            return Identity(thing, "invalid", error.what, call, thing.kind)
        except RetortError:
            return None
        return None

    def _is_generic(self, thing: Thing, sentence: Sentence) -> bool:
        return bool(_GENERIC.search(thing.text) or _SMARTS_SAID.search(self._text, sentence.start, sentence.end))

    def _beside(self, thing: Thing, sentence: Sentence) -> tuple[list[Thing], bool]:
        """The compounds that the notation may be of, the likeliest first, and whether it is said to be of the first."""
        names = [one for one in self._scope.things(frozenset(["name"])) if one.end <= len(self._text)]
        if sentence.header is not None:
            row = [one for one in names if self._scope.sentence_at(one.start).line == sentence.line]
            if row:
                return row, True
        else:
            here = [one for one in names if sentence.start <= one.start < sentence.end]
            before = [one for one in here if one.end <= thing.start]
            behind = next((one for one in here if one.start >= thing.end), None)
            if before and _BESIDE.fullmatch(self._text, before[-1].end, thing.start):
                return self._alike(before[-1], before), True
            if behind and re.fullmatch(
                r"[`'\"”*]*\s*(?:[(=–—-]|is|for|,|represents|corresponds to|encodes|denotes)\s*(?:the\s+)?[`'\"“*]*",
                self._text[thing.end : behind.start],
            ):
                return [behind], True
            if before and _SAYS[thing.kind].search(self._text, before[-1].end, thing.start):
                return self._alike(before[-1], before), True
            if here and not before and _SAYS[thing.kind].search(self._text, sentence.start, thing.start):
                return here[:1], False
        if not self._is_called(thing, sentence) and thing.kind != "inchi" and not self._stands_alone(thing, sentence):
            return [], False
        earlier = [one for one in names if one.end <= thing.start]
        if not earlier:
            asked = list(self._scope.asked(frozenset(["name"])))
            return asked, len(asked) == 1
        topic = self._scope.first_of(earlier[-1], earlier)
        return [topic, *reversed(earlier)], True

    def _alike(self, nearest: Thing, before: list[Thing]) -> list[Thing]:
        return [
            nearest,
            *(
                one
                for one in before
                if one is not nearest
                and self._text[one.end : nearest.start].strip() in ("(", "or", ",", "/", "[", "; also", "also")
            ),
        ]

    def _stands_alone(self, thing: Thing, sentence: Sentence) -> bool:
        return not self._text[sentence.start : thing.start].strip(" \t`*:-•") and not self._text[
            thing.end : sentence.end
        ].strip(" \t`*.,")

    def _compared(self, thing: Thing, other: Thing) -> Identity | None:
        known = self._facts.about(other, self._stop)
        if known is None or "formula" not in known.data:
            return None
        told = next(told_of(known, self._told), None)
        if thing.kind == "formula":
            return self._formula(thing, known, told)
        if thing.kind == "inchikey":
            ours = str(known.data["inchikey"])
            if ours[:14] == thing.text[:14]:
                same = ours[15:25] == thing.text[15:25] or "UHFFFAOYSA" in (ours[15:25], thing.text[15:25])
                return self._found(thing, "equal" if same else "different", ours, known, told)
            return self._found(thing, "different", ours, known, None)
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

    def _formula(self, thing: Thing, known: Fact, told: Fact | None) -> Identity | None:
        try:
            stated, ours = parse_formula(thing.text), parse_formula(str(known.data["formula"]))
        except RetortError:
            return None
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
        if numbered.data["formula"] == named.data["formula"]:
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
