"""``structure_report``: what PDB entries say of themselves, areas of other programs, and files that are not whole.

1ORC, 1A8O, 1LCD and 1PFE are entries of the Protein Data Bank (CC0); what is expected of them stands in their headers.
"""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import gemmi
import numpy as np
import pytest

from errors import ToolInputError
from tools.biology.structures import structure_report

FOLDER = Path(__file__).parent / "structures"
CRO, CAPSID, LAC, ECHINOMYCIN = (
    str(FOLDER / f"{name}.gz") for name in ("1orc.pdb", "1a8o.pdb", "1lcd.pdb", "1pfe.cif")
)


def text_of(path: str) -> str:
    return gzip.decompress(Path(path).read_bytes()).decode()


def helix(residues: int, *, without: tuple[int, ...] = (), b: float = 20.0) -> str:
    """A poly-alanine alpha helix, built from the internal coordinates of Engh and Huber 1991 with phi -57 and psi -47 degrees."""
    bonds = {"N": 1.329, "CA": 1.458, "C": 1.525}
    angles = {"N": 116.2, "CA": 121.7, "C": 111.2}
    torsions = {"N": -47.0, "CA": 180.0, "C": -57.0}
    places = [np.array(place) for place in ((0.0, 0.0, 0.0), (1.458, 0.0, 0.0), (2.009, 1.422, 0.0))]
    order = ["N", "CA", "C"]
    while len(places) < 3 * residues:
        name = order[len(places) % 3]
        places.append(_placed(*places[-3:], bonds[name], angles[name], torsions[name]))
    lines = []
    for number in range(1, residues + 1):
        if number in without:
            continue
        n, ca, c = places[3 * number - 3 : 3 * number]
        following = places[3 * number] if 3 * number < len(places) else _placed(n, ca, c, 1.329, 116.2, -47.0)
        atoms = {
            "N": n,
            "CA": ca,
            "C": c,
            "O": _placed(following, ca, c, 1.231, 120.1, 180.0),
            "CB": _placed(c, n, ca, 1.525, 110.1, 122.6),
        }
        for name, at in atoms.items():
            lines.append(
                f"ATOM  {len(lines) + 1:>5}  {name:<3} ALA A{number:>4}    {at[0]:8.3f}{at[1]:8.3f}{at[2]:8.3f}  1.00{b:6.2f}          {name[0]:>2}"
            )
    return "\n".join([*lines, "TER", "END", ""])


def _placed(a: np.ndarray, b: np.ndarray, c: np.ndarray, bond: float, angle: float, torsion: float) -> np.ndarray:
    """The point at a distance from c, at an angle with b, at a torsion with a."""
    angle, torsion = math.radians(angle), math.radians(torsion)
    along = (c - b) / np.linalg.norm(c - b)
    normal = np.cross(b - a, along)
    normal /= np.linalg.norm(normal)
    third = np.cross(normal, along)
    return c + bond * (
        -math.cos(angle) * along + math.sin(angle) * (math.cos(torsion) * third + math.sin(torsion) * normal)
    )


def test_the_header_of_an_entry_is_read():
    data = structure_report(CRO).data
    assert (data["id"], data["method"], data["resolution_a"], data["models"]) == ("1ORC", "X-ray diffraction", 1.54, 1)
    assert data["title"] == "CRO REPRESSOR INSERTION MUTANT K56-[DGEVK]"


def test_residues_that_were_not_seen_are_counted():
    # REMARK 465 of 1ORC: MET 1, GLU 2 and LYS 62 to ALA 66; SEQRES has 71 residues
    data = structure_report(CRO).data
    (chain,) = data["chains"]
    assert (chain["residues"], chain["sequence_length"], chain["not_modelled"]) == (64, 71, 7)
    assert [(gap["after"], gap["before"], gap["missing"]) for gap in data["gaps"]] == [
        ("the N- or 5'-terminus", "GLN 3", 2), ("ASN 61", "the C- or 3'-terminus", 5),
    ]  # fmt: skip


def test_alternative_conformations_are_named():
    # 1ORC: GLN 27 and two waters have the conformations A and B
    data = structure_report(CRO).data
    assert data["altlocs"] == ["A/GLN 27 (A, B)", "A/HOH 301 (A, B)", "A/HOH 303 (A, B)"]
    assert data["waters"] == 57


def test_several_models_and_kinds_of_chains():
    # 1LCD: NMR, three models, protein of 51 residues, two strands of 11 nucleotides, one sodium ion
    output = structure_report(LAC)
    assert output.data["models"] == 3 and output.data["method"] == "Solution NMR"
    assert {row["chain"]: (row["kind"], row["residues"]) for row in output.data["chains"]} == {
        "A": ("protein", 51), "B": ("DNA", 11), "C": ("DNA", 11),
    }  # fmt: skip
    assert output.data["ligands"] == [{"name": "NA", "chain": "C", "number": "12", "atoms": 1}]
    assert any("3 models; all numbers are of the first" in note for note in output.notes)
    (view,) = [view for view in output.views if view.kind == "structure3d"]
    assert len(view.models) == 3 and view.style == "cartoon"
    assert gemmi.read_pdb_string(view.models[1])[0].count_atom_sites() == 1125


def test_mmcif_with_ligands_and_residues_that_share_a_place():
    # 1PFE: echinomycin (8 residues, two quinoxalines QUI), d(GCGTACGC), one chloride; N2C and NCY share the places 3 and 7
    data = structure_report(ECHINOMYCIN).data
    assert data["format"] == "mmcif" and data["resolution_a"] == 1.1
    assert [(row["kind"], row["residues"]) for row in data["chains"]] == [("DNA", 8), ("protein", 8)]
    assert [one["name"] for one in data["ligands"]] == ["CL", "QUI", "QUI"]
    assert data["gaps"] == []  # its ester bonds are bonds


@pytest.mark.parametrize(
    ("file", "helices", "strands", "first"),
    # HELIX and SHEET records of the entries, by residue number
    [(CRO, [(7, 14), (16, 23), (27, 35)], [(39, 44), (50, 55)], 3), (CAPSID, [(161, 175), (179, 187), (196, 205), (211, 217)], [], 151)],
)  # fmt: skip
def test_secondary_structure_is_where_the_entry_has_it(file, helices, strands, first):
    letters = structure_report(file).data["chains"][0]["secondary_structure"]
    for kind, stretches in (("a", helices), ("b", strands)):
        for begin, end in stretches:
            inside = letters[begin - first : end - first + 1]
            assert inside.count(kind) >= 0.6 * len(inside), (begin, end, inside)
    outside = [
        letter for place, letter in enumerate(letters, first) if not any(b - 3 <= place <= e + 3 for b, e in helices)
    ]
    assert outside.count("a") <= 0.1 * len(letters)


def test_an_ideal_helix_is_a_helix():
    (chain,) = structure_report(helix(20)).data["chains"]
    assert chain["helix_residues"] >= 16 and chain["strand_residues"] == 0


def test_the_surface_is_that_of_other_programs():
    # NACCESS 2.1.1 (Hubbard and Thornton 1993), probe 1.4 Å, on 1A8O without water: 4848.7 Å²; its radii are Chothia's
    assert structure_report(CAPSID).data["sasa_a2"] == pytest.approx(4848.7, rel=0.06)


def test_the_surface_of_one_atom_is_a_sphere():
    # zinc: 4 pi (r + 1.4)², with r = 1.39 Å (Bondi 1964) to 2.10 Å (Alvarez 2013)
    line = "HETATM    1 ZN    ZN A   1       0.000   0.000   0.000  1.00 10.00          ZN\nEND\n"
    area = structure_report(line).data["sasa_a2"]
    assert 4 * math.pi * 2.79**2 - 1 < area < 4 * math.pi * 3.55**2 + 1


def test_a_heavy_atom_named_like_a_hydrogen_has_a_surface():
    # as in a file whose columns slipped: the radius tables refuse hydrogens by their names
    odd = (
        helix(6).replace("END\n", "HETATM   31  H2  HOH A  31      20.000  20.000  20.000  1.00 20.00           O\n")
        + "END\n"
    )
    line = "HETATM   32  H2  LIG A  32      30.000  30.000  30.000  1.00 20.00           C\n"
    assert structure_report(odd.replace("END\n", line + "END\n")).data["sasa_a2"] > 0


def test_a_shifted_atom_line_is_refused_as_gemmi_would_read_it():
    broken = helix(6).replace(
        "END\n", "ATOM C 1.00       20 2.225      2.849  4 CB ALA   5.770        20.00        A\nEND\n"
    )
    with pytest.raises(ToolInputError, match="columns 31 to 54"):
        structure_report(broken)


def test_an_insertion_code_may_be_any_sign():
    signed = helix(6).replace(" A   6 ", " A   6-")
    assert " A   6-" in signed
    assert structure_report(signed).data["chains"][0]["residues"] == 6


def test_chains_of_a_complex_bury_surface_between_them():
    # 1LCD: headpieces bury over 1,000 Å² in their operators, the strands of a duplex more; both sides counted
    data = structure_report(LAC).data
    assert 1500 < data["buried_between_chains_a2"] < 4500
    assert sum(data["sasa_by_chain_a2"].values()) == pytest.approx(data["sasa_a2"], abs=60)


@pytest.mark.parametrize(
    ("select", "selected"),
    [
        ("NA", ["C/NA 12"]), ("C:12", ["C/NA 12"]), ("NA C 12", ["C/NA 12"]), ("ligands", ["C/NA 12"]),
        ("A:10-12", ["A/VAL 10", "A/ALA 11", "A/GLU 12"][:3]), ("A/10", ["A/VAL 10"]), ("A10", ["A/VAL 10"]), ("chain A", None),
    ],
)  # fmt: skip
def test_a_selection_may_be_written_in_several_ways(select, selected):
    data = structure_report(LAC, select).data
    if selected is None:
        assert data["selected_count"] == 51 + 26
    else:
        assert len(data["selected"]) == len(selected)
        assert [label.split()[-1] for label in data["selected"]] == [label.split()[-1] for label in selected]


def test_contacts_are_the_nearest_atoms():
    # 1LCD, model 1: sodium and the phosphate of DT C 4, by the coordinates of its records
    contacts = {one["other"]: one for one in structure_report(LAC, "NA").data["contacts"]}
    text = [line for line in text_of(LAC).split("ENDMDL")[0].splitlines() if line.startswith(("ATOM", "HETATM"))]
    place = {
        (line[12:16].strip(), line[17:27].strip()): tuple(map(float, (line[30:38], line[38:46], line[46:54])))
        for line in text
    }
    (sodium,) = [at for (name, _), at in place.items() if name == "NA"]
    nearest = min(
        math.dist(sodium, at) for (name, residue), at in place.items() if residue == "DT C   4" and name[0] in "CNOP"
    )
    assert contacts["C/DT 4"]["distance_a"] == pytest.approx(nearest, abs=0.006)
    assert contacts["C/DT 4"]["kind"] == "polar"


def test_neighbours_along_the_chain_are_no_contacts_and_other_bonds_are_said():
    assert "A/ALA 4" not in structure_report(helix(8), "A:5").data["contact_residues"]
    bonded = [one for one in structure_report(ECHINOMYCIN, "QUI").data["contacts"] if one["kind"] == "bonded"]
    assert {one["other"] for one in bonded} == {"B/DSN 1", "B/DSN 5"}


def test_a_break_inside_a_chain_is_a_gap():
    output = structure_report(helix(20, without=(9, 10, 11)))
    assert [(gap["after"], gap["before"], gap["missing"]) for gap in output.data["gaps"]] == [("ALA 8", "ALA 12", 3)]


def test_plddt_is_told_from_b_factors():
    predicted = "TITLE     ALPHAFOLD MONOMER V2.0 PREDICTION FOR A HELIX\n" + helix(10, b=87.5)
    output = structure_report(predicted)
    assert output.data["plddt_mean"] == 87.5 and output.data["plddt_confident_70_to_90"] == 1.0
    assert "b_factor_mean_a2" not in output.data
    measured = "EXPDTA    X-RAY DIFFRACTION\nREMARK   3 MOLECULAR REPLACEMENT WITH AN ALPHAFOLD MODEL\n" + helix(
        10, b=87.5
    )
    assert structure_report(measured).data["b_factor_mean_a2"] == 87.5
    assert any(
        "may be pLDDT" in note for note in structure_report(helix(10, b=87.5).replace(" 87.50", " 80.00", 1)).notes
    )


@pytest.mark.parametrize(
    ("change", "what", "where"),
    [
        (lambda text: text[: text.index("ATOM      5") + 40], "end in the middle", "file, line 5"),
        (lambda text: text.replace("ATOM      3", "ATOM      3", 1).replace("1.422", "1,422", 1), "columns 31 to 54", "file, line 3"),
        (lambda text: text.replace("ALA A   2", "ALA A   ?", 1), "residue number", "file, line 6"),
        (lambda text: text.replace("  CA  ALA A   1", "      ALA A   1", 1), "no atom name", "file, line 2"),
        (lambda text: "HEADER    A PROTEIN\nEND\n", "no ATOM", "file"),
    ],
)  # fmt: skip
def test_a_broken_pdb_file_is_a_sentence_with_its_line(change, what, where):
    with pytest.raises(ToolInputError, match=what) as caught:
        structure_report(change(helix(4)))
    assert caught.value.where == where


def test_a_truncated_file_that_ends_between_lines_is_said():
    text = text_of(CRO)
    half = text[: text.index("ATOM    300")]
    assert any("may be truncated" in note or "not whole" in note for note in structure_report(half).notes)
    without_some = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("ATOM    30"))
    assert any("MASTER" in note for note in structure_report(without_some).notes)


def test_a_truncated_mmcif_file_is_a_sentence_with_its_line():
    text = text_of(ECHINOMYCIN)
    cut = text[: text.index("HETATM") + 30]
    with pytest.raises(ToolInputError, match="broken or truncated") as caught:
        structure_report(cut)
    assert "line" in caught.value.where


def test_a_coordinate_that_is_no_number_in_mmcif_is_refused():
    document = gemmi.cif.read_string(text_of(ECHINOMYCIN))
    column = document[0].find_loop("_atom_site.Cartn_y")
    column[4] = "?"
    with pytest.raises(ToolInputError, match="number 5 of the _atom_site loop"):
        structure_report(document.as_string())


@pytest.mark.parametrize(
    ("file", "what"),
    [("4HHB", "PDB identifier"), ("pdb_00004hhb", "PDB identifier"), ("AF-P69905-F1", "AlphaFold identifier"), ("", "No file"),
     ("/nowhere/model.pdb", "no file"), ("/tmp", "folder"), (">a\nMKTAYIAK\n", "neither in PDB nor in mmCIF")],
)  # fmt: skip
def test_what_is_no_structure_file_is_refused(file, what):
    with pytest.raises(ToolInputError, match=what):
        structure_report(file)


@pytest.mark.parametrize("select", ["Z", "HEM", "A:900", "A:20-10", "D:1", "10", "A:1:2:3", "everything"])
def test_a_selection_that_names_nothing_is_refused(select):
    with pytest.raises(ToolInputError) as caught:
        structure_report(LAC, select)
    assert caught.value.where == "select" and caught.value.hint


def test_other_files_in_cif_format_are_told_what_they_are():
    with pytest.raises(ToolInputError, match="structure factors"):
        structure_report("data_x\nloop_\n_refln.index_h\n_refln.index_k\n1 2\n")
    with pytest.raises(ToolInputError, match="small molecule"):
        structure_report("data_x\nloop_\n_atom_site_label\n_atom_site_fract_x\nC1 0.1\n")
    with pytest.raises(ToolInputError, match="chemical component"):
        structure_report("data_HEM\nloop_\n_chem_comp_atom.comp_id\n_chem_comp_atom.atom_id\nHEM FE\n")


def test_atoms_that_stand_twice_are_said():
    text = helix(4)
    line = text.splitlines()[0]
    assert any("twice" in note for note in structure_report(line + "\n" + text).notes)


def test_letters_that_are_not_ascii_are_refused_in_records_of_atoms_and_said_elsewhere():
    # found by fuzzing: gemmi cuts the bytes of such a character apart
    with pytest.raises(ToolInputError, match="U\\+00E9, which is not ASCII") as caught:
        structure_report(helix(4).replace("ALA A   2", "ALé A   2", 1))
    assert caught.value.where == "file, line 6"
    output = structure_report("TITLE     LACTASE OF KÄSE\n" + helix(4))
    assert output.data["title"] == "LACTASE OF K?SE"
    assert any("question marks" in note for note in output.notes)


def test_the_viewer_is_told_chains_gaps_conformations_and_what_the_b_column_holds():
    (view,) = [view for view in structure_report(CRO).views if view.kind == "structure3d"]
    (chain,) = view.chains
    assert (chain.name, chain.kind, chain.residues[0], chain.residues[-1], chain.breaks) == (
        "A",
        "protein",
        "GLN 3",
        "ASN 61",
        (),
    )
    assert view.b_column == "b_factor" and view.conformations["A/27"] == "AB"
    # HELIX and SHEET records of 1ORC: residues 7 to 14 are a helix, 39 to 44 a strand
    letters = dict(zip(chain.residues, chain.secondary, strict=True))
    assert {letters[name] for name in chain.residues[4:12]} == {"h"} and letters["LYS 39"] == letters["ILE 44"] == "s"
    assert "A/GLN 27 A" in view.caption and "HOH" not in view.caption
    (view,) = [view for view in structure_report(helix(20, without=(9, 10), b=0.0)).views if view.kind == "structure3d"]
    assert view.chains[0].breaks == (8,) and "1 gap" in view.caption
    assert view.b_column == ""  # all B factors are alike: no colours for them
    assert view.secondary_source.startswith("P-SEA") and view.chains[0].secondary.count("h") >= 10
    (view,) = [view for view in structure_report(ECHINOMYCIN).views if view.kind == "structure3d"]
    assert [chain.ligands for chain in view.chains] == [("CL 20",), ("QUI 0", "QUI 9")]


def test_a_plddt_of_90_itself_is_confident_and_not_very_high():
    # AlphaFold DB: very high is pLDDT > 90, low begins at 50
    lines = helix(4).replace("1.00 20.00", "1.00 90.00").splitlines()
    lines = [line.replace("1.00 90.00", "1.00 90.01") if "ALA A   1" in line else line for line in lines]
    data = structure_report("\n".join(["TITLE     ALPHAFOLD PREDICTION", *lines, ""])).data
    assert (data["plddt_very_high_above_90"], data["plddt_confident_70_to_90"]) == (0.25, 0.75)


def test_the_view_turns_to_a_selection_and_what_touches_it_unless_it_is_long():
    output = structure_report(ECHINOMYCIN, "QUI B 9")
    (view,) = [view for view in output.views if view.kind == "structure3d"]
    assert view.selected == ("B/QUI 9",) and set(view.near) == set(output.data["contact_residues"])
    (view,) = [view for view in structure_report(LAC, "A").views if view.kind == "structure3d"]
    assert view.selected == view.near == ()
