"""Which compound a notation of an answer is of: the name that it stands beside, or what the text is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.checking.scope import Scope
from app.checking.sentences import Sentence
from app.checking.things import Thing

#: Words for each kind of notation.
SAYS = {
    "smiles": re.compile(r"\bSMILES\b|\bsmiles\b|line notation", re.I),
    "inchi": re.compile(r"InChI(?!Key)", re.I),
    "inchikey": re.compile(r"InChI[-\s]?Key", re.I),
    "cas": re.compile(r"\bCAS\b|registry number|registered|\bRN\b", re.I),
    "formula": re.compile(r"formula|composition", re.I),
}
_WORDS_BETWEEN = (
    r"(?:also|the|an?|its|has|have|is|are|as|with|having|whose|which|of|can be|be|written|represented|given|by|molecular|empirical|chemical|sum|formula|structure|canonical|isomeric|simplified|compact|unique|standard"
    r"|SMILES|string|notation|representation|InChI|InChIKey|key|identifier|CAS|registry|number|RN|No\.?|#|reads?|for|it|line|use|try|write|take|enter|used|common|corresponds?|to|valid|form|from PubChem|carries|registered|under)\b"
)
_BESIDE = re.compile(
    rf"[\s`'\"*]*(?:\([\d–% .-]{{1,20}}\))?(?:[(\[,:;=–—-]\s*)?(?:{_WORDS_BETWEEN}[\s`'\"*:,(=#–—-]*)*[`'\"*(]*",
    re.IGNORECASE,
)
#: Behind what the name is also called, in brackets.
_BEHIND_BRACKET = re.compile(
    rf"[`'\"*]*\)[`'\"*]*\s*(?:[:=–—-]|,?\s*(?:is|has|as|with|reads?|can be)\b)\s*(?:{_WORDS_BETWEEN}[\s`'\"*:,(=#–—-]*)*[`'\"*(]*",
    re.IGNORECASE,
)
#: Whatever else stands between, the clause says what it is: "stearic acid, the saturated one, is".
_SAYS_IS = re.compile(r"[^;\n\d]{0,80}(?:\bis|\bare|=|:|\breads|\bby|\bformula|\bunder)\s*[`'\"*(]*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()\n]{0,60}\)")
_NAME_BEHIND = re.compile(
    r"[`'\"*]*\s*(?:[(=–—-]|is|for|represents|corresponds to|encodes|denotes|belongs to|stands for|means)\s*(?:the\s+)?[`'\"“*]*|[`'\"*]*\s+",
    re.IGNORECASE,
)
_ALL_ARE = re.compile(
    r"^\W*(?:both|all|these|they|it|this|each)\s+(?:are|is|have|has|share)\s+(?:the formula\s+)?$", re.IGNORECASE
)
_CLAUSE_ENDS = re.compile(r"[`'\"*)]*,\s+(?:has|is|with)\b")
#: Groups and fragments, which are no compound's formula.
_GROUPS = "CH2 CH3 OH NH2 NO2 COOH CO2H CHO SO3H CN NH SH OCH3 CF3 C2H5 C6H5 PO4 SO4 CO3 NO3 NH4 H3O"
#: A formula of an organic compound behind a comma.
_LISTED = re.compile(r", C\d+H\d+[A-Z\d]*[a-z]?\d*$")
#: Solvents and groups written with abbreviations: MeCN, EtOH, PhB(OH)2.
_ABBREVIATED = re.compile(r"Me|Et|Ph|Bu|Ac[A-Z]|Bn|Pr[A-Z]|Boc|Ts")
#: Between a name and what is of it, in characters.
LONGEST_GAP = 200
_ACID = re.compile(r"HCl|HBr|HI|H2SO4|H3PO4|HNO3|TFA")
_FORMULA_NAME = re.compile(r"(?:[A-Z][a-z]?\d*){1,6}")


class Links:
    """Of the notations of one text; ``code`` are the stretches that were written as code."""

    def __init__(self, text: str, scope: Scope, code: Sequence[tuple[int, int]]) -> None:
        self._text, self._scope, self._code = text, scope, code

    def is_called(self, thing: Thing, sentence: Sentence) -> bool:
        """Whether it is called what it looks like: before it, in its sentence, or over its column."""
        says = SAYS[thing.kind]
        places = [(max(0, thing.start - 60), thing.start), (sentence.start, sentence.end)]
        places += [place for place in (sentence.header, sentence.row) if place]
        if thing.kind == "cas":
            places.append((self._text.rfind("\n", 0, thing.start) + 1, thing.start))
        return any(says.search(self._text, *place) for place in places)

    def is_code(self, thing: Thing) -> bool:
        return any(start <= thing.start and thing.end <= end for start, end in self._code)

    def beside(self, thing: Thing, sentence: Sentence) -> tuple[list[Thing], bool]:
        """The compounds that the notation may be of, the likeliest first, and whether it is said to be of the first."""
        names = self._names(thing, sentence)
        if sentence.header is not None:
            if thing.kind in ("formula", "smiles") and not self.is_called(thing, sentence):
                return [], False
            return self._in_table(sentence, names)
        here = [one for one in names if sentence.start <= one.start < sentence.end]
        if found := self.in_sentence(thing, sentence, here):
            return found, True
        is_called = (
            thing.kind in ("inchi", "inchikey")
            or self.is_called(thing, sentence)
            or _ALL_ARE.search(self._text[sentence.start : thing.start])
        )
        if not (is_called or self.stands_alone(thing, sentence)) or is_group(thing):
            return [], False
        earlier = [one for one in names if one.end <= thing.start]
        if not earlier:
            asked = list(self._scope.asked(frozenset(["name"])))
            return asked, len(asked) == 1
        if self._scope.is_renamed(earlier[-1].end, thing.start):
            return [], False
        topic = self._scope.first_of(earlier[-1], earlier)
        others = [topic, *(one for one in reversed(earlier) if one is not topic)]
        return others, not self._scope.is_of_another(sentence)

    def _in_table(self, sentence: Sentence, names: list[Thing]) -> tuple[list[Thing], bool]:
        """The names of the row, or of the column; else what the table is about, where its rows are properties."""
        subject = self._scope.subject(sentence, sentence.start, sentence.start, None, frozenset(["name"]))
        return [one for one in subject.things if one in names], subject.sure

    def _names(self, thing: Thing, sentence: Sentence) -> list[Thing]:
        """What a notation may be of: names; where the text has none, another notation of a structure."""
        names = list(self._scope.things(frozenset(["name"])))
        if thing.kind not in ("formula", "inchikey") or any(one.end <= thing.start for one in names):
            return names
        others = self._scope.things(frozenset(["smiles", "inchi", "cas"]))
        return [one for one in others if not self._scope.is_doubted(one)] or names

    def in_sentence(self, thing: Thing, sentence: Sentence, here: list[Thing]) -> list[Thing]:
        text = self._text
        before = [one for one in here if one.end <= thing.start]
        behind = next((one for one in here if one.start >= thing.end), None)
        if before:
            nearest = before[-1]
            if len(before) > 1 and _CLAUSE_ENDS.match(text, nearest.end):  # A, the ester of B, has …
                return [before[0], *reversed(before[1:])]
            if self._links(_BESIDE, nearest, thing) and self._is_no_list(nearest, thing):
                return self._alike(nearest, before)
            if self._links(_BEHIND_BRACKET, nearest, thing):
                return list(reversed(before))
        if (
            behind
            and (match := _NAME_BEHIND.fullmatch(text, thing.end, behind.start))
            and (match[0].strip("`'\"* ") or self.is_code(thing))
            and text[behind.end : behind.end + 1] != ":"
        ):
            return [behind]
        if (
            before
            and sentence.is_item
            and before[0].start - sentence.start < 8
            and _LISTED.search(text[before[-1].end : thing.start] + text[thing.start : thing.end])
            and len(self._alike(before[-1], before)) == len(before)
        ):
            return before  # an item is about what it begins with
        if before and not is_group(thing):
            nearest = before[-1]
            gap = _IN_BRACKETS.sub("", text[nearest.end : thing.start])
            is_said = SAYS[thing.kind].search(gap) or _SAYS_IS.fullmatch(gap)
            if is_said and not self._scope.has_between(nearest, thing, thing.kind):
                return [before[0], *reversed(before[1:])]
        return []

    def _links(self, pattern: re.Pattern[str], name: Thing, thing: Thing) -> bool:
        return thing.start - name.end <= LONGEST_GAP and bool(pattern.fullmatch(self._text, name.end, thing.start))

    def _is_no_list(self, name: Thing, thing: Thing) -> bool:
        """A formula behind a comma may be the next of a list: it is of the name where it is one of an organic compound, or the clause goes on."""
        if thing.kind != "formula":
            return True
        if _FORMULA_NAME.fullmatch(name.text) or is_group(thing):
            return False
        if _ACID.fullmatch(thing.text) and not self._text[name.end : thing.start].strip(" -·"):
            return False  # lidocaine HCl
        if self._text[name.end : thing.start].strip() != ",":
            return True
        goes_on = re.match(r"\s*[,)]?\s*(?:is|has|weighs|with|M\b|MW|\()", self._text[thing.end :])
        return bool(goes_on or re.match(r"C\d+H\d+", thing.text))

    def _alike(self, nearest: Thing, before: list[Thing]) -> list[Thing]:
        """The name, and what it is also called just before."""
        alike = [nearest]
        for one in reversed(before[:-1]):
            if self._text[one.end : alike[-1].start].strip(" `'\"*").lower() not in (
                "(",
                "or",
                ",",
                "/",
                "[",
                "; also",
                "also",
                ", also called",
                "also known as",
                "is",
                ") is",
                ", or",
            ):
                break
            alike.append(one)
        return alike

    def stands_alone(self, thing: Thing, sentence: Sentence) -> bool:
        return not self._text[sentence.start : thing.start].strip(" \t`*:-•") and not self._text[
            thing.end : sentence.end
        ].strip(" \t`*.,")


def is_group(thing: Thing) -> bool:
    return thing.kind == "formula" and (_ABBREVIATED.match(thing.text) is not None or thing.text in _GROUPS.split())
