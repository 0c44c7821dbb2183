"""Clips made for tests: every frame shows its own number, so that it can be told which frames were taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import PIL.Image

#: The number in binary, 12 bits in the first three rows of a 4 x 4 board; the last row tells which way is up.
SIDE = 4
UP = (1, 1, 0, 1)


def board(number: int, width: int, height: int) -> np.ndarray:
    """(height, width, 3) uint8: black and white fields."""
    bits = [number >> bit & 1 for bit in range(12)] + list(UP)
    fields = np.array(bits, dtype=np.uint8).reshape(SIDE, SIDE) * 255
    rows = np.arange(height) * SIDE // height
    columns = np.arange(width) * SIDE // width
    return np.repeat(fields[rows][:, columns, None], 3, axis=2)


def number_in(picture: PIL.Image.Image) -> int:
    """The number that a frame shows; fails if the board is not upright and whole."""
    grey = np.asarray(picture.convert("L"), dtype=float)
    height, width = grey.shape
    means = [
        grey[row * height // SIDE :, column * width // SIDE :][
            height // 16 : height * 3 // 16, width // 16 : width * 3 // 16
        ].mean()
        for row in range(SIDE)
        for column in range(SIDE)
    ]
    assert all(mean < 70 or mean > 185 for mean in means), f"no board: {[round(mean) for mean in means]}"
    bits = [int(mean > 128) for mean in means]
    assert tuple(bits[12:]) == UP, "the board is not upright"
    return sum(bit << place for place, bit in enumerate(bits[:12]))


def write_clip(
    path: Path,
    frames: int = 60,
    *,
    size: tuple[int, int] = (160, 120),
    rate: int = 30,
    times: Sequence[Fraction] | None = None,
    codec: str = "libx264",
    options: Mapping[str, str] | None = None,
    rotation: int = 0,
    muxing: Mapping[str, str] | None = None,
) -> Path:
    """Frames 0, 1, 2, … at ``rate`` a second, or at ``times`` in seconds; ``rotation``: degrees that a player turns it back, anticlockwise."""
    with av.open(str(path), "w", options=dict(muxing or {})) as container:
        stream = container.add_stream(codec, rate=rate, options=dict(options or {}))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate if times is None else 1000)
        if rotation:
            stream.set_display_rotation(rotation)
        for number in range(frames):
            shown = board(number, *(size[::-1] if rotation % 180 else size))
            stored = np.ascontiguousarray(np.rot90(shown, -rotation // 90))
            frame = av.VideoFrame.from_ndarray(stored, format="rgb24")
            frame.pts = number if times is None else round(times[number] * 1000)
            frame.time_base = stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def remux(source: Path, path: Path, *, shift: int = 0, drop: int = 0, times: int = 1) -> Path:
    """The same packets anew: ``shift`` frames later, without the first ``drop`` ones, ``times`` over in a row."""
    with av.open(str(source)) as original, av.open(str(path), "w") as container:
        packets = [packet for packet in original.demux(video=0) if packet.size][drop:]
        frame = packets[0].duration
        stream = container.add_stream_from_template(original.streams.video[0])
        for round_ in range(times):
            later = (shift + round_ * len(packets)) * frame
            for packet in packets:
                copy = av.Packet(bytes(packet))
                copy.pts, copy.dts = packet.pts + later, packet.dts + later
                copy.duration, copy.time_base, copy.is_keyframe = frame, packet.time_base, packet.is_keyframe
                copy.stream = stream
                container.mux(copy)
    return path


def write_sound(path: Path, *, cover: bool = False) -> Path:
    """A second of a 440 Hz tone, with a picture attached as players show it if ``cover``."""
    samples = (np.sin(np.arange(48_000) * 2 * np.pi * 440 / 48_000) * 8_000).astype(np.int16)[None]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        if cover:
            picture = container.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = 160, 120, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
            frame = av.VideoFrame.from_ndarray(board(1, 160, 120), format="rgb24")
            frame.pts = 0
            container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
        sound = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        sound.sample_rate, sound.pts = 48_000, 0
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    return path
