"""What is read of an entry of UniProt, in the JSON that its REST service documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from errors import shown
from tools.lookups.reading import LongWords, Number, Told, Words
from tools.outputs import Cell, Feature

MOST_RESIDUES = 100_000
MOST_DRAWN = 60
#: Kinds of feature that a reader looks for along a sequence, in the order in which they are drawn.
DRAWN = (
    "Signal", "Transit peptide", "Propeptide", "Domain", "Transmembrane", "Active site", "Binding site", "DNA binding",
    "Modified residue", "Glycosylation", "Disulfide bond",
)  # fmt: skip


def _residues(text: str) -> str:
    if not text.isascii() or not text.isalpha() or not text.isupper() or len(text) > MOST_RESIDUES:
        raise ValueError("no sequence")
    return text


class _Text(Told):
    value: Words = ""


class _LongText(Told):
    value: LongWords = ""


class _Named(Told):
    full: _Text = Field(default_factory=_Text, alias="fullName")


class _Description(Told):
    recommended: _Named | None = Field(None, alias="recommendedName")
    submitted: list[_Named] = Field(default_factory=list, alias="submissionNames")


class _Gene(Told):
    name: _Text | None = Field(None, alias="geneName")


class Organism(Told):
    name: Words = Field("", alias="scientificName")
    taxon: int = Field(0, alias="taxonId")


class _Sequence(Told):
    value: Annotated[str, AfterValidator(_residues)] = "X"
    mass: Number = Field(None, alias="molWeight")


class _Audit(Told):
    sequence_version: int | None = Field(None, alias="sequenceVersion")


class _Place(Told):
    value: int | None = None


class _Location(Told):
    start: _Place = Field(default_factory=_Place)
    end: _Place = Field(default_factory=_Place)


class Stretch(Told):
    kind: Words = Field("", alias="type")
    description: Words = ""
    location: _Location = Field(default_factory=_Location)

    @property
    def first(self) -> int | None:
        return self.location.start.value

    @property
    def last(self) -> int | None:
        return self.location.end.value


class Isoform(Told):
    name: _Text = Field(default_factory=_Text)
    ids: list[Words] = Field(default_factory=list, alias="isoformIds")
    status: Words = Field("", alias="isoformSequenceStatus")

    @property
    def called(self) -> str:
        return self.name.value

    @property
    def is_canonical(self) -> bool:
        return self.status == "Displayed"


class _Where(Told):
    location: _Text = Field(default_factory=_Text)


class _Comment(Told):
    kind: Words = Field("", alias="commentType")
    texts: list[_LongText] = Field(default_factory=list)
    isoforms: list[Isoform] = Field(default_factory=list)
    places: list[_Where] = Field(default_factory=list, alias="subcellularLocations")


class _Reference(Told):
    database: Words = ""
    id: Words = ""


class Inactive(Told):
    """Why an entry is no more, and what lives on in its place."""

    kind: Words = Field("", alias="inactiveReasonType")
    into: list[Words] = Field(default_factory=list, alias="mergeDemergeTo")
    reason: Words = Field("", alias="deletedReason")

    @property
    def sentence(self) -> str:
        how = {"MERGED": "it was merged into", "DEMERGED": "it was split into"}.get(self.kind)
        if how and self.into:
            return f"{how} {', '.join(self.into[:10])}"
        return f"it was deleted ({self.reason})" if self.reason else "it was deleted"

    @property
    def hint(self) -> str:
        if not self.into:
            return "look for the protein by its gene and organism"
        return f"ask for {shown(self.into[0])}" if len(self.into) == 1 else "ask for the one that is meant"


class Entry(Told):
    """One entry; an inactive one has little but ``inactive``."""

    entry_type: Words = Field(alias="entryType")
    accession: Words = Field(alias="primaryAccession")
    name: Words = Field("", alias="uniProtkbId")
    description: _Description = Field(_Description.model_validate({}), alias="proteinDescription")
    genes: list[_Gene] = Field(default_factory=list)
    organism: Organism = Organism.model_validate({})
    sequence: _Sequence = _Sequence.model_validate({})
    existence: Words = Field("", alias="proteinExistence")
    audit: _Audit | None = Field(None, alias="entryAudit")
    features: list[Stretch] = Field(default_factory=list)
    comments: list[_Comment] = Field(default_factory=list)
    references: list[_Reference] = Field(default_factory=list, alias="uniProtKBCrossReferences")
    inactive: Inactive | None = Field(None, alias="inactiveReason")

    @property
    def is_reviewed(self) -> bool:
        return "reviewed (Swiss-Prot)" in self.entry_type and "unreviewed" not in self.entry_type

    @property
    def length(self) -> int:
        return len(self.sequence.value)

    @property
    def protein_name(self) -> str:
        named = [self.description.recommended] if self.description.recommended else self.description.submitted
        return named[0].full.value if named and named[0] else ""

    @property
    def gene(self) -> str:
        return next((one.name.value for one in self.genes if one.name), "")

    @property
    def functions(self) -> list[str]:
        return [text.value for one in self.comments if one.kind == "FUNCTION" for text in one.texts if text.value]

    @property
    def locations(self) -> list[str]:
        found = [place.location.value for one in self.comments for place in one.places if place.location.value]
        return list(dict.fromkeys(found))

    @property
    def isoforms(self) -> list[Isoform]:
        return [isoform for one in self.comments for isoform in one.isoforms]

    @property
    def pdb_ids(self) -> list[str]:
        return [one.id for one in self.references if one.database == "PDB"]


class Found(Told):
    results: list[Entry]


def features_of(entry: Entry, length: int) -> tuple[Feature, ...]:
    """What is drawn along the sequence: stretches inside it, of the kinds that readers look for."""
    stretches = sorted(
        (one for one in entry.features if one.kind in DRAWN), key=lambda one: (DRAWN.index(one.kind), one.first or 0)
    )
    return tuple(
        Feature(
            name=f"{one.kind}: {one.description}"[:80].rstrip(": "),
            start=one.first,
            end=one.last,
            strand=0,
            group=one.kind,
        )
        for one in stretches
        if one.first and one.last and 1 <= one.first <= one.last <= length
    )[:MOST_DRAWN]


def read_feature(one: Stretch) -> tuple[Cell, ...]:
    return one.kind, one.first, one.last, one.description
