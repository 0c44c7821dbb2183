"""A command line's edge, the same in every room: an error becomes one sentence and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable

from errors import RetortError


def exit_status(work: Callable[[], int]) -> int:
    """Of ``work``: its own, 2 after a ``RetortError``, 130 after Ctrl-C; a reader who has had enough is no error."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # in any locale
    try:
        return work()
    except RetortError as error:
        print(f"Retort: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
