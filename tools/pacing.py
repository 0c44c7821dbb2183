"""How often a service is asked, as it wants to be: calls of all workers together, each after its turn."""

from __future__ import annotations

import threading
import time

#: Seconds between two requests: arXiv's terms of use of its API want three; NCBI takes three requests a second from who has no
#: key (NBK25497), PubChem five (its page on programmatic access).
LEAST_S = {"export.arxiv.org": 3.0, "eutils.ncbi.nlm.nih.gov": 0.34, "pubchem.ncbi.nlm.nih.gov": 0.2}
OTHERWISE_S = 0.1


class Pace:
    """The turns of each host; may be used from any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait_s(self, host: str) -> float:
        """Seconds until this request may leave; the next one's turn comes after it."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + LEAST_S.get(host, OTHERWISE_S)
            return turn - now
