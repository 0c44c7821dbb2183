"""``design_primers``: what must hold of any pair, checked with the other tools; how it is refused."""

from __future__ import annotations

import importlib.util
import random

import pytest

from errors import ToolInputError
from tools.biology.melting import melting_temperature
from tools.biology.pcr import simulate_pcr
from tools.biology.primers import design_primers
from tools.biology.restriction_enzymes import reverse_complement

SEQUENCE = "".join(random.Random(3).choices("ACGT", k=600))
HERE = importlib.util.find_spec("primer3") is not None
with_primer3 = pytest.mark.skipif(not HERE, reason="primer3-py (GPL) is not installed: pip install primer3-py")


@pytest.mark.skipif(HERE, reason="primer3-py is installed")
def test_without_primer3_it_is_said_how_to_install_it():
    with pytest.raises(ToolInputError, match="pip install primer3-py"):
        design_primers(SEQUENCE, "250-349")


@with_primer3
def test_pairs_lie_around_the_region_and_amplify_it():
    data = design_primers(SEQUENCE, "250-349").data
    assert data["count"] == 5 and len(data["pairs"]) == 5
    for pair in data["pairs"]:
        assert pair["forward"] == SEQUENCE[pair["forward_start"] - 1 : pair["forward_end"]]
        assert pair["reverse"] == reverse_complement(SEQUENCE[pair["reverse_start"] - 1 : pair["reverse_end"]])
        assert pair["forward_end"] < 250 and pair["reverse_start"] > 349
        product = simulate_pcr(SEQUENCE, pair["forward"], pair["reverse"]).data
        assert product["length"] == pair["product_length"]
        assert (product["start"], product["end"]) == (pair["forward_start"], pair["reverse_end"])


@with_primer3
def test_the_tm_is_that_of_the_named_model():
    pair = design_primers(SEQUENCE, [250, 349]).data
    for side in ("forward", "reverse"):
        known = melting_temperature(pair[side], magnesium=1.5, dntps=0.6).data["tm_c"]
        assert pair[f"{side}_tm_c"] == pytest.approx(known, abs=0.06)
        assert 57 <= pair[f"{side}_tm_c"] <= 63


@with_primer3
@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"region": "580-700"}, "region"),
        ({"region": "0-10"}, "region"),
        ({"region": "300-200"}, "region"),
        ({"region": "the middle"}, "region"),
        ({"region": [5, 595]}, "region"),
        ({"region": "250-349", "product_length": "50-80"}, "product_length"),
        ({"count": 0}, "count"),
        ({"sequence": "ACGT"}, "sequence"),
        ({"sequence": SEQUENCE.replace("T", "U")}, "sequence"),
    ],
)
def test_wrong_regions_are_refused(arguments, where):
    with pytest.raises(ToolInputError) as caught:
        design_primers(**{"sequence": SEQUENCE, **arguments})
    assert caught.value.where.startswith(where)
