"""What to weigh or to take for a solution: ``prepare_solution``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from errors import ToolInputError, shown
from tools.chemistry.concentrations import (
    DENSEST_KG_PER_M3,
    Concentration,
    as_mass,
    is_mass,
    mass_text,
    molarity_text,
    read_amount,
    read_concentration,
    volume_text,
)
from tools.chemistry.dilutions import dilute, dilute_in_steps
from tools.chemistry.molar_masses import MolarMass, given_molar_mass, molar_mass_of
from tools.inputs.quantities import in_words, nine_digits
from tools.outputs import Table, ToolOutput
from tools.registry import tool

FILL_UP = "Dissolve in less than the final volume, then fill up to it: volumes are not additive."
NOT_CHECKED = "Solubility is not checked."
_SOLD_IN_WATER = frozenset(("ClH", "BrH", "HI", "FH", "HNO3", "ClHO4", "H3N", "H5NO", "H2O2", "CH2O"))
_SMALLEST_WEIGHED_KG = Fraction(1, 10**6)
Compound = Annotated[
    str,
    Field(
        description="Name or formula of what is dissolved, hydrate and salt included: CuSO4.5H2O",
        json_schema_extra={"entity": "solute"},
    ),
]
_AMOUNT = "With its unit, such as '0.1 M', '250 mL', '5 g', '10x'"
InConcentration = Annotated[
    float | str | None, Field(description=_AMOUNT, json_schema_extra={"entity": "concentration"})
]
InVolume = Annotated[float | str | None, Field(description=_AMOUNT, json_schema_extra={"entity": "volume"})]
InMass = Annotated[float | str | None, Field(description=_AMOUNT, json_schema_extra={"entity": "mass"})]
Ratio = Annotated[float | None, Field(json_schema_extra={"entity": "ratio"})]


@dataclass(frozen=True)
class _Solid:
    """A solution of a weighed compound: kg of pure compound, m³, kg/m³, kg to weigh."""

    pure: Fraction
    volume: Fraction
    per_volume: Fraction
    weighed: Fraction


@tool(
    group="formula and lab",
    libraries=("pint",),
    asks=(
        "prepare a solution", "make a solution", "how many grams", "how much to weigh", "weigh", "dilute", "dilution",
        "stock solution", "molar solution", "buffer", "C1V1", "serial dilution", "concentrated acid", "molarity", "prepare",
    ),
)  # fmt: skip
def prepare_solution(
    compound: Compound,
    concentration: InConcentration = None,
    volume: InVolume = None,
    stock_concentration: InConcentration = None,
    mass: InMass = None,
    stock_volume: InVolume = None,
    concentration_unit: str = "",
    volume_unit: str = "",
    stock_unit: str = "",
    molar_mass_g_per_mol: float | None = None,
    purity_percent: float | None = None,
    density_g_per_ml: float | None = None,
    dilution_factor: Ratio = None,
    steps: int | None = None,
) -> ToolOutput:
    """Prepare a solution: grams to weigh for a concentration (M, g/L, % w/v) and volume, or the volume of a stock to dilute
    (C1V1 = C2V2, 10x buffers, concentrated acids in % w/w with their density), or a serial dilution (dilution_factor, steps).

    From a solid two of concentration, volume and mass are needed, the third is found; from a stock three of
    ``stock_concentration``, ``stock_volume``, concentration and volume. ``density_g_per_ml`` is that of the stock, of a
    liquid reagent, or of a solution in % w/w. Raises ``ToolInputError`` for what is missing or cannot be.
    """
    if not compound.strip() or len(compound) > 400:
        raise ToolInputError("The compound is empty or too long", "compound", "name it, such as NaCl or CuSO4.5H2O")
    density = _density(density_g_per_ml)
    target = read_concentration(
        concentration, concentration_unit, "concentration", None if stock_concentration else density
    )
    stock = read_concentration(stock_concentration, stock_unit, "stock_concentration", density)
    molar_mass = _molar_mass(compound, molar_mass_g_per_mol, _needs_molar_mass(target, stock))
    if steps is not None or dilution_factor is not None:
        final = read_amount(volume, volume_unit, "volume", "volume")
        return dilute_in_steps(compound, stock, final, dilution_factor, steps, [target, mass, stock_volume])
    if stock:
        if mass is not None or purity_percent is not None:
            raise ToolInputError(
                "A mass or a purity belongs to a solid, and a stock was given too",
                "stock_concentration",
                "give one of them",
            )
        return dilute(
            compound, stock, target, read_amount(stock_volume, "", "stock_volume", "volume"),
            read_amount(volume, volume_unit, "volume", "volume"), molar_mass, density,
        )  # fmt: skip
    if stock_volume is not None:
        raise ToolInputError(
            "A stock volume was given without its concentration", "stock_concentration", "give it, too"
        )
    purity = _purity(purity_percent)
    if target and target.kind == "fold":
        raise ToolInputError(
            f"{shown(target.text)} is made from a stock", "stock_concentration", "give it, such as '10x'"
        )
    if target and target.kind == "counted":
        raise ToolInputError(
            f"{shown(target.text)} says nothing of a mass",
            "concentration",
            "give a stock_concentration in the same unit",
        )
    if target and target.kind == "molal":
        return _molal(compound, target, volume, volume_unit, molar_mass, purity)
    if volume is not None and is_mass(volume, volume_unit):
        raise ToolInputError(
            "The volume is a mass, as only molal solutions need it", "volume", "give mL or L, or write molal"
        )
    final = read_amount(volume, volume_unit, "volume", "volume")
    if target and target.kind == "volume fraction":
        return _liquid_in_volume(compound, target, final)
    weighed = read_amount(mass, "", "mass", "mass")
    return _from_solid(compound, target, final, weighed, molar_mass, purity, density)


def _needs_molar_mass(target: Concentration | None, stock: Concentration | None) -> bool:
    """Whether moles must become grams: not where a stock is diluted to the same kind of concentration."""
    kinds = {one.kind for one in (target, stock) if one}
    if target is None or (stock and len(kinds) == 1):
        return False
    return bool(kinds & {"molar", "molal"})


def _molar_mass(compound: str, given: float | None, needed: bool) -> MolarMass | None:
    """Given or of the compound; None where the compound is unknown and nothing needs it (agarose in % w/v)."""
    if given is not None:
        return given_molar_mass(given)
    try:
        return molar_mass_of(compound, "compound")
    except ToolInputError as error:
        if needed:
            raise ToolInputError(error.what, error.where, f"{error.hint}; or give molar_mass_g_per_mol") from None
        return None


def _density(value: float | None) -> Fraction | None:
    if value is None:
        return None
    if not 0 < value <= 25:
        raise ToolInputError(
            f"'{value:g}' g/mL is no density of a liquid", "density_g_per_ml", "give g/mL, such as 1.18"
        )
    return Fraction(repr(float(value))) * 1000


def _purity(value: float | None) -> Fraction:
    if value is None:
        return Fraction(1)
    if not 0 < value <= 100:
        raise ToolInputError(f"'{value:g}' % is no purity", "purity_percent", "give a number above 0 and up to 100")
    if value <= 1:
        raise ToolInputError(
            f"'{value:g}' could be a fraction or percent", "purity_percent", "give percent, such as 98"
        )
    return Fraction(repr(float(value))) / 100


def _from_solid(
    compound: str,
    target: Concentration | None,
    final: Fraction | None,
    weighed: Fraction | None,
    molar_mass: MolarMass | None,
    purity: Fraction,
    density: Fraction | None,
) -> ToolOutput:
    known = {"concentration": target, "volume": final, "mass": weighed}
    missing = [name for name, one in known.items() if one is None]
    if len(missing) != 1:
        said = f"{' and '.join(missing)} are missing" if missing else "concentration, volume and mass were all given"
        raise ToolInputError(f"From a solid, {said}", missing[0] if missing else "mass", "give two of the three")
    if molar_mass and molar_mass.charge:
        raise ToolInputError(
            f"{shown(compound)} is an ion, which cannot be weighed", "compound", "name the salt that is dissolved"
        )
    per_volume = as_mass(target, molar_mass, density, "concentration") if target else None
    if per_volume and final:
        found = _Solid(per_volume * final, final, per_volume, per_volume * final / purity)
    elif per_volume and weighed:
        found = _Solid(weighed * purity, weighed * purity / per_volume, per_volume, weighed)
    else:
        assert weighed is not None and final is not None
        found = _Solid(weighed * purity, final, weighed * purity / final, weighed)
    if found.per_volume > DENSEST_KG_PER_M3:
        raise ToolInputError(
            f"{mass_text(found.pure)} of {shown(compound)} in {volume_text(found.volume)} is more than any solution holds",
            "concentration", "check the numbers and their units",
        )  # fmt: skip
    return _solid_output(compound, target, found, missing[0], molar_mass, purity, density)


def _solid_output(
    compound: str,
    target: Concentration | None,
    found: _Solid,
    sought: str,
    molar_mass: MolarMass | None,
    purity: Fraction,
    density: Fraction | None,
) -> ToolOutput:
    data: dict[str, Any] = {
        "compound": compound,
        "mass_g": nine_digits(found.weighed * 1000),
        "final_volume_ml": nine_digits(found.volume * 10**6),
        "concentration_g_per_l": nine_digits(found.per_volume),
    }
    rows: list[tuple[str, str]] = [
        ("Weigh", f"{mass_text(found.weighed)} of {compound}"),
        ("Final volume", volume_text(found.volume)),
    ]
    notes = [*(target.notes if target else ()), FILL_UP, NOT_CHECKED]
    reached = target.text if target else f"{in_words(found.per_volume, 4)} g/L"
    if molar_mass:
        moles = found.pure / Fraction(repr(molar_mass.value)) * 1000
        data["molar_mass_g_per_mol"] = round(molar_mass.value, 4)
        data["formula"] = molar_mass.formula or None
        data["amount_mol"] = nine_digits(moles)
        data["concentration_mol_per_l"] = nine_digits(moles / found.volume / 1000)
        rows += [
            ("Molar mass", f"{molar_mass.value:.3f} g/mol"),
            ("Concentration", molarity_text(moles / found.volume)),
        ]
        if not target:
            reached = f"{molarity_text(moles / found.volume)} ({reached})"
        notes += molar_mass.notes
        if molar_mass.hydrate:
            notes.append("The mass is that of the hydrate, with its water.")
            if target and target.kind != "molar":
                notes.append("A concentration by mass counts the hydrate as it is written, with its water.")
        elif target and target.kind == "molar":
            notes.append(
                "The mass is that of the compound as named: check the label of the bottle for its salt and water."
            )
    if molar_mass and molar_mass.formula in _SOLD_IN_WATER and not density:
        notes.append(
            f"{compound} is sold as a solution in water: give its stock_concentration (% w/w) and density_g_per_ml for the "
            "volume to take."
        )
    if purity != 1:
        data["purity_percent"] = float(purity * 100)
        notes.append(f"The mass is of the {float(purity * 100):g} % pure solid, purity being by mass.")
    if found.weighed < _SMALLEST_WEIGHED_KG:
        notes.append("Less than 1 mg is hard to weigh: prepare a more concentrated stock and dilute it.")
    liquid = ""
    if density and not (target and target.kind == "mass fraction"):
        taken = found.weighed / density
        data["liquid_volume_ml"] = nine_digits(taken * 10**6)
        rows.append(("or measure", volume_text(taken)))
        notes.append(f"Density of the liquid {float(density / 1000):g} g/mL, as given.")
        liquid = f" (or {volume_text(taken)} of the liquid)"
    mass_of = f" ({in_words(molar_mass.value, 5)} g/mol)" if molar_mass else ""
    start = f"{mass_text(found.weighed)} of {compound}{mass_of}{liquid}"
    summary = {
        "mass": f"Weigh {start} and fill up to {volume_text(found.volume)}: {reached}.",
        "volume": f"{start} make {volume_text(found.volume)} of {reached}.",
        "concentration": f"{start} in {volume_text(found.volume)} are {reached}.",
    }[sought]
    table = Table(title=f"Solution of {compound}", columns=("Step", "Amount"), rows=tuple(rows))
    return ToolOutput(summary=summary, data=data, views=(table,), notes=tuple(dict.fromkeys(notes)))


def _molal(
    compound: str, target: Concentration, solvent: Any, unit: str, molar_mass: MolarMass | None, purity: Fraction
) -> ToolOutput:
    """By the mass of the solvent, which a molality counts."""
    if solvent is None or not is_mass(solvent, unit):
        raise ToolInputError(
            f"{shown(target.text)} counts the mass of the solvent, not the volume of the solution", "volume",
            "give the mass of solvent as the volume, such as '1 kg', or a molar concentration",
        )  # fmt: skip
    kilograms = read_amount(solvent, unit, "volume", "mass")
    assert molar_mass is not None and kilograms is not None
    moles = target.value * kilograms
    weighed = moles * Fraction(repr(molar_mass.value)) / 1000 / purity
    data = {
        "compound": compound,
        "mass_g": nine_digits(weighed * 1000),
        "solvent_mass_g": nine_digits(kilograms * 1000),
        "amount_mol": nine_digits(moles),
        "molality_mol_per_kg": nine_digits(target.value),
        "molar_mass_g_per_mol": round(molar_mass.value, 4),
        "formula": molar_mass.formula or None,
    }
    notes = [*target.notes, "Molality is per mass of solvent: the volume that results is not asked for.", NOT_CHECKED]
    if molar_mass.hydrate:
        notes.append("The water of the hydrate adds to the solvent and was not taken off it.")
    summary = (
        f"Dissolve {mass_text(weighed)} of {compound} ({in_words(molar_mass.value, 5)} g/mol) in {mass_text(kilograms)} of solvent: "
        f"{target.text}."
    )
    rows = (("Weigh", f"{mass_text(weighed)} of {compound}"), ("Solvent", mass_text(kilograms)))
    table = Table(title=f"Molal solution of {compound}", columns=("Step", "Amount"), rows=rows)
    return ToolOutput(
        summary=summary, data=data, views=(table,), notes=tuple(dict.fromkeys((*notes, *molar_mass.notes)))
    )


def _liquid_in_volume(compound: str, target: Concentration, final: Fraction | None) -> ToolOutput:
    """% v/v: the volume of the neat liquid in the final volume."""
    if final is None:
        raise ToolInputError("The volume is missing", "volume", "give the final volume, such as '100 mL'")
    taken = target.value * final
    data = {
        "compound": compound,
        "liquid_volume_ml": nine_digits(taken * 10**6),
        "final_volume_ml": nine_digits(final * 10**6),
        "volume_fraction": nine_digits(target.value),
    }
    summary = f"Measure {volume_text(taken)} of {compound} and fill up to {volume_text(final)}: {target.text}."
    rows = (("Measure", f"{volume_text(taken)} of {compound}"), ("Final volume", volume_text(final)))
    table = Table(title=f"Solution of {compound}", columns=("Step", "Amount"), rows=rows)
    notes = (
        *target.notes,
        f"{target.text} of the neat liquid by volume; from a dilute one give its stock_concentration.",
        FILL_UP,
    )
    return ToolOutput(summary=summary, data=data, views=(table,), notes=tuple(dict.fromkeys(notes)))
