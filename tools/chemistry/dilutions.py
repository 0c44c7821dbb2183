"""Dilutions of a stock, once or in steps: C1·V1 = C2·V2."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from errors import ToolInputError, shown
from tools.chemistry.concentrations import Concentration, as_mass, molarity_text, volume_text
from tools.chemistry.molar_masses import MolarMass
from tools.inputs.quantities import in_words, nine_digits, parse_number
from tools.outputs import Table, ToolOutput

MOST_STEPS = 30
LARGEST_FACTOR = 10**6
FILL_UP = (
    "Fill up to the final volume: volumes are not additive, and the volume of diluent is no more than their difference."
)
_SMALLEST_PIPETTED_M3 = Fraction(1, 10**9)
_STRONG_ACIDS = frozenset(("ClH", "H2O4S", "HNO3", "ClHO4", "H3O4P", "BrH", "HI", "FH", "C2HF3O2"))


def dilute(
    compound: str,
    stock: Concentration,
    target: Concentration | None,
    taken: Fraction | None,
    final: Fraction | None,
    molar_mass: MolarMass | None,
    density: Fraction | None,
) -> ToolOutput:
    """The one of target, stock volume and final volume that was not given; volumes in m³."""
    known = {"concentration": target, "stock_volume": taken, "volume": final}
    missing = [name for name, one in known.items() if one is None]
    if len(missing) != 1:
        said = f"{' and '.join(missing)} are missing" if missing else "everything was given"
        raise ToolInputError(
            f"For a dilution {said}", missing[0] if missing else "concentration",
            "give two of concentration, stock_volume and volume",
        )  # fmt: skip
    ratio = _ratio(stock, target, molar_mass, density) if target else None
    if ratio is not None and ratio < 1:
        raise ToolInputError(
            f"The target {shown(target.text if target else '')} is above the stock {shown(stock.text)}", "concentration",
            "a dilution only lowers the concentration: give a stronger stock",
        )  # fmt: skip
    if ratio is None:
        assert taken is not None and final is not None
        ratio = final / taken
    elif taken is None:
        assert final is not None
        taken = final / ratio
    else:
        final = taken * ratio
    assert taken is not None and final is not None
    if final < taken:
        raise ToolInputError(
            f"{volume_text(taken)} of stock do not fit into {volume_text(final)}", "volume", "give a larger volume"
        )
    reached, more = _reached(stock, target, ratio, molar_mass, density)
    data: dict[str, Any] = {
        "compound": compound,
        "stock_volume_ml": nine_digits(taken * 10**6),
        "diluent_volume_ml": nine_digits((final - taken) * 10**6),
        "final_volume_ml": nine_digits(final * 10**6),
        "dilution_factor": nine_digits(ratio),
        **more,
    }
    notes = [*stock.notes, *(target.notes if target else ()), FILL_UP]
    if density and stock.kind == "mass fraction":
        notes.append(f"Density of the stock {float(density / 1000):g} g/mL, as given.")
    if "molar_mass_g_per_mol" in more and molar_mass:
        notes += molar_mass.notes
    if molar_mass and molar_mass.formula in _STRONG_ACIDS and stock.kind == "mass fraction":
        notes.append("Add the acid to most of the water, never the water to the acid.")
    if ratio == 1:
        notes.append("Stock and target are equal: nothing is diluted.")
    if taken < _SMALLEST_PIPETTED_M3:
        notes.append("Less than 1 µL cannot be pipetted well: dilute in two steps.")
    stock_name = f"{stock.text} stock" if stock.kind != "mass fraction" else f"{stock.text} {compound}"
    summary = (
        f"Take {volume_text(taken)} of the {stock_name} and fill up to {volume_text(final)}"
        f"{f' (about {volume_text(final - taken)} of diluent)' if final > taken else ''}: {reached}."
    )
    rows = (
        ("Stock", f"{volume_text(taken)} of {stock.text}"),
        ("Diluent, about", volume_text(final - taken) if final > taken else "0 mL"),
        ("Final volume", volume_text(final)),
        ("Concentration", reached),
    )
    table = Table(title=f"Dilution of {compound}", columns=("Step", "Amount"), rows=rows)
    return ToolOutput(summary=summary, data=data, views=(table,), notes=tuple(dict.fromkeys(notes)))


def _ratio(
    stock: Concentration, target: Concentration, molar_mass: MolarMass | None, density: Fraction | None
) -> Fraction:
    """How many times the stock is stronger than the target."""
    same = (stock.kind, stock.dimensions) == (target.kind, target.dimensions)
    if same and stock.kind not in ("mass fraction", "molal"):
        return stock.value / target.value
    if {"fold", "counted"} & {stock.kind, target.kind}:
        raise ToolInputError(
            f"{shown(stock.text)} and {shown(target.text)} cannot be compared", "concentration",
            "give both in x, or both in the same kind of concentration",
        )  # fmt: skip
    if target.kind in ("mass fraction", "molal") or stock.kind == "molal":
        raise ToolInputError(
            f"{shown(target.text)} from {shown(stock.text)} needs the densities of both solutions", "concentration",
            "give the target in M, g/L or % w/v, or dilute by mass",
        )  # fmt: skip
    return as_mass(stock, molar_mass, density, "stock_concentration") / as_mass(
        target, molar_mass, None, "concentration"
    )


def _reached(
    stock: Concentration,
    target: Concentration | None,
    ratio: Fraction,
    molar_mass: MolarMass | None,
    density: Fraction | None,
) -> tuple[str, dict[str, Any]]:
    """The final concentration in words, and data of both in the units that are known."""
    more: dict[str, Any] = {}
    in_words_only = target.text if target else ""
    if stock.kind == "fold":
        more = {"stock_fold": nine_digits(stock.value), "concentration_fold": nine_digits(stock.value / ratio)}
        return in_words_only or f"{in_words(stock.value / ratio, 4)}x", more
    if stock.kind == "counted":
        return in_words_only or f"1/{in_words(ratio, 4)} of {stock.text}", more
    if stock.kind == "volume fraction":
        more = {"volume_fraction": nine_digits(stock.value / ratio)}
        return in_words_only or f"{in_words(100 * stock.value / ratio, 4)} % v/v", more
    if stock.kind == "molar" and (target is None or target.kind == "molar"):
        more = {
            "stock_concentration_mol_per_l": nine_digits(stock.value / 1000),
            "concentration_mol_per_l": nine_digits(stock.value / ratio / 1000),
        }
        return in_words_only or molarity_text(stock.value / ratio), more
    mass = as_mass(stock, molar_mass, density, "stock_concentration")
    more = {"stock_concentration_g_per_l": nine_digits(mass), "concentration_g_per_l": nine_digits(mass / ratio)}
    text = in_words_only or f"{in_words(mass / ratio, 4)} g/L"
    if molar_mass:
        molar = mass / Fraction(repr(molar_mass.value)) * 1000
        more["stock_concentration_mol_per_l"] = nine_digits(molar / 1000)
        more["concentration_mol_per_l"] = nine_digits(molar / ratio / 1000)
        more["molar_mass_g_per_mol"] = round(molar_mass.value, 4)
        more["formula"] = molar_mass.formula or None
        if not target:
            text = f"{molarity_text(molar / ratio)} ({text})"
    return text, more


def dilute_in_steps(
    compound: str,
    stock: Concentration | None,
    volume: Fraction | None,
    factor: float | None,
    steps: int | None,
    unused: Sequence[object],
) -> ToolOutput:
    """A serial dilution: each tube is made up to ``volume`` from the one before it, the first from the stock."""
    if any(one is not None for one in unused):
        raise ToolInputError(
            "A serial dilution takes stock_concentration, volume, dilution_factor and steps", "steps",
            "leave concentration, mass and stock_volume out",
        )  # fmt: skip
    if stock is None or volume is None or factor is None or steps is None:
        raise ToolInputError(
            "A serial dilution needs stock_concentration, volume (of each tube), dilution_factor and steps", "steps",
            "give all four; for one dilution give concentration and volume instead",
        )  # fmt: skip
    ratio = parse_number(factor, "dilution_factor")
    if not 1 < ratio <= LARGEST_FACTOR:
        raise ToolInputError(
            f"'{factor:g}' is no dilution factor", "dilution_factor", "give a number above 1, such as 10"
        )
    if not 1 <= steps <= MOST_STEPS:
        raise ToolInputError(f"'{steps}' steps cannot be made", "steps", f"give a whole number from 1 to {MOST_STEPS}")
    transfer = volume / ratio
    texts = [_diluted_text(stock, ratio**step) for step in range(1, steps + 1)]
    values = [nine_digits(stock.value / ratio**step / _scale(stock)) for step in range(1, steps + 1)]
    data = {
        "compound": compound,
        "transfer_volume_ml": nine_digits(transfer * 10**6),
        "diluent_volume_ml": nine_digits((volume - transfer) * 10**6),
        "final_volume_ml": nine_digits(volume * 10**6),
        "dilution_factor": nine_digits(ratio),
        "steps": steps,
        f"concentrations_{_unit_key(stock)}": values,
        "total_dilution_factor": nine_digits(ratio**steps),
    }
    rows = tuple(
        (
            number,
            "stock" if number == 1 else f"tube {number - 1}",
            volume_text(transfer),
            volume_text(volume - transfer),
            text,
        )
        for number, text in enumerate(texts, 1)
    )
    table = Table(
        title=f"Serial dilution of {compound}, 1 in {in_words(ratio)}",
        columns=("Tube", "From", "Transfer", "Diluent", "Concentration"),
        rows=rows,
    )
    notes = [
        *stock.notes,
        f"A factor of {in_words(ratio)} is 1 part in {in_words(ratio)} parts: 1 + {in_words(ratio - 1)}.",
        f"Each tube is made to {volume_text(volume)}; all but the last then give {volume_text(transfer)} to the next one.",
    ]
    if transfer < _SMALLEST_PIPETTED_M3:
        notes.append("Less than 1 µL cannot be pipetted well: make larger tubes or smaller steps.")
    summary = (
        f"Serial dilution of {stock.text} {compound}: carry {volume_text(transfer)} into {volume_text(volume - transfer)} of "
        f"diluent, {steps} time{'s' * (steps != 1)}: {', '.join(texts[:6])}{' and on' if steps > 6 else ''}."
    )
    return ToolOutput(summary=summary, data=data, views=(table,), notes=tuple(dict.fromkeys(notes)))


def _diluted_text(stock: Concentration, ratio: Fraction) -> str:
    value = stock.value / ratio
    if stock.kind == "molar":
        return molarity_text(value)
    if stock.kind == "mass":
        return f"{in_words(value, 4)} g/L"
    if stock.kind == "fold":
        return f"{in_words(value, 4)}x"
    if stock.kind == "volume fraction":
        return f"{in_words(100 * value, 4)} % v/v"
    raise ToolInputError(
        f"{shown(stock.text)} cannot be followed through the steps",
        "stock_concentration",
        "give it in M, g/L, % w/v or x",
    )


def _scale(stock: Concentration) -> int:
    return 1000 if stock.kind == "molar" else 1


def _unit_key(stock: Concentration) -> str:
    return {"molar": "mol_per_l", "mass": "g_per_l", "fold": "fold"}.get(stock.kind, "volume_fraction")
