"""Sequences and alignments as HTML: every letter once, what the viewer reads, and what is said where something is left out."""

from __future__ import annotations

import re

from app.ui.views import view_html, viewer_head
from tools.outputs import AlignmentView, Feature, SequenceView


def letters_in(shown: str) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r'<div class="residues[^>]*>(.*?)</div>', shown)[1])  # type: ignore[index]


def test_a_sequence_keeps_every_letter_and_lists_its_features() -> None:
    # Human insulin's signal peptide, UniProt P01308, 1-24.
    view = SequenceView(
        alphabet="protein",
        residues="MALWMRLLPLLALLALWGPDPAAAFVNQ",
        title="Insulin",
        features=(Feature(name="signal", start=1, end=24),),
    )
    shown = view_html(view.model_dump())
    assert letters_in(shown) == view.residues
    assert '<li data-at="1 24 1"><mark class="f0">signal</mark> 1–24</li>' in shown
    assert 'data-alphabet="protein"' in shown and "28 residues" in shown


def test_a_long_sequence_is_its_letters_and_little_more() -> None:
    shown = view_html(SequenceView(alphabet="dna", residues="ACGTA" * 20_000, title="Long").model_dump())
    assert letters_in(shown) == "ACGTA" * 20_000
    assert len(shown) < 100_700 and shown.count("<") < 15


def test_beyond_a_million_letters_what_is_shown_is_said() -> None:
    shown = view_html(
        SequenceView(alphabet="dna", residues="A" * 1_000_010, title="Longer", circular=True).model_dump()
    )
    assert len(letters_in(shown)) == 1_000_000
    assert "The first 1,000,000 of 1,000,010 are shown." in shown
    assert "data-circular" not in shown  # its ends are no neighbours any more


def test_features_of_one_group_or_name_have_one_colour() -> None:
    features = (
        Feature(name="EcoRI", start=1, end=6, cuts=((1, 5),)),
        Feature(name="BamHI", start=9, end=14, strand=-1),
        Feature(name="EcoRI", start=20, end=25),
        Feature(name="site 2", start=30, end=35, group="BamHI", protein="MK"),
    )
    shown = view_html(SequenceView(alphabet="dna", residues="A" * 40, title="t", features=features).model_dump())
    assert re.findall(r'<mark class="(f\d)">([^<]+)', shown) == [
        ("f0", "EcoRI"), ("f1", "BamHI"), ("f0", "EcoRI"), ("f1", "site 2"),
    ]  # fmt: skip
    assert 'data-at="1 6 1" data-cuts="1/5"' in shown and 'data-at="9 14 -1"' in shown and 'data-protein="MK"' in shown
    assert "9–14, reverse strand" in shown


def test_more_than_two_hundred_features_are_cut_and_it_is_said() -> None:
    features = tuple(Feature(name=f"s{place}", start=place, end=place) for place in range(1, 251))
    shown = view_html(SequenceView(alphabet="dna", residues="A" * 300, title="t", features=features).model_dump())
    assert shown.count("<li") == 200 and "50 more features are neither drawn nor listed." in shown


def test_an_alignment_has_its_rows_marks_and_conservation() -> None:
    view = AlignmentView(
        alphabet="protein", names=("one", "<two>"), rows=("MK-TA", "MKWTA"), starts=(3, 1), marks="** **", title="Two",
        legend="* identical", consensus="MKxTA", conservation=(4.32, 4.32, 0, 4.32, 4.32), conservation_most=4.322,
        conservation_unit="bits",
    )  # fmt: skip
    shown = view_html(view.model_dump())
    assert '<div data-start="3"><b>one</b> <span>MK-TA</span></div>' in shown
    assert "<b>&lt;two&gt;</b> <span>MKWTA</span>" in shown
    for given in ('marks="** **"', 'conservation="4.32 4.32 0 4.32 4.32"', 'most="4.322"', 'consensus="MKxTA"'):
        assert f"data-{given}" in shown
    assert "2 rows, 5 columns" in shown


def test_nothing_to_view_is_no_viewer() -> None:
    assert "data-alphabet" not in view_html(SequenceView(alphabet="dna", residues="", title="t").model_dump())
    empty = AlignmentView(alphabet="dna", names=(), rows=(), starts=(), marks="", title="t")
    assert "data-alphabet" not in view_html(empty.model_dump())


def test_the_page_is_given_the_viewer_and_does_not_wear_its_styles() -> None:
    head = viewer_head()
    assert head.count("<script>") == 4 and '<style id="sequence-style" media="not all">' in head
