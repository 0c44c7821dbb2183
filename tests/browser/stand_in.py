"""A server on loopback that answers in place of public services, and notes what was asked of whom, in order."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

PUBCHEM = "pubchem.ncbi.nlm.nih.gov"
#: As PubChem answers for these names: CID, formula, mass, SMILES, InChIKey of CID 2244 and CID 2519.
COMPOUNDS = {
    "aspirin": (2244, "Aspirin", "C9H8O4", "180.16", "CC(=O)OC1=CC=CC=C1C(=O)O", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),
    "caffeine": (
        2519,
        "Caffeine",
        "C8H10N4O2",
        "194.19",
        "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
        "RYYVLZVUVIJVGH-UHFFFAOYSA-N",
    ),
}


@dataclass
class StandIn:
    """``asked``: (method, address, body) of each request, as it would have gone to the service itself."""

    address: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    stand_in = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in))
    stand_in.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield stand_in
    server.shutdown()
    server.server_close()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            stand_in.asked.append((self.command, f"https://{self.headers['Host']}{self.path}", body))
            name = unquote(self.path.removeprefix("/rest/pug/compound/name/").partition("/")[0])
            if self.headers["Host"] != PUBCHEM or name not in COMPOUNDS:
                return self._send(404, {"Fault": {"Code": "PUGREST.NotFound"}})
            cid, title, formula, mass, smiles, key = COMPOUNDS[name]
            told = {"CID": cid, "Title": title, "MolecularFormula": formula, "MolecularWeight": mass, "SMILES": smiles}
            return self._send(200, {"PropertyTable": {"Properties": [{**told, "InChIKey": key}]}})

        def _send(self, status: int, told: dict[str, object]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on the console of the tests."""

    return Handler
