"""What a structure file says of itself: method, resolution, and B factors, or pLDDT where a model is predicted."""

from __future__ import annotations

import math
import re
from typing import Any

from tools.biology.structure_atoms import ModelAtoms
from tools.inputs.structure_files import ParsedStructure

#: Bands of AlphaFold's per-residue confidence (Jumper et al., Nature 2021, 596, 583; AlphaFold DB): 90 itself is not above 90.
_ABOVE_90 = math.nextafter(90.0, 100.0)
_BANDS = (
    ("very_high_above_90", _ABOVE_90, 101.0),
    ("confident_70_to_90", 70.0, _ABOVE_90),
    ("low_50_to_70", 50.0, 70.0),
    ("very_low_below_50", -1.0, 50.0),
)
_PREDICTED = re.compile(r"alphafold|esmfold|rosettafold|colabfold|openfold|\bboltz|\bchai-1\b|\bplddt\b", re.IGNORECASE)
_NO_EXPERIMENT = re.compile(r"theoretical|predict|comput|not provided", re.IGNORECASE)


def headings(structure: Any) -> tuple[str, dict[str, Any]]:
    """Title, and identifier, method and resolution, as far as the file tells them."""
    info = structure.info
    title = " ".join(_told(info, "_struct.title").split())
    data: dict[str, Any] = {}
    if identifier := _told(info, "_entry.id"):
        data["id"] = identifier
    if title:
        data["title"] = title[:200]
    if method := _told(info, "_exptl.method"):
        data["method"] = method.capitalize().replace("nmr", "NMR") if method.isupper() else method
    if structure.resolution:
        data["resolution_a"] = round(structure.resolution, 3)
    if deposited := _told(info, "_pdbx_database_status.recvd_initial_deposition_date"):
        data["deposited"] = deposited
    return title if len(title) <= 120 else title[:119] + "…", data


def is_predicted(parsed: ParsedStructure) -> bool:
    """Whether the file says that it is a model of AlphaFold or its like, and of no experiment: its B column holds pLDDT."""
    info = parsed.structure.info
    method = _told(info, "_exptl.method")
    if method and not _NO_EXPERIMENT.search(method):
        return False
    said = [_told(info, "_struct.title"), _told(info, "_entry.id"), method, *parsed.structure.raw_remarks]
    return (
        any(_PREDICTED.search(text) for text in said)
        or _told(info, "_entry.id").upper().startswith("AF-")
        or (parsed.format == "mmcif" and "_ma_qa_metric" in parsed.text)
    )


def b_factor_data(atoms: ModelAtoms, parsed: ParsedStructure) -> dict[str, Any]:
    """Statistics over the heavy atoms of the polymers: B factors in Å², or pLDDT by residue (0 to 100)."""
    mask = atoms.part_mask("polymer") & atoms.heavy()
    values = atoms.b_factors[mask]
    if not len(values):
        return {}
    if not is_predicted(parsed):
        kind = {"b_factor_mean_a2": round(float(values.mean()), 2)}
        return kind | {
            "b_factor_min_a2": round(float(values.min()), 2),
            "b_factor_max_a2": round(float(values.max()), 2),
        }
    first = {
        index: float(value) for index, value in zip(atoms.residue_of[mask][::-1].tolist(), values[::-1], strict=True)
    }
    by_residue = list(first.values())
    if max(by_residue) <= 1.0:
        by_residue = [100 * value for value in by_residue]
    shares = {
        f"plddt_{name}": round(sum(low <= value < high for value in by_residue) / len(by_residue), 4)
        for name, low, high in _BANDS
    }
    return {"plddt_mean": round(sum(by_residue) / len(by_residue), 2), **shares}


def b_factor_notes(data: dict[str, Any]) -> list[str]:
    """What the numbers of ``b_factor_data`` are, in words."""
    if "plddt_mean" in data:
        return [
            "A predicted model: its B column was read as pLDDT, a confidence from 0 to 100; below 70 it is no fact, below 50 likely disorder."
        ]
    if "b_factor_mean_a2" not in data:
        return []
    if data["b_factor_min_a2"] == data["b_factor_max_a2"]:
        return [f"All B factors are {data['b_factor_mean_a2']:g}: they were not refined, or not kept."]
    if not data.get("method") and data["b_factor_min_a2"] >= 0 and data["b_factor_max_a2"] <= 100:
        return [
            "B factors as in the file; if this is a predicted model, they may be pLDDT, which the file does not say."
        ]
    return []


def _told(info: Any, key: str) -> str:
    return info[key] if key in info else ""  # noqa: SIM401 (no mapping: it has no get)
