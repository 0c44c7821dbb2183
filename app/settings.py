"""Every setting, once: flags over environment (``RETORT_…``) over ``.env`` over the defaults here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, CliApp, CliImplicitFlag, SettingsConfigDict

from errors import SettingsError, shown

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Retort: a research assistant for chemists and biologists, in your browser and on your machine."""

    model_config = SettingsConfigDict(
        env_prefix="RETORT_",
        env_file=ROOT / ".env",
        extra="ignore",
        cli_prog_name="app.py",
        cli_kebab_case=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
    )

    model: Annotated[
        str,
        Field(
            description="a model's folder or Hugging Face id; empty: Intern-S1-mini where it is on this machine with a GPU for it, else the embedded model"
        ),
    ] = ""
    lock_model: Annotated[
        bool, Field(description="nobody changes the model from the page; so by itself where other machines are let in")
    ] = False
    host: Annotated[str, Field(description="address to listen on; 0.0.0.0 lets other machines in")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on")] = 7860
    allow_host: Annotated[list[str], Field(description="further host names by which browsers may reach the page")] = []
    folder: Annotated[Path, Field(description="where conversations and uploads are kept")] = ROOT / "data"
    database: Annotated[str, Field(description="SQLAlchemy URL of the conversations; empty: SQLite in the folder")] = ""
    threads: Annotated[int, Field(ge=0, le=256, description="CPU threads of the model; 0: chosen")] = 0
    weights: Annotated[
        Literal["auto", "int8", "full"],
        Field(
            description="weights of the model; int8: of 8 bits, on the CPU; full: as its files have them; auto: of 8 bits for the embedded model where that is quicker"
        ),
    ] = "auto"
    answers_at_once: Annotated[int, Field(ge=1, le=64, description="answers that the model makes at once")] = 8
    questions_waiting: Annotated[
        int, Field(ge=0, le=1000, description="questions that may wait for their turn; more are refused")
    ] = 32
    tool_workers: Annotated[int, Field(ge=1, le=32, description="processes that run tools")] = 2
    tool_memory_mb: Annotated[int, Field(ge=512, description="memory limit of each tool process")] = 2048
    lookups: Annotated[
        CliImplicitFlag[bool],
        Field(
            description="tools that ask other machines, once a person has allowed the host; without them none is offered"
        ),
    ] = True
    tool_calls: Annotated[int, Field(ge=1, le=64, description="tool calls in one answer at most")] = 8
    answer_seconds: Annotated[int, Field(ge=10, description="seconds that one answer may take")] = 900
    upload_mb: Annotated[int, Field(ge=1, le=2048, description="size of an uploaded picture at most")] = 20
    file_mb: Annotated[int, Field(ge=1, le=100, description="size of an uploaded file of data at most")] = 100
    video_mb: Annotated[int, Field(ge=1, le=16384, description="size of an uploaded video at most")] = 500
    upload_megapixels: Annotated[int, Field(ge=1, le=500, description="megapixels of an uploaded picture at most")] = 50

    @property
    def host_names(self) -> list[str]:
        """The Host headers that are answered: this machine's own names, and those that were allowed."""
        names = ["localhost", "127.0.0.1", "[::1]", *self.allow_host]
        if self.host not in ("0.0.0.0", "::", ""):
            names.append(self.host)
        if space := os.environ.get("SPACE_HOST"):  # Hugging Face Spaces names its own
            names.append(space)
        return list(dict.fromkeys(names))


def read_settings(arguments: list[str] | None = None) -> Settings:
    """Settings from these command-line arguments, the environment and ``.env``; raises ``SettingsError``."""
    try:
        settings = Settings() if arguments is None else CliApp.run(Settings, cli_args=arguments)
        if "SPACE_ID" in os.environ and "host" not in settings.model_fields_set:
            # a Space's own proxy comes from another machine, and its visitors are strangers
            return settings.model_copy(update={"host": "0.0.0.0", "lock_model": True})
        if settings.host not in LOOPBACK and "lock_model" not in settings.model_fields_set:
            return settings.model_copy(update={"lock_model": True})
        return settings
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "-".join(str(part) for part in first["loc"][:1]).replace("_", "-")
        raise SettingsError(f"--{name} {shown(first['input'])}: {first['msg']}; see --help.") from None
