import io
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from PIL import Image

from articles import renditions
from articles.renditions import Encoding, ImageRefused, ProcessedImage
from tests.articles import picture_files as files
from tests.articles.picture_files import colour

pytestmark = pytest.mark.usefixtures("nothing_is_left_lying_about")

MIDDLE = (0.5, 0.5)
NOT_A_PICTURE = "This file is not a JPEG, PNG, WebP or GIF picture."
CUT_OFF = "The picture is damaged: it ends in the middle."
UNREADABLE = "The picture cannot be read: it is damaged, or of a rare kind."
TOO_LARGE = (
    "The picture is too large: it may have 60 megapixels, and 16,384 pixels on its longer side."
)


def process(data: bytes, focus: tuple[float, float] = MIDDLE) -> ProcessedImage:
    return renditions.process(files.upload(data), focus)


def refusal(data: bytes) -> str:
    with pytest.raises(ImageRefused) as caught:
        process(data)
    return str(caught.value.message)


def opened(made: Encoding) -> Image.Image:
    return Image.open(io.BytesIO(made.data))


def only(processed: ProcessedImage, shape: str, form: str) -> list[Encoding]:
    found = [made for made in processed.encodings if (made.shape, made.format) == (shape, form)]
    return sorted(found, key=lambda made: made.width)


def master(processed: ProcessedImage) -> Image.Image:
    (made,) = only(processed, "master", "jpg")
    return opened(made)


@pytest.mark.parametrize("build", [files.jpeg, files.png, files.webp, files.gif])
def test_four_formats_are_taken_whatever_the_file_is_called(build: Callable[[], bytes]) -> None:
    """A picture is known by decoding it; name and declared type say nothing."""
    made = renditions.process(files.upload(build(), "notes.txt", "text/plain"), MIDDLE)

    assert (made.width, made.height) == (600, 400)
    assert colour(master(made), 0.1, 0.5) == "red"
    assert colour(master(made), 0.9, 0.5) == "blue"


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (files.svg, NOT_A_PICTURE),
        (lambda: b"A letter to the editor.", NOT_A_PICTURE),
        (lambda: b"%PDF-1.7\n%", NOT_A_PICTURE),
        (lambda: files.SECRET, NOT_A_PICTURE),
        (lambda: files.encoded(files.halves(), "BMP"), NOT_A_PICTURE),
        (lambda: files.encoded(files.halves(), "TIFF"), NOT_A_PICTURE),
        (lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30), NOT_A_PICTURE),
        (lambda: files.png()[:24], CUT_OFF),
        (lambda: files.png()[:12] + bytes(99), UNREADABLE),
        (lambda: b"", "The file is empty."),
        (files.truncated_jpeg, CUT_OFF),
        (files.truncated_png, CUT_OFF),
        (files.truncated_gif, CUT_OFF),
        (files.truncated_webp, UNREADABLE),
        (files.png_with_a_wrong_checksum, UNREADABLE),
        (files.png_bomb, TOO_LARGE),
        (lambda: files.png_bomb(10_000), TOO_LARGE),
        (lambda: files.encoded(Image.new("1", (16_385, 1)), "PNG"), TOO_LARGE),
    ],
)
def test_what_is_no_sound_picture_is_refused_in_one_plain_sentence(
    build: Callable[[], bytes], sentence: str
) -> None:
    """SVG, other formats, damage and bombs: an editor reads what is wrong."""
    assert refusal(build()) == sentence


def test_a_file_over_the_limit_is_refused_before_it_is_read(settings) -> None:
    """PICTURE_MAX_MB bounds what is even copied."""
    settings.PICTURE_MAX_MB = 1

    assert refusal(bytes(3_000_000)) == "The file has 3 MB; the most is 1 MB."


FRAMES = "Only the first of the 2 frames of the animation is kept."
PICTURES = "Only the first of the 2 pictures in the file is kept."


@pytest.mark.parametrize(
    ("form", "sentence"),
    [("GIF", FRAMES), ("WEBP", FRAMES), ("PNG", FRAMES), ("MPO", PICTURES)],
)
def test_of_several_frames_the_first_is_taken_and_the_others_are_named(
    form: str, sentence: str
) -> None:
    """Animations, and the double pictures of phones, become one still picture."""
    made = process(files.animated(form))

    assert colour(master(made), 0.5, 0.5) == "red"
    assert getattr(master(made), "n_frames", 1) == 1
    assert made.left_out == sentence


@pytest.mark.parametrize("name", ["in.gif", "in.webp"])
def test_the_frames_of_the_animation_that_was_cut_are_named(name: str) -> None:
    made = process(files.case(f"picture-animated/{name}"))
    assert made.left_out == "Only the first of the 3 frames of the animation is kept."


def test_a_still_picture_and_the_preview_of_a_phone_are_not_worth_a_word() -> None:
    """One frame that is marked as an animation, and a smaller picture behind a JPEG."""
    small = files.halves(75, 50)
    with_preview = files.encoded(files.halves(), "MPO", save_all=True, append_images=[small])
    single = files.encoded(files.halves(), "WEBP", save_all=True, append_images=[])
    for data in (files.jpeg(), files.gif(), single, with_preview):
        assert process(data).left_out == ""


METADATA = {
    "the long profile of the case": lambda: files.case("picture-long-metadata/profile.png"),
    "the long text of the case": lambda: files.case("picture-long-metadata/text.png"),
    "a text that unpacks to 30 MB": lambda: files.png_with(
        files.chunk(b"zTXt", b"Comment\0\0" + files.BOMB)
    ),
    "a text in any language that unpacks to 30 MB": lambda: files.png_with(
        files.chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + files.BOMB)
    ),
    "a thousand texts": lambda: files.png_with(
        *[files.chunk(b"tEXt", b"Comment\0" + bytes(1000)) for _ in range(1000)]
    ),
    "a profile that unpacks to 30 MB": lambda: files.png_with(
        files.chunk(b"iCCP", b"icc\0\0" + files.BOMB)
    ),
    "a text whose checksum is wrong": lambda: files.png_with(
        files.chunk(b"tEXt", b"Comment\0Yes", checksum=1)
    ),
    "a time whose checksum is wrong": lambda: files.png_with(
        files.chunk(b"tIME", bytes(7), checksum=1)
    ),
    "a background of the wrong length": lambda: files.png_with(files.chunk(b"bKGD", b"")),
    "a size in no unit": lambda: files.png_with(files.chunk(b"pHYs", b"\0")),
    "gamma without a number": lambda: files.png_with(files.chunk(b"gAMA", b"")),
    "an animation whose control is broken": lambda: files.png_with(files.chunk(b"acTL", b"\0")),
    "a JFIF record that is cut short": lambda: files.jpeg_with(b"\xff\xe0JFIF\0"),
    "an Adobe record that is cut short": lambda: files.jpeg_with(b"\xff\xeeAdobe"),
    "a list of pictures that is none": lambda: files.jpeg_with(b"\xff\xe2MPF\0II*\0"),
    "a list of pictures that is garbage": lambda: files.jpeg_with(b"\xff\xe2MPF\0" + bytes(60)),
    "a record of Photoshop that is broken": lambda: files.jpeg_with(
        b"\xff\xedPhotoshop 3.0\0008BIM\x03\xed\xff"
    ),
    "a camera record of the wrong kind": lambda: files.jpeg_with(b"\xff\xe1Exif\0\0MM\0*\0\0"),
    "a profile of no kind": lambda: files.jpeg_with(b"\xff\xe2ICC_PROFILE\0\x05\x01profile"),
    "a comment without words": lambda: files.jpeg_with(b"\xff\xfe"),
    "a WebP record longer than its file": lambda: files.webp_with(b"EXIF", b"II*\0", 9_999, 0x08),
    "XMP longer than its WebP": lambda: files.webp_with(b"XMP ", b"<x", 9_999, 0x04),
    "a WebP profile of no kind": lambda: files.webp_with(b"ICCP", b"none", 4, 0x20),
}


@pytest.mark.parametrize("name", METADATA)
def test_good_pixels_are_taken_whatever_is_wrong_with_what_is_thrown_away(name: str) -> None:
    """As every browser shows them; the cases were called damaged."""
    made = process(METADATA[name]())

    assert (made.width, made.height) in [(600, 400), (900, 600)]
    if made.width == 600:
        assert colour(master(made), 0.1, 0.5) == "red"
        assert colour(master(made), 0.9, 0.5) == "blue"


def test_a_picture_is_whole_when_its_file_lost_only_what_follows_it() -> None:
    """The end of a PNG, and further frames of an animation; a cut through the picture is none."""
    noise = files.encoded(Image.effect_noise((600, 400), 60), "PNG")
    assert process(noise[:-12]).width == 600
    with pytest.raises(ImageRefused, match="ends in the middle"):
        process(noise[:65_581])  # between two parts of its pixels
    for form in ("GIF", "PNG", "WEBP"):
        whole = files.animated(form)
        made = process(whole[: len(whole) * 5 // 6])
        assert colour(master(made), 0.5, 0.5) == "red"


def test_frames_are_named_beside_broken_metadata_too() -> None:
    """The one fault does not hide the other."""
    text = files.chunk(b"zTXt", b"Comment\0\0" + files.BOMB)
    assert process(files.png_with(text, form=files.animated("PNG"))).left_out == FRAMES


def test_the_profile_of_a_press_is_still_read() -> None:
    """Two megabytes are more than Pillow takes by itself, and change the colours."""
    profile = Image.open(io.BytesIO(files.jpeg_in_other_colours())).info["icc_profile"]
    picture = Image.new("RGB", (300, 200), (32, 200, 32))
    data = files.encoded(picture, "PNG", icc_profile=profile + bytes(2_000_000))
    red, green, _ = master(process(data)).getpixel((20, 100))  # type: ignore[misc]
    assert red > green


def test_a_picture_is_turned_upright_and_forgets_its_camera() -> None:
    """Orientation 6 means: turn to the right. Position, camera and comment go, in every file."""
    made = process(files.sideways_with_position())

    assert (made.width, made.height) == (400, 600)
    assert colour(master(made), 0.5, 0.1) == "red"
    assert colour(master(made), 0.5, 0.9) == "blue"
    assert len(made.encodings) >= 8
    for one in made.encodings:
        picture = opened(one)
        assert dict(picture.getexif()) == {}
        assert {"exif", "comment", "icc_profile", "xmp"} & {
            key for key, value in picture.info.items() if value
        } == set()


def test_the_real_picture_on_its_side_stands_upright_without_its_position() -> None:
    """The shared input has an orientation flag and a GPS record."""
    data = files.shared("baku-screen.jpg")
    before = Image.open(io.BytesIO(data))
    assert 0x8825 in before.getexif()

    made = process(data)

    assert (made.width, made.height) == (before.height, before.width)
    assert all(dict(opened(one).getexif()) == {} for one in made.encodings)


@pytest.mark.parametrize("build", [files.gif_and_zip, files.php_in_its_metadata])
def test_nothing_but_the_pixels_of_a_polyglot_survives(build: Callable[[], bytes]) -> None:
    """A ZIP behind a GIF, PHP in the EXIF record and after the end: all of it is left behind."""
    data = build()
    assert files.SECRET in data

    made = process(data)

    assert len(made.encodings) > 8
    for one in made.encodings:
        assert b"<?php" not in one.data
        assert b"PK\x03\x04" not in one.data


def test_a_broken_camera_record_does_not_spoil_a_good_picture() -> None:
    """Only the turn is lost."""
    assert process(files.broken_exif()).width == 600


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (files.cmyk_jpeg, (192, 48, 32)),
        (files.grey_16_bit_png, (128, 128, 128)),
        (files.palette_png_with_transparency, (192, 48, 32)),
        (files.jpeg_in_other_colours, (200, 32, 32)),
    ],
)
def test_every_colour_mode_becomes_srgb(
    build: Callable[[], bytes], expected: tuple[int, int, int]
) -> None:
    """Print inks, 16 bits, palettes and foreign profiles show the colour that was meant."""
    picture = master(process(build()))

    assert picture.mode == "RGB"
    seen = picture.getpixel((20, 100))
    assert isinstance(seen, tuple)
    assert all(abs(a - b) <= 6 for a, b in zip(seen, expected, strict=True))


def test_paper_shows_through_what_is_transparent() -> None:
    """A drawing on nothing would vanish in the dark theme."""
    picture = master(process(files.palette_png_with_transparency()))

    assert colour(picture, 0.2, 0.5) == "red"
    assert colour(picture, 0.9, 0.5) == "paper"


def test_sizes_are_fixed_and_never_enlarged() -> None:
    """2400 pixels give every width of the table; 500 what is below and 500 itself; 1 gives 1."""
    large = process(files.jpeg(2400, 1600))
    for shape, formats in renditions.SHAPES.items():
        for form, widths in formats.items():
            assert [made.width for made in only(large, shape, form)] == widths

    small = process(files.jpeg(500, 400))
    assert [made.width for made in only(small, "full", "avif")] == [320, 480, 500]
    assert [made.width for made in only(small, "full", "jpg")] == [500]
    assert [made.width for made in only(small, "card", "avif")] == [240, 360, 480, 500]

    dot = process(files.png(1, 1))
    assert {(made.width, made.height) for made in dot.encodings} == {(1, 1)}


def test_every_print_is_what_its_name_will_say() -> None:
    """Format and size of each file are those it is listed under, in its shape's proportion."""
    made = process(files.jpeg(1600, 1000))
    kinds = {"avif": "AVIF", "jpg": "JPEG"}

    assert len(made.encodings) == 7 + 2 + 5 + 2 + 1
    for one in made.encodings:
        picture = opened(one)
        assert picture.format == kinds[one.format]
        assert picture.size == (one.width, one.height)
        ratio = 1.5 if one.shape == "card" else 1.6
        assert abs(one.width / ratio - one.height) <= 0.5 + 1e-9


def test_a_master_is_bounded() -> None:
    """2880 pixels on the longer side are enough for every later crop."""
    made = process(files.jpeg(6000, 1500))

    assert (made.width, made.height) == (2880, 720)
    assert master(made).size == (2880, 720)


@pytest.mark.parametrize(
    ("focus", "left", "right"),
    [
        ((0.5, 0.5), "red", "blue"),
        ((0.0, 0.5), "red", "red"),
        ((0.2, 0.9), "red", "red"),
        ((1.0, 0.0), "blue", "blue"),
    ],
)
def test_cards_are_cut_around_the_focal_point(
    focus: tuple[float, float], left: str, right: str
) -> None:
    """A panorama of 4:1 keeps what the editor points at; at the edge, the edge is the limit."""
    made = process(files.jpeg(1600, 400), focus)

    card = opened(only(made, "card", "avif")[-1])

    assert card.size == (600, 400)
    assert (colour(card, 0.05, 0.5), colour(card, 0.95, 0.5)) == (left, right)


def test_grain_costs_quality_and_not_the_reader() -> None:
    """Noise is what compresses worst; even so, what a phone fetches stays under 90 KB."""
    made = only(process(files.grain()), "full", "avif")

    (phone,) = [one for one in made if one.width == 800]
    assert len(phone.data) < 90_000


def test_tone_is_the_commonest_colour() -> None:
    """Not the average, which is mud."""
    picture = files.halves(600, 400, left="#f0f0f0", right="#203080")
    picture.paste("#203080", (150, 0, 300, 400))

    assert process(files.encoded(picture, "PNG")).tone == "002"


def test_stored_names_say_nothing_and_never_come_again() -> None:
    """The same picture stored twice has other names, and none of them is the upload's."""
    encodings = process(files.jpeg()).encodings

    first, first_sizes = renditions.store(encodings)
    second, second_sizes = renditions.store(encodings)

    names = {first, second, *renditions.names(first_sizes), *renditions.names(second_sizes)}
    assert len(names) == 2 * len(encodings)
    assert all(default_storage.exists(name) for name in names)
    stem = first.removesuffix("-master.jpg")
    assert len(stem.replace("/", "").removeprefix("pictures")) == 18
    widths = [width for width, _height, _name in first_sizes["full"]["avif"]]
    assert widths == [320, 480, 600]


def test_a_full_storage_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """If one file cannot be stored, those before it are taken away again."""
    encodings = process(files.jpeg()).encodings
    stored: list[str] = []
    save = FileSystemStorage.save

    def fail_at_the_fifth(storage: FileSystemStorage, name: str, content: ContentFile) -> str:
        if len(stored) == 4:
            raise OSError("No space left on device")
        stored.append(save(storage, name, content))
        return stored[-1]

    monkeypatch.setattr(FileSystemStorage, "save", fail_at_the_fifth)

    with pytest.raises(renditions.ImageRefused, match="No space"):
        renditions.store(encodings)

    assert len(stored) == 4
    assert not any(default_storage.exists(name) for name in stored)
