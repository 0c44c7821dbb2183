"""Sequences of realistic lengths for the bench, the same in each run, and the least that a person would write with the libraries alone."""

from __future__ import annotations

import csv
import functools
import gzip
import io
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import gemmi
from Bio import Restriction, SeqIO
from Bio.Align import PairwiseAligner, substitution_matrices
from Bio.Seq import MutableSeq, Seq
from Bio.SeqUtils import MeltingTemp, gc_fraction, molecular_weight
from Bio.SeqUtils.ProtParam import ProteinAnalysis
from Bio.SeqUtils.ProtParamData import kd
from biotite.structure import annotate_sse
from biotite.structure.io import pdb
from pyteomics import mass, parser
from rdkit import Chem

from bench.bare import drawing

NUMBER = 100
SHORTEST, LONGEST = 300, 1500  # residues
#: Shares of the residues in UniProtKB/Swiss-Prot, in per cent (release notes, 2024).
SHARES = {
    "A": 8.25, "R": 5.52, "N": 4.06, "D": 5.46, "C": 1.38, "Q": 3.93, "E": 6.71, "G": 7.07, "H": 2.27, "I": 5.90, "L": 9.65, "K": 5.79,
    "M": 2.41, "F": 3.86, "P": 4.74, "S": 6.65, "T": 5.36, "W": 1.10, "Y": 2.92, "V": 6.86,
}  # fmt: skip
STRUCTURE = Path(__file__).resolve().parents[1] / "tests" / "tools" / "structures" / "1a8o.pdb.gz"
_FOLDER = Path(tempfile.gettempdir()) / "retort-bench"


@functools.cache
def proteins() -> list[str]:
    draw = random.Random(1)
    return [
        "M" + "".join(draw.choices(list(SHARES), list(SHARES.values()), k=_length(draw) - 1)) for _ in range(NUMBER)
    ]


@functools.cache
def genes() -> list[str]:
    """Coding sequences, from ATG to TAA."""
    draw = random.Random(2)
    codons = [a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT" if a + b + c not in ("TAA", "TAG", "TGA")]
    return ["ATG" + "".join(draw.choices(codons, k=_length(draw) // 3 - 2)) + "TAA" for _ in range(NUMBER)]


@functools.cache
def primers() -> list[str]:
    draw = random.Random(3)
    return ["".join(draw.choices("ACGT", k=draw.randint(18, 30))) for _ in range(NUMBER)]


@functools.cache
def relative(protein: str) -> str:
    """One in five residues of the first 400 exchanged, as in an orthologue."""
    draw = random.Random(protein)
    return "".join(draw.choice(list(SHARES)) if draw.random() < 0.2 else letter for letter in protein[:400])


@functools.cache
def point_change(gene: str) -> str:
    """``c.76A>G`` in the middle of a gene, that makes no stop."""
    at = len(gene) // 2 // 3 * 3
    return f"c.{at + 1}{gene[at]}>{'C' if gene[at] != 'C' else 'G'}"


def written(kind: str, given: str) -> str:
    """The path of a file that holds 20 parts of ``given`` as records."""
    parts = [given[at : at + len(given) // 20] for at in range(0, len(given) - len(given) // 20, len(given) // 20)]
    _FOLDER.mkdir(exist_ok=True)
    path = _FOLDER / f"{random.Random(given).getrandbits(64):x}.{kind}"
    if not path.exists():
        if kind == "fasta":
            path.write_text("".join(f">part_{number}\n{part}\n" for number, part in enumerate(parts)))
        else:
            path.write_text("id,part,length\n" + "".join(f"{n},{part},{len(part)}\n" for n, part in enumerate(parts)))
    return str(path)


def _length(draw: random.Random) -> int:
    return draw.randint(SHORTEST, LONGEST)


# The bare calls ------------------------------------------------------------------------------------------------------------


def sequence_report(gene: str) -> Any:
    return Counter(gene), gc_fraction(gene), molecular_weight(gene, "DNA"), str(Seq(gene).reverse_complement())


def translate(gene: str) -> Any:
    return str(Seq(gene).translate(table=1))


def find_orfs(gene: str) -> Any:
    """As the Biopython tutorial does it: each frame is translated, and split at its stops."""
    found = []
    for strand in (Seq(gene), Seq(gene).reverse_complement()):
        for frame in range(3):
            length = 3 * ((len(gene) - frame) // 3)
            for piece in str(strand[frame : frame + length].translate()).split("*"):
                start = piece.find("M")
                if start >= 0 and len(piece) - start >= 25:
                    found.append(piece[start:])
    return found


def mutate(gene: str) -> Any:
    at = len(gene) // 2 // 3 * 3
    changed = MutableSeq(gene)
    changed[at] = "C" if gene[at] != "C" else "G"
    before, after = Seq(gene), Seq(changed)
    window = slice(max(0, at - 20), at + 21)
    sites = [Restriction.Analysis(_sold(), whole[window], linear=True).with_sites() for whole in (before, after)]
    return str(before.translate(to_stop=True)), str(after.translate(to_stop=True)), sites


@functools.cache
def _sold() -> Any:
    """The enzymes of New England Biolabs, by Biopython's letter for it."""
    return Restriction.RestrictionBatch(first=[], suppliers=["N"])


def protein_report(protein: str) -> Any:
    analysis = ProteinAnalysis(protein)
    return (
        analysis.molecular_weight(), ProteinAnalysis(protein, monoisotopic=True).molecular_weight(), analysis.isoelectric_point(),
        analysis.charge_at_pH(7), analysis.molar_extinction_coefficient(), analysis.gravy(), analysis.instability_index(),
        analysis.aromaticity(), analysis.count_amino_acids(), analysis.protein_scale(kd, 9, 1.0),
    )  # fmt: skip


def digest_protein(protein: str) -> Any:
    return [
        (
            piece,
            mass.fast_mass(piece),
            mass.fast_mass(piece, charge=1),
            mass.calculate_mass(sequence=piece, average=True),
        )
        for piece in parser.cleave(protein, parser.expasy_rules["trypsin"])
    ]


def align_pair(protein: str) -> Any:
    aligner = PairwiseAligner()
    aligner.substitution_matrix = substitution_matrices.load("BLOSUM62")
    aligner.open_gap_score, aligner.extend_gap_score, aligner.end_gap_score = -10, -0.5, 0
    best = next(iter(aligner.align(protein[:400], relative(protein))))
    return str(best), best.score, best.counts()


def restriction_digest(gene: str) -> Any:
    batch = Restriction.RestrictionBatch(["EcoRI", "HindIII", "HaeIII"])
    return batch.search(Seq(gene)), [len(piece) for enzyme in batch for piece in enzyme.catalyse(Seq(gene))]


def melting_temperature(primer: str) -> Any:
    return MeltingTemp.Tm_NN(primer, nn_table=MeltingTemp.DNA_NN3)


def simulate_pcr(gene: str) -> Any:
    from pydna.amplify import pcr
    from pydna.primer import Primer

    return str(pcr(Primer(gene[20:40]), Primer(str(Seq(gene[-40:-20]).reverse_complement())), Seq(gene)).seq)


def read_fasta(gene: str) -> Any:
    return [(record.id, len(record)) for record in SeqIO.parse(written("fasta", gene), "fasta")]


def read_csv(gene: str) -> Any:
    with open(written("csv", gene), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_sdf(path: str) -> Any:
    """With the first molecule drawn, as the tool does."""
    mols = [mol for mol in Chem.SDMolSupplier(path) if mol is not None]
    return [(mol.GetPropsAsDict(), Chem.MolToSmiles(mol)) for mol in mols], drawing(mols[0])


def read_pdb(path: str) -> Any:
    """With the secondary structure that the tool's cartoon shows."""
    structure = gemmi.read_pdb_string(gzip.decompress(Path(path).read_bytes()).decode())
    structure.setup_entities()
    chains = [(chain.name, len(chain.get_polymer())) for chain in structure[0]]
    atoms = pdb.PDBFile.read(io.StringIO(gzip.decompress(Path(path).read_bytes()).decode())).get_structure(model=1)
    return chains, annotate_sse(atoms), structure.make_pdb_string()


def sdf_files() -> list[str]:
    """Twenty files of ten drugs each."""
    from bench.tools import drugs

    _FOLDER.mkdir(exist_ok=True)
    paths = []
    for number in range(20):
        path = _FOLDER / f"drugs{number}.sdf"
        held = io.StringIO()
        with Chem.SDWriter(held) as writer:
            for smiles in drugs()[number * 10 : number * 10 + 10]:
                writer.write(Chem.MolFromSmiles(smiles))
        path.write_text(held.getvalue())
        paths.append(str(path))
    return paths
