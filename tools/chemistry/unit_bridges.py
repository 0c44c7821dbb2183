"""Between units of different dimensions: what a chemist converts, and by which constant or property.

Energy, frequency, wavenumber and wavelength of one photon; particles and moles; mass, amount and volume. Constants are
those of CODATA 2018, of which h, c, e, k and N_A are exact (SI Brochure 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tools.inputs.unit_table import Dimensions
from tools.inputs.units import UnitReading

AVOGADRO = Fraction("6.02214076e23")  # 1/mol
BOLTZMANN = Fraction("1.380649e-23")  # J/K
PLANCK = Fraction("6.62607015e-34")  # J s
LIGHT = Fraction(299_792_458)  # m/s


def _dimensions(**powers: int) -> Dimensions:
    return tuple(sorted((f"[{name}]", power) for name, power in powers.items()))


NUMBER = _dimensions()
MASS = _dimensions(mass=1)
LENGTH = _dimensions(length=1)
TIME = _dimensions(time=1)
FREQUENCY = _dimensions(time=-1)
WAVENUMBER = _dimensions(length=-1)
TEMPERATURE = _dimensions(temperature=1)
ENERGY = _dimensions(mass=1, length=2, time=-2)
MOLAR_ENERGY = _dimensions(mass=1, length=2, time=-2, substance=-1)
MOLALITY = _dimensions(substance=1, mass=-1)
MOLARITY = _dimensions(substance=1, length=-3)
MASS_CONCENTRATION = _dimensions(mass=1, length=-3)
THERMAL = _dimensions(thermal=1)
#: Of one particle or bond, whatever the unit: kcal/(mol Å) is a force in pN, kJ/(mol nm²) a force constant in N/m.
_OF_ONE_BOND = (_dimensions(mass=1, length=1, time=-2), _dimensions(mass=1, time=-2))
_PER_PARTICLE = (MASS, _dimensions(current=1, time=1), _dimensions(length=3))
_NEED_MOLAR_MASS = "the molar mass (give molecule, or molar_mass_g_per_mol)"
_NEED_DENSITY = "the density (give density_g_per_ml)"
_NEED_TEMPERATURE = "the temperature (give temperature_k)"
_SPECTROSCOPIC = (
    "Energy, frequency, wavenumber and wavelength of one photon: E = hν = hcν̃ = hc/λ, wavelength in vacuum."
)

Step = Callable[[Fraction], Fraction]


@dataclass(frozen=True)
class Known:
    """What was given beside the units: kg/mol, kg/m³, K; None where it was not."""

    molar_mass: Fraction | None = None
    density: Fraction | None = None
    temperature: Fraction | None = None


@dataclass(frozen=True)
class Bridge:
    """``step`` takes a number in SI base units of one unit to those of the other; ``missing`` says what it would need."""

    step: Step
    notes: tuple[str, ...]
    missing: tuple[str, ...] = ()
    reciprocal: bool = False


def find_bridge(start: UnitReading, end: UnitReading, known: Known) -> Bridge | None:
    """The way between two units of different dimensions; None where there is none."""
    return (
        _photon(start, end, known)
        or _rest_energy(start, end)
        or _particles_and_moles(start, end)
        or _period(start, end)
        or _molality(start, end, known)
        or _by_properties(start, end, known)
    )


def _photon(start: UnitReading, end: UnitReading, known: Known) -> Bridge | None:
    if {start.dimensions, end.dimensions} in (
        {LENGTH, TEMPERATURE},
        {TIME, FREQUENCY},
    ) or start.dimensions == end.dimensions:
        return None
    first, second = _energy_of(start, known), _energy_of(end, known)
    if not first or not second:
        return None
    to_energy, from_energy = first.step, _inverse(end, second.step)
    notes = dict.fromkeys((*first.notes, *second.notes))
    reciprocal = (start.dimensions == LENGTH) != (end.dimensions == LENGTH)
    optical = {start.dimensions, end.dimensions} & {LENGTH, WAVENUMBER, FREQUENCY}
    said = ((_SPECTROSCOPIC,) if optical else ()) + tuple(notes)
    return Bridge(lambda x: from_energy(to_energy(x)), said, first.missing + second.missing, reciprocal)


def _energy_of(unit: UnitReading, known: Known) -> Bridge | None:
    """From the unit's SI base units to joules for one particle."""
    dimensions = unit.dimensions
    if dimensions == ENERGY and unit.particle:
        note = ("J was taken as the energy of one particle.",) if unit.has("J") else ()
        return Bridge(lambda x: x, note)
    if dimensions == MOLAR_ENERGY:
        return Bridge(
            lambda x: x / AVOGADRO, ("Per particle and per mole: times the Avogadro constant, 6.02214076e23 /mol.",)
        )
    if dimensions == WAVENUMBER:
        return Bridge(lambda x: PLANCK * LIGHT * x, ())
    if dimensions == FREQUENCY:
        note = (
            ()
            if unit.has("Hz")
            else (f"{unit.text} was taken as a frequency ν, not as an angular frequency or a rate.",)
        )
        return Bridge(lambda x: PLANCK * x, note)
    if dimensions == LENGTH:
        return Bridge(lambda x: PLANCK * LIGHT / x, ())
    if dimensions == TEMPERATURE and unit.absolute and unit.has("K"):
        return Bridge(lambda x: BOLTZMANN * x, ("Energy and temperature: E = kT, k = 1.380649e-23 J/K.",))
    if dimensions == THERMAL:
        temperature = known.temperature or Fraction(1)
        note = (f"At {float(temperature):g} K.",) if known.temperature else ()
        return Bridge(lambda x: BOLTZMANN * temperature * x, note, () if known.temperature else (_NEED_TEMPERATURE,))
    return None


def _inverse(unit: UnitReading, step: Step) -> Step:
    """Back from joules: all ways are proportional but that of a wavelength."""
    one = step(Fraction(1))
    return (lambda energy: one / energy) if unit.dimensions == LENGTH else (lambda energy: energy / one)


def _rest_energy(start: UnitReading, end: UnitReading) -> Bridge | None:
    """Mass of a particle and eV."""
    note = ("Mass and energy: E = mc².",)
    if start.particle and end.particle and {start.dimensions, end.dimensions} == {MASS, ENERGY}:
        if start.dimensions == MASS and end.has("eV"):
            return Bridge(lambda x: x * LIGHT**2, note)
        if end.dimensions == MASS and start.has("eV"):
            return Bridge(lambda x: x / LIGHT**2, note)
    return None


def _particles_and_moles(start: UnitReading, end: UnitReading) -> Bridge | None:
    """Da and g/mol, Å³ and cm³/mol, e and C/mol, pN and kcal/(mol Å)."""
    note = "Per particle and per mole: times the Avogadro constant, 6.02214076e23 /mol."
    for single, molar, power in ((start, end, 1), (end, start, -1)):
        if single.dimensions in _OF_ONE_BOND and _with(single.dimensions, -1) == molar.dimensions:
            return Bridge(lambda x, factor=AVOGADRO**power: x * factor, (note,))  # type: ignore[misc]
    if start.dimensions in _PER_PARTICLE and start.particle and _with(start.dimensions, -1) == end.dimensions:
        return Bridge(lambda x: x * AVOGADRO, (note, *_dalton_note(start)))
    if end.dimensions in _PER_PARTICLE and end.particle and _with(end.dimensions, -1) == start.dimensions:
        return Bridge(lambda x: x / AVOGADRO, (note, *_dalton_note(end)))
    return None


def _dalton_note(unit: UnitReading) -> tuple[str, ...]:
    if unit.dimensions != MASS:
        return ()
    return ("Da and g/mol have been equal to 3 parts in 1e10 but not exactly since the SI of 2019.",)


def _with(dimensions: Dimensions, moles: int) -> Dimensions:
    return tuple(sorted((*dimensions, ("[substance]", moles))))


def _period(start: UnitReading, end: UnitReading) -> Bridge | None:
    if {start.dimensions, end.dimensions} != {TIME, FREQUENCY}:
        return None
    return Bridge(lambda x: 1 / x, ("Period and frequency: T = 1/ν.",), reciprocal=True)


def _molality(start: UnitReading, end: UnitReading, known: Known) -> Bridge | None:
    """mol per kg of solvent from and to what counts the whole solution, for one solute."""
    if (start.kind == "molality") == (end.kind == "molality"):
        return None
    other = end if start.kind == "molality" else start
    if other.dimensions not in (MOLARITY, MASS_CONCENTRATION, NUMBER) or other.basis in ("volume", "amount"):
        return None
    missing: tuple[str, ...] = () if known.molar_mass else (_NEED_MOLAR_MASS,)
    if other.dimensions != NUMBER and not known.density:
        missing += ("the density of the solution (give density_g_per_ml)",)
    molar_mass, density = known.molar_mass or Fraction(1), known.density or Fraction(1)
    unit = {MOLARITY: density / molar_mass, MASS_CONCENTRATION: density, NUMBER: Fraction(1)}[other.dimensions]
    note = (
        "Molality counts the solvent alone, of a solution of one solute: w = bM/(1 + bM), mass fraction w, molality b."
    )
    if start.kind == "molality":
        return Bridge(lambda b: unit * b * molar_mass / (1 + b * molar_mass), (note,), missing)
    return Bridge(lambda x: _molality_of(x / unit, molar_mass), (note,), missing)


def _molality_of(fraction: Fraction, molar_mass: Fraction) -> Fraction:
    """Raises ``ZeroDivisionError`` for a mass fraction of 1 or more, which has no solvent."""
    if fraction >= 1:
        raise ZeroDivisionError
    return fraction / (1 - fraction) / molar_mass


def _by_properties(start: UnitReading, end: UnitReading, known: Known) -> Bridge | None:
    """Times powers of the molar mass and the density: g and mol, mg/mL and mM, g and mL, kJ/mol and kJ/g, ppm and mg/L."""
    if "molality" in start.kinds | end.kinds or {start.basis, end.basis} & {"volume", "amount"}:
        return None
    if {start.dimensions, end.dimensions} == {MOLALITY, MOLARITY}:
        return None  # per kg of solvent or of solution: the two differ
    difference = dict(end.dimensions)
    for name, power in start.dimensions:
        difference[name] = difference.get(name, 0) - power
    difference = {name: power for name, power in difference.items() if power}
    if not difference or set(difference) - {"[mass]", "[substance]", "[length]"} or difference.get("[length]", 0) % 3:
        return None
    molar, dense = -difference.get("[substance]", 0), -difference.get("[length]", 0) // 3
    if molar + dense != difference.get("[mass]", 0) or abs(molar) > 1 or abs(dense) > 1:
        return None
    missing: tuple[str, ...] = ()
    notes = []
    if molar and not known.molar_mass:
        missing += (_NEED_MOLAR_MASS,)
    if dense and not known.density:
        missing += (_NEED_DENSITY,)
    for unit in (start, end):
        if unit.dimensions == NUMBER:
            basis = "" if unit.basis else f"{unit.text} was taken as a mass fraction. "
            notes.append(f"{basis}The density is that of the solution.")
    if {start.dimensions, end.dimensions} == {MOLALITY, NUMBER}:
        notes.append("Per kilogram of the whole mixture, not of the solvent.")
    factor = (known.molar_mass or Fraction(1)) ** molar * (known.density or Fraction(1)) ** dense
    return Bridge(lambda x: x * factor, tuple(notes), missing)
