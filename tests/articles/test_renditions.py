import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from PIL import Image

from articles import renditions
from articles.renditions import Developed, PictureRefused, Print

from . import picture_files as files
from .picture_files import colour

MIDDLE = (0.5, 0.5)
NOT_A_PICTURE = "This file is not a JPEG, PNG, WebP or GIF picture."
CUT_OFF = "The picture is damaged: it ends in the middle."
UNREADABLE = "The picture is damaged: it cannot be read."
TOO_LARGE = (
    "The picture is too large: it may have 60 megapixels, and 16,384 pixels on its longer side."
)


@pytest.fixture(autouse=True)
def nothing_is_left_lying_about(tmp_path: Path, settings) -> Iterator[None]:
    """Whatever happens, the copy for the darkroom and its prints are gone afterwards."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "darkrooms"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    yield
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


def develop(data: bytes, focus: tuple[float, float] = MIDDLE) -> Developed:
    return renditions.develop(files.upload(data), focus)


def refusal(data: bytes) -> str:
    with pytest.raises(PictureRefused) as caught:
        develop(data)
    return str(caught.value.message)


def opened(made: Print) -> Image.Image:
    return Image.open(io.BytesIO(made.data))


def only(developed: Developed, shape: str, form: str) -> list[Print]:
    found = [made for made in developed.prints if (made.shape, made.format) == (shape, form)]
    return sorted(found, key=lambda made: made.width)


def master(developed: Developed) -> Image.Image:
    (made,) = only(developed, "master", "jpg")
    return opened(made)


@pytest.mark.parametrize("build", [files.jpeg, files.png, files.webp, files.gif])
def test_four_formats_are_taken_whatever_the_file_is_called(build: Callable[[], bytes]) -> None:
    """A picture is known by decoding it; name and declared type say nothing."""
    made = renditions.develop(files.upload(build(), "notes.txt", "text/plain"), MIDDLE)

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


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "MPO"])
def test_of_several_frames_the_first_is_taken(form: str) -> None:
    """Animations, and the double pictures of phones, become one still picture."""
    made = master(develop(files.animated(form)))

    assert colour(made, 0.5, 0.5) == "red"
    assert getattr(made, "n_frames", 1) == 1


def test_a_picture_is_turned_upright_and_forgets_its_camera() -> None:
    """Orientation 6 means: turn to the right. Position, camera and comment go, in every file."""
    made = develop(files.sideways_with_position())

    assert (made.width, made.height) == (400, 600)
    assert colour(master(made), 0.5, 0.1) == "red"
    assert colour(master(made), 0.5, 0.9) == "blue"
    assert len(made.prints) >= 8
    for one in made.prints:
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

    made = develop(data)

    assert (made.width, made.height) == (before.height, before.width)
    assert all(dict(opened(one).getexif()) == {} for one in made.prints)


@pytest.mark.parametrize("build", [files.gif_and_zip, files.php_in_its_metadata])
def test_nothing_but_the_pixels_of_a_polyglot_survives(build: Callable[[], bytes]) -> None:
    """A ZIP behind a GIF, PHP in the EXIF record and after the end: all of it is left behind."""
    data = build()
    assert files.SECRET in data

    made = develop(data)

    assert len(made.prints) > 8
    for one in made.prints:
        assert b"<?php" not in one.data
        assert b"PK\x03\x04" not in one.data


def test_a_broken_camera_record_does_not_spoil_a_good_picture() -> None:
    """Only the turn is lost."""
    assert develop(files.broken_exif()).width == 600


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
    picture = master(develop(build()))

    assert picture.mode == "RGB"
    seen = picture.getpixel((20, 100))
    assert isinstance(seen, tuple)
    assert all(abs(a - b) <= 6 for a, b in zip(seen, expected, strict=True))


def test_paper_shows_through_what_is_transparent() -> None:
    """A drawing on nothing would vanish in the dark theme."""
    picture = master(develop(files.palette_png_with_transparency()))

    assert colour(picture, 0.2, 0.5) == "red"
    assert colour(picture, 0.9, 0.5) == "paper"


def test_sizes_are_fixed_and_never_enlarged() -> None:
    """2400 pixels give every width of the table; 500 what is below and 500 itself; 1 gives 1."""
    large = develop(files.jpeg(2400, 1600))
    for shape, formats in renditions.SHAPES.items():
        for form, widths in formats.items():
            assert [made.width for made in only(large, shape, form)] == widths

    small = develop(files.jpeg(500, 400))
    assert [made.width for made in only(small, "full", "avif")] == [320, 480, 500]
    assert [made.width for made in only(small, "full", "jpg")] == [500]
    assert [made.width for made in only(small, "card", "avif")] == [240, 360, 480, 500]

    dot = develop(files.png(1, 1))
    assert {(made.width, made.height) for made in dot.prints} == {(1, 1)}


def test_every_print_is_what_its_name_will_say() -> None:
    """Format and size of each file are those it is listed under, in its shape's proportion."""
    made = develop(files.jpeg(1600, 1000))
    kinds = {"avif": "AVIF", "jpg": "JPEG"}

    assert len(made.prints) == 7 + 2 + 5 + 2 + 1
    for one in made.prints:
        picture = opened(one)
        assert picture.format == kinds[one.format]
        assert picture.size == (one.width, one.height)
        ratio = 1.5 if one.shape == "card" else 1.6
        assert abs(one.width / ratio - one.height) <= 0.5 + 1e-9


def test_a_master_is_bounded() -> None:
    """2880 pixels on the longer side are enough for every later crop."""
    made = develop(files.jpeg(6000, 1500))

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
    made = develop(files.jpeg(1600, 400), focus)

    card = opened(only(made, "card", "avif")[-1])

    assert card.size == (600, 400)
    assert (colour(card, 0.05, 0.5), colour(card, 0.95, 0.5)) == (left, right)


def test_grain_costs_quality_and_not_the_reader() -> None:
    """Noise is what compresses worst; even so, what a phone fetches stays under 90 KB."""
    made = only(develop(files.grain()), "full", "avif")

    (phone,) = [one for one in made if one.width == 800]
    assert len(phone.data) < 90_000


def test_tone_is_the_commonest_colour() -> None:
    """Not the average, which is mud."""
    picture = files.halves(600, 400, left="#f0f0f0", right="#203080")
    picture.paste("#203080", (150, 0, 300, 400))

    assert develop(files.encoded(picture, "PNG")).tone == "002"


def stand_in(tmp_path: Path, program: str) -> Path:
    """Another program in the darkroom's place."""
    path = tmp_path / "stand_in.py"
    path.write_text(program)
    return path


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_a_decoder_that_dies_is_a_refusal(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in a C library ends the child alone."""
    program = f"import os, signal; os.kill(os.getpid(), signal.{name})"
    monkeypatch.setattr(renditions, "DARKROOM", stand_in(tmp_path, program))

    assert refusal(files.jpeg()) == "The picture could not be read: decoding it failed."


def test_a_decoder_that_somebody_kills_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the kernel does when memory is short."""
    monkeypatch.setattr(renditions, "DARKROOM", stand_in(tmp_path, "import time; time.sleep(30)"))

    def kill_the_child() -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for child in psutil.Process(os.getpid()).children():
                if any("stand_in.py" in word for word in child.cmdline()):
                    child.send_signal(signal.SIGKILL)
                    return
            time.sleep(0.02)

    killer = threading.Thread(target=kill_the_child)
    killer.start()
    assert refusal(files.jpeg()) == "The picture could not be read: decoding it failed."
    killer.join()


def test_a_decoder_that_never_ends_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Patience is counted on the clock too: a child that sleeps uses no processor."""
    monkeypatch.setattr(renditions, "DARKROOM", stand_in(tmp_path, "import time; time.sleep(30)"))
    monkeypatch.setattr(renditions, "PATIENCE", 0.3)

    assert refusal(files.jpeg()) == "The picture took too long to read."


def test_processor_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel ends the real darkroom at its limit."""
    monkeypatch.setitem(renditions.LIMITS, "seconds", 1)

    assert refusal(files.grain()) == "The picture took too long to read."


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to more than its share is refused, and fits with enough."""
    data = files.large_transparent_png()
    assert len(data) < 1_000_000
    monkeypatch.setitem(renditions.LIMITS, "memory", 300_000_000)

    assert refusal(data) == "The picture needs too much memory to be read."


def test_the_largest_picture_allowed_fits_into_its_memory() -> None:
    """The worst case, transparent pixels, so that no editor meets the limit of memory first."""
    picture = Image.new("RGBA", (9_000, 6_600), (10, 60, 120, 128))

    made = develop(files.encoded(picture, "PNG", compress_level=1))

    assert (made.width, made.height) == (2880, 2112)


def test_the_darkroom_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and passwords are in the environment of the web process, not in the child's."""
    monkeypatch.setenv("SECRET_KEY", "key-of-the-magazine")
    program = """
import json, os
names = sorted(set(os.environ) - {"LC_CTYPE"})
print(json.dumps({"refused": f"{names} {os.getcwd() == os.path.realpath('/')}"}))
"""
    monkeypatch.setattr(renditions, "DARKROOM", stand_in(tmp_path, program))

    assert refusal(files.jpeg()) == "[] False"


def test_stored_names_say_nothing_and_never_come_again() -> None:
    """The same picture stored twice has other names, and none of them is the upload's."""
    prints = develop(files.jpeg()).prints

    first, first_sizes = renditions.store(prints)
    second, second_sizes = renditions.store(prints)

    names = {first, second, *renditions.names(first_sizes), *renditions.names(second_sizes)}
    assert len(names) == 2 * len(prints)
    assert all(default_storage.exists(name) for name in names)
    stem = first.removesuffix("-master.jpg")
    assert len(stem.replace("/", "").removeprefix("pictures")) == 18
    widths = [width for width, _height, _name in first_sizes["full"]["avif"]]
    assert widths == [320, 480, 600]


def test_a_full_storage_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """If one file cannot be stored, those before it are taken away again."""
    prints = develop(files.jpeg()).prints
    stored: list[str] = []
    save = FileSystemStorage.save

    def fail_at_the_fifth(storage: FileSystemStorage, name: str, content: ContentFile) -> str:
        if len(stored) == 4:
            raise OSError("No space left on device")
        stored.append(save(storage, name, content))
        return stored[-1]

    monkeypatch.setattr(FileSystemStorage, "save", fail_at_the_fifth)

    with pytest.raises(OSError, match="No space"):
        renditions.store(prints)

    assert len(stored) == 4
    assert not any(default_storage.exists(name) for name in stored)
