"""Intern-S1-mini's tokenizer beside the plain fast BPE that it is made around, and a long protein."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from bench.rows import Row
from model.interns1.tokenizer import InternS1Tokenizer

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "model" / "interns1_tokenizer"  # 4,096 base tokens and three small models
PROSE_CHARACTERS = 1_000_000
RESIDUES = 10_000
MOST_PROTEIN_S = 0.050
ROUNDS = 5


def measure() -> list[Row]:
    tokenizer = InternS1Tokenizer.from_folder(FOLDER)
    own = (ROOT / "README.md").read_text(encoding="utf-8")
    prose = (own * (PROSE_CHARACTERS // len(own) + 1))[:PROSE_CHARACTERS]
    protein = "".join(random.Random(0).choices("ACDEFGHIKLMNPQRSTVWY", k=RESIDUES))
    bpe = tokenizer.bpe
    ours, theirs = _side_by_side(
        lambda: tokenizer.encode(prose), lambda: bpe.encode(prose, add_special_tokens=False).ids
    )
    long, _ = _side_by_side(lambda: tokenizer.encode(protein), lambda: None)
    return [
        Row("1 MB of prose, Intern-S1-mini's tokenizer beside its plain BPE", ours, theirs, "s", 3, at_most=True),
        Row("a protein of 10,000 residues, beside what is allowed", long, MOST_PROTEIN_S, "s", 1, at_most=True),
    ]


def _side_by_side(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """The shortest seconds of each, taken in turns."""
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for place, work in enumerate((ours, theirs)):
            started = time.perf_counter()
            work()
            best[place] = min(best[place], time.perf_counter() - started)
    return best[0], best[1]
