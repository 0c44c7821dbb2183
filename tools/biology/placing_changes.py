"""From a change as written to the letters of one sequence that give way: the reference must be there, or it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from Bio.Data import CodonTable

from errors import ToolInputError, shown
from tools.biology.codon_usage import Host
from tools.biology.genetic_codes import translated
from tools.biology.mutation_notation import Change, Level
from tools.biology.restriction_enzymes import reverse_complement
from tools.biology.site_changes import Edit
from tools.inputs.three_letter import in_three_letters

_MOST_PLACES = 5


@dataclass(frozen=True)
class Placed:
    """A change with the edit that makes it; ``note`` says what had to be chosen."""

    change: Change
    edit: Edit
    note: str = ""


def on_protein(change: Change, residues: str, where: str) -> Placed:
    """On a protein; raises ``ToolInputError`` for changes of bases and codons, and where another residue stands."""
    if change.level in ("dna", "codon"):
        raise ToolInputError(
            f"{shown(change.text)} changes bases, and the sequence is a protein",
            where,
            "give the coding DNA, or a change such as A123T",
        )
    _refuse_beyond(change, len(residues), "residue", where)
    _refuse_other(change, residues, "residue", where)
    if change.kind == "inversion":
        raise ToolInputError(
            f"{shown(change.text)}: a protein has no inversion", where, "write delins with the new residues"
        )
    new = residues[change.start - 1 : change.end] * 2 if change.kind == "duplication" else change.new
    if "*" in new:  # what comes after a stop is not made
        return Placed(change, Edit(_first(change), len(residues), new[: new.index("*")]))
    return Placed(change, _edit(change, new))


def on_bases(
    change: Change, bases: str, offset: int, code: CodonTable.NCBICodonTable, host: Host, where: str
) -> Placed:
    """On DNA letters whose codons begin at the 0-based ``offset``; a residue is changed by changing its codon."""
    level = change.level
    note = ""
    if level == "either":
        level, note = _decided(change, bases, offset, code, where)
    if level == "protein":
        return _on_codons(change, bases, offset, code, host, where, note)
    if level == "codon":
        start = offset + 3 * (change.start - 1)
        change_in_bases = Change(
            change.text, "dna", "deletion-insertion", start + 1, start + 3, change.old, change.new, whole=True
        )
        _refuse_beyond(change_in_bases, len(bases), "base", where)
        _refuse_other(change_in_bases, bases, "base", where)
        return Placed(change, Edit(start, start + 3, change.new))
    shifted = 0 if change.whole else offset
    moved = Change(
        change.text, "dna", change.kind, change.start + shifted, change.end + shifted, change.old.replace("U", "T"),
        change.new.replace("U", "T"),
    )  # fmt: skip
    if not set(moved.old + moved.new) <= set("ACGT"):
        raise ToolInputError(f"{shown(change.text)} names no bases", where, "write A, C, G and T")
    _refuse_beyond(moved, len(bases), "base", where)
    _refuse_other(moved, bases, "base", where, shifted)
    there = bases[moved.start - 1 : moved.end]
    new = {"duplication": there * 2, "inversion": reverse_complement(there)}.get(change.kind, moved.new)
    return Placed(change, _edit(moved, new), note)


def _decided(change: Change, bases: str, offset: int, code: CodonTable.NCBICodonTable, where: str) -> tuple[Level, str]:
    """``A12T`` on DNA: base 12 or codon 12, whichever has the A; refused where both or neither do."""
    protein = translated(bases[offset:], code.id)
    base = bases[offset + change.start - 1 : offset + change.start]
    residue = protein[change.start - 1 : change.start]
    if (base == change.old) == (residue == change.old):
        both = "could mean both" if base == change.old else "fits neither"
        raise ToolInputError(
            f"{shown(change.text)} {both}: base {change.start} is {base or 'not there'}, and codon {change.start} codes for "
            f"{residue or 'nothing'}",
            where,
            f"write c.{change.start}{change.old}>{change.new} for the base or p.{change.text} for the residue",
        )
    if base == change.old:
        return (
            "dna",
            f"{change.text} was read as a change of base {change.start}: codon {change.start} codes for {residue or 'nothing'}.",
        )
    return "protein", f"{change.text} was read as a change of residue {change.start}: base {change.start} is {base}."


def _on_codons(
    change: Change, bases: str, offset: int, code: CodonTable.NCBICodonTable, host: Host, where: str, note: str
) -> Placed:
    protein = translated(bases[offset:], code.id)
    _refuse_beyond(change, len(protein), "codon", where)
    _refuse_other(change, protein, "codon", where)
    if change.kind == "inversion":
        raise ToolInputError(
            f"{shown(change.text)}: a protein has no inversion", where, "write delins with the new residues"
        )
    start = offset + 3 * (change.start - 1)
    if change.kind == "substitution":
        old = bases[start : start + 3]
        new, why = nearest_codon(old, change.new, code, host)
        return Placed(change, Edit(start, start + 3, new), f"{note} {why}".strip())
    if change.kind == "duplication":
        there = bases[start : offset + 3 * change.end]
        return Placed(change, Edit(start, start + len(there), there * 2), note)
    new = "".join(_most_used(residue, code, host) for residue in change.new)
    said = f"The new residues have the most used codons of {host.species} ({new})." if new else ""
    first = start + 3 if change.kind == "insertion" else start
    last = first if change.kind == "insertion" else offset + 3 * change.end
    return Placed(change, Edit(first, last, new), f"{note} {said}".strip())


def nearest_codon(old: str, residue: str, code: CodonTable.NCBICodonTable, host: Host) -> tuple[str, str]:
    """The codon of ``residue`` with the fewest bases changed, of several the host's most used one; and a sentence on it."""
    choices = _codons(residue, code)
    distance = {codon: sum(a != b for a, b in zip(old, codon, strict=True)) for codon in choices}
    least = min(distance.values())
    near = sorted(
        (codon for codon in choices if distance[codon] == least), key=lambda codon: (-host.share(codon), codon)
    )
    bases = "1 base" if least == 1 else f"{least} bases"
    if len(choices) == 1:
        return near[0], f"{old} became {near[0]}, its only codon."
    if len(near) == 1:
        return near[
            0
        ], f"{old} became {near[0]}: of the codons {', '.join(sorted(choices))} it changes the fewest bases ({least})."
    others = ", ".join(near[1:])
    return (
        near[0],
        f"{old} became {near[0]}: of those that change {bases} the one most used by {host.species}; the other{'s are' if len(near) > 2 else ' is'} {others}.",
    )


def _most_used(residue: str, code: CodonTable.NCBICodonTable, host: Host) -> str:
    return min(_codons(residue, code), key=lambda codon: (-host.share(codon), codon))


def _codons(residue: str, code: CodonTable.NCBICodonTable) -> list[str]:
    if residue == "*":
        found = list(code.stop_codons)
    else:
        found = [codon for codon, letter in code.forward_table.items() if letter == residue]
    if not found:
        raise ToolInputError(f"Genetic code {code.id} has no codon for {residue}", "change", "name another residue")
    return found


def _first(change: Change) -> int:
    return change.start if change.kind == "insertion" else change.start - 1


def _edit(change: Change, new: str) -> Edit:
    """Of an insertion: between its two neighbours."""
    if change.kind == "insertion":
        return Edit(change.start, change.start, new)
    return Edit(change.start - 1, change.end, new)


def _refuse_beyond(change: Change, length: int, counted: str, where: str) -> None:
    if change.end > length:
        raise ToolInputError(
            f"{shown(change.text)} names {counted} {change.end:,}, and the sequence has {length:,}",
            where,
            "correct the position",
        )


def _refuse_other(change: Change, letters: str, counted: str, where: str, offset: int = 0) -> None:
    """Raise where the letters said to stand there do not; says which do, and where those said are."""
    for place, said in _said(change):
        there = letters[place - 1 : place - 1 + len(said)]
        if there != said:
            position = place - offset
            raise ToolInputError(
                f"{shown(change.text)}: {_at(counted, position, said)} {_named(there, counted)}, not {_named(said, counted)}",
                where,
                _elsewhere(letters, said, place, offset, counted),
            )


def _said(change: Change) -> Iterator[tuple[int, str]]:
    if change.old:
        if len(change.old) != change.end - change.start + 1:
            raise ToolInputError(
                f"{shown(change.text)} names {len(change.old)} letters for {change.end - change.start + 1} positions",
                "change",
                "make both agree",
            )
        yield change.start, change.old
    if change.ends[0]:
        yield change.start, change.ends[0]
        yield change.end, change.ends[1]


def _at(counted: str, position: int, said: str) -> str:
    if len(said) > 1:
        return f"{counted}s {position} to {position + len(said) - 1} are"
    return f"codon {position} codes for" if counted == "codon" else f"{counted} {position} is"


def _named(letters: str, counted: str) -> str:
    if counted == "base" or not letters:
        return letters or "nothing"
    return " ".join("a stop" if letter == "*" else f"{letter} ({in_three_letters(letter)})" for letter in letters)


def _elsewhere(letters: str, said: str, place: int, offset: int, counted: str) -> str:
    """Where what was said stands; a shift by one is that of numberings without the first Met."""
    if counted != "base" and letters.startswith("M") and letters[place : place + len(said)] == said:
        return f"{said} stands at {place - offset + 1}: count the first Met as 1"
    found = [n for n in range(offset + 1, len(letters) - len(said) + 2) if letters[n - 1 : n - 1 + len(said)] == said]
    near: Callable[[int], int] = lambda n: abs(n - place)  # noqa: E731
    if not found:
        return "correct the reference or the position"
    nearest = sorted(sorted(found, key=near)[:_MOST_PLACES])
    return f"correct it: {said} stands at {', '.join(str(n - offset) for n in nearest)}{', …' if len(found) > len(nearest) else ''}"
