"""``python -m app``: Retort without a browser. Each command has a file of its own, imported when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import sys

from console import exit_status

#: Each module has ``add_command(commands)``, which adds a parser that sets ``run`` to a function of the options.
COMMANDS = {
    "ask": "app.commands.ask",
    "check": "app.checking.command",
    "import": "app.commands.take_in",
    "replay": "app.commands.replay",
    "schema": "app.commands.schema",
}


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m app", description="Retort without a browser.")
    commands = parser.add_subparsers(dest="command", required=True)
    wanted = COMMANDS.get(given[0]) if given else None
    for module in [wanted] if wanted else COMMANDS.values():  # all of them only to say what there is
        importlib.import_module(module).add_command(commands)
    options = parser.parse_args(given)
    return exit_status(lambda: options.run(options))


if __name__ == "__main__":
    sys.exit(main())
