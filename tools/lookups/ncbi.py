"""Sequences of GenBank and RefSeq: ``ncbi_sequence``. NCBI's E-utilities, https://www.ncbi.nlm.nih.gov/books/NBK25501/."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationError

from errors import ToolError, ToolInputError, shown
from tools.inputs import AccessionText, Refresh
from tools.inputs.identifiers import is_protein_accession, parse_ncbi
from tools.inputs.sequences import MOST_RESIDUES, ParsedSequence, counted, parse_sequence
from tools.lookups.asking import Answer, Service, ask
from tools.lookups.reading import Told, Words, as_json, as_text
from tools.outputs import SequenceView, Table, ToolOutput
from tools.registry import tool

HOST = "eutils.ncbi.nlm.nih.gov"
NCBI_SERVICE = Service(
    "NCBI", HOST, "NCBI puts no terms on the sequences; those who submitted them may have rights of their own."
)
_TOOL = (
    "retort"  # which program asks, as NCBI wants to be told; it also wants an address of a person, which is not sent
)
LONGEST_IN_DATA = 2_000


class _Summary(Told):
    version: Words = Field(alias="accessionversion")
    title: Words = ""
    length: int = Field(alias="slen")
    organism: Words = ""
    molecule: Words = Field("", alias="moltype")
    topology: Words = ""
    completeness: Words = ""
    status: Words = ""
    replaced_by: Words = Field("", alias="replacedby")
    updated: Words = Field("", alias="updatedate")


class _Summaries(Told):
    """``result`` has the list of ``uids`` and an object for each; it is missing where nothing was found."""

    result: dict[str, Any] = Field(default_factory=dict)

    def only(self) -> _Summary | None:
        uids = self.result.get("uids")
        if not isinstance(uids, list) or len(uids) != 1 or not isinstance(self.result.get(str(uids[0])), dict):
            return None
        record = self.result[str(uids[0])]
        if record.get("error"):
            return None
        try:
            return _Summary.model_validate(record)
        except ValidationError:
            raise ToolError("NCBI answered with something that cannot be read (a summary of another shape); try again later.") from None  # fmt: skip


@tool(
    group="lookup",
    libraries=("httpx",),
    asks=("GenBank", "RefSeq", "NCBI", "NCBI sequence", "GenBank accession", "RefSeq accession", "fetch the sequence", "from NCBI"),
    time_limit_s=90,
    hosts=(HOST,),
)  # fmt: skip
def ncbi_sequence(
    accession: AccessionText,
    start: Annotated[int, Field(ge=0, description="First base or residue, from 1; 0: the whole")] = 0,
    end: Annotated[int, Field(ge=0, description="Last base or residue, included; 0: to the end")] = 0,
    refresh: Refresh = False,
) -> ToolOutput:
    """Fetch a nucleotide or protein sequence from NCBI (GenBank, RefSeq) over the network, by its accession, whole or a stretch of
    it: title, organism, version, residues.

    Without a version the newest is taken, and which one that was is said. Raises ``ToolInputError`` for an accession that NCBI does not
    have and for more than 100,000 residues, ``ToolError`` where NCBI does not answer.
    """
    asked = parse_ncbi(accession)
    database = "protein" if is_protein_accession(asked) else "nuccore"
    answer = _asked(asked, database, refresh)
    summary = answer.value.only() if answer.value else None
    if summary is None:
        raise ToolInputError(f"NCBI has no sequence {shown(asked)}", "accession", "compare it with its source")
    first, last = _stretch(start, end, summary)
    query: dict[str, str | int] = {
        "db": database,
        "id": summary.version,
        "rettype": "fasta",
        "retmode": "text",
        "tool": _TOOL,
    }
    if (first, last) != (1, summary.length):
        query |= {"seq_start": first, "seq_stop": last}
    file = ask(
        NCBI_SERVICE,
        "/entrez/eutils/efetch.fcgi",
        as_text,
        query=query,
        accept="text/plain",
        absent=frozenset((400, 404)),
        refresh=refresh,
    )
    parsed = _parsed(file, database, summary)
    if len(parsed.residues) != last - first + 1:
        raise ToolError(
            f"NCBI sent {len(parsed.residues):,} residues of {summary.version} in place of {last - first + 1:,}; try again later."
        )
    return _output(asked, summary, parsed, (first, last), (answer, file))


def _asked(asked: str, database: str, refresh: bool) -> Answer[_Summaries]:
    query: dict[str, str | int] = {"db": database, "id": asked, "retmode": "json", "tool": _TOOL}
    return ask(
        NCBI_SERVICE, "/entrez/eutils/esummary.fcgi", as_json(_Summaries), query=query, absent=frozenset((400, 404)), refresh=refresh
    )  # fmt: skip


def _stretch(start: int, end: int, summary: _Summary) -> tuple[int, int]:
    first, last = start or 1, end or summary.length
    if not 1 <= first <= last <= summary.length:
        raise ToolInputError(
            f"{summary.version} has {summary.length:,} residues; {first:,} to {last:,} is no stretch of it", "start, end", "name one inside it"
        )  # fmt: skip
    if last - first + 1 > MOST_RESIDUES:
        raise ToolInputError(
            f"{summary.version} ({summary.title}) has {last - first + 1:,} residues, and at most {MOST_RESIDUES:,} are read",
            "accession",
            "name a stretch by start and end",
        )
    return first, last


def _parsed(file: Answer[str], database: str, summary: _Summary) -> ParsedSequence:
    if not file.value:
        raise ToolInputError(f"NCBI gives no sequence of {shown(summary.version)}", "accession", "look at its page")
    try:
        return parse_sequence(file.value, "protein" if database == "protein" else "dna", "NCBI's FASTA")
    except ToolInputError as error:
        raise ToolError(f"NCBI answered with a sequence that cannot be read: {error}") from None


def _output(
    asked: str, summary: _Summary, parsed: ParsedSequence, stretch: tuple[int, int], answers: tuple[Answer[Any], ...]
) -> ToolOutput:
    residues, version = parsed.residues, summary.version
    is_whole = stretch == (1, summary.length)
    notes: list[str] = []
    if "." not in asked:
        notes.append(
            f"{asked} names no version; the newest, {version}, was taken. Cite it with its version: another may differ."
        )
    if summary.status and summary.status != "live":
        notes.append(f"NCBI says of this record: {summary.status}.")
    if summary.replaced_by:
        notes.append(f"It is replaced by {summary.replaced_by}.")
    if parsed.alphabet == "dna" and "rna" in summary.molecule.lower():
        notes.append("An RNA, which NCBI writes with T in place of U.")
    if not is_whole:
        notes.append(
            f"Residues {stretch[0]:,} to {stretch[1]:,} of {summary.length:,}; positions in the view count from 1."
        )
    data: dict[str, Any] = {
        "accession": version,
        "title": summary.title,
        "organism": summary.organism,
        "molecule": summary.molecule,
        "topology": summary.topology,
        "completeness": summary.completeness,
        "updated": summary.updated,
        "length": summary.length,
        "start": stretch[0],
        "end": stretch[1],
        "sequence": residues if len(residues) <= LONGEST_IN_DATA else "",
        "url": f"https://www.ncbi.nlm.nih.gov/{'protein' if parsed.alphabet == 'protein' else 'nuccore'}/{version}",
    }
    if not data["sequence"]:
        notes.append(f"The sequence of {len(residues):,} residues is in the view, not in the values.")
    circular = is_whole and summary.topology == "circular"
    title = version if is_whole else f"{version}, {stretch[0]} to {stretch[1]}"
    view = SequenceView(alphabet=parsed.alphabet, residues=residues, title=title, circular=circular)
    rows = (
        ("Accession and version", version), ("Title", summary.title), ("Organism", summary.organism),
        ("Molecule", summary.molecule), ("Topology", summary.topology), ("Completeness", summary.completeness),
        ("Length", summary.length), ("Updated", summary.updated),
    )  # fmt: skip
    table = Table(title=f"NCBI record {version}", columns=("Field", "Value"), rows=rows)
    said = f"{version} is {summary.title or 'a sequence without a title'}"
    part = "" if is_whole else f"; fetched were {stretch[0]:,} to {stretch[1]:,}"
    return ToolOutput(
        summary=f"{said}, {counted(summary.length, parsed.alphabet)}{part}.",
        data=data,
        views=(view, table),
        notes=(*notes, *parsed.notes, *(one.note for one in answers)),
    )
