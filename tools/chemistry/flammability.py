"""Flash point, autoignition temperature and limits of flammability in air, with every source's value."""

from __future__ import annotations

from dataclasses import dataclass

from tools.chemistry.chemicals_tables import row
from tools.chemistry.source_values import Reading

_NFPA = ("NFPA 497 (2008)", "Safety/NFPA 497 2008.tsv")
_IEC = ("IEC 60079-20-1 (2010)", "Safety/IS IEC 60079-20-1 2010.tsv")
_DIPPR = ("DIPPR (Serat 2017)", "Safety/DIPPR T_flash Serat.csv")
_WIKIDATA = ("Wikidata", "Misc/wikidata_properties.tsv")
#: In order of trust; NFPA first, whose limits the NIOSH Pocket Guide gives too.
SOURCES = (_NFPA, _IEC, _DIPPR, _WIKIDATA)


@dataclass(frozen=True)
class Flammability:
    """Readings in the order of the sources: temperatures in kelvin, limits as volume fractions in air.

    ``set_aside`` are flash points above the boiling point, which are of a solution and not of the compound.
    """

    flash: tuple[Reading, ...]
    autoignition: tuple[Reading, ...]
    lower: tuple[Reading, ...]
    upper: tuple[Reading, ...]
    set_aside: tuple[Reading, ...]


def flammability(cas: str, boiling_k: float | None) -> Flammability:
    flash = _readings(cas, "T_flash")
    above = tuple(one for one in flash if boiling_k is not None and one.value > boiling_k)
    return Flammability(
        tuple(one for one in flash if one not in above),
        _readings(cas, "T_autoignition"),
        _readings(cas, "LFL"),
        _readings(cas, "UFL"),
        above,
    )


def _readings(cas: str, column: str) -> tuple[Reading, ...]:
    cells = [(name, row(table, cas).get(column)) for name, table in SOURCES]
    return tuple(Reading(name, float(cell)) for name, cell in cells if cell)
