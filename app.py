"""The door: read the settings, build what the page works with, and serve it. Hugging Face Spaces starts here, too."""

from __future__ import annotations

import os
import sys


def _set_up() -> None:
    """What ``make setup`` brings elsewhere: on Hugging Face Spaces nothing runs before this file."""
    from app.vendor import vendor
    from model.embedded import install, is_installed

    vendor()
    if not is_installed():
        install()


def main() -> int:
    from app.settings import read_settings
    from errors import RetortError

    try:
        settings = read_settings(sys.argv[1:])
        print("Starting Retort …", flush=True)
        if "SPACE_ID" in os.environ:
            _set_up()
        from app.services import build_services
        from app.serving import serve

        serve(build_services(settings), settings)
    except RetortError as error:
        print(f"Retort: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nRetort has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
