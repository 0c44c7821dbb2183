"""``make bench``: everything that is promised of speed, in one table of ratios; names as arguments pick a part."""

from __future__ import annotations

import importlib
import sys

from bench.rows import Row, table

PARTS = (
    "startup",
    "generation",
    "prefixes",
    "page",
    "routing",
    "tokenizer",
    "calls",
    "tools",
    "biology",
    "batch",
    "checking",
    "engines",
    "quality",
)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]!r}; choose from: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or PARTS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"bench.{name}").measure()
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
