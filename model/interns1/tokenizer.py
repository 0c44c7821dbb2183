"""Intern-S1-mini's dynamic tokenizer: prose by byte-level BPE, molecules, names and proteins by vocabularies of their own.

The ids run in one row: the BPE's, its special tokens, then for each of three SentencePiece models its pieces and the tags
that switch to it. All sizes come from the files of the checkpoint.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from errors import ModelError
from model.interns1.detection import detect

#: The SentencePiece models by name, each with the tags that switch to it.
TAGS: Mapping[str, tuple[str, ...]] = {"SMILES": ("SMILES", "SELFIES"), "IUPAC": ("IUPAC",), "FASTA": ("FASTA",)}
_OPENING = {f"<{tag}>": name for name, tags in TAGS.items() for tag in tags}
_CLOSING = frozenset(f"</{tag}>" for tags in TAGS.values() for tag in tags)
#: Plain text to the vocabulary, but between them nothing is detected.
_FORMULA, _FORMULA_END = "<MOLFORMULA>", "</MOLFORMULA>"
_OPENING_MARKS, _CLOSING_MARKS = frozenset((*_OPENING, _FORMULA)), frozenset((*_CLOSING, _FORMULA_END))
#: Ours, in the model's format, for a folder that brings none.
TEMPLATE = Path(__file__).with_name("chat_template.jinja")
#: The pre-tokenizer of Qwen2 (its ``tokenizer.json``): contractions, words, single digits, signs, white space.
_QWEN2_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SPACE = "▁"  # how SentencePiece writes a space


@dataclass(frozen=True)
class Span:
    """A stretch of the text, the vocabulary it went to ("BPE", "SMILES", "IUPAC", "FASTA", "special") and its ids."""

    start: int
    end: int
    vocabulary: str
    ids: tuple[int, ...]


class _Pieces:
    """One SentencePiece model and where its ids begin in the row."""

    def __init__(self, path: Path, end: int) -> None:
        from sentencepiece import SentencePieceProcessor

        try:
            self._model = SentencePieceProcessor(model_file=str(path))
        except (OSError, RuntimeError):
            raise ModelError(f"{path} is not a SentencePiece model; fetch the checkpoint again.") from None
        size = self._model.get_piece_size()
        self.pieces: list[str] = [self._model.id_to_piece(index) for index in range(size)]
        self.first = end - size
        self._known = {
            piece: self.first + index
            for index, piece in enumerate(self.pieces)
            if not (self._model.is_unknown(index) or self._model.is_control(index))
        }

    def encode(self, text: str) -> Iterator[int | str]:
        """Ids in the row, and as text each piece that this model does not know."""
        for piece in self._model.encode(text, out_type=str):
            yield self._known.get(piece, piece.replace(_SPACE, " "))


class InternS1Tokenizer:
    """Encodes and decodes; ``added`` are the tokens with an id of their own, special ones and tags."""

    def __init__(
        self, folder: Path, bpe: Any, vocabulary_size: int, added: Mapping[str, int], settings: Mapping[str, Any]
    ):
        self.bpe = bpe
        self._vocabulary_size = vocabulary_size
        self.added = dict(added)
        self._texts = {id: text for text, id in self.added.items()}
        self._pieces = {
            name: _Pieces(folder / f"tokenizer_{name}.model", self._id_of(f"<{tags[0]}>", folder))
            for name, tags in TAGS.items()
        }
        self._domain: dict[int, str] = {
            pieces.first + index: piece for pieces in self._pieces.values() for index, piece in enumerate(pieces.pieces)
        }
        marks = sorted((*self.added, _FORMULA, _FORMULA_END), key=len, reverse=True)
        self._marks = re.compile("|".join(map(re.escape, marks)))
        template = folder / "chat_template.jinja"
        self.chat_template: str = settings.get("chat_template") or _text(template if template.is_file() else TEMPLATE)
        self.eos_token_id: int = self.added.get(str(settings.get("eos_token", "")), self._id_of("<|im_end|>", folder))
        self.all_special_tokens = list(self.added)
        self.added_tokens_decoder = self._texts

    @classmethod
    def from_folder(cls, folder: str | Path) -> InternS1Tokenizer:
        """Read a checkpoint's tokenizer files; raises ``ModelError`` that names the one that is missing or broken."""
        folder = Path(folder)
        settings = _json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").is_file() else {}
        bpe, size = _qwen2_bpe(folder)
        return cls(folder, bpe, size, _added_tokens(folder, settings), settings)

    #: What a person may write with its tags: they choose a vocabulary, end no turn, and are closed again.
    tagged = re.compile("|".join(rf"<{tag}>[^<]*</{tag}>" for tags in TAGS.values() for tag in tags))

    def __len__(self) -> int:
        return max((self._vocabulary_size - 1, *self._texts, *self._domain)) + 1

    def encode(self, text: str, add_special_tokens: bool = False) -> list[int]:
        """The ids of ``text``, normalised to NFC. No special tokens are put around it, whatever is asked for."""
        return [id for span in self.spans(text) for id in span.ids]

    def spans(self, text: str) -> list[Span]:
        """The text (in NFC) cut into what went to each vocabulary, in order."""
        text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
        return list(self._spans(text))

    def plain_length(self, text: str) -> int:
        """The tokens that the vocabulary of prose alone would take."""
        return len(self._prose(text))

    def decode(
        self, ids: Sequence[int], skip_special_tokens: bool = False, clean_up_tokenization_spaces: bool = False
    ) -> str:
        """The text of ``ids``; domain pieces give spaces for ``▁``, special tokens stay joined to what is beside them.

        Spaces are never cleaned up: the argument is there because transformers' tokenizers have it.
        """
        return "".join(
            self.bpe.decode(list(run), skip_special_tokens=False)
            if kind == "BPE"
            else self._joined(run, skip_special_tokens)
            for kind, run in groupby(ids, key=self._kind)
        )

    def convert_ids_to_tokens(self, ids: Iterable[int]) -> list[str | None]:
        """The text of each id by itself; None for an id that the vocabulary leaves out."""
        return [
            self.bpe.id_to_token(id) if self._kind(id) == "BPE" else self._domain.get(id, self._texts.get(id))
            for id in ids
        ]

    def token_bytes(self, rows: int) -> list[bytes]:
        """The bytes that each of ``rows`` ids stands for in a text; none for a row that no token uses."""
        from transformers.convert_slow_tokenizer import bytes_to_unicode

        of_character = {character: byte for byte, character in bytes_to_unicode().items()}
        tokens = self.convert_ids_to_tokens(range(rows))
        return [
            b""
            if token is None
            else bytes(of_character[character] for character in token)
            if self._kind(id) == "BPE"
            else token.replace(_SPACE, " ").encode()
            for id, token in enumerate(tokens)
        ]

    def apply_chat_template(
        self,
        conversation: list[dict[str, Any]],
        tools: list[dict[str, Any]] | None = None,
        chat_template: str | None = None,
        tokenize: bool = False,
        **options: Any,
    ) -> str:
        """The text of a prompt, rendered as transformers does it: sandboxed."""
        from transformers.utils.chat_template_utils import render_jinja_template

        if tokenize:
            raise ValueError("encode() takes the text of a prompt; pass tokenize=False")
        rendered, _ = render_jinja_template(
            [conversation], tools, chat_template=chat_template or self.chat_template, **options
        )
        return rendered[0]

    def _spans(self, text: str) -> Iterator[Span]:
        vocabularies: list[str] = []  # of the tags that are open; a closing tag ends the last one, whatever it is
        depth = 0  # of all marks within which nothing is detected
        for start, end, mark in _cut(text, self._marks):
            if mark in _OPENING_MARKS:
                depth += 1
            elif mark in _CLOSING_MARKS:
                depth = max(0, depth - 1)
            if mark in self.added:
                if mark in _OPENING:
                    vocabularies.append(_OPENING[mark])
                elif mark in _CLOSING and vocabularies:
                    vocabularies.pop()
                yield Span(start, end, "special", (self.added[mark],))
            elif mark:
                yield Span(start, end, "BPE", tuple(self._prose(mark)))
            elif vocabularies:
                yield Span(start, end, vocabularies[-1], tuple(self._in_domain(text[start:end], vocabularies[-1])))
            elif depth:
                yield Span(start, end, "BPE", tuple(self._prose(text[start:end])))
            else:
                yield from self._detected(text, start, end)

    def _detected(self, text: str, start: int, end: int) -> Iterator[Span]:
        at = start
        for found_start, found_end, vocabulary in detect(text[start:end]):
            if start + found_start > at:
                yield Span(at, start + found_start, "BPE", tuple(self._prose(text[at : start + found_start])))
            at = start + found_end
            found = text[start + found_start : at]
            yield Span(start + found_start, at, vocabulary, tuple(self._in_domain(found, vocabulary)))
        if at < end:
            yield Span(at, end, "BPE", tuple(self._prose(text[at:end])))

    def _in_domain(self, text: str, vocabulary: str) -> Iterator[int]:
        for piece in self._pieces[vocabulary].encode(text):
            if isinstance(piece, int):
                yield piece
            else:
                yield from self._prose(piece)

    def _prose(self, text: str) -> list[int]:
        return self.bpe.encode(text.replace(_SPACE, " "), add_special_tokens=False).ids

    def _kind(self, id: int) -> str:
        return "BPE" if id < self._vocabulary_size else "other"

    def _joined(self, ids: Iterator[int], skip_special_tokens: bool) -> str:
        return "".join(
            self._domain[id].replace(_SPACE, " ")
            if id in self._domain
            else ""
            if skip_special_tokens
            else self._texts.get(id, "")
            for id in ids
        )

    def _id_of(self, tag: str, folder: Path) -> int:
        if tag not in self.added:
            raise ModelError(f"The tokenizer in {folder} has no token {tag}; it is not Intern-S1-mini's.")
        return self.added[tag]


def _cut(text: str, marks: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """The text between marks, and the marks: (start, end, the mark or an empty string)."""
    at = 0
    for match in marks.finditer(text):
        if match.start() > at:
            yield at, match.start(), ""
        yield match.start(), match.end(), match.group()
        at = match.end()
    if at < len(text):
        yield at, len(text), ""


def _qwen2_bpe(folder: Path) -> tuple[Any, int]:
    """The byte-level BPE of ``vocab.json`` and ``merges.txt`` with Qwen2's pre-tokenizer, and the size of its vocabulary."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    vocabulary = _json(folder / "vocab.json")
    lines = _text(folder / "merges.txt").split("\n")
    pairs = [line.partition(" ")[::2] for line in lines if line and not line.startswith("#version")]
    try:
        bpe = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs, fuse_unk=False, byte_fallback=False))
    except Exception as error:  # the library has no class of its own for a merge of unknown tokens
        reason = f"vocab.json and merges.txt in {folder} do not belong together ({error})"
        raise ModelError(f"{reason}; fetch the checkpoint again.") from None
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_QWEN2_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    return bpe, len(vocabulary)


def _added_tokens(folder: Path, settings: Mapping[str, Any]) -> dict[str, int]:
    """From ``added_tokens.json``, else from ``tokenizer_config.json``."""
    if (folder / "added_tokens.json").is_file():
        return _json(folder / "added_tokens.json")
    if decoder := settings.get("added_tokens_decoder"):
        return {token["content"]: int(id) for id, token in decoder.items()}
    raise ModelError(f"{folder} has neither added_tokens.json nor added tokens in tokenizer_config.json.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelError(f"{path} is missing; fetch the checkpoint again.") from None
    except UnicodeDecodeError:
        raise ModelError(f"{path} is not UTF-8; fetch the checkpoint again.") from None


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError:
        raise ModelError(f"{path} is not JSON; fetch the checkpoint again.") from None
