"""A simulated agarose gel: bands beside a ladder, by length alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.outputs import Plot, Series

#: bp, the 1 kb Plus DNA Ladder of New England Biolabs (N3200).
LADDER = (10_000, 8000, 6000, 5000, 4000, 3000, 2000, 1500, 1200, 1000, 900, 800, 700, 600, 500, 400, 300, 200, 100)
CAPTION = (
    "Mobility model: the distance run falls linearly with log10 of the length (Helling, Goodman and Boyer, J. Virol. 1974, "
    "14, 1235), true of linear DNA of about 0.2 to 10 kb in agarose; shape, gel strength and voltage are left out. "
    "Lane 1 is the 1 kb Plus ladder (New England Biolabs N3200)."
)


def gel(lanes: Mapping[str, Sequence[int]], title: str) -> Plot:
    """``lanes``: name to lengths in bp, drawn from left to right beside the ladder; long fragments are at the top."""
    columns = [("1 kb Plus ladder", LADDER), *lanes.items()]
    series = tuple(
        Series(name=name, x=(float(number),) * len(lengths), y=tuple(float(length) for length in lengths))
        for number, (name, lengths) in enumerate(columns, 1)
    )
    return Plot(
        title=title,
        style="gel",
        x_label="lane",
        y_label="length (bp)",
        x_names=tuple(name for name, _ in columns),
        series=series,
        caption=CAPTION,
    )
