"""What a change of DNA does to the protein: its kind, and how HGVS writes it."""

from __future__ import annotations

from Bio.Data.IUPACData import protein_letters_1to3_extended


def effect_of(old: str, new: str, growth: int, start_lost: bool) -> str:
    """``old`` and ``new`` proteins end in ``*`` where they have their stop; ``growth``: bases gained within the coding sequence.

    "silent", "missense", "nonsense", "frameshift", "start lost", "stop lost", "in-frame deletion", "in-frame insertion" or
    "in-frame deletion and insertion".
    """
    if start_lost:
        return "start lost"
    if old == new:
        return "silent"
    if _begins_with_stop(old, new):
        return "nonsense"
    if growth % 3:
        return "frameshift"
    place = common_start(old, new)
    if place < len(old) and old[place] == "*":
        return "stop lost"
    if len(new) != len(old) + growth // 3:
        return "nonsense" if len(new) < len(old) + growth // 3 else "stop lost"
    if len(old) == len(new):
        return "missense"
    taken, added = _differing(old, new)
    if taken and added:
        return "in-frame deletion and insertion"
    return "in-frame deletion" if taken else "in-frame insertion"


def protein_change(old: str, new: str, effect: str, predicted: bool) -> str:
    """As HGVS writes it; in parentheses where it is ``predicted`` from DNA."""
    parts = _parts(old, new, effect)
    written = [f"({part})" if predicted else part for part in parts]
    return "p." + (written[0] if len(written) == 1 else f"[{';'.join(written)}]")


def common_start(old: str, new: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _parts(old: str, new: str, effect: str) -> list[str]:
    if old == new:
        return ["="]
    if effect == "start lost":
        return [f"{_three(old[0])}1?"]
    place = common_start(old, new)
    if effect == "nonsense" and new[place : place + 1] == "*":
        return [f"{_three(old[place])}{place + 1}Ter"]
    if effect == "nonsense" and new.endswith("*") and len(new) <= len(old):
        return _substituted(old[: len(new)], new)
    if effect == "frameshift":
        if place >= len(new) or place >= len(old):
            return ["?"]
        ends = f"Ter{len(new) - place}" if new.endswith("*") else "Ter?"
        return [f"{_three(old[place])}{place + 1}{_three(new[place])}fs{ends}"]
    if effect == "stop lost" and place < len(new):
        return [f"Ter{place + 1}{_three(new[place])}"]
    if len(old) == len(new):
        return _substituted(old, new)
    taken, added = _differing(old, new)
    if not taken:
        if old[max(0, place - len(added)) : place] == added:
            return [f"{_range(old, place - len(added), place)}dup"]
        return (
            [f"{_three(old[place - 1])}{place}_{_three(old[place])}{place + 1}ins{_all_three(added)}"]
            if 0 < place < len(old)
            else ["?"]
        )
    span = _range(old, place, place + len(taken))
    return [f"{span}delins{_all_three(added)}" if added else f"{span}del"]


def _substituted(old: str, new: str) -> list[str]:
    pairs = enumerate(zip(old, new, strict=True), 1)
    return [f"{_three(a)}{n}{_three(b)}" for n, (a, b) in pairs if a != b]


def _begins_with_stop(old: str, new: str) -> bool:
    """The first residue that differs is now a stop, and the rest of the protein is gone."""
    place = common_start(old, new)
    return len(new) < len(old) and new[place:] == "*"


def _differing(old: str, new: str) -> tuple[str, str]:
    """What stands between the common beginning and the common end, of each."""
    start = common_start(old, new)
    most = min(len(old), len(new)) - start
    end = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    return old[start : len(old) - end], new[start : len(new) - end]


def _range(residues: str, start: int, end: int) -> str:
    first = f"{_three(residues[start])}{start + 1}"
    return first if end == start + 1 else f"{first}_{_three(residues[end - 1])}{end}"


def _three(residue: str) -> str:
    return "Ter" if residue == "*" else protein_letters_1to3_extended[residue]


def _all_three(residues: str) -> str:
    return "".join(map(_three, residues))
