"""What a model holds: its chains, ligands and gaps, and how the residues that were not seen are told."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

LONGEST_PEPTIDE_BOND = 2.0  # Å from C to N; 1.33 in a whole chain
LONGEST_CA_STEP = 4.5  # Å from one C alpha to the next; 3.8 in a whole chain
LONGEST_PHOSPHATE_BOND = 2.5  # Å from O3' to P; 1.6 in a whole chain
LONGEST_PHOSPHATE_STEP = 8.0  # Å from one P to the next; 5.4 to 7 in a whole chain


@dataclass(frozen=True)
class ChainRow:
    """``kind`` of the polymer or an empty text; ``announced`` is the length of the sequence that was in the experiment, if the file tells it."""

    name: str
    kind: str
    residues: int
    announced: int | None
    first: str
    last: str
    ligands: int
    waters: int


@dataclass(frozen=True)
class Gap:
    """Residues of a chain that the model lacks; ``missing`` is None where neither numbers nor sequence tell how many."""

    chain: str
    after: str
    before: str
    missing: int | None
    distance_a: float | None


def chains_of(structure: Any) -> list[ChainRow]:
    """One row for each chain of the first model; chains of waters or ligands alone have no kind."""
    rows = []
    for chain in structure[0]:
        polymer = chain.get_polymer()
        whole = list(polymer.first_conformer()) if len(polymer) else []
        entity = structure.get_entity_of(polymer) if whole else None
        announced = len(entity.full_sequence) if entity is not None and entity.full_sequence else None
        rows.append(
            ChainRow(
                chain.name,
                _kind(polymer, entity) if whole else "",
                len(whole),
                announced,
                _numbered(whole[0]) if whole else "",
                _numbered(whole[-1]) if whole else "",
                len(chain.get_ligands()),
                sum(1 for residue in chain if residue.is_water()),
            )
        )
    return rows


def kinds_of(structure: Any) -> dict[str, str]:
    """The kind of the polymer of each chain that has one, by the chain's name."""
    kinds = {}
    for chain in structure[0]:
        polymer = chain.get_polymer()
        if len(polymer):
            kinds[chain.name] = _kind(polymer, structure.get_entity_of(polymer))
    return kinds


def gaps_of(structure: Any) -> list[Gap]:
    """Breaks in the chains of the first model, and the ends that its sequence has and the model lacks."""
    import gemmi

    gaps = []
    for chain in structure[0]:
        polymer = chain.get_polymer()
        whole = list(polymer.first_conformer()) if len(polymer) else []
        if not whole:
            continue
        entity = structure.get_entity_of(polymer)
        ends = (0, 0)
        if entity is not None and entity.full_sequence:
            aligned = gemmi.align_sequence_to_polymer(
                list(entity.full_sequence), polymer, entity.polymer_type, gemmi.AlignmentScoring()
            )
            ends = _unseen_ends(aligned.cigar_str())
        if ends[0]:
            gaps.append(Gap(chain.name, "the N- or 5'-terminus", _numbered(whole[0]), ends[0], None))
        for one, other in itertools.pairwise(whole):
            distance = _break(one, other)
            if distance is not None:
                between = other.seqid.num - one.seqid.num - 1
                gaps.append(
                    Gap(
                        chain.name,
                        _numbered(one),
                        _numbered(other),
                        between if between > 0 else None,
                        round(distance, 2),
                    )
                )
        if ends[1]:
            gaps.append(Gap(chain.name, _numbered(whole[-1]), "the C- or 3'-terminus", ends[1], None))
    return gaps


def _numbered(residue: Any) -> str:
    return f"{residue.name} {residue.seqid}"


def _kind(polymer: Any, entity: Any) -> str:
    import gemmi

    found = polymer.check_polymer_type()
    if found == gemmi.PolymerType.Unknown and entity is not None:
        found = entity.polymer_type
    known = {
        gemmi.PolymerType.PeptideL: "protein",
        gemmi.PolymerType.PeptideD: "protein of D-residues",
        gemmi.PolymerType.Dna: "DNA",
        gemmi.PolymerType.Rna: "RNA",
        gemmi.PolymerType.DnaRnaHybrid: "DNA and RNA",
        gemmi.PolymerType.Pna: "peptide nucleic acid",
    }
    return known.get(found, "polymer")


def _unseen_ends(cigar: str) -> tuple[int, int]:
    """Residues of the sequence before the first and after the last one of the model, from ``2I64M5I``."""
    pieces, number = [], ""
    for character in cigar:
        if character.isdigit():
            number += character
        else:
            pieces.append((character, int(number or 1)))
            number = ""
    first = pieces[0][1] if pieces and pieces[0][0] == "I" else 0
    last = pieces[-1][1] if len(pieces) > 1 and pieces[-1][0] == "I" else 0
    return first, last


def _break(one: Any, other: Any) -> float | None:
    """The distance over which two neighbours should be bonded and are not, in Å; None where they are, or it cannot be told."""
    for first, second, longest in (
        ("C", "N", LONGEST_PEPTIDE_BOND),
        ("O3'", "P", LONGEST_PHOSPHATE_BOND),
        ("CA", "CA", LONGEST_CA_STEP),
        ("P", "P", LONGEST_PHOSPHATE_STEP),
    ):
        left, right = one.find_atom(first, "*"), other.find_atom(second, "*")
        if left is not None and right is not None:
            distance = left.pos.dist(right.pos)
            return None if distance <= longest or _are_linked(one, other) else distance
    return None


def _are_linked(one: Any, other: Any) -> bool:
    """Whether another bond joins them, such as the ester of a depsipeptide."""
    return any(left.pos.dist(right.pos) < LONGEST_PEPTIDE_BOND for left in one for right in other)
