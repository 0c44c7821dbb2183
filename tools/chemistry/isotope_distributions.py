"""Isotopologues of a composition: the envelope at nominal resolution, exactly, and the fine structure, the likeliest first.

The envelope is the product of the polynomials of the elements (Yergey, Int. J. Mass Spectrom. Ion Phys. 1983, 52, 337), each
coefficient with the mean of its mass, so that its cost does not grow with the number of isotopologues; the fine structure
comes from IsoSpec's ordered generator (Łącki et al., Anal. Chem. 2017, 89, 3272).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.chemistry.atomic_masses import Isotope, most_abundant_isotope, natural_isotopes

_NEGLIGIBLE = 1e-14  # of the largest coefficient; far below any abundance that is shown
_DIRECT = 512  # coefficients up to which a convolution without Fourier transforms is faster, and exact in its tails

Array = Any


@dataclass(frozen=True)
class Envelope:
    """Peak ``k`` holds all isotopologues with ``first + k`` nucleons: their summed probability and mean mass in Da."""

    first: int
    probabilities: Array
    masses: Array


@dataclass(frozen=True)
class Isotopologue:
    """``atoms``: (symbol, mass number) to count. ``mass`` in Da of the neutral atoms, ``probability`` of all molecules."""

    mass: float
    probability: float
    atoms: dict[tuple[str, int], int]

    @property
    def nucleons(self) -> int:
        return sum(number * count for (_, number), count in self.atoms.items())

    def difference(self) -> str:
        """The isotopes that are not the most abundant of their element: ``"13C2 37Cl"``, empty for none."""
        rare = [
            f"{number}{symbol}{count if count > 1 else ''}"
            for (symbol, number), count in sorted(self.atoms.items())
            if count and number != most_abundant_isotope(symbol).mass_number
        ]
        return " ".join(rare)


def envelope(counts: Mapping[str, int]) -> Envelope:
    """All isotopologues of ``counts`` (symbol to number of unlabelled atoms), gathered by their number of nucleons."""
    total = Envelope(0, np.ones(1), np.zeros(1))
    for symbol, count in counts.items():
        total = _product(total, _power(_element(natural_isotopes(symbol)), count))
    return total


def most_abundant(counts: Mapping[str, int]) -> Isotopologue:
    return fine_structure(counts, 1, 0)[0]


def fine_structure(counts: Mapping[str, int], most: int, threshold: float) -> list[Isotopologue]:
    """The likeliest isotopologues, at most ``most`` of them and none below ``threshold`` times the likeliest."""
    if not counts:
        return [Isotopologue(0.0, 1.0, {})]
    import IsoSpecPy

    isotopes = {symbol: natural_isotopes(symbol) for symbol in counts}
    generator = IsoSpecPy.IsoOrderedGenerator(
        get_confs=True,
        atomCounts=list(counts.values()),
        isotopeMasses=[[one.mass for one in found] for found in isotopes.values()],
        isotopeProbabilities=[[one.abundance for one in found] for found in isotopes.values()],
    )
    found: list[Isotopologue] = []
    for mass, probability, configuration in generator:
        if len(found) == most or (found and probability < threshold * found[0].probability):
            break
        atoms = {
            (one.symbol, one.mass_number): number
            for known, numbers in zip(isotopes.values(), configuration, strict=True)
            for one, number in zip(known, numbers, strict=True)
            if number
        }
        found.append(Isotopologue(mass, probability, atoms))
    return found


def _element(isotopes: tuple[Isotope, ...]) -> Envelope:
    first = isotopes[0].mass_number
    probabilities = np.zeros(isotopes[-1].mass_number - first + 1)
    masses = np.zeros_like(probabilities)
    for one in isotopes:
        probabilities[one.mass_number - first] = one.abundance
        masses[one.mass_number - first] = one.mass
    return Envelope(first, probabilities, masses)


def _power(base: Envelope, exponent: int) -> Envelope:
    """By repeated squaring."""
    result = Envelope(0, np.ones(1), np.zeros(1))
    while exponent:
        if exponent & 1:
            result = _product(result, base)
        exponent >>= 1
        if exponent:
            base = _product(base, base)
    return result


def _product(a: Envelope, b: Envelope) -> Envelope:
    """Two independent parts together: probabilities are convolved, and so are probabilities times masses."""
    probabilities = _convolved(a.probabilities, b.probabilities)
    first = a.first + b.first
    # masses less the nucleons are small, and so is the error of their weighted sum
    excess = _convolved(a.probabilities * _excess(a), b.probabilities) + _convolved(
        a.probabilities, b.probabilities * _excess(b)
    )
    kept = np.flatnonzero(probabilities > _NEGLIGIBLE * probabilities.max())
    start, stop = kept[0], kept[-1] + 1
    probabilities, excess = probabilities[start:stop], excess[start:stop]
    nucleons = first + start + np.arange(stop - start)
    present = probabilities > 0
    masses = np.where(present, nucleons + excess / np.where(present, probabilities, 1), 0)
    return Envelope(int(first + start), probabilities, masses)


def _excess(part: Envelope) -> Array:
    nucleons = part.first + np.arange(len(part.probabilities))
    return np.where(part.probabilities > 0, part.masses - nucleons, 0)


def _convolved(a: Array, b: Array) -> Array:
    if min(len(a), len(b)) <= _DIRECT:
        return np.convolve(a, b)
    size = len(a) + len(b) - 1
    product = np.fft.irfft(np.fft.rfft(a, size) * np.fft.rfft(b, size), size)
    return np.where(np.abs(product) > 1e-15, product, 0)
