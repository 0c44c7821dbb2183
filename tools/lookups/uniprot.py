"""What UniProt says of a protein: ``uniprot_entry``. REST, https://www.uniprot.org/help/api."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field

from errors import ToolInputError, shown
from tools.inputs import Refresh, UniprotText
from tools.inputs.identifiers import UNIPROT, UNIPROT_NAME, parse_free_text
from tools.inputs.sequences import parse_protein
from tools.lookups.asking import Answer, Service, ask
from tools.lookups.reading import as_json, as_text
from tools.lookups.uniprot_shapes import Entry, Found, features_of, read_feature
from tools.outputs import Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

HOST = "rest.uniprot.org"
UNIPROT_SERVICE = Service("UniProt", HOST, "The data of UniProt are under CC BY 4.0; cite UniProt.")
MOST_BYTES = 20_000_000  # the entry of titin has some MB
MOST_HITS, MOST_LISTED, LONGEST_IN_DATA = 15, 20, 2_000
_FIELDS = "accession,id,protein_name,gene_names,organism_name,sequence"
_GENE = re.compile(r"[A-Za-z][A-Za-z\d.\-]{0,19}")
#: Organisms as people call them, and NCBI's number of the taxon (of the reference strain where UniProt files by strain).
ORGANISMS = {
    "human": 9606, "homo sapiens": 9606, "mouse": 10090, "mus musculus": 10090, "rat": 10116, "rattus norvegicus": 10116,
    "yeast": 559292, "saccharomyces cerevisiae": 559292, "s. cerevisiae": 559292, "e. coli": 83333, "e.coli": 83333,
    "escherichia coli": 83333, "zebrafish": 7955, "danio rerio": 7955, "fruit fly": 7227, "drosophila": 7227,
    "drosophila melanogaster": 7227, "c. elegans": 6239, "caenorhabditis elegans": 6239, "arabidopsis": 3702,
    "arabidopsis thaliana": 3702, "chicken": 9031, "gallus gallus": 9031, "cow": 9913, "bovine": 9913, "bos taurus": 9913,
    "pig": 9823, "sus scrofa": 9823, "rabbit": 9986,
}  # fmt: skip


@tool(
    group="lookup",
    libraries=("httpx",),
    asks=("UniProt", "UniProt entry", "Swiss-Prot", "UniProt accession", "in UniProt", "from UniProt", "UniProtKB"),
    time_limit_s=90,
    hosts=(HOST,),
)
def uniprot_entry(
    protein: UniprotText,
    organism: Annotated[
        str,
        Field(
            description="Of a gene symbol: human, Mus musculus, a taxon number", json_schema_extra={"entity": "host"}
        ),
    ] = "",
    refresh: Refresh = False,
) -> ToolOutput:
    """Look a protein up in UniProt over the network, by accession (P04637, an isoform as P04637-2), entry name, or gene symbol with its
    organism: names, function, sequence with features, isoforms.

    Of a merged or deleted accession it says so. Raises ``ToolInputError`` for a gene symbol without organism and for what UniProt does
    not have, ``ToolError`` where it does not answer.
    """
    word = protein.strip()
    if UNIPROT.fullmatch(word.upper()):
        return _by_accession(word.upper(), refresh)
    if UNIPROT_NAME.fullmatch(word.upper()):
        return _by_query(word, f"id:{word.upper()}", refresh)
    if not _GENE.fullmatch(word):
        raise ToolInputError(
            f"{shown(protein)} is no accession, entry name or gene symbol", "protein", "give P04637, P53_HUMAN, or TP53 with its organism"
        )  # fmt: skip
    if not organism.strip():
        raise ToolInputError(
            f"{shown(word)} is a gene symbol, and many organisms have a gene of that name", "organism", "name the organism, such as human"
        )  # fmt: skip
    return _by_query(f"{word} of {organism.strip()}", f"gene_exact:{word} AND {_of_organism(organism)}", refresh)


def _of_organism(organism: str) -> str:
    words = parse_free_text(organism, "organism", "human").lower()
    number = words if words.isdecimal() and len(words) <= 9 else str(ORGANISMS.get(words, ""))
    if number:
        return f"organism_id:{number}"
    if not re.fullmatch(r"[a-z][a-z .\-]{2,60}", words):
        raise ToolInputError(
            f"{shown(organism)} is no organism's name", "organism", "write one such as human or Mus musculus"
        )
    return f'organism_name:"{words}"'


def _by_query(called: str, query: str, refresh: bool) -> ToolOutput:
    """One entry, or a list where several fit; reviewed entries stand before all others."""
    for restricted in (f"({query}) AND (reviewed:true)", query):
        answer = ask(
            UNIPROT_SERVICE,
            "/uniprotkb/search",
            as_json(Found),
            query={"query": restricted, "format": "json", "size": MOST_HITS, "fields": _FIELDS},
            refresh=refresh,
        )
        hits = answer.value.results if answer.value else []
        if len(hits) == 1:
            return _by_accession(hits[0].accession, refresh)
        if hits:
            return _several(called, hits, answer)
    raise ToolInputError(
        f"UniProt has no entry for {shown(called)}",
        "protein",
        "check the symbol and the organism, or give an accession",
    )


def _several(called: str, hits: list[Entry], answer: Answer[Found]) -> ToolOutput:
    rows = tuple((one.accession, one.name, one.protein_name, one.organism.name, one.length) for one in hits)
    named = ", ".join(f"{one.accession} ({one.protein_name or one.name})" for one in hits[:4])
    data = {
        "count": len(hits),
        "hits": [
            {"accession": one.accession, "name": one.protein_name, "organism": one.organism.name, "length": one.length}
            for one in hits
        ],
    }
    columns = ("Accession", "Entry", "Protein", "Organism", "Residues")
    return ToolOutput(
        summary=f"{shown(called)} fits {len(hits)} entries of UniProt{' or more' * (len(hits) == MOST_HITS)}: {named}.",
        data=data,
        views=(Table(title=f"UniProt entries for {called}"[:120], columns=columns, rows=rows),),
        notes=("None of them was chosen; ask again with the accession of the one that is meant.", answer.note),
    )


def _by_accession(asked: str, refresh: bool) -> ToolOutput:
    accession, _, isoform = asked.partition("-")
    answer = ask(
        UNIPROT_SERVICE,
        f"/uniprotkb/{accession}.json",
        as_json(Entry),
        absent=frozenset((400, 404)),
        most_bytes=MOST_BYTES,
        refresh=refresh,
    )
    entry = answer.value
    if entry is None:
        raise ToolInputError(
            f"UniProt has no entry {shown(accession)}", "protein", "compare the accession with its source"
        )
    if entry.inactive:
        raise ToolInputError(
            f"The UniProt entry {accession} is no longer active: {entry.inactive.sentence}",
            "protein",
            entry.inactive.hint,
        )
    notes = []
    if entry.accession != accession:
        notes.append(f"{accession} was merged into {entry.accession}, which is shown.")
    return _entry(entry, answer.note, notes, asked if isoform else "", refresh)


def _entry(entry: Entry, whence: str, notes: list[str], isoform: str, refresh: bool) -> ToolOutput:
    residues, title = entry.sequence.value, f"{entry.accession} {entry.name}"
    if isoform:
        residues, title = _isoform(entry, isoform, notes, refresh), f"{isoform}, isoform of {entry.name}"
    elif others := entry.isoforms:
        canonical = next((one for one in others if one.is_canonical), None)
        named = f" ({canonical.ids[0]})" if canonical and canonical.ids else ""
        notes.append(
            f"The sequence is the canonical one{named} of {len(others)} isoforms; name another as {entry.accession}-2."
        )
    if not entry.is_reviewed:
        notes.append("The entry is unreviewed (TrEMBL): names and features are computed and no curator has read them.")
    features: tuple[Feature, ...] = () if isoform else features_of(entry, len(residues))
    data: dict[str, Any] = {
        "accession": isoform or entry.accession,
        "entry_name": entry.name,
        "reviewed": entry.is_reviewed,
        "protein_name": entry.protein_name,
        "gene": entry.gene,
        "organism": entry.organism.name,
        "taxon": entry.organism.taxon,
        "existence": entry.existence,
        "length": len(residues),
        "average_mass_da": entry.sequence.mass if not isoform else None,
        "sequence": residues if len(residues) <= LONGEST_IN_DATA else "",
        "sequence_version": entry.audit.sequence_version if entry.audit else None,
        "function": entry.functions[:3],
        "locations": entry.locations[:MOST_LISTED],
        "isoforms": [{"ids": one.ids, "name": one.called} for one in entry.isoforms][:MOST_LISTED],
        "pdb_ids": entry.pdb_ids[:MOST_LISTED],
        "url": f"https://www.uniprot.org/uniprotkb/{entry.accession}/entry",
    }
    if not data["sequence"]:
        notes.append(f"The sequence of {len(residues):,} residues is in the view, not in the values.")
    rows = tuple(read_feature(one) for one in entry.features if one.first and one.last)[:300]
    views: list[View] = [SequenceView(alphabet="protein", residues=residues, title=title, features=features)]
    if rows:
        views.append(Table(title=f"Features of {entry.accession}", columns=("Kind", "From", "To", "What"), rows=rows))
    gene = f", gene {entry.gene}" if entry.gene else ""
    kind = "reviewed" if entry.is_reviewed else "unreviewed"
    summary = (
        f"{isoform or entry.accession} ({entry.name}, {kind}) is {entry.protein_name or 'a protein without a name'} of "
        f"{entry.organism.name}{gene}, {len(residues):,} residues."
    )
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=(*notes, whence))


def _isoform(entry: Entry, isoform: str, notes: list[str], refresh: bool) -> str:
    """The residues of one isoform, which the entry itself describes as changes; from UniProt's FASTA of it."""
    known = [name for one in entry.isoforms for name in one.ids]
    answer = ask(
        UNIPROT_SERVICE,
        f"/uniprotkb/{isoform}.fasta",
        as_text,
        accept="text/plain",
        absent=frozenset((400, 404)),
        refresh=refresh,
    )
    if not answer.value:
        listed = f"it has {', '.join(known[:8])}" if known else "it lists none"
        raise ToolInputError(f"{entry.accession} has no isoform {shown(isoform)}", "protein", listed)
    parsed = parse_protein(answer.value, "UniProt's FASTA")
    notes.append("Features are numbered along the canonical sequence and are not drawn on an isoform.")
    return parsed.residues
