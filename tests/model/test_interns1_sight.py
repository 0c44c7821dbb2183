"""Pictures and videos all the way: from files through tiles into the answer, with a small random checkpoint."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace

import PIL.Image
import PIL.ImageDraw
import pytest
import torch

from errors import ModelError, UploadError
from model.events import Finished, Note, Options
from model.interns1.images import Tiling
from model.interns1.sight import Sight
from model.local.chat import ChatFormat
from model.local.loading import load
from model.messages import Image, Message, Text, Video
from tests.model.clips import write_clip
from tests.model.interns1_checkpoint import internvl, write_checkpoint

CONTEXT_ID = 5032  # <IMG_CONTEXT> of the small tokenizer


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    loaded = load(str(write_checkpoint(tmp_path_factory.mktemp("sight") / "Intern-S1-mini")), threads=1)
    yield loaded
    loaded.close()


def part(path, kind=Image, media_type="image/png"):
    return kind(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), media_type, path.name)


def drawn(path, size=(640, 480), colour="white") -> Image:
    picture = PIL.Image.new("RGB", size, colour)
    PIL.ImageDraw.Draw(picture).ellipse((10, 10, size[0] // 2, size[1] // 2), fill="red")
    picture.save(path)
    return part(path)


def user(*parts):
    return Message("user", tuple(Text(p) if isinstance(p, str) else p for p in parts))


def prompt(local, messages, **options):
    form = ChatFormat(local.tokenizer, local.abilities, local.context, Sight(Tiling()))
    return form.prompt(messages, (), None, 64, **options)


def answer(local, messages, **options):
    options = {"max_new_tokens": 4, "temperature": 0.0, **options}
    events = list(local.stream(messages, (), Options(**options), threading.Event()))
    assert isinstance(events[-1], Finished)
    return "".join(event.text for event in events[:-1] if hasattr(event, "text")), events[-1].usage


def test_a_picture_stands_before_the_words_as_256_tokens_a_tile(local, tmp_path):
    made = prompt(local, [user(drawn(tmp_path / "a.png"), "What is this?")])
    text = local.tokenizer.decode(made.ids)
    # 640 x 480: 4 x 3 tiles and a thumbnail, 3,330 tokens (InternVL's dynamic tiling)
    assert made.ids.count(CONTEXT_ID) == 13 * 256
    assert "<|im_start|>user\n<img><IMG_CONTEXT>" in text
    assert "<IMG_CONTEXT></img>\nWhat is this?<|im_end|>" in text
    assert [glimpse.prepared().pixel_values.shape for glimpse in made.seen] == [(13, 3, 448, 448)]


def test_a_cap_on_tiles_and_several_pictures_share_it(local, tmp_path):
    one, two = drawn(tmp_path / "a.png"), drawn(tmp_path / "b.png", colour="blue")
    assert prompt(local, [user(one)], image_tiles=1).ids.count(CONTEXT_ID) == 256
    both = prompt(local, [user(one, two, "Which is blue?")])
    # 12 / 2 = 6 tiles each (3 x 2), and thumbnails
    assert [len(glimpse.prepared().pixel_values) for glimpse in both.seen] == [7, 7]
    assert both.ids.count(CONTEXT_ID) == 14 * 256


def test_the_engines_logits_after_a_picture_are_those_of_transformers(local, tmp_path):
    messages = [user(drawn(tmp_path / "a.png"), "What is this?")]
    made = prompt(local, messages)
    pixels = made.seen[0].prepared().pixel_values
    with torch.inference_mode():
        theirs = internvl()(input_ids=torch.tensor([made.ids]), pixel_values=pixels).logits[0, -1]
    said, usage = answer(local, messages, max_new_tokens=1)
    assert usage.prompt_tokens == len(made.ids)
    assert said.strip() == local.tokenizer.decode([int(theirs.argmax())]).strip()


def test_another_picture_gets_another_answer(local, tmp_path):
    red = answer(local, [user(drawn(tmp_path / "a.png", colour="white"), "Colour?")])[0]
    blue = answer(local, [user(drawn(tmp_path / "b.png", colour="navy"), "Colour?")])[0]
    assert red != blue


def test_pictures_of_earlier_turns_are_seen_in_order(local, tmp_path):
    one, two = drawn(tmp_path / "a.png", (448, 448)), drawn(tmp_path / "b.png", (448, 448), "blue")
    turns = [user(one, "First."), Message("assistant", (Text("Seen."),)), user(two, "And this?")]
    made = prompt(local, turns)
    first, second = (glimpse.prepared().pixel_values for glimpse in made.seen)
    assert not torch.equal(first, second)
    assert torch.equal(first, Tiling().prepare([one]).pixel_values)
    assert answer(local, turns)[1].prompt_tokens == len(made.ids)


def test_a_turn_that_no_longer_fits_takes_its_picture_along(local, tmp_path):
    pictures = [drawn(tmp_path / f"{n}.png", colour=(n, 0, 0)) for n in range(6)]  # 3,330 tokens each
    turns = []
    for picture in pictures:
        turns += [user(picture, "This?"), Message("assistant", (Text("Yes."),))]
    made = prompt(local, turns[:-1])
    assert len(made.ids) <= local.context
    assert len(made.seen) == 4
    assert made.ids.count(CONTEXT_ID) == 4 * 13 * 256


def test_what_is_not_seen_of_a_picture_is_said(local, tmp_path):
    frames = [PIL.Image.new("RGB", (448, 448), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    moving = part(tmp_path / "moving.gif", Image, "image/gif")
    events = list(local.stream([user(moving, "Colour?")], (), Options(max_new_tokens=2), threading.Event()))
    assert [event.text for event in events if isinstance(event, Note)] == [
        "'moving.gif' holds 2 pictures; only the first is read."
    ]


def test_a_video_is_its_frames_a_line_each(local, tmp_path):
    film = replace(part(write_clip(tmp_path / "a.mp4", frames=30), Video, "video/mp4"), frames=3)
    made = prompt(local, [user(film, "What moves?")])
    text = local.tokenizer.decode(made.ids).replace("<IMG_CONTEXT>" * 256, "…")
    assert "user\nFrame1: <img>…</img>\nFrame2: <img>…</img>\nFrame3: <img>…</img>\nWhat moves?" in text
    assert made.seen[0].prepared().pixel_values.shape == (3, 3, 448, 448)
    assert answer(local, [user(film, "What moves?")])[1].new_tokens > 0


def test_a_picture_that_cannot_be_read_is_a_sentence_now_and_words_later(local, tmp_path):
    picture = drawn(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(UploadError):
        prompt(local, [user(picture, "This?")])
    made = prompt(local, [user(picture, "This?"), Message("assistant", (Text("Yes."),)), user("And?")])
    assert "its file cannot be read any more" in local.tokenizer.decode(made.ids)
    assert made.seen == ()


def test_words_cannot_pass_for_a_picture(local):
    made = prompt(local, [user("<img><IMG_CONTEXT></img> \ue0000000000000000000:0;")])
    assert made.ids.count(CONTEXT_ID) == 0
    assert made.seen == ()


def test_pictures_beyond_the_context_are_a_sentence(local, tmp_path):
    pictures = [drawn(tmp_path / f"{n}.png", (448, 448), (n, 0, 0)) for n in range(70)]  # 258 tokens each
    with pytest.raises(ModelError, match="shorten it"):
        prompt(local, [user(*pictures)])


def test_a_stop_is_seen_between_tiles(local, tmp_path):
    stop = threading.Event()
    stop.set()
    events = list(local.stream([user(drawn(tmp_path / "a.png"), "This?")], (), Options(), stop))
    assert events[-1].reason == "stopped"
    assert events[-1].usage.new_tokens == 0


def test_what_pictures_cost_is_told_before_they_are_sent():
    sight = Sight(Tiling())
    # 640 x 480 alone: 3,330 tokens; two share twelve tiles: 7 each, 1,794; a video: 258 a frame
    assert sight.cost([(640, 480)], []) == 3_330
    assert sight.cost([(640, 480)], [], 1) == 258
    assert sight.cost([(640, 480), (640, 480)], [8]) == 2 * 1_794 + 2_064
