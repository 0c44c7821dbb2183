"""Pictures of a prompt are looked at once: what was read of them is kept by their content."""

from __future__ import annotations

import threading

from model.events import Options
from model.local.engine import CHUNK
from model.messages import Message, Text
from tests.model.pairs import drawn, said_of, user


class Tower:
    """Counts the tiles that are looked at."""

    def __init__(self, local):
        self.tiles = 0
        self._hook = local.model.model.vision_tower.register_forward_pre_hook(self._look, with_kwargs=True)

    def _look(self, module, positional, named):
        self.tiles += len(named.get("pixel_values", positional[0] if positional else ()))

    def since(self):
        tiles, self.tiles = self.tiles, 0
        return tiles


def test_pictures_of_the_same_size_are_told_apart_and_a_known_one_is_not_looked_at_again(seeing, tmp_path):
    white, navy = drawn(tmp_path / "a.png", "white"), drawn(tmp_path / "b.png", "navy")
    first, second = ([user(picture, "Colour?")] for picture in (white, navy))
    assert seeing.local.prompt(first).ids == seeing.local.prompt(second).ids
    a = seeing.answer(first)[0]
    b, usage, _ = seeing.answer(second)
    assert a != b
    assert usage.reused_tokens == seeing.local.prompt(first).ids.index(seeing.local.model.config.image_token_id)
    options = Options(max_new_tokens=16, temperature=0.0)
    tower = Tower(seeing.local)
    for talk, expected in ((first, a), (second, b)):
        said, usage, _ = said_of(seeing.local, talk, (), options, threading.Event())
        assert said == expected
        assert (usage.reused_tokens, tower.since()) == (usage.prompt_tokens - 1, 0)


def test_a_later_turn_looks_at_new_pictures_alone(seeing, tmp_path):
    white, navy = drawn(tmp_path / "a.png", "white", (640, 480)), drawn(tmp_path / "b.png", "navy")
    talk = [user(white, "Colour?")]
    said, first, _ = seeing.answer(talk, image_tiles=3, thinking=False)
    talk += [Message("assistant", (Text(said["TextDelta"]),)), user(navy, "And this?")]
    tower = Tower(seeing.local)
    options = Options(max_new_tokens=16, temperature=0.0, repetition_penalty=1.0, image_tiles=3, thinking=False)
    later, usage, _ = said_of(seeing.local, talk, (), options, threading.Event())
    assert tower.since() == 1
    assert usage.reused_tokens > first.prompt_tokens - 15
    assert said_of(seeing.anew, talk, (), options, threading.Event())[0] == later
    assert tower.since() > 1


def test_a_stop_inside_a_picture_goes_on_from_there(seeing, tmp_path):
    picture = drawn(tmp_path / "a.png", "white", (1344, 448))
    stop, talk = threading.Event(), [user(picture, "Colour?")]
    hook = seeing.local.model.register_forward_pre_hook(lambda *_: stop.set())
    _, usage, reason = seeing.answer(talk, stop=stop, image_tiles=4)
    hook.remove()
    assert (reason, usage.new_tokens) == ("stopped", 0)
    assert usage.prompt_tokens > 2 * CHUNK
    tower = Tower(seeing.local)
    options = Options(max_new_tokens=16, temperature=0.0, repetition_penalty=1.0, image_tiles=4)
    said, usage, _ = said_of(seeing.local, talk, (), options, threading.Event())
    assert usage.reused_tokens == CHUNK
    assert tower.since() == 3  # the first of four was wholly read
    assert said_of(seeing.anew, talk, (), options, threading.Event())[0] == said
