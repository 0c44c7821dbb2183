"""Frames of a 10-minute 1080p video: how long, and how much memory it takes; ``python -m bench.video``, some two minutes.

The video is made here: 24 seconds of a moving, grainy pattern, 25 times over (about 370 MB). Each reading is a process of its
own, with everything imported and one tile prepared before its memory is measured. Not among the parts of ``make bench``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np
import PIL.Image
import psutil

from bench.rows import Row, table
from model.interns1.decoding import Backend, installed
from tests.model.clips import remux

ROOT = Path(__file__).parents[1]
MOST_GROWTH_MB = 300

READING = """
import importlib, json, sys, time
from pathlib import Path
import PIL.Image, psutil
from bench.memory import peak_bytes
from model.interns1.images import Tiling
from model.interns1.video import prepare_video

path, backend, frames = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
importlib.import_module(backend)
tiling = Tiling()
tiling.prepare_frame(PIL.Image.new("RGB", (448, 448)))
before = psutil.Process().memory_info().rss
started = time.perf_counter()
prepare_video(path, tiling, frames, backends=(backend,))
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "growth_mb": (peak_bytes() - before) / 1e6}))
"""


def write_grainy(path: Path, frames: int = 720, width: int = 1920, height: int = 1080) -> Path:
    """A pattern that drifts by two pixels a frame under film grain, so that it costs what a real film costs to decode."""
    random = np.random.default_rng(0)
    blots = PIL.Image.fromarray(random.integers(0, 256, (68, 120, 3), dtype=np.uint8))
    pattern = np.asarray(blots.resize((width + 256, height), PIL.Image.Resampling.BICUBIC)).astype(np.int16)
    grain = [random.integers(-5, 6, (height, width, 1), dtype=np.int16) for _ in range(8)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            at = 2 * number % 256
            pixels = np.clip(pattern[:, at : at + width] + grain[number % len(grain)], 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def reading(path: Path, backend: Backend, frames: int) -> dict[str, float]:
    """``seconds`` and ``growth_mb`` of one reading in a fresh process."""
    command = [sys.executable, "-c", READING, str(path), backend, str(frames)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def measure() -> list[Row]:
    """PyAV's growth beside what is allowed, and its seconds beside decord's where that is installed."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        short = write_grainy(Path(folder) / "short.mp4")
        long = remux(short, Path(folder) / "long.mp4", times=25)
        print(f"10 minutes of 1080p: {long.stat().st_size / 1e6:.0f} MB, {psutil.cpu_count()} cores", file=sys.stderr)
        for path, length in ((short, "24 s"), (long, "10 min")):
            for frames in (8, 32):
                what = f"{frames} frames of {length} of 1080p"
                ours = reading(path, "av", frames)
                rows.append(Row(f"memory added by {what}", ours["growth_mb"], MOST_GROWTH_MB, "MB", 1, at_most=True))
                if "decord" in installed():
                    theirs = reading(path, "decord", frames)
                    rows.append(
                        Row(f"{what}, PyAV beside decord", ours["seconds"], theirs["seconds"], "s", 1.5, at_most=True)
                    )
                    rows.append(
                        Row(f"memory added by {what}, PyAV beside decord", ours["growth_mb"], theirs["growth_mb"], "MB", 1,
                            at_most=True)
                    )  # fmt: skip
    return rows


if __name__ == "__main__":
    print(table(measure()))
