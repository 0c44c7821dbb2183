"""What Intern-S1-mini sees of a message's pictures and videos: what stands for each in the prompt, and its tiles."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.interns1.images import PreparedImages, Tiling
from model.interns1.rgb import upright_size
from model.interns1.video import PreparedVideo, prepare_video, video_tokens
from model.messages import Image, Video

KEPT_VIDEOS = 2  # decoded frames of the last ones; eight frames are 19 MB


@dataclass(frozen=True, eq=False)
class Seen:
    """``prompt`` stands in the text and takes ``tokens``; ``prepared`` decodes it."""

    prompt: str
    tokens: int
    prepared: Callable[[], PreparedImages | PreparedVideo]


class Sight:
    """For one checkpoint; may be used from any thread."""

    def __init__(self, tiling: Tiling) -> None:
        self.tiling = tiling
        self._videos: OrderedDict[tuple[str, int], PreparedVideo] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def from_checkpoint(cls, folder: Path) -> Sight:
        """Raises ``ModelError`` if the checkpoint's processor files are broken."""
        return cls(Tiling.from_checkpoint(folder))

    def look(self, parts: Sequence[Image | Video], most_tiles: int | None = None) -> list[Seen]:
        """Each of one message's pictures and videos, in order; raises ``UploadError`` for one that cannot be read.

        ``most_tiles`` is what the message's pictures may have together; a video says itself how many frames it has.
        """
        share = self.tiling.share(sum(isinstance(part, Image) for part in parts), most_tiles)
        return [self._picture(part, share) if isinstance(part, Image) else self._film(part) for part in parts]

    def cost(self, sizes: Sequence[tuple[int, int]], videos: Sequence[int], most_tiles: int | None = None) -> int:
        """Tokens of one message's pictures of these (width, height) and videos of so many frames, at most."""
        share = self.tiling.share(len(sizes), most_tiles)
        pictures = sum(self.tiling.tokens(*size, share) for size in sizes)
        return pictures + sum(video_tokens(self.tiling, frames) for frames in videos)

    def video(self, part: Video) -> PreparedVideo:
        """A video as the model sees it; the last ones are kept decoded."""
        key = (part.sha256, part.frames)
        with self._lock:
            if (known := self._videos.get(key)) is None:
                known = self._videos[key] = prepare_video(part, self.tiling, part.frames)
            self._videos.move_to_end(key)
            while len(self._videos) > KEPT_VIDEOS:
                self._videos.popitem(last=False)
            return known

    def _picture(self, part: Image, share: int) -> Seen:
        tiles = self.tiling.tiles(*upright_size(part), share)  # from the header: what does not fit is never decoded
        return Seen(
            prompt=self.tiling.prompt(tiles),
            tokens=tiles * self.tiling.tokens_per_tile + 2,
            prepared=lambda: self.tiling.prepare([part], share),
        )

    def _film(self, part: Video) -> Seen:
        video = self.video(part)
        tokens = len(video.frames) * (self.tiling.tokens_per_tile + 2)
        return Seen(video.prompt, tokens, lambda: video)
