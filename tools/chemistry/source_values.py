"""One constant out of several tables: which sources agree, which value stands for them, which are outliers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tools.chemistry.chemicals_tables import row

#: A value of one of these stands even if no other table has a value near it: handbooks whose entries are reviewed.
REVIEWED = frozenset(("CRC Handbook", "reference equation of state"))
_WEIGHTS = {"CRC Handbook": 1.5, "Wikidata": 0.5, "Yaws' collection": 0.75}


@dataclass(frozen=True)
class Source:
    """A column of a table of ``chemicals``.

    ``estimates``: the collection mixes measured and estimated values. ``leeway``: a value of this source that others agree
    with is quoted if it lies this near to the middle of them; None for a tenth of what counts as agreement.
    """

    name: str
    table: str
    column: str
    estimates: bool = False
    leeway: float | None = None


@dataclass(frozen=True)
class Reading:
    """What one source says, in the SI unit of its table."""

    source: str
    value: float
    estimates: bool = False
    leeway: float | None = None


@dataclass(frozen=True)
class Constant:
    """A value and how far the sources bear it out.

    ``value`` is None where the sources contradict each other and none is reviewed. ``agreeing`` are the readings within
    the tolerance of it, ``outliers`` the others. ``doubt`` is "estimate" where its only source mixes measured with
    estimated values, "unconfirmed" where nothing bears out a single unreviewed source; else empty.
    """

    value: float | None
    source: str
    agreeing: tuple[Reading, ...]
    outliers: tuple[Reading, ...]
    doubt: str = ""

    @property
    def weight(self) -> float:
        """How much bears the value out: 1 for a source, more for a reviewed one, less for a copy or an estimate."""
        return sum(_WEIGHTS.get(one.source, 1.0) for one in self.agreeing)

    @property
    def readings(self) -> tuple[Reading, ...]:
        return (*self.agreeing, *self.outliers)

    @property
    def lowest(self) -> float:
        return min(reading.value for reading in self.agreeing)

    @property
    def highest(self) -> float:
        return max(reading.value for reading in self.agreeing)


def readings(sources: Iterable[Source], cas: str, smallest: float = 0.0) -> list[Reading]:
    """What the sources say of a compound, in their order; a value not above ``smallest`` is no value."""
    found = []
    for source in sources:
        cell = row(source.table, cas).get(source.column)
        if cell and float(cell) > smallest:
            found.append(Reading(source.name, float(cell), source.estimates, source.leeway))
    return found


def agreed(found: list[Reading], absolute: float, relative: float) -> Constant | None:
    """The constant that ``found`` (in order of trust) bear out; None for no reading at all.

    Readings within ``absolute`` or ``relative`` (a fraction), whichever is larger, of one of them agree with it. The set
    with most weight wins, where copies of each other (Wikidata) count half. Of that set the first source within its leeway
    of the middle value is quoted, else the nearest to it.
    """
    if not found:
        return None
    measured = [reading for reading in found if not reading.estimates]
    if not measured:
        return Constant(found[0].value, found[0].source, tuple(found), (), "estimate")

    def tolerance(value: float) -> float:
        return max(absolute, relative * abs(value))

    def near(centre: Reading) -> list[Reading]:
        return [one for one in found if abs(one.value - centre.value) <= tolerance(centre.value)]

    def weight(centre: Reading) -> float:
        return sum(_WEIGHTS.get(one.source, 1.0) for one in near(centre))

    centre = max(measured, key=lambda one: (weight(one), -found.index(one)))
    agreeing = near(centre)
    outliers = tuple(one for one in found if one not in agreeing)
    if outliers and len(agreeing) == 1 and agreeing[0].source not in REVIEWED:
        return Constant(None, "", (), tuple(found))
    candidates = [one for one in agreeing if not one.estimates]
    ordered = sorted(one.value for one in candidates)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    tenth = tolerance(middle) / 10
    close = [one for one in candidates if abs(one.value - middle) <= (tenth if one.leeway is None else one.leeway)]
    chosen = close[0] if close else min(candidates, key=lambda one: round(abs(one.value - middle), 3))
    return Constant(chosen.value, chosen.source, tuple(agreeing), outliers)
