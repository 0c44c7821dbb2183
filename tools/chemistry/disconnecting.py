"""One retrosynthetic step: ``disconnect``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import BRICS
from rdkit.Chem.rdMolDescriptors import CalcNumAtomStereoCenters

from errors import ToolInputError, shown
from tools.chemistry.applying import as_parsed
from tools.chemistry.drawing import molecule_svg
from tools.chemistry.reaction_drawing import is_legible, reaction_svg
from tools.chemistry.reaction_running import MOST_RAW_PRODUCTS, finished, fragment_smiles, react, ready
from tools.chemistry.reactions_by_name import NamedReaction, compiled, named_reactions, split_templates
from tools.inputs import MoleculeText
from tools.inputs.molecules import parse_molecule
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_ATOMS = 150
MOST_SHOWN = 10
MOST_OF_ONE_REACTION = 3
MOST_CHECKED = 60
SEVERAL_PRODUCTS = 0.1  # added to the score where the forward reaction is not selective
NOTES = (
    "Each disconnection was checked: the named reaction, run forward on the pieces, gives the target again.",
    "Ranked by the score, lower first: the complexity of the most complex piece over that of the target. Complexity is heavy "
    "atoms + 2 for each ring + 2 for each stereocentre; atoms that the target does not have (halogen, boron, a leaving "
    "group) do not count. 0.1 or 0.2 is added for a reaction that is rarely the first choice, and 0.1 where it could also "
    "give other products.",
    "Reaction conditions, selectivity beyond what is said, cost and availability of the pieces are not checked; a piece may "
    "stand for an equivalent (a bromide for an iodide, a boronic acid for its ester).",
)
BRICS_NOTE = (
    "BRICS fragments (Degen et al., ChemMedChem 2008, 3, 1503) are cut by bond type, not by reactions, and are not checked: a "
    "dummy atom such as [1*] marks a cut bond, and its number the BRICS environment of the atom it stands on (1 acyl, 3 ether "
    "oxygen, 5 amine nitrogen, 16 aromatic carbon, …)."
)


@dataclass(frozen=True)
class Disconnection:
    """``pieces`` are canonical SMILES; ``score`` is lower for simpler pieces. After the check: ``products`` that the
    forward reaction can give, the target among them, and whether it sets all of the target's stereochemistry."""

    reaction: NamedReaction
    pieces: tuple[str, ...]
    score: float
    products: int = 0
    stereo_set: bool = True


@tool(
    group="reaction",
    libraries=("rdkit",),
    asks=(
        "retrosynthesis", "retrosynthetic", "retrosynthesis of", "disconnect", "disconnection", "disconnections", "how would I make", "how to make", "how can I make",
        "synthetic route", "building blocks", "starting materials",
        "precursors", "precursor", "route to", "route", "retro", "BRICS", "BRICS fragments", "fragments", "break down",
    ),
)  # fmt: skip
def disconnect(target: MoleculeText) -> ToolOutput:
    """Disconnect a target molecule one retrosynthetic step: the pieces from which named reactions (amide coupling, Suzuki,
    Wittig, aldol, click and others) make it, each checked by running the reaction forward, plus BRICS fragments.

    At most 10, ranked by the simplicity of the pieces. Raises ``ToolInputError`` for a target of over 150 heavy atoms.
    """
    parsed = parse_molecule(target, "target")
    if parsed.mol.GetNumHeavyAtoms() > MOST_ATOMS:
        raise ToolInputError(
            f"{shown(parsed.label)} has {parsed.mol.GetNumHeavyAtoms()} heavy atoms; at most {MOST_ATOMS} are disconnected",
            "target", "give a part of it",
        )  # fmt: skip
    if len(Chem.GetMolFrags(parsed.mol)) > 1:
        raise ToolInputError(
            f"{shown(parsed.label)} has several components", "target", "give the one to be made, without counter-ions"
        )
    found, left_out = _checked(ready(parsed.mol))
    fragments = _brics(parsed.mol)
    data: dict[str, Any] = {
        "target": parsed.smiles,
        "count": len(found),
        "disconnections": [
            {
                "reaction": one.reaction.name,
                "pieces": list(one.pieces),
                "score": one.score,
                "forward_products": one.products,
                "stereo_set": one.stereo_set,
            }
            for one in found
        ],
        "brics_fragments": fragments,
    }
    rows = tuple(
        (rank, one.reaction.name, " + ".join(one.pieces), one.score, one.products, "yes" if one.stereo_set else "no")
        for rank, one in enumerate(found, 1)
    )
    columns = ("Rank", "Reaction", "Pieces", "Score", "Products forward", "Stereo set")
    views: list[View] = []
    if found:
        views.append(Table(title=f"Disconnections of {parsed.label}", columns=columns, rows=rows))
    notes = [*parsed.notes, *(NOTES if found else ())]
    for rank, one in enumerate(found, 1):
        pieces = [as_parsed(piece) for piece in one.pieces]
        if is_legible((*pieces, parsed)):
            title = f"{rank}. {one.reaction.name}: {' + '.join(one.pieces)}"
            views.append(reaction_svg(pieces, [parsed], title=title, caption=f"{title} ({one.reaction.conditions})"))
    if any(one.products > 1 for one in found):
        notes.append(
            "Where 'Products forward' is over 1, the reaction could also give other products from these pieces."
        )
    if any(not one.stereo_set for one in found):
        notes.append(
            "'Stereo set' no: the target's stereocentres or double bonds made in that step need a selective method."
        )
    if left_out:
        notes.append("More disconnections exist; of each reaction the three best, and ten in all, are shown.")
    if fragments:
        views.append(
            Table(title="BRICS fragments (unchecked)", columns=("Fragment",), rows=tuple((f,) for f in fragments))
        )
        if not found:
            views += [
                molecule_svg(as_parsed(fragment), caption="BRICS fragment") for fragment in fragments[:MOST_SHOWN]
            ]
        notes.append(BRICS_NOTE)
    return ToolOutput(
        summary=_summary(parsed.label, found, fragments), data=data, views=tuple(views), notes=tuple(notes)
    )


def _summary(label: str, found: list[Disconnection], fragments: list[str]) -> str:
    if found:
        best = found[0]
        others = len(found) - 1
        more = f"; {others} more {'is' if others == 1 else 'are'} listed" if others else ""
        return f"{label} can be disconnected by {best.reaction.name} into {' + '.join(best.pieces)}{more}."
    brics = f" BRICS cuts it into {len(fragments)} fragments, which no reaction vouches for." if fragments else ""
    return f"None of the named reactions here makes {label} from simpler or other pieces in one step.{brics}"


def _checked(target: Chem.Mol) -> tuple[list[Disconnection], bool]:
    """The ten best disconnections that their reaction confirms, and whether more were proposed than looked at."""
    proposed: dict[tuple[str, ...], list[Disconnection]] = {}
    for one in _proposed(target):
        same = proposed.setdefault(one.pieces, [])
        if all(one.reaction is not other.reaction for other in same):
            same.append(one)
    queue = sorted(
        (one for same in proposed.values() for one in same),
        key=lambda one: (one.score, sum(map(len, one.pieces)), one.pieces),
    )
    found: list[Disconnection] = []
    pieces_found: set[tuple[str, ...]] = set()
    of_reaction: dict[str, int] = {}
    for number, one in enumerate(queue):
        if len(found) >= MOST_SHOWN or number >= MOST_CHECKED:
            return _ranked(found), True
        if one.pieces in pieces_found or of_reaction.get(one.reaction.name, 0) >= MOST_OF_ONE_REACTION:
            continue
        if (confirmed := _confirmed(one, target)) is not None:
            found.append(confirmed)
            pieces_found.add(one.pieces)
            of_reaction[one.reaction.name] = of_reaction.get(one.reaction.name, 0) + 1
    return _ranked(found), any(count >= MOST_OF_ONE_REACTION for count in of_reaction.values())


def _ranked(found: list[Disconnection]) -> list[Disconnection]:
    return sorted(found, key=lambda one: (one.score, sum(map(len, one.pieces)), one.pieces))


def _proposed(target: Chem.Mol) -> Iterator[Disconnection]:
    """Every reaction run backwards on the target; what is no possible molecule, or the target itself, is left out."""
    smiles = Chem.MolToSmiles(target)
    whole = _complexity(target, tuple(range(target.GetNumAtoms())))
    for reaction in named_reactions():
        for smarts in reaction.retro:
            before, _, after = smarts.partition(">>")
            engine = compiled(f"{before}>>({'.'.join(split_templates(after))})")
            with rdBase.BlockLogs():
                raw = engine.RunReactants((target,), maxProducts=MOST_RAW_PRODUCTS)
                for (product,) in raw:
                    mol = finished(product, [target], reaction.invert, reaction.retain)
                    if mol is None:
                        continue
                    fragments = Chem.GetMolFrags(mol)
                    pieces = tuple(sorted(fragment_smiles(mol, atoms) for atoms in fragments))
                    if smiles in pieces or _clash(reaction, pieces):
                        continue
                    hardest = max(_complexity(mol, atoms) for atoms in fragments)
                    yield Disconnection(reaction, pieces, round(hardest / whole + reaction.surcharge, 3))


def _clash(reaction: NamedReaction, pieces: tuple[str, ...]) -> bool:
    """Whether a piece holds two groups that the reaction does not leave beside each other."""
    pairs = [(Chem.MolFromSmarts(first), Chem.MolFromSmarts(second)) for first, second in reaction.clashes]
    mols = [Chem.MolFromSmiles(piece) for piece in pieces] if pairs else []
    return any(
        mol.HasSubstructMatch(first) and mol.HasSubstructMatch(second) for mol in mols for first, second in pairs
    )


def _complexity(mol: Chem.Mol, atoms: tuple[int, ...]) -> int:
    """Heavy atoms + 2 × rings + 2 × stereocentres of one fragment, counting atoms of the target only."""
    retro = any(atom.HasProp("react_atom_idx") for atom in mol.GetAtoms())
    own = {atom for atom in atoms if not retro or mol.GetAtomWithIdx(atom).HasProp("react_atom_idx")}
    heavy = sum(mol.GetAtomWithIdx(atom).GetAtomicNum() > 1 for atom in own)
    rings = sum(own.issuperset(ring) for ring in mol.GetRingInfo().AtomRings())
    piece = Chem.MolFromSmiles(fragment_smiles(mol, atoms))
    return heavy + 2 * rings + 2 * (CalcNumAtomStereoCenters(piece) if piece is not None else 0)


def _confirmed(one: Disconnection, target: Chem.Mol) -> Disconnection | None:
    """The disconnection with what the forward reaction gives, or None if that is not the target."""
    mols = [Chem.MolFromSmiles(piece) for piece in one.pieces]
    if None in mols:
        return None
    reacted = react(one.reaction, [ready(mol) for mol in mols])
    smiles, flat = Chem.MolToSmiles(target), Chem.MolToSmiles(target, isomericSmiles=False)
    products = {product for outcome in reacted.outcomes for product in outcome.products}
    sets = len(reacted.outcomes)
    score = round(one.score + (SEVERAL_PRODUCTS if sets > 1 else 0), 3)
    if smiles in products:
        return Disconnection(one.reaction, one.pieces, score, sets, True)
    for product in products:
        mol = Chem.MolFromSmiles(product)
        same = Chem.MolToSmiles(mol, isomericSmiles=False) == flat
        if same and target.HasSubstructMatch(mol, useChirality=True):
            return Disconnection(one.reaction, one.pieces, score, sets, False)
    return None


def _brics(mol: Chem.Mol) -> list[str]:
    """The fragments left when every BRICS bond is cut, each once; empty where there is no such bond."""
    with rdBase.BlockLogs():
        broken = BRICS.BreakBRICSBonds(mol)
        fragments = [Chem.MolToSmiles(part) for part in Chem.GetMolFrags(broken, asMols=True)]
    return sorted(dict.fromkeys(fragments)) if len(fragments) > 1 else []
