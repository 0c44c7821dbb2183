"""Choosing the codons of a protein: the most used ones, or as often as the host uses each; DnaChisel mends what must not be."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from errors import ToolInputError
from tools.biology.codon_usage import Host
from tools.biology.restriction_enzymes import CODES, reverse_complement
from tools.biology.restriction_sites import site_places


@dataclass(frozen=True)
class Constraints:
    """``avoided``: name to IUPAC letters that may stand on neither strand; ``gc``: least and greatest fraction."""

    avoided: dict[str, str]
    gc: tuple[float, float]

    def broken(self, bases: str) -> list[str]:
        """What ``bases`` do not keep to, in words."""
        found = [f"{name} ({letters})" for name, letters in self.avoided.items() if _stands_in(letters, bases)]
        if not self.gc[0] <= gc_fraction(bases) <= self.gc[1]:
            found.append(self.gc_words)
        return found

    @property
    def gc_words(self) -> str:
        least, most = (f"{100 * value:g} %" for value in self.gc)
        if self.gc[0] == 0:
            return f"a GC content of at most {most}"
        return f"a GC content of at least {least}" if self.gc[1] == 1 else f"a GC content of {least} to {most}"


def gc_fraction(bases: str) -> float:
    return (bases.count("G") + bases.count("C")) / len(bases)


def possible_gc(protein: str, host: Host) -> tuple[float, float]:
    """The least and the greatest GC content of all sequences that code for ``protein``."""
    counts = [[codon.count("G") + codon.count("C") for codon in host.usage[residue]] for residue in protein]
    return sum(map(min, counts)) / (3 * len(protein)), sum(map(max, counts)) / (3 * len(protein))


def most_used(protein: str, host: Host) -> str:
    return "".join(host.best(residue) for residue in protein)


def as_used(protein: str, host: Host, seed: int) -> str:
    """Each codon as often as the host's share of it asks (largest remainders), in an order drawn with ``seed``."""
    draw = random.Random(seed)
    codons = [""] * len(protein)
    for residue in sorted(set(protein)):
        places = [place for place, letter in enumerate(protein) if letter == residue]
        chosen = _allotted(host.usage[residue], len(places))
        draw.shuffle(chosen)
        for place, codon in zip(places, chosen, strict=True):
            codons[place] = codon
    return "".join(codons)


def mended(bases: str, protein: str, host: Host, constraints: Constraints, match: bool, seed: int) -> str:
    """``bases`` changed by DnaChisel until they keep to ``constraints``; the rest stays as near to the method as it can.

    Raises ``ToolInputError`` that names what cannot be kept to, where no coding sequence was found that does.
    """
    import numpy as np
    from dnachisel import (
        AvoidPattern,
        CodonOptimize,
        DnaOptimizationProblem,
        EnforceGCContent,
        EnforceTranslation,
        NoSolutionError,
    )

    rules = [EnforceTranslation(translation=protein)]
    for letters in constraints.avoided.values():
        rules += [AvoidPattern(pattern, strand=1) for pattern in sorted({letters, reverse_complement(letters)})]
    if constraints.gc != (0.0, 1.0):
        rules.append(EnforceGCContent(mini=constraints.gc[0], maxi=constraints.gc[1]))
    method = "match_codon_usage" if match else "use_best_codon"
    aims = [CodonOptimize(method=method, codon_usage_table=dict(host.usage))]
    state = np.random.get_state()
    np.random.seed(seed)  # DnaChisel draws from numpy's one generator, which is set back below
    try:
        problem = DnaOptimizationProblem(bases, constraints=rules, objectives=aims, logger=None)
        problem.resolve_constraints()
        problem.optimize()
    except NoSolutionError as error:
        asked = [f"without {name} ({letters})" for name, letters in constraints.avoided.items()]
        asked += [f"with {constraints.gc_words}"] if constraints.gc != (0.0, 1.0) else []
        raise ToolInputError(
            f"No coding sequence was found {' and '.join(asked)}",
            "avoid" if constraints.avoided else "gc_min, gc_max",
            "ask for less: fewer sites, or a wider range of GC content",
        ) from error
    finally:
        np.random.set_state(state)
    return problem.sequence


def _allotted(usage: Mapping[str, float], number: int) -> list[str]:
    total = sum(usage.values())
    exact = {codon: number * share / total for codon, share in usage.items()}
    counts = {codon: int(value) for codon, value in exact.items()}
    left = number - sum(counts.values())
    for codon in sorted(exact, key=lambda codon: (counts[codon] - exact[codon], -usage[codon], codon))[:left]:
        counts[codon] += 1
    return [codon for codon in sorted(counts) for _ in range(counts[codon])]


def _stands_in(letters: str, bases: str) -> bool:
    return any(site_places(pattern, bases) for pattern in {letters, reverse_complement(letters)})


def is_pattern(text: str) -> bool:
    """Whether ``text`` (capitals) can be bases to avoid, and is no name."""
    return len(text) >= 4 and set(text) <= CODES.keys()
