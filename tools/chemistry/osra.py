"""OSRA, the program that reads drawn structures, asked several times at several sizes.

OSRA is licensed under the GPL and is run as a program of its own, never linked (I. V. Filippov, M. C. Nicklaus, J. Chem.
Inf. Model. 2009, 49, 740). It reads a line or a letter now one way, now another, as the picture is scaled. So it is asked
at several scales, and what most readings agree on is taken; where none agree, there is no answer.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import PIL.Image
from PIL import ImageFilter, ImageOps
from rdkit import Chem, rdBase

from errors import ToolError

HOW_TO_INSTALL = (
    "install it with 'apt install osra' (Debian, Ubuntu) or from https://sourceforge.net/projects/osra, and try again"
)
ONE_READING_S = 8.0
AT_ONCE = 2
MARGIN = 12  # pixels of paper around what is read
#: Grey level that parts ink from paper in the versions that are all black and white.
BLACK = 170
SHORTEST_SIDE, LONGEST_SIDE = 100, 1800  # pixels of what OSRA is given
#: Lengths of a bond, in pixels, at which the picture is read once more, after it is known from the first readings.
BOND_LENGTHS = (90, 65, 45)
THICK_FROM_PX = 45  # pixels a bond: thinner drawings run together when their lines are widened
#: How much a heteroatom counts beside a reading that agrees: OSRA overlooks letters more often than it makes them up.
HETEROATOM = 1.5
_MONOVALENT = ("I", "Br", "Cl", "F")

Picture = PIL.Image.Image


@dataclass(frozen=True)
class Reading:
    """One structure of one reading. ``flat`` is without stereo, ``bond_px`` the mean length of a bond and ``box`` (left, top,
    right, bottom), all in pixels of the picture that was given.
    """

    smiles: str
    flat: str
    bond_px: float
    confidence: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Found:
    """One structure on which ``agreeing`` of ``readings`` agree, and at most ``against`` on another; ``smiles`` has the
    configurations that most of them have.
    """

    smiles: str
    agreeing: int
    against: int
    readings: int
    box: tuple[int, int, int, int]


def find_osra() -> str | None:
    """The program on the path, or None."""
    return shutil.which("osra")


def version() -> str:
    """``"2.1.3"``; raises ``ToolError`` where OSRA does not answer."""
    program = find_osra()
    assert program is not None
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        raise ToolError("OSRA does not run on this machine; install it anew.") from None
    return said.strip().split()[-1] if said.strip() else "unknown"


def read_structures(grey: PIL.Image.Image) -> list[Found]:
    """The structures of a picture, from left to right; ``[]`` where nothing is read that can be a molecule."""
    program = find_osra()
    assert program is not None
    ink = grey.point(lambda level: 255 if level < BLACK else 0).getbbox() or (0, 0, *grey.size)
    part = grey.crop(ink)
    fits = min(1.0, LONGEST_SIDE / max(part.size))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as threads:

        def read(versions: Sequence[tuple[float, Picture]]) -> list[list[Reading]]:
            names = [Path(folder, f"{uuid.uuid4().hex}.png") for _ in versions]
            for name, (_, version) in zip(names, versions, strict=True):
                ImageOps.expand(version, MARGIN, 255).save(name)
            answers = threads.map(lambda name: _ask(program, name), names)
            return [
                [_placed(one, scale, ink[:2]) for one in answer]
                for answer, (scale, _) in zip(answers, versions, strict=True)
            ]

        first = _scaled(part, fits)
        readings = read([(fits, first), (fits, first.point(lambda level: 255 if level > BLACK else 0))])
        bonds = [one.bond_px for reading in readings for one in reading]
        readings += read(_further(part, fits, median(bonds) if bonds else None))
    return _agreed(readings)


def _further(part: Picture, fits: float, bond_px: float | None) -> list[tuple[float, Picture]]:
    """The versions of the second round: at other sizes, and with wider lines; (scale, picture)."""
    if bond_px is None:
        scales = [scale for scale in (0.5, 2.0, 3.0) if max(part.size) * scale <= LONGEST_SIDE]
        return [(scale, _scaled(part, scale)) for scale in scales]
    wanted = [length / bond_px for length in BOND_LENGTHS]
    versions = [
        (scale, _scaled(part, scale))
        for scale in wanted
        if abs(scale / fits - 1) > 0.15 and SHORTEST_SIDE <= max(part.size) * scale <= LONGEST_SIDE
    ]
    if bond_px * fits > THICK_FROM_PX:
        versions.append((fits, _scaled(part, fits).filter(ImageFilter.MinFilter(3))))
    return versions


def _scaled(part: Picture, scale: float) -> Picture:
    if scale == 1:
        return part
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    return part.resize(size, PIL.Image.Resampling.LANCZOS)


def _ask(program: str, path: Path) -> list[Reading]:
    """The structures of one reading, places in its own pixels; none where OSRA fails or takes too long."""
    command = [program, "-p", "-c", "-b", "-g", "-f", "can", str(path)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=ONE_READING_S,
            check=False,
            env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        return []
    return [reading for line in done.stdout.splitlines() if (reading := _read_line(line))]


def _read_line(line: str) -> Reading | None:
    """``SMILES bond-length resolution confidence LEFTxTOP-RIGHTxBOTTOM``; None for what is no whole molecule."""
    parts = line.split()
    if len(parts) != 5:
        return None
    place = re.fullmatch(r"(-?\d+)x(-?\d+)-(-?\d+)x(-?\d+)", parts[4])
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(parts[0])
    if mol is None or place is None or not _is_likely(mol):
        return None
    flat = Chem.Mol(mol)
    Chem.RemoveStereochemistry(flat)
    left, top, right, bottom = map(int, place.groups())
    return Reading(
        Chem.MolToSmiles(mol), Chem.MolToSmiles(flat), float(parts[1]), float(parts[3]), (left, top, right, bottom)
    )


def _is_likely(mol: Chem.Mol) -> bool:
    """Whether a reading can be a drawn molecule: letters that OSRA could not read are dummy atoms or odd valences."""
    for atom in mol.GetAtoms():
        if atom.GetAtomicNum() == 0 or atom.GetNumRadicalElectrons():
            return False
        if atom.GetSymbol() in _MONOVALENT and atom.GetTotalDegree() > 1 and atom.GetFormalCharge() >= 0:
            return False  # a line or a corner read as a letter
        if atom.GetSymbol() in ("S", "P", "N") and atom.GetTotalNumHs() and atom.GetTotalValence() > 4:
            return False  # [SH](=O), which nobody draws
    return mol.GetNumHeavyAtoms() > 1


def _placed(reading: Reading, scale: float, offset: tuple[int, int]) -> Reading:
    """With its place in pixels of the picture that was given."""
    left, top, right, bottom = ((edge - MARGIN) / scale for edge in reading.box)
    x, y = offset
    box = (round(left + x), round(top + y), round(right + x), round(bottom + y))
    return replace(reading, bond_px=reading.bond_px / scale, box=box)


def _agreed(readings: Sequence[Sequence[Reading]]) -> list[Found]:
    """For each place what most readings saw there; beside others, only what more than one saw."""
    places: list[list[Reading]] = []
    for reading in (one for seen in readings for one in seen):
        near = next((place for place in places if _overlap(place[0].box, reading.box)), None)
        if near is None:
            places.append([reading])
        else:
            near.append(reading)
    found = []
    for place in places:
        votes = Counter(one.flat for one in place)
        if len(places) > 1 and votes.most_common(1)[0][1] < 2:
            continue  # a scrap of another structure
        best = max(votes, key=lambda flat: votes[flat] + HETEROATOM * _heteroatoms(flat))
        same = [one for one in place if one.flat == best]
        smiles = Counter(one.smiles for one in same).most_common(1)[0][0]
        box = max(same, key=lambda one: one.confidence).box
        against = max((count for flat, count in votes.items() if flat != best), default=0)
        found.append(Found(smiles, votes[best], against, len(readings), box))
    return sorted(found, key=lambda one: one.box[:2])


def _heteroatoms(smiles: str) -> int:
    return sum(atom.GetAtomicNum() not in (1, 6) for atom in Chem.MolFromSmiles(smiles).GetAtoms())


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether the middle of one box lies in the other."""
    across, down = (one[0] + one[2]) / 2, (one[1] + one[3]) / 2
    return other[0] <= across <= other[2] and other[1] <= down <= other[3]
