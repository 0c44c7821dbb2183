"""Videos for Intern-S1-mini: the right frames, provably (each shows its number), the same from both decoders."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch

from errors import ModelError, RetortError, UploadError
from model.interns1.containers import container_of
from model.interns1.decoding import installed
from model.interns1.images import Tiling
from model.interns1.video import VideoLimits, middles, prepare_video, video_tokens
from model.messages import Video
from tests.model.clips import number_in, remux, write_clip, write_sound

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
ROOT = Path(__file__).parents[2]

BACKENDS = [
    pytest.param(backend, marks=pytest.mark.skipif(backend not in installed(), reason=f"{backend} is not installed"))
    for backend in ("av", "decord")
]
both_backends = pytest.mark.parametrize("backend", BACKENDS)

#: Pictures that lean on later ones (B-frames), a key frame every 12.
LEANING = {"bf": "3", "g": "12"}
OPEN_GROUPS = {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"}

#: Name and codec of clips that both decoders read.
CLIPS = {
    "phone.mp4": {"options": LEANING},
    "open_groups.mp4": {"options": OPEN_GROUPS},
    "one_key_frame.mp4": {},
    "fragmented.mp4": {"options": LEANING, "muxing": {"movflags": "frag_keyframe+empty_moov"}},
    "recording.mkv": {"options": LEANING},
    "hevc.mp4": {"codec": "libx265", "options": {"x265-params": "keyint=12:open-gop=1:log-level=none"}},
    "browser.webm": {"codec": "libvpx-vp9", "options": {"g": "12", "deadline": "realtime"}},
    "older.webm": {"codec": "libvpx", "options": {"g": "30", "auto-alt-ref": "1", "lag-in-frames": "16"}},
    "microscope.mov": {"codec": "mjpeg"},
}
#: Clips of containers that only PyAV reads right.
PYAV_CLIPS = {
    "camera.avi": {"codec": "mpeg4", "options": {"bf": "2", "g": "12"}},
    "broadcast.ts": {"options": LEANING},
    "old_lab.wmv": {"codec": "wmv2", "options": {"g": "12"}},
}


@pytest.fixture(scope="module")
def tiling():
    return Tiling()


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Every clip, 60 frames of 30 a second, made once."""
    folder = tmp_path_factory.mktemp("clips")
    return {name: write_clip(folder / name, **how) for name, how in (CLIPS | PYAV_CLIPS).items()}


def numbers_seen(prepared) -> list[int]:
    return [number_in(frame.picture) for frame in prepared.frames]


# which frames


@pytest.mark.parametrize("total", [1, 2, 7, 8, 60, 719, 18_000])
@pytest.mark.parametrize("wanted", [1, 3, 8, 32])
def test_frames_come_from_the_middle_of_equal_segments(total, wanted):
    segments = min(total, wanted)
    edges = [Fraction(total * place, segments) for place in range(segments + 1)]
    expected = [int((start + end) / 2) for start, end in pairwise(edges)]
    assert list(middles(total, wanted)) == expected


def test_the_sampling_is_that_of_transformers():
    # InternVLVideoProcessor.sample_frames: torch.arange(initial_shift, total, total / frames) with half a step of shift
    for total, wanted in ((60, 8), (720, 32), (100, 7), (18_000, 8)):
        step = total / wanted
        theirs = torch.arange(step / 2, total, step).int().tolist()
        assert list(middles(total, wanted)) == theirs


@both_backends
@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("frames", [3, 8])
def test_the_frames_asked_for_are_the_frames_taken(tiling, clips, backend, name, frames):
    prepared = prepare_video(clips[name], tiling, frames, backends=(backend,))
    assert numbers_seen(prepared) == [frame.number for frame in prepared.frames] == list(middles(60, frames))
    assert prepared.backend == backend


@pytest.mark.parametrize("name", PYAV_CLIPS)
def test_containers_that_decord_misreads_are_pyavs(tiling, clips, name):
    assert numbers_seen(prepare_video(clips[name], tiling, 8, backends=("av", "decord"))) == list(middles(60, 8))
    with pytest.raises(ModelError, match="install PyAV"):
        prepare_video(clips[name], tiling, backends=("decord",))


def test_every_single_frame_can_be_reached_by_seeking(tiling, clips):
    from model.interns1.decoding import opened

    for name, path in clips.items():
        for number in range(0, 60, 7):
            with opened(path, name, container_of(path), 10**6, ("av",)) as clip:
                (picture,) = clip.pictures([number])
                assert number_in(picture) == number, name


@pytest.mark.skipif(len(installed()) < 2, reason="needs both decoders")
def test_both_decoders_give_nearly_the_same_pixels(tiling, clips):
    first, second = (prepare_video(clips["phone.mp4"], tiling, backends=(backend,)) for backend in ("av", "decord"))
    for ours, theirs in zip(first.frames, second.frames, strict=True):
        difference = np.abs(np.asarray(ours.picture, dtype=int) - np.asarray(theirs.picture, dtype=int))
        assert difference.mean() < 2
    assert [frame.seconds for frame in first.frames] == pytest.approx(
        [frame.seconds for frame in second.frames], abs=1e-3
    )


@both_backends
def test_a_variable_frame_rate_keeps_true_times(tiling, tmp_path, backend):
    # a time lapse: ten frames a second, then a pause of two seconds after every fifth frame
    times = [Fraction(number, 10) + 2 * (number // 5) for number in range(30)]
    path = write_clip(tmp_path / "lapse.mp4", 30, times=times, options=LEANING)
    prepared = prepare_video(path, tiling, 6, backends=(backend,))
    assert numbers_seen(prepared) == [2, 7, 12, 17, 22, 27]
    assert [frame.seconds for frame in prepared.frames] == pytest.approx(
        [float(times[number]) for number in (2, 7, 12, 17, 22, 27)], abs=2e-3
    )


@both_backends
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_clip_filmed_sideways_stands_upright(tiling, tmp_path, backend, rotation):
    path = write_clip(tmp_path / "phone.mp4", 12, rotation=rotation)
    # the board's last row tells which way is up, and number_in looks
    assert numbers_seen(prepare_video(path, tiling, 3, backends=(backend,))) == [2, 6, 10]


def test_what_a_trim_hides_is_not_shown(tiling, clips, tmp_path):
    # ten frames before time 0: the muxer writes an edit list, as phones do for a trimmed clip
    path = remux(clips["phone.mp4"], tmp_path / "trimmed.mp4", shift=-10)
    prepared = prepare_video(path, tiling, 5, backends=("av",))
    assert numbers_seen(prepared) == [10 + number for number in middles(50, 5)]


def test_a_cut_in_the_middle_of_a_group_begins_at_its_first_whole_picture(tiling, clips, tmp_path):
    # of the 60 frames the first five are gone, a key frame among them: the next is frame 12
    path = remux(clips["phone.mp4"], tmp_path / "part.mp4", drop=5)
    assert numbers_seen(prepare_video(path, tiling, 4, backends=("av",))) == [12 + number for number in middles(48, 4)]


@both_backends
def test_a_short_clip_gives_all_its_frames_and_says_so(tiling, tmp_path, backend):
    prepared = prepare_video(write_clip(tmp_path / "blink.mp4", 3), tiling, 8, backends=(backend,))
    assert numbers_seen(prepared) == [0, 1, 2]
    assert prepared.notes == ("'blink.mp4' has only 3 frames; all of them are read.",)


@both_backends
def test_a_video_of_one_frame_is_a_video(tiling, tmp_path, backend):
    assert numbers_seen(prepare_video(write_clip(tmp_path / "one.mp4", 1), tiling, 8, backends=(backend,))) == [0]


# what the model gets


def test_each_frame_is_one_tile_squeezed_bicubic_and_normalised(tiling, clips):
    prepared = prepare_video(clips["phone.mp4"], tiling, 4)
    assert prepared.pixel_values.shape == (4, 3, 448, 448)
    for frame, values in zip(prepared.frames, prepared.pixel_values, strict=True):
        assert frame.picture.size == (448, 448)
        exact = (np.asarray(frame.picture, dtype=np.float64) / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        torch.testing.assert_close(values.double(), torch.from_numpy(exact).permute(2, 0, 1), rtol=0, atol=1e-6)


def test_the_prompt_has_a_numbered_line_a_frame(tiling, clips):
    tile = "<img>" + "<IMG_CONTEXT>" * 256 + "</img>"
    assert prepare_video(clips["phone.mp4"], tiling, 2).prompt == f"Frame1: {tile}\nFrame2: {tile}"


def test_the_cost_is_258_tokens_a_frame(tiling):
    assert video_tokens(tiling, 8) == 2_064


def test_frames_come_with_their_times_and_the_clip_with_its_length(tiling, clips):
    prepared = prepare_video(clips["phone.mp4"], tiling, 4)
    assert [frame.seconds for frame in prepared.frames] == pytest.approx([7 / 30, 22 / 30, 37 / 30, 52 / 30], abs=1e-4)
    assert prepared.duration_s == pytest.approx(2.0, abs=1e-3)
    assert prepared.notes == ("'phone.mp4': 4 of 60 frames are read, evenly spread.",)


def test_memory_does_not_grow_with_the_length_of_a_video(clips, tmp_path):
    """20 s of 1080p would be 3.7 GB of frames; reading it may add 300 MB to the process, decoder included."""
    path = write_clip(tmp_path / "long.mp4", 30, size=(1920, 1080), options={"preset": "ultrafast", "g": "30"})
    path = remux(path, tmp_path / "longer.mp4", times=20)
    program = """
        import sys
        from pathlib import Path
        import PIL.Image, psutil
        from bench.memory import peak_bytes
        from model.interns1.images import Tiling
        from model.interns1.video import prepare_video
        tiling = Tiling()
        tiling.prepare_frame(PIL.Image.new("RGB", (448, 448)))
        before = psutil.Process().memory_info().rss
        prepared = prepare_video(Path(sys.argv[1]), tiling, 8, backends=("av",))
        print(prepared.frames[-1].number, peak_bytes() - before)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    number, grown = map(int, result.stdout.split())
    assert number == middles(600, 8)[-1]
    assert grown < 300_000_000


# who decodes


def test_pyav_decodes_where_both_are_installed(tiling, clips):
    assert prepare_video(clips["phone.mp4"], tiling, 2, backends=("av", "decord")).backend == "av"


@pytest.mark.skipif("decord" not in installed(), reason="decord is not installed")
def test_a_long_video_is_sought_by_decord_and_this_is_said(tiling, tmp_path):
    path = write_clip(tmp_path / "lecture.mp4", 130, rate=2, options={"g": "10", "bf": "0"})  # 65 s
    prepared = prepare_video(path, tiling, 5, backends=("decord",))
    assert numbers_seen(prepared) == list(middles(130, 5))
    assert "install av" in prepared.notes[1]


def test_without_any_decoder_the_sentence_says_what_to_install(tiling, clips):
    with pytest.raises(ModelError, match=r"'phone.mp4'; install PyAV with 'pip install av'"):
        prepare_video(clips["phone.mp4"], tiling, backends=())


@pytest.mark.skipif(len(installed()) < 2, reason="needs both decoders")
def test_a_codec_that_decord_does_not_know_is_a_sentence(tiling, tmp_path, capfd):
    path = write_clip(tmp_path / "new.mp4", 12, codec="libsvtav1", options={"preset": "12"})
    assert numbers_seen(prepare_video(path, tiling, 2, backends=("av",))) == [3, 9]
    with pytest.raises(UploadError, match=r"'new.mp4' cannot be decoded as a video"):
        prepare_video(path, tiling, backends=("decord",))


# refusals


def refusal(path: Path, tiling: Tiling, backend: str, limits: VideoLimits | None = None) -> str:
    with pytest.raises(RetortError) as caught:
        prepare_video(path, tiling, limits=limits, backends=(backend,))
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith(".") and shown_name(path) in sentence
    return sentence


def shown_name(path: Path) -> str:
    return f"'{path.name}'"


@both_backends
def test_an_empty_file_is_said_to_be_empty(tiling, tmp_path, backend):
    (tmp_path / "empty.mp4").touch()
    assert "empty (0 bytes)" in refusal(tmp_path / "empty.mp4", tiling, backend)


def test_a_video_that_is_not_there_is_named(tiling, tmp_path):
    assert "There is no file" in refusal(tmp_path / "lost.mp4", tiling, "av")


@both_backends
@pytest.mark.parametrize("kept", [0.999, 0.9, 0.5, 0.05])
@pytest.mark.parametrize(
    "name", ["phone.mp4", "front.mp4", "fragmented.mp4", "recording.mkv", "browser.webm", "camera.avi"]
)
def test_a_file_that_was_cut_off_is_said_to_be(tiling, clips, tmp_path, backend, name, kept):
    whole = clips.get(name) or write_clip(tmp_path / "whole.mp4", options=LEANING, muxing={"movflags": "faststart"})
    content = whole.read_bytes()
    (tmp_path / name).write_bytes(content[: int(len(content) * kept)])
    assert "cut off" in refusal(tmp_path / name, tiling, backend)


@both_backends
@pytest.mark.parametrize("name", ["voice.mp4", "voice.mkv"])
def test_sound_alone_is_said_to_hold_no_pictures(tiling, tmp_path, backend, name):
    sentence = refusal(write_sound(tmp_path / name), tiling, backend)
    assert backend == "decord" or "sound alone" in sentence


def test_a_song_with_a_cover_is_no_video(tiling, tmp_path):
    path = write_sound(tmp_path / "song.mp4", cover=True)
    assert "no moving pictures" in refusal(path, tiling, "av")


def test_an_m4a_is_known_by_its_brand(tiling, tmp_path):
    (tmp_path / "talk.mp4").write_bytes(b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00M4A isom")
    assert "sound and no pictures" in refusal(tmp_path / "talk.mp4", tiling, "av")


@both_backends
def test_a_renamed_file_is_told_by_its_content(tiling, clips, tmp_path, backend):
    PIL.Image.new("RGB", (64, 64)).save(tmp_path / "picture.mp4", "PNG")
    (tmp_path / "notes.mp4").write_text("Dear diary, " * 100)
    (tmp_path / "playlist.mp4").write_text(f"ffconcat version 1.0\nfile {clips['phone.mp4']}\n")
    (tmp_path / "stream.mp4").write_text("#EXTM3U\n#EXTINF:10,\nhttp://example.org/secret.ts\n")
    (tmp_path / "zeros.mp4").write_bytes(bytes(10_000))
    for path in sorted(tmp_path.glob("*.mp4")):
        assert "by its content" in refusal(path, tiling, backend)


@both_backends
def test_a_video_under_another_name_is_read(tiling, clips, tmp_path, backend):
    (tmp_path / "scan.pdf").write_bytes(clips["recording.mkv"].read_bytes())
    assert numbers_seen(prepare_video(tmp_path / "scan.pdf", tiling, 2, backends=(backend,))) == [15, 45]


@both_backends
def test_bytes_spoiled_in_the_middle_end_in_a_sentence_or_in_frames(tiling, clips, tmp_path, backend):
    content = bytearray(clips["phone.mp4"].read_bytes())
    content[len(content) // 4 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 4)
    (tmp_path / "spoiled.mp4").write_bytes(content)
    try:
        prepare_video(tmp_path / "spoiled.mp4", tiling, backends=(backend,))
    except UploadError as error:
        assert "'spoiled.mp4'" in str(error)


def test_limits_hold_before_anything_is_decoded(tiling, clips):
    assert "MB are taken" in refusal(clips["phone.mp4"], tiling, "av", VideoLimits(most_bytes=100))
    assert "160 x 120 pixels" in refusal(clips["phone.mp4"], tiling, "av", VideoLimits(most_pixels=160 * 119))


def test_the_name_that_a_person_gave_stands_in_the_sentence(tiling, tmp_path):
    (tmp_path / "0f3a").touch()
    part = Video(path=str(tmp_path / "0f3a"), sha256="0f3a", media_type="video/mp4", name="mitosis.mp4")
    with pytest.raises(UploadError, match=r"'mitosis.mp4' is empty"):
        prepare_video(part, tiling)
