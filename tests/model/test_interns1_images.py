"""Pictures for Intern-S1-mini: the same tiles as transformers' own processor, from every kind of file, at a known cost."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import PIL.Image
import pytest
import torch
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

from errors import ModelError, UploadError
from model.interns1.images import Tiling
from model.interns1.rgb import Limits, open_rgb, upright_size
from model.messages import Image

IMAGENET_MEAN = (0.485, 0.456, 0.406)  # of the training set of ImageNet, as InternVL normalises
IMAGENET_STD = (0.229, 0.224, 0.225)

#: Width and height: one tile, ties, strips, portrait and landscape, cameras, screens, phones, pages at 150 dpi.
SHAPES = (
    (448, 448), (447, 449), (896, 448), (448, 896), (640, 480), (480, 640), (320, 240), (100, 100), (1, 1), (2, 2),
    (1, 500), (500, 1), (3, 500), (500, 3), (2000, 1), (12, 1), (1, 12), (700, 300), (300, 700), (634, 634), (633, 633),
    (900, 900), (1000, 999), (800, 600), (1240, 1754), (1280, 720), (1920, 1080), (1080, 2400), (1334, 750), (850, 1100),
    (1344, 896), (950, 633), (2240, 448), (449, 2241), (3000, 2000),
)  # fmt: skip


@pytest.fixture(scope="module")
def tiling():
    return Tiling()


def noise(width: int, height: int) -> PIL.Image.Image:
    random = np.random.default_rng(width * 10_000 + height)
    return PIL.Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


def grid_by_the_rule(width: int, height: int, most_tiles: int) -> tuple[int, int]:
    """InternVL's rule in exact fractions: the nearest aspect ratio; of equals the larger if the area warrants it."""
    best, distance = (1, 1), Fraction(10**9)
    grids = [(c, r) for c in range(1, most_tiles + 1) for r in range(1, most_tiles // c + 1)]
    for columns, rows in sorted(grids, key=lambda grid: grid[0] * grid[1]):
        off = abs(Fraction(width, height) - Fraction(columns, rows))
        if off < distance or (off == distance and 2 * width * height > 448 * 448 * columns * rows):
            best, distance = (columns, rows), off
    return best


def tiles_by_the_rule(picture: PIL.Image.Image, columns: int, rows: int) -> torch.Tensor:
    """Fill the grid, cut row by row, a thumbnail last: Pillow and float64 alone."""
    filled = picture.resize((448 * columns, 448 * rows), PIL.Image.Resampling.BICUBIC)
    boxes = [(448 * c, 448 * r, 448 * (c + 1), 448 * (r + 1)) for r in range(rows) for c in range(columns)]
    tiles = [filled.crop(box) for box in boxes]
    if len(tiles) > 1:
        tiles.append(picture.resize((448, 448), PIL.Image.Resampling.BICUBIC))
    values = np.stack([np.asarray(tile, dtype=np.float64) for tile in tiles]) / 255
    return torch.from_numpy((values - IMAGENET_MEAN) / IMAGENET_STD).permute(0, 3, 1, 2)


@pytest.mark.parametrize(("width", "height"), SHAPES, ids=lambda side: str(side))
def test_tiles_equal_those_of_transformers_to_the_last_bit(tiling, tmp_path, width, height):
    picture = noise(width, height)
    picture.save(tmp_path / "gel.png")
    processor = GotOcr2ImageProcessorPil(
        size={"height": 448, "width": 448}, image_mean=IMAGENET_MEAN, image_std=IMAGENET_STD, crop_to_patches=True
    )
    theirs = processor(picture, return_tensors="pt")
    ours = tiling.prepare([tmp_path / "gel.png"])
    assert torch.equal(ours.pixel_values, theirs["pixel_values"])
    assert ours.tiles_per_image == tuple(theirs["num_patches"].tolist())
    assert ours.grids == (grid_by_the_rule(width, height, 12),)


@pytest.mark.parametrize(("width", "height"), [(448, 448), (640, 480), (1, 500), (1920, 1080), (634, 634), (850, 1100)])
def test_tiles_are_what_the_rule_says_with_pillow_alone(tiling, width, height):
    picture = noise(width, height)
    expected = tiles_by_the_rule(picture, *grid_by_the_rule(width, height, 12))
    torch.testing.assert_close(tiling.prepare([picture]).pixel_values.double(), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("width", "height", "tiles", "tokens"),  # as Intern-S1-mini's user guide and InternVL's rule have them
    [(448, 448, 1, 258), (640, 480, 13, 3_330), (1920, 1080, 9, 2_306), (3000, 2000, 7, 1_794)],
)
def test_the_cost_is_known_from_the_size_alone(tiling, width, height, tiles, tokens):
    assert tiling.tiles(width, height) == tiles
    assert tiling.tokens(width, height) == tokens


@pytest.mark.parametrize("most_tiles", [1, 2, 6, 12])
def test_the_announced_cost_is_the_cost_for_every_shape_and_cap(tiling, most_tiles):
    for width, height in SHAPES[:12]:
        prepared = tiling.prepare([noise(width, height)], most_tiles)
        assert tiling.tokens(width, height, most_tiles) == 256 * len(prepared.pixel_values) + 2
        assert prepared.prompts[0].count("<IMG_CONTEXT>") == 256 * len(prepared.pixel_values)
        assert prepared.grids[0][0] * prepared.grids[0][1] <= most_tiles


def test_a_picture_stands_in_the_text_between_its_tags(tiling):
    assert tiling.prepare([noise(448, 448)]).prompts == ("<img>" + "<IMG_CONTEXT>" * 256 + "</img>",)


@pytest.mark.parametrize(("pictures", "most_tiles", "each"), [(1, None, 12), (2, None, 6), (5, None, 2), (20, None, 1),
                                                              (2, 8, 4), (1, 40, 12), (3, 1, 1)])  # fmt: skip
def test_pictures_of_a_message_share_the_cap(tiling, pictures, most_tiles, each):
    assert tiling.share(pictures, most_tiles) == each


def test_several_pictures_come_in_order_each_with_its_share(tiling):
    pictures = [noise(640, 480), noise(448, 448), noise(480, 640)]
    prepared = tiling.prepare(pictures)
    assert prepared.grids == tuple(grid_by_the_rule(*picture.size, 4) for picture in pictures)
    alone = [tiling.prepare([picture], most_tiles=4).pixel_values for picture in pictures]
    assert torch.equal(prepared.pixel_values, torch.cat(alone))
    assert tiling.cost(pictures) == [256 * len(tiles) + 2 for tiles in alone]


def test_a_message_without_pictures_has_no_tiles(tiling):
    prepared = tiling.prepare([])
    assert prepared.pixel_values.shape == (0, 3, 448, 448)
    assert prepared.prompts == ()


# files of every kind


def marked(mode: str = "RGB") -> PIL.Image.Image:
    """60 x 40, grey, with its upper left quarter red: so that its orientation shows."""
    picture = PIL.Image.new("RGB", (60, 40), (128, 128, 128))
    picture.paste((255, 0, 0), (0, 0, 30, 20))
    return picture.convert(mode)


#: EXIF 2.32, tag 0x0112: where the stored upper left corner goes when the picture is shown.
CORNERS = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", CORNERS)
def test_a_picture_is_turned_upright_by_its_exif_orientation(tmp_path, orientation, file_format):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo"
    marked().save(path, file_format, exif=exif, quality=95)
    picture = open_rgb(path).picture
    assert picture.size == ((40, 60) if orientation >= 5 else (60, 40)) == upright_size(path)
    right, low = CORNERS[orientation]
    width, height = picture.size
    red, green, _ = picture.getpixel((width * (1 + 2 * right) // 4, height * (1 + 2 * low) // 4))
    assert red > 200 and green < 60


def test_a_photo_on_its_side_costs_what_it_costs_upright(tiling, tmp_path):
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    noise(1400, 900).save(tmp_path / "phone.jpg", exif=exif)
    assert tiling.cost([tmp_path / "phone.jpg"]) == [tiling.tokens(900, 1400)]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_read_as_white_and_this_is_said(tmp_path, mode):
    picture = PIL.Image.new("RGBA", (4, 1), (0, 0, 0, 255))
    picture.putpixel((1, 0), (0, 0, 0, 0))
    if mode == "LA":
        picture.putpixel((2, 0), (0, 0, 0, 51))  # a fifth opaque: 255 * 4/5 = 204 of white shine through
    picture.convert(mode).save(tmp_path / "drawing.png")
    opened = open_rgb(tmp_path / "drawing.png")
    assert opened.picture.getpixel((0, 0)) == (0, 0, 0)
    assert opened.picture.getpixel((1, 0)) == (255, 255, 255)
    if mode == "LA":
        assert opened.picture.getpixel((2, 0)) == (204, 204, 204)
    assert any("white" in note and "drawing.png" in note for note in opened.notes)


def test_an_alpha_channel_that_hides_nothing_is_not_spoken_of(tmp_path):
    marked("RGBA").save(tmp_path / "opaque.png")
    assert open_rgb(tmp_path / "opaque.png").notes == ()


def test_sixteen_bits_of_a_png_are_scaled_and_not_clipped(tmp_path):
    values = np.array([[0, 257, 4096, 32_896, 65_535]], dtype=np.uint16)  # 257 is 1 of 255, 32,896 is 128 (PNG, 13.12)
    PIL.Image.fromarray(values).save(tmp_path / "blot.png")
    opened = open_rgb(tmp_path / "blot.png")
    assert [opened.picture.getpixel((x, 0))[0] for x in range(5)] == [0, 1, 16, 128, 255]
    assert "8 bits" in opened.notes[0]


def test_twelve_bits_of_a_camera_in_a_tiff_fill_the_range_and_this_is_said(tmp_path):
    values = np.array([[100, 2_050, 4_000]], dtype=np.uint16)
    PIL.Image.fromarray(values).save(tmp_path / "cells.tif")
    opened = open_rgb(tmp_path / "cells.tif")
    assert [opened.picture.getpixel((x, 0))[0] for x in range(3)] == [0, 128, 255]
    assert "from 100 to 4,000" in opened.notes[0]


def test_floating_point_pixels_keep_their_order_and_gaps_are_black(tmp_path):
    values = np.array([[np.nan, 0.0, 0.25, 1.0]], dtype=np.float32)
    PIL.Image.fromarray(values).save(tmp_path / "map.tif")
    assert [open_rgb(tmp_path / "map.tif").picture.getpixel((x, 0))[0] for x in range(4)] == [0, 0, 64, 255]


@pytest.mark.parametrize(
    ("mode", "file_format", "tolerance"), [("P", "PNG", 0), ("P", "GIF", 0), ("CMYK", "TIFF", 0), ("CMYK", "JPEG", 12)]
)
def test_palettes_and_printing_colours_become_the_colours_they_mean(tmp_path, mode, file_format, tolerance):
    picture = marked().quantize(8) if mode == "P" else marked(mode)
    picture.save(tmp_path / "figure", file_format, quality=95)
    opened = open_rgb(tmp_path / "figure")
    for place, colour in (((8, 8), (255, 0, 0)), ((50, 30), (128, 128, 128))):
        assert max(abs(a - b) for a, b in zip(opened.picture.getpixel(place), colour, strict=True)) <= tolerance
    assert any("CMYK" in note for note in opened.notes) == (mode == "CMYK")


@pytest.mark.parametrize("mode", ["1", "L"])
def test_black_and_white_pictures_have_three_equal_channels(tmp_path, mode):
    picture = PIL.Image.new(mode, (2, 1), 0)
    picture.putpixel((1, 0), 255)
    picture.save(tmp_path / "scan.png")
    opened = open_rgb(tmp_path / "scan.png")
    assert [opened.picture.getpixel((x, 0)) for x in (0, 1)] == [(0, 0, 0), (255, 255, 255)]


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF", "MPO"])
def test_of_several_pictures_in_a_file_the_first_is_read_and_this_is_said(tmp_path, file_format):
    frames = [PIL.Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(tmp_path / "cell", file_format, save_all=True, append_images=frames[1:])
    opened = open_rgb(tmp_path / "cell")
    red, green, blue = opened.picture.getpixel((4, 4))
    assert red > 240 and green < 15 and blue < 15
    assert opened.notes == ("'cell' holds 3 pictures; only the first is read.",)


def test_notes_of_all_pictures_reach_the_caller_under_the_names_people_gave(tiling, tmp_path):
    PIL.Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "0f3a", "PNG")
    part = Image(path=str(tmp_path / "0f3a"), sha256="0f3a", media_type="image/png", name="aspirin.png")
    assert tiling.prepare([part, noise(8, 8)]).notes == (
        "'aspirin.png' is transparent in places; these are read as white.",
    )


# refusals


def test_a_file_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    PIL.Image.new("1", (20_000, 20_000)).save(tmp_path / "huge.png")  # 400 megapixels in 61 kB
    monkeypatch.setattr(PIL.Image.Image, "load", lambda self: pytest.fail("it was decoded"))
    for read in (open_rgb, upright_size):
        with pytest.raises(UploadError, match=r"'huge.png' has .* pixels and at most 50 megapixels are taken"):
            read(tmp_path / "huge.png")


def test_the_limits_can_be_set(tmp_path):
    noise(64, 64).save(tmp_path / "small.png")
    with pytest.raises(UploadError, match="64 x 64 pixels"):
        open_rgb(tmp_path / "small.png", Limits(most_pixels=64 * 63))
    with pytest.raises(UploadError, match="MB"):
        open_rgb(tmp_path / "small.png", Limits(most_bytes=100))


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "figure.png").write_bytes(content)
    with pytest.raises(UploadError, match=r"'figure.png' is not a whole PNG, JPEG, WebP, GIF, BMP or TIFF picture"):
        open_rgb(tmp_path / "figure.png")


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_half_a_file_is_refused_in_a_sentence(tmp_path, file_format):
    noise(200, 200).save(tmp_path / "figure", file_format)
    whole = (tmp_path / "figure").read_bytes()
    (tmp_path / "figure").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UploadError, match="not a whole"):
        open_rgb(tmp_path / "figure")


def test_a_picture_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UploadError, match=r"There is no file 'lost.png'"):
        open_rgb(tmp_path / "lost.png")


# the checkpoint's own values


def write_checkpoint(folder, processor: object = None, config: object = None) -> None:
    for name, value in (("preprocessor_config.json", processor), ("config.json", config)):
        if value is not None:
            (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))


def test_values_are_read_from_the_checkpoint(tmp_path):
    processor = {
        "image_processor_type": "GotOcr2ImageProcessorFast",
        "processor_class": "InternS1Processor",
        "auto_map": {"AutoProcessor": "processing_interns1.InternS1Processor"},
        "crop_to_patches": False,
        "size": {"height": 56, "width": 56},
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.25, 0.25, 0.25],
        "max_patches": 4,
        "device": None,
        "input_data_format": None,
    }
    config = {"vision_config": {"patch_size": [14, 14], "image_size": [56, 56]}, "downsample_ratio": 0.5}
    write_checkpoint(tmp_path, processor, config)
    tiling = Tiling.from_checkpoint(tmp_path)
    white = tiling.prepare([PIL.Image.new("RGB", (112, 112), "white")])
    assert white.grids == ((2, 2),)
    assert white.pixel_values.shape == (5, 3, 56, 56)
    assert white.pixel_values.unique().tolist() == [2.0]  # (1 - 0.5) / 0.25
    assert tiling.tokens(112, 112) == 5 * 4 + 2  # 56 / 14 = 4 patches a side, 2 after the shuffle
    assert tiling.share(1) == 4


def test_a_checkpoint_without_a_processor_file_gets_the_documented_values(tmp_path, tiling):
    write_checkpoint(tmp_path, config={"vision_config": {"patch_size": 14}})
    fallback = Tiling.from_checkpoint(tmp_path)
    picture = noise(640, 480)
    assert torch.equal(fallback.prepare([picture]).pixel_values, tiling.prepare([picture]).pixel_values)
    assert fallback.tokens(640, 480) == 3_330


def test_a_value_that_the_checkpoint_leaves_out_is_imagenets_and_not_clips(tmp_path):
    write_checkpoint(tmp_path, {"size": {"height": 448, "width": 448}})
    black = Tiling.from_checkpoint(tmp_path).prepare([PIL.Image.new("RGB", (448, 448), "black")]).pixel_values
    expected = torch.tensor([-mean / std for mean, std in zip(IMAGENET_MEAN, IMAGENET_STD, strict=True)])
    torch.testing.assert_close(black[0, :, 0, 0], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("processor", ["{", "[]", {"size": {"height": 448, "width": 224}}, {"size": {"width": 448}}])
def test_a_processor_file_that_cannot_be_used_is_the_models_error(tmp_path, processor):
    write_checkpoint(tmp_path, processor)
    with pytest.raises(ModelError, match="preprocessor_config"):
        Tiling.from_checkpoint(tmp_path)
