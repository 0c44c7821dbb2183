"""An uploaded file is what its content says, no larger than the caps, and found only in its own conversation."""

from __future__ import annotations

import io

import PIL.Image
import pytest

from app.uploads import Uploads, batch_folder
from errors import UploadError
from model.messages import File, Video
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
    ("content", "complaint"),
    [
        (b"", "is empty; attach a picture"),
        (b"%PDF-1.7", "is a PDF; attach a picture"),
        (b"\x7fELF\0\0\0", "is neither text nor a table; attach a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "is not a whole PNG"),
    ],
    ids=["empty", "pdf", "a program", "a png's first bytes only"],
)
def test_what_nobody_here_can_read_is_refused_with_a_sentence(uploads, tmp_path, content, complaint):
    with pytest.raises(UploadError, match=complaint):
        uploads.take(ONE, written(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"name,smiles\na,CCO\n", "text/plain"),
        (b"\x1f\x8b\x08rest", "application/gzip"),
        (b"PK\x03\x04rest", "application/zip"),
    ],
)
def test_a_file_of_data_is_kept_under_its_own_name_and_only_ever_downloaded(uploads, tmp_path, content, media_type):
    taken = uploads.take(ONE, written(tmp_path, content, "my drugs (1).csv"))
    assert isinstance(taken, File) and (taken.media_type, taken.name) == (media_type, "my drugs (1).csv")
    path, served_as = uploads.find(ONE, taken.sha256)
    assert (path.name, path.read_bytes(), served_as) == ("my drugs (1).csv", content, "application/octet-stream")
    assert str(path) == taken.path
    assert uploads.find(OTHER, taken.sha256) is None
    uploads.forget(ONE)
    assert uploads.find(ONE, taken.sha256) is None


@pytest.mark.parametrize("name", ["../../x.csv", "a\\b\0c.csv", "…", ".", "x" * 300 + ".csv", ".env"])
def test_no_name_leaves_the_folder_of_its_file(uploads, tmp_path, name):
    taken = uploads.take(ONE, written(tmp_path, b"a,b\n1,2\n", "plain.csv"), name)
    shelf = tmp_path / "uploads" / ONE / "files" / taken.sha256
    assert [path.parent for path in shelf.rglob("*")] == [shelf]


def test_a_script_in_a_picture_of_lines_is_text_that_no_browser_is_shown(uploads, tmp_path):
    content = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    taken = uploads.take(ONE, written(tmp_path, content, "drawing.svg"))
    assert uploads.find(ONE, taken.sha256)[1] == "application/octet-stream"


def test_a_batch_is_found_only_in_its_own_conversation(uploads, tmp_path):
    taken = uploads.take(ONE, written(tmp_path, b"a,b\n1,2\n", "plain.csv"))
    folder = batch_folder(taken, "a" * 32)
    folder.mkdir(parents=True)
    assert uploads.batch(ONE, "a" * 32) == folder
    assert uploads.batch(OTHER, "a" * 32) is None
    assert uploads.batch(ONE, "../" + "a" * 29) is None


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
