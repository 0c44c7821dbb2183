"""What a tool returns, as plain data that knows nothing of any page.

A ``ToolOutput`` is made by the tool; the registry adds the ``Provenance`` and makes a ``ToolResult`` of both.
All are frozen pydantic models: ``model_dump()`` gives JSON, ``model_validate()`` reads it back.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Cell = str | int | float | bool | None


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Svg(_Value):
    """A drawing. ``svg`` is a whole ``<svg>`` element with a ``<title>``; ``caption`` stands below it.

    ``legend`` says what each highlight colour marks, in the order of ``tools.chemistry.drawing.HIGHLIGHTS``.
    """

    kind: Literal["svg"] = "svg"
    svg: str
    title: str
    caption: str = ""
    legend: tuple[str, ...] = ()


class Chain3D(_Value):
    """A chain as a viewer draws and names it. ``residues`` of its polymer, in order, and ``ligands`` are named ``HIS 57``.

    ``secondary``: one letter for each residue, h helix, s strand, c neither. ``breaks``: indices of residues that are not
    bonded to the one before.
    """

    name: str
    kind: str = ""
    residues: tuple[str, ...] = ()
    secondary: str = ""
    breaks: tuple[int, ...] = ()
    ligands: tuple[str, ...] = ()


class Structure3D(_Value):
    """Coordinates for a viewer; ``models`` are texts in ``format`` (one per conformer), coordinates in ångström.

    For a biomolecule: its ``chains``, where ``secondary`` of them comes from, what the B column holds (empty: nothing worth a
    colour), ``conformations``, the letters at a place (``A/27``) with the one that is shown first, and residues to look at,
    ``selected`` and ``near`` them (``A/HIS 57``).
    """

    kind: Literal["structure3d"] = "structure3d"
    format: Literal["sdf", "pdb", "mmcif", "xyz"]
    models: tuple[str, ...]
    labels: tuple[str, ...] = ()
    style: Literal["stick", "ballstick", "cartoon", "sphere"] = "ballstick"
    title: str
    caption: str = ""
    chains: tuple[Chain3D, ...] = ()
    secondary_source: str = ""
    b_column: Literal["", "b_factor", "plddt"] = ""
    conformations: dict[str, str] = Field(default_factory=dict)
    selected: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class Table(_Value):
    """Rows of cells. ``units`` runs parallel to ``columns``; an empty string is a column without a unit."""

    kind: Literal["table"] = "table"
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    units: tuple[str, ...] = ()


PlotStyle = Literal["line", "bar", "points", "sticks", "gel"]


class Series(_Value):
    """``style`` where it is not that of its plot: the measured points beside a fitted line. ``labels`` stand at the points."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    style: PlotStyle | None = None
    labels: tuple[str, ...] = ()


class Plot(_Value):
    """Lines, bars, points or sticks over one pair of axes; the labels carry the units.

    ``x_names``: what stands at x = 1, 2, … in place of the number. A ``gel`` has one series for each lane, at x = 1, 2, …, with
    the lengths of its bands as y, drawn on a logarithmic axis.
    """

    kind: Literal["plot"] = "plot"
    title: str
    style: PlotStyle = "line"
    x_label: str
    y_label: str
    x_names: tuple[str, ...] = ()
    series: tuple[Series, ...]
    caption: str = ""


class Feature(_Value):
    """A stretch of a sequence: ``start`` and ``end`` are 1-based and both included.

    In a circular sequence ``end`` is before ``start`` where it runs over the origin. ``strand`` 0 has no direction.
    ``group``: features of one group have one colour (without it, those of one name). ``protein``: what it codes for, a letter
    for each three bases from its 5' end, a stop as ``*``. ``cuts``: after which base the upper and the lower strand are cut,
    both counted on the upper one.
    """

    name: str
    start: int
    end: int
    strand: Literal[1, 0, -1] = 1
    group: str = ""
    protein: str = ""
    cuts: tuple[tuple[int, int], ...] = ()


class SequenceView(_Value):
    """Residues in one-letter code, to be shown numbered and in blocks of ten."""

    kind: Literal["sequence"] = "sequence"
    alphabet: Literal["dna", "rna", "protein"]
    residues: str
    title: str
    features: tuple[Feature, ...] = ()
    circular: bool = False


class AlignmentView(_Value):
    """Aligned sequences: ``rows`` are of one length, with ``-`` for gaps; ``starts`` are the 1-based first residues of the rows.

    ``marks``: one character for each column, explained in ``legend``. ``conservation``: a number for each column, from 0 to
    ``conservation_most``, in ``conservation_unit``; it and ``consensus`` are empty for two sequences.
    """

    kind: Literal["alignment"] = "alignment"
    alphabet: Literal["dna", "rna", "protein"]
    names: tuple[str, ...]
    rows: tuple[str, ...]
    starts: tuple[int, ...]
    marks: str
    title: str
    legend: str = ""
    consensus: str = ""
    conservation: tuple[float, ...] = ()
    conservation_most: float = 0.0
    conservation_unit: str = ""


class Text(_Value):
    """Lines that keep their blanks and breaks, such as a molfile."""

    kind: Literal["text"] = "text"
    text: str
    title: str


View = Annotated[Svg | Structure3D | Table | Plot | SequenceView | AlignmentView | Text, Field(discriminator="kind")]


class ToolOutput(_Value):
    """``summary``: one sentence true by itself. ``data``: what the model reads, flat, units in the keys."""

    summary: str
    data: dict[str, Any]
    views: tuple[View, ...] = ()
    notes: tuple[str, ...] = ()


class Provenance(_Value):
    """Enough to rerun the call: what was called, with what, by which library versions, where, for how long.

    ``host``: "local", or the hosts whose answers were used, separated by ", "; then ``source`` names the service,
    ``retrieved_at`` is when the oldest of the answers came (UTC, ISO 8601), and ``from_cache`` whether all of them had been kept
    on this machine, so that nothing was sent.

    ``at``: when it was computed (UTC, ISO 8601), by which ``retort`` (version and commit) under which ``python``; empty in results
    of before these were noted.
    """

    tool: str
    arguments: dict[str, Any]
    libraries: dict[str, str]
    seconds: float
    host: str = "local"
    source: str = ""
    retrieved_at: str = ""
    from_cache: bool = False
    at: str = ""
    retort: str = ""
    python: str = ""


class ToolResult(_Value):
    """One finished call, as ``python -m tools call`` prints it."""

    ok: Literal[True] = True
    tool: str
    summary: str
    data: dict[str, Any]
    views: tuple[View, ...] = ()
    notes: tuple[str, ...] = ()
    provenance: Provenance
