"""An uploaded file is what its content says, no larger than the caps, and found only in its own conversation."""

from __future__ import annotations

import io

import PIL.Image
import pytest

from app.uploads import Uploads
from errors import UploadError
from model.messages import Video
from tests.model.clips import write_clip

ONE, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path / "uploads", most_bytes=200_000, most_pixels=1_000_000)


def picture(format="PNG", size=(40, 30)):
    buffer = io.BytesIO()
    PIL.Image.new("RGB", size, "white").save(buffer, format)
    return buffer.getvalue()


def written(tmp_path, content, name="picture.png"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("format", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_a_picture_is_known_by_its_content_whatever_its_name(uploads, tmp_path, format, media_type):
    image = uploads.take(ONE, written(tmp_path, picture(format), "notes.txt"))
    assert (image.media_type, image.name) == (media_type, "notes.txt")
    assert uploads.find(ONE, image.sha256)[1] == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    ],
    ids=["empty", "svg", "pdf", "a png's first bytes only"],
)
def test_what_is_not_a_whole_picture_is_refused_with_a_sentence(uploads, tmp_path, content):
    with pytest.raises(UploadError, match="is not a whole PNG"):
        uploads.take(ONE, written(tmp_path, content))


def test_a_truncated_picture_is_refused(uploads, tmp_path):
    whole = picture("JPEG", (400, 300))
    with pytest.raises(UploadError, match="is not a whole"):
        uploads.take(ONE, written(tmp_path, whole[: len(whole) // 2]))


def test_too_many_bytes_are_refused_before_anything_is_read(uploads, tmp_path):
    with pytest.raises(UploadError, match="MB and at most"):
        uploads.take(ONE, written(tmp_path, b"\0" * 300_000))


def test_too_many_pixels_are_refused_before_they_are_decoded(uploads, tmp_path):
    with pytest.raises(UploadError, match="megapixels"):
        uploads.take(ONE, written(tmp_path, picture(size=(3000, 2000))))


def test_another_conversation_does_not_find_it(uploads, tmp_path):
    image = uploads.take(ONE, written(tmp_path, picture()))
    assert uploads.find(OTHER, image.sha256) is None


@pytest.mark.parametrize("conversation", ["..", "../" + ONE, "1" * 31, "%2e%2e"])
def test_no_path_leads_out_of_the_folder(uploads, tmp_path, conversation):
    image = uploads.take(ONE, written(tmp_path, picture()))
    assert uploads.find(conversation, image.sha256) is None


def test_a_deleted_conversations_files_are_removed(uploads, tmp_path):
    image = uploads.take(ONE, written(tmp_path, picture()))
    uploads.forget(ONE)
    assert uploads.find(ONE, image.sha256) is None


def test_a_video_is_known_by_its_content_and_has_a_cap_of_its_own(tmp_path):
    film = write_clip(tmp_path / "film.mp4", frames=10).rename(tmp_path / "film.png")
    uploads = Uploads(tmp_path / "uploads", most_bytes=10, most_pixels=1_000_000, most_video_bytes=10_000_000)
    video = uploads.take(ONE, film, frames=3)
    assert isinstance(video, Video)
    assert (video.media_type, video.name, video.frames) == ("video/mp4", "film.png", 3)
    assert uploads.find(ONE, video.sha256)[1] == "video/mp4"


def test_a_video_that_is_cut_off_is_refused(uploads, tmp_path):
    film = write_clip(tmp_path / "film.mp4", frames=10)
    with pytest.raises(UploadError, match="is cut off"):
        uploads.take(ONE, written(tmp_path, film.read_bytes()[:-500], "cut.mp4"))
