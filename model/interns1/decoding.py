"""A video's frames by number, upright and one at a time: by PyAV or by decord, the same frames from both.

A frame's number counts from 0 in the order of display; its time is in seconds from the first frame.

PyAV goes first where it is installed: it reads every container, knows what an edit list trims away, and jumps from key frame
to key frame in less than 100 MB, 10 minutes of 1080p or not. decord 0.6 stands in without it. In streams with open groups of
pictures (x265's default) its own seeking gives frames a few places off, so a short clip is read in order, which is right; of a
long one that would take a minute and more, and there it seeks, and says so.
"""

from __future__ import annotations

import importlib.util
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol

import PIL.Image

from errors import ModelError, UploadError, shown
from model.interns1.containers import MATROSKA, MP4, Container

Backend = Literal["av", "decord"]

#: Where decord was seen to read the right frames; it begins MPEG-TS at the second key frame, and AVI has no times in it.
DECORD_CONTAINERS = (MP4, MATROSKA)

#: From here on decord seeks.
LONG_S = 60.0

#: Threads of PyAV's decoder; each holds a few frames of full size, and more than two gained nothing on two cores.
THREADS = 2


class Clip(Protocol):
    """An open video of so many ``frames``; ``notes`` are sentences for the person who sent it."""

    backend: Backend
    frames: int
    notes: tuple[str, ...]

    def time_s(self, number: int) -> float: ...

    def pictures(self, numbers: Sequence[int]) -> Iterator[PIL.Image.Image]:
        """The frames of these rising numbers as RGB of full size, each decoded when it is asked for."""
        ...


def installed() -> tuple[Backend, ...]:
    """The backends there are on this machine, the better one first."""
    names: tuple[Backend, ...] = ("av", "decord")
    return tuple(name for name in names if importlib.util.find_spec(name))


@contextmanager
def opened(
    path: Path, name: str, container: Container, most_pixels: int, backends: Sequence[Backend] | None = None
) -> Iterator[Clip]:
    """The clip, by the better of the ``backends`` that reads it (default: of those installed).

    Raises ``UploadError`` for a file that cannot be decoded or whose frames have more than ``most_pixels`` (PyAV tells
    before decoding; decord has no way to), and ``ModelError`` if nothing is installed that reads it.
    """
    backends = installed() if backends is None else backends
    if "av" in backends:
        with _AvClip(path, name, container, most_pixels) as clip:
            yield clip
    elif "decord" in backends and container in DECORD_CONTAINERS:
        yield _DecordClip(path, name)
    else:
        raise ModelError(f"Nothing that is installed reads {shown(name)}; install PyAV with 'pip install av'.")


class _AvClip:
    """Every frame's time is gathered first, without decoding; a frame is then decoded from the key frame before it."""

    backend: Backend = "av"
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path, name: str, container: Container, most_pixels: int) -> None:
        import av
        import av.stream

        self._path, self._name, self._container, self._most_pixels = path, name, container, most_pixels
        self._av = av
        self._file: Any = None
        with self._complaints():
            self._open()
            self._index()

    def __enter__(self) -> _AvClip:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def time_s(self, number: int) -> float:
        return float((self._times[number] - self._times[0]) * self._stream.time_base)

    def pictures(self, numbers: Sequence[int]) -> Iterator[PIL.Image.Image]:
        decoded: Iterator[Any] = iter(())
        reached: int | None = None
        for number in numbers:
            wanted = self._times[number]
            key = bisect_right(self._key_times, wanted) - 1
            with self._complaints():
                if reached is None or self._key_times[key] > reached:  # else it comes with what is being decoded
                    decoded = self._decoded_from(key, wanted)
                frame = next((frame for frame in decoded if frame.pts >= wanted), None)
                if frame is None:
                    raise UploadError(f"{shown(self._name)} is damaged: frame {number + 1} is missing; copy it again.")
                reached = frame.pts
                picture = frame.to_image()
            yield picture.rotate(frame.rotation, expand=True) if frame.rotation else picture

    def _decoded_from(self, key: int, wanted: int) -> Iterator[Any]:
        """Frames from a key frame on; from the one before where a seek goes too far; from the start as the last resort."""
        for near in range(key, max(key - 2, 0), -1):
            self._file.seek(self._key_times[near], stream=self._stream)
            decoded = self._decoded()
            first = next(decoded, None)
            if first is not None and first.pts <= wanted:
                yield first
                yield from decoded
                return
        self._open()
        yield from self._decoded()

    def _decoded(self) -> Iterator[Any]:
        return (frame for frame in self._file.decode(self._stream) if frame.pts is not None)

    def _open(self) -> None:
        if self._file is not None:
            self._file.close()
        # the demuxer is named, so that no content makes FFmpeg try another: a playlist would open other files;
        # titles and the like, which old cameras write in Latin-1, are not read
        self._file = self._av.open(str(self._path), format=self._container.demuxer, metadata_errors="ignore")
        try:
            self._stream = self._video_stream()
        except UploadError:
            self._file.close()
            raise
        self._stream.codec_context.thread_type = "AUTO"
        self._stream.codec_context.thread_count = THREADS

    def _video_stream(self) -> Any:
        covers = self._av.stream.Disposition.attached_pic  # the picture of a song
        streams = [stream for stream in self._file.streams.video if not stream.disposition & covers]
        if not streams:
            raise UploadError(f"{shown(self._name)} holds no moving pictures, perhaps sound alone; attach a video.")
        if streams[0].codec_context is None:
            raise _undecodable(self._name, "its codec is unknown")
        width, height = streams[0].codec_context.width, streams[0].codec_context.height
        if width * height > self._most_pixels:
            raise UploadError(
                f"{shown(self._name)} has frames of {width:,} x {height:,} pixels and at most "
                f"{self._most_pixels / 1e6:g} megapixels are taken; make it smaller."
            )
        return streams[0]

    def _index(self) -> None:
        """The times of all frames and of the key frames, in the order of display; the packets are read and let go."""
        times, key_times = array("q"), []
        for packet in self._file.demux(self._stream):
            time = packet.dts if packet.pts is None else packet.pts
            if not packet.size or time is None:
                continue
            if packet.is_keyframe:
                key_times.append(time)
            if not packet.is_discard:  # an edit list trims it away, though decoding may begin at it
                times.append(time)
        self._key_times = sorted(key_times)
        # what comes before the first key frame cannot be decoded
        self._times = array("q", sorted(time for time in times if key_times and time >= self._key_times[0]))
        self.frames = len(self._times)
        if not self.frames:
            self._file.close()
            raise UploadError(f"{shown(self._name)} holds no frame that can be decoded; attach another video.")

    @contextmanager
    def _complaints(self) -> Iterator[None]:
        try:
            yield
        except self._av.FFmpegError as error:
            raise _undecodable(self._name, error.strerror or "the decoder does not say why") from None
        except IndexError:  # PyAV's, of a packet of a stream that was not there when the file was opened
            raise _undecodable(self._name, "its streams change on the way") from None


class _DecordClip:
    """decord as it is: it counts and turns upright by itself, and is read in order."""

    backend: Backend = "decord"

    def __init__(self, path: Path, name: str) -> None:
        import decord

        decord.logging.set_level(decord.logging.QUIET)
        self._name = name
        self._errors = (decord.DECORDError, RuntimeError, AssertionError)
        with self._complaints():
            self._reader = decord.VideoReader(str(path))
            self.frames = len(self._reader)
            self._long = self.time_s(self.frames - 1) > LONG_S
        hint = "is read by decord, which may miss a frame by a few places in a long video; PyAV ('pip install av') does not"
        self.notes: tuple[str, ...] = (f"{shown(name)} {hint}.",) if self._long else ()

    def time_s(self, number: int) -> float:
        start, _ = self._reader.get_frame_timestamp(number)
        first, _ = self._reader.get_frame_timestamp(0)
        return float(start - first)

    def pictures(self, numbers: Sequence[int]) -> Iterator[PIL.Image.Image]:
        following = 0
        for number in numbers:
            with self._complaints():
                if self._long:
                    self._reader.seek_accurate(number)
                else:
                    for _ in range(number - following):  # its skip_frames errs as its seeking does
                        self._reader.next()
                pixels = self._reader.next().asnumpy()
            following = number + 1
            yield PIL.Image.fromarray(pixels)

    @contextmanager
    def _complaints(self) -> Iterator[None]:
        try:
            yield
        except self._errors:  # its text is a trace through its sources
            raise _undecodable(self._name, "decord cannot read it") from None


def _undecodable(name: str, reason: str) -> UploadError:
    return UploadError(f"{shown(name)} cannot be decoded as a video ({reason}); attach another file or copy it again.")
