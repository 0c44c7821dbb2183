"""A checkpoint fetched from the hub into its cache on this machine: only when a person has asked for it.

The download runs in a process of its own, which can be ended at any moment, also while the network hangs. Only weights,
configuration and tokenizer files are fetched, never code.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from errors import ModelError, RetortError, shown
from model.local.hub_requests import Listener, NoRecord, Recorder, Told

Progress = Callable[[float, str], None]
#: What a checkpoint is read from; folders inside the repository and Mistral's second copy of the weights are left out.
FILES = ["*.safetensors", "*.json", "*.jinja", "*.model", "*.txt"]
LEFT_OUT = ["*/*", "consolidated*"]
#: To the library: no bars, no telemetry, and no transfer past its own client (xet), where nothing would tell of a request.
QUIETLY = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1"}
LOOKED_AT_EVERY_S = 0.25
ROOT = Path(__file__).resolve().parents[2]


def fetch(spec: str, progress: Progress = lambda fraction, doing: None, recorder: Recorder | None = None) -> None:
    """Fetch the files of a hub id; what is here already is not fetched again. Raises ``ModelError``.

    ``progress`` is told several times a second; if it raises, the download ends and what was half fetched is removed.
    ``recorder`` has each request before it leaves.
    """
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(spec)
    except HFValidationError:
        raise ModelError(f"{shown(spec)} is no id of the hub; write it as in internlm/Intern-S1-mini.") from None
    blobs = cache_folder(spec) / "blobs"
    half_before = set(blobs.glob("*.incomplete"))
    environment = {**os.environ, **QUIETLY}
    command = [sys.executable, "-m", "model.local.fetching", spec]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as child:
        try:
            outcome = _watched(child, spec, blobs, progress, recorder or NoRecord())
        finally:
            child.kill()
            child.wait()
            for half in set(blobs.glob("*.incomplete")) - half_before:
                half.unlink(missing_ok=True)
    if "fetched" not in outcome:
        raise ModelError(outcome.get("error") or f"Fetching {shown(spec)} broke off; try again.")


def cache_folder(spec: str) -> Path:
    """Where the hub's cache on this machine keeps an id; it need not exist."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    return Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=spec, repo_type="model")


def _watched(
    child: subprocess.Popen[str], spec: str, blobs: Path, progress: Progress, recorder: Recorder
) -> dict[str, str]:
    """The child's last word. How far it is, is read off the disk."""
    said: list[dict[str, str]] = []

    def allow(number: int) -> None:
        assert child.stdin is not None
        child.stdin.write(json.dumps({"go": number}) + "\n")
        child.stdin.flush()

    def listen() -> None:
        assert child.stdout is not None
        listener = Listener(recorder, allow)
        try:
            lines = (json.loads(line) for line in child.stdout if line.startswith("{"))
            said.extend(told for told in lines if not listener.heard(told))
        except RetortError as error:
            said.append({"error": str(error)})
        except OSError:  # the child was ended while it waited for its leave
            return
        finally:
            listener.ended()

    def here() -> int:
        return sum(_allocated(path) for path in blobs.glob("*"))

    listening = threading.Thread(target=listen, name="fetch", daemon=True)
    listening.start()
    at_start, began, missing = here(), 0.0, 0
    progress(0.0, f"Asking {host()} for {spec} …")
    while listening.is_alive():
        listening.join(LOOKED_AT_EVERY_S)
        if not missing and said and "missing" in said[0]:
            missing, began = int(said[0]["missing"]), time.monotonic()
        done = min(max(0, here() - at_start), missing)
        doing = f"Fetching {spec}: {_amount(done, missing, time.monotonic() - began)}"
        progress(done / missing if missing else 0.0, doing if missing else f"Asking {host()} for {spec} …")
    return said[-1] if said else {}


def host() -> str:
    """Of the hub: huggingface.co, or the mirror that HF_ENDPOINT names."""
    from huggingface_hub import constants

    return constants.ENDPOINT.split("://")[-1]


def _allocated(path: Path) -> int:
    """Bytes on the disk; a file that is filled from several places has holes until it is whole."""
    try:
        status = path.stat()
    except FileNotFoundError:  # renamed meanwhile
        return 0
    return min(status.st_size, status.st_blocks * 512)


def _amount(done: int, total: int, seconds: float) -> str:
    """ "3.2 of 17.1 GB, 45 MB/s, 5 min left"."""
    unit, name = (1e9, "GB") if total >= 1e9 else (1e6, "MB")
    text = f"{done / unit:.1f} of {total / unit:.1f} {name}"
    if done >= 1e6 and seconds > 2:
        speed = done / seconds
        left = (total - done) / speed
        text += f", {speed / 1e6:,.0f} MB/s, {f'{left / 60:.0f} min' if left > 90 else f'{left:.0f} s'} left"
    return text


def _main(spec: str) -> None:
    """The child: fetches, says what is missing and then how it ended, and ends with its parent."""

    writing = threading.Lock()

    def say(told: Mapping[str, object]) -> None:
        with writing:  # the library downloads in several threads
            print(json.dumps(told), flush=True)

    told = Told(say)
    told.use_in_library()

    def listen() -> None:
        for line in sys.stdin:
            told.allow(json.loads(line)["go"])
        os._exit(1)  # the parent is gone

    threading.Thread(target=listen, daemon=True).start()
    try:
        with _said_in_one_sentence(spec):
            _download(spec, say)
        outcome = {"fetched": spec}
    except ModelError as error:
        outcome = {"error": str(error)}
    say(outcome)
    os._exit(0)  # threads of the libraries may still hang in the network


def _download(spec: str, say: Callable[[Mapping[str, object]], None]) -> None:
    from huggingface_hub import constants, snapshot_download

    files = snapshot_download(spec, allow_patterns=FILES, ignore_patterns=LEFT_OUT, dry_run=True)
    if not any(file.filename.endswith(".safetensors") for file in files):
        raise ModelError(f"{shown(spec)} holds no weights (*.safetensors); choose another model.")
    missing = sum(file.file_size or 0 for file in files if file.will_download)
    Path(constants.HF_HUB_CACHE).mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(constants.HF_HUB_CACHE).free
    if missing > free:
        raise ModelError(
            f"{shown(spec)} takes {missing / 1e9:.1f} GB more and {free / 1e9:.1f} GB are free in "
            f"{constants.HF_HUB_CACHE}; free some, or set HF_HOME to a folder on a larger disk."
        )
    say({"missing": missing})
    snapshot_download(spec, allow_patterns=FILES, ignore_patterns=LEFT_OUT)


@contextmanager
def _said_in_one_sentence(spec: str) -> Iterator[None]:
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    model = shown(spec)
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        cause = _first_cause(error)
        if isinstance(cause, GatedRepoError):
            told = f"{model} is gated: accept its terms at {host()}/{spec}, run `hf auth login`, and try again."
        elif isinstance(cause, RepositoryNotFoundError):
            told = f"There is no {model} at {host()}, or it is private; check the id, or run `hf auth login`."
        elif isinstance(cause, HfHubHTTPError):
            told = f"{host()} answered {cause.response.status_code} for {model}; try again later."
        elif getattr(cause, "errno", None) == errno.ENOSPC or "No space left" in str(cause):
            told = f"The disk became full while {model} was fetched; free some, or set HF_HOME to a larger disk."
        elif isinstance(cause, OfflineModeIsEnabled):
            told = f"HF_HUB_OFFLINE is set, so that nothing is fetched; start Retort without it to fetch {model}."
        elif isinstance(cause, PermissionError):
            told = f"The hub's cache cannot be written ({cause}); set HF_HOME to a folder of yours."
        else:
            told = (
                f"{host()} cannot be reached for {model} ({type(cause).__name__}); check the network, or copy the model's "
                "folder to this machine and give its path."
            )
        raise ModelError(told) from error


def _first_cause(error: BaseException) -> BaseException:
    """What the library wrapped in errors of its own."""
    from huggingface_hub.errors import DryRunError, FileMetadataError, LocalEntryNotFoundError

    while isinstance(error, (DryRunError, FileMetadataError, LocalEntryNotFoundError)) and error.__cause__ is not None:
        error = error.__cause__
    return error


if __name__ == "__main__":
    _main(sys.argv[1])
