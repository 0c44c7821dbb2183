"""Solvent-accessible surface and secondary structure of a model, by biotite."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tools.biology.structure_atoms import ModelAtoms

PROBE_A = 1.4
POINTS = 500  # a sphere: the area of an atom is right to about 1 %
MOST_SURFACE_ATOMS = 60_000
_UNKNOWN_RADIUS = 1.8
SECONDARY = {"a": "helix", "b": "strand", "c": "coil"}


def surface_areas(atoms: ModelAtoms, mask: np.ndarray) -> np.ndarray:
    """Å² of each atom that ``mask`` (shape (atoms,)) selects, in the presence of these alone; 0 elsewhere.

    Shrake and Rupley 1973, probe 1.4 Å, 500 points an atom; radii of ProtOr (Tsai et al. 1999) for standard residues, van der Waals radii
    elsewhere.
    """
    import biotite.structure as struc

    selected = np.flatnonzero(mask)
    areas = np.zeros(len(atoms.names))
    if not len(selected):
        return areas
    array = _array(atoms, selected)
    radii = np.array([_radius(array.res_name[i], array.atom_name[i], array.element[i]) for i in range(len(selected))])
    found = struc.sasa(array, probe_radius=PROBE_A, point_number=POINTS, vdw_radii=radii, ignore_ions=False)
    areas[selected] = np.nan_to_num(found)
    return areas


def secondary_structure(atoms: ModelAtoms, chain: str) -> str:
    """One letter for each residue of the chain's polymer: a helix, b strand, c coil, ? unknown (P-SEA, Labesse et al. 1997)."""
    import biotite.structure as struc

    selected = np.flatnonzero(atoms.part_mask("polymer") & atoms.chain_mask(chain))
    if not len(selected):
        return ""
    array = _array(atoms, selected)
    try:
        with np.errstate(invalid="ignore"):  # of residues without a C alpha
            letters = struc.annotate_sse(array)
    except (ValueError, IndexError, struc.BadStructureError):  # too few residues, or none with a C alpha
        return ""
    return "".join(str(letter) or "?" for letter in letters)


def _array(atoms: ModelAtoms, selected: np.ndarray) -> Any:
    """A biotite ``AtomArray``; residues are numbered by their place, so that insertion codes need no care."""
    import biotite.structure as struc

    array = struc.AtomArray(len(selected))
    array.coord = atoms.coordinates[selected].astype(np.float32)
    of = atoms.residue_of[selected]
    array.res_id = _continuous(atoms, of)
    array.res_name = np.array([atoms.residues[index].name[:5] for index in of])
    array.chain_id = np.array([atoms.residues[index].chain for index in of])
    array.atom_name = np.array([atoms.names[index] for index in selected])
    array.element = np.array([atoms.elements[index].upper() for index in selected])
    return array


def _continuous(atoms: ModelAtoms, of: np.ndarray) -> np.ndarray:
    """Residue numbers that go up by one within a stretch and jump where the author's numbers do, for biotite to see breaks."""
    numbers: dict[int, int] = {}
    last_author, last = None, 0
    for index in dict.fromkeys(of.tolist()):
        number = re.match(r"-?\d+", atoms.residues[index].number)  # without its insertion code, which may be any sign
        author = int(number[0]) if number else 0
        jump = last_author is not None and author - last_author > 1
        last += 2 if jump else 1
        numbers[index], last_author = last, author
    return np.array([numbers[index] for index in of.tolist()])


def _radius(residue: str, atom: str, element: str) -> float:
    from biotite.structure.info import vdw_radius_protor, vdw_radius_single

    try:
        radius = vdw_radius_protor(residue, atom)
    except (KeyError, ValueError, IndexError):  # unknown, no hydrogen but named like one, or without a name
        radius = None
    if radius is None:
        try:
            radius = vdw_radius_single(element)
        except KeyError:
            radius = None
    return float(radius) if radius else _UNKNOWN_RADIUS
