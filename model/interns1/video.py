"""Videos as Intern-S1-mini sees them: a few frames, evenly spread, each one tile, and the same ones on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import PIL.Image
import torch

from errors import UploadError, shown
from model.interns1.containers import container_of
from model.interns1.decoding import Backend, opened
from model.interns1.images import Tiling
from model.messages import FRAMES, Video


@dataclass(frozen=True)
class VideoLimits:
    """The largest file, in bytes, and the largest frame, in pixels, that is decoded."""

    most_bytes: int = 4_000_000_000
    most_pixels: int = 50_000_000


@dataclass(frozen=True, eq=False)
class SampledFrame:
    """One frame that the model saw: its number from 0, its time in seconds from the first, and the squeezed picture."""

    number: int
    seconds: float
    picture: PIL.Image.Image


@dataclass(frozen=True, eq=False)
class PreparedVideo:
    """``pixel_values``: (frames, 3, side, side) float32, one tile a frame, in the order of ``prompt`` and ``frames``.

    ``duration_s`` gives the last frame the mean time of the others; ``notes`` are sentences for the person who sent it.
    """

    pixel_values: torch.Tensor
    prompt: str
    frames: tuple[SampledFrame, ...]
    duration_s: float
    backend: Backend
    notes: tuple[str, ...]


def middles(total: int, wanted: int) -> tuple[int, ...]:
    """The numbers of the frames in the middle of ``wanted`` equal segments of ``total`` frames (all, if there are fewer).

    Half way between the ends of linspace(0, total, wanted + 1), rounded down, in whole numbers; InternVL's video processor
    in transformers takes the same.
    """
    wanted = min(wanted, total)
    return tuple((2 * segment + 1) * total // (2 * wanted) for segment in range(wanted))


def video_tokens(tiling: Tiling, frames: int = FRAMES) -> int:
    """What a video of so many frames costs at most: a tile a frame, and one token each to open and close it."""
    return frames * (tiling.tokens_per_tile + 2)


def prepare_video(
    source: Video | Path,
    tiling: Tiling,
    frames: int = FRAMES,
    limits: VideoLimits | None = None,
    backends: Sequence[Backend] | None = None,
) -> PreparedVideo:
    """Sample and squeeze a video's frames, one in memory at a time; ``backends`` limits who may decode.

    Raises ``UploadError`` for a file that is no video, is cut off, damaged or too large, and ``ModelError`` if there is
    nothing installed to decode it.
    """
    limits = limits or VideoLimits()
    path, name = (Path(source.path), source.name) if isinstance(source, Video) else (source, source.name)
    name = name or path.name
    container = container_of(path, name)
    size = path.stat().st_size
    if size > limits.most_bytes:
        raise UploadError(
            f"{shown(name)} has {size / 1e6:,.0f} MB and at most {limits.most_bytes / 1e6:,.0f} MB are taken; cut it."
        )
    with opened(path, name, container, limits.most_pixels, backends) as clip:
        numbers = middles(clip.frames, max(1, frames))
        side = (tiling.side, tiling.side)
        pixel_values = torch.empty(len(numbers), 3, *side)
        sampled = []
        for place, (number, picture) in enumerate(zip(numbers, clip.pictures(numbers), strict=True)):
            frame = SampledFrame(number, clip.time_s(number), picture.resize(side, PIL.Image.Resampling.BICUBIC))
            pixel_values[place] = tiling.prepare_frame(frame.picture)[0]
            sampled.append(frame)
        if len(sampled) < frames:
            what_is_read = f"{shown(name)} has only {clip.frames} frames; all of them are read."
        else:
            what_is_read = f"{shown(name)}: {len(sampled)} of {clip.frames:,} frames are read, evenly spread."
        return PreparedVideo(
            pixel_values=pixel_values,
            prompt="\n".join(f"Frame{place}: {tiling.prompt(1)}" for place in range(1, len(sampled) + 1)),
            frames=tuple(sampled),
            duration_s=clip.time_s(clip.frames - 1) * clip.frames / max(1, clip.frames - 1),
            backend=clip.backend,
            notes=(what_is_read, *clip.notes),
        )
