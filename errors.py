"""The one tree of errors that every room shares.

    RetortError
    ├── ToolInputError    an argument that a tool cannot answer for, and what to write instead
    ├── ToolError         a tool that ran out of time or memory, was cancelled, or died
    │   └── NetworkNotAllowedError   one that would ask a host that nobody has allowed
    ├── ModelError        a model that cannot be found, loaded or run here
    │   ├── ModelNotHereError   one that could be fetched
    │   ├── ModelMemoryError    one, or an answer of it, that needs more memory than there is
    │   └── ModelBusyError      one that too many wait for already
    ├── EndpointError     another machine's server that fails or answers nonsense
    ├── UploadError       a file that is not what it says, or more than is taken
    └── SettingsError     a flag or variable that cannot be used

Each is raised where the cause is known, carries one sentence that a person can act on (``str(error)``),
and is turned into a page or a console line once, at the edge.
"""

from __future__ import annotations

SHOWN_VALUE_CHARACTERS = 80


def shown(value: object) -> str:
    """``value`` as it may stand in a sentence: one line, quoted, at most 80 characters of it, none of them invisible.

    A control character, or one that turns the writing direction, would change how the sentence itself reads.
    """
    words = str(value)[: 4 * SHOWN_VALUE_CHARACTERS].split()
    text = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in " ".join(words))
    if len(text) > SHOWN_VALUE_CHARACTERS:
        text = text[: SHOWN_VALUE_CHARACTERS - 1] + "…"
    return f"'{text}'"


class RetortError(Exception):
    """Anything that Retort itself refuses or cannot do; its text is one sentence."""


class ToolInputError(RetortError):
    """An argument that cannot be answered for.

    ``what`` names the value and what is wrong with it, ``where`` the argument and position ("molecule,
    character 7"), ``hint`` what to do instead.
    """

    def __init__(self, what: str, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        sentence = what.rstrip(".")
        if where:
            sentence += f" ({where})"
        sentence += f"; {hint.rstrip('.')}." if hint else "."
        super().__init__(sentence)

    def as_json(self) -> dict[str, str]:
        return {"what": self.what, "where": self.where, "hint": self.hint}

    def __reduce__(self):  # so that it crosses a process boundary whole
        return type(self), (self.what, self.where, self.hint)


class ToolError(RetortError):
    """A tool call that ended without an answer: time, memory, cancelled, or a dead worker."""


class NetworkNotAllowedError(ToolError):
    """A lookup that sent nothing, since ``host`` is not allowed; ``would_send`` says what goes there once it is."""

    def __init__(self, host: str, would_send: str) -> None:
        self.host, self.would_send = host, would_send
        super().__init__(
            f"{host} is not allowed yet, and nothing was sent: {would_send}; allow the host and call again."
        )

    def as_json(self) -> dict[str, str]:
        return {"host": self.host, "would_send": self.would_send}

    def __reduce__(self):
        return type(self), (self.host, self.would_send)


class ModelError(RetortError):
    """A model that cannot be found, loaded or run on this machine."""


class ModelNotHereError(ModelError):
    """A model that is not on this machine; ``spec`` is the id by which it could be fetched."""

    def __init__(self, sentence: str, spec: str) -> None:
        self.spec = spec
        super().__init__(sentence)


class ModelMemoryError(ModelError):
    """More memory was needed than there is; ``fits`` is how many tokens of a conversation would fit, 0 if not even the model."""

    def __init__(self, sentence: str, fits: int = 0) -> None:
        self.fits = fits
        super().__init__(sentence)


class ModelBusyError(ModelError):
    """So many wait for an answer that nobody else is taken."""


class EndpointError(RetortError):
    """A server that cannot be reached or does not answer as its protocol says."""


class UploadError(RetortError):
    """A file that is refused, and why."""


class SettingsError(RetortError):
    """A setting that cannot be used."""
