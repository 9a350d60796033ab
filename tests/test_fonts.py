"""The typeface: what a page downloads, and which file holds which character."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

STATIC = Path(__file__).parent.parent / "static"
FONTS = STATIC / "fonts"
FACES = {
    "normal": ["roman-latin.woff2", "roman-latin-ext.woff2", "roman-cyrillic.woff2"],
    "italic": ["italic-latin.woff2", "italic-latin-ext.woff2", "italic-cyrillic.woff2"],
}
FILES = [file for files in FACES.values() for file in files]
LETTERS = {
    "latin": "Añ éü “Erdoğan” – Łódź, Őry, Čović; 40 € §3 · 20 °C → …",
    "latin-ext": "ęřễăȚīĀėʻ½₴",
    "cyrillic": "ДніпроҐудзьКиївЩёголевЂорђеЌе№Қазақстан",
}


def declared_faces() -> dict[str, tuple[str, set[int]]]:
    """File name → style and the characters of its unicode-range, as fonts.css declares them."""
    faces = {}
    for rule in re.findall(r"@font-face \{(.*?)\}", (STATIC / "css/fonts.css").read_text(), re.S):
        if file := re.search(r'url\("\.\./fonts/([^"]+)"\)', rule):
            style = re.search(r"font-style: (\w+);", rule)[1]
            ranges = re.search(r"unicode-range:([^;]+);", rule)[1]
            faces[file[1]] = (
                style,
                {
                    code
                    for first, last in re.findall(r"U\+(\w+)(?:-(\w+))?", ranges)
                    for code in range(int(first, 16), int(last or first, 16) + 1)
                },
            )
    return faces


def characters(file: str) -> set[int]:
    return set(TTFont(FONTS / file).getBestCmap())


def test_every_font_file_is_declared_once_in_its_style() -> None:
    """No file lies unused beside the stylesheet and none that it names is missing."""
    declared = {file: style for file, (style, _) in declared_faces().items()}
    assert declared == {file: style for style, files in FACES.items() for file in files}
    assert sorted(path.name for path in FONTS.glob("*.woff2")) == sorted(FILES)


def test_a_latin_page_loads_at_most_45_kilobytes_of_type() -> None:
    """Roman and italic together are what an English page with an italic word fetches."""
    pair = [FONTS / "roman-latin.woff2", FONTS / "italic-latin.woff2"]
    assert sum(path.stat().st_size for path in pair) <= 45 * 1024


@pytest.mark.parametrize("file", FILES)
def test_the_unicode_range_is_exactly_what_the_file_holds(file: str) -> None:
    """More would fetch a file in vain, less would leave letters to another typeface."""
    assert declared_faces()[file][1] == characters(file)


@pytest.mark.parametrize("style", FACES)
def test_no_character_is_in_two_files_of_one_style(style: str) -> None:
    """A character fetches one file, never two."""
    pairs = list(combinations(FACES[style], 2))
    assert len(pairs) == 3
    for one, other in pairs:
        assert not characters(one) & characters(other), f"{one} and {other} overlap"


@pytest.mark.parametrize("file", FILES)
def test_each_file_holds_the_letters_that_its_name_promises(file: str) -> None:
    """Names and signs that a magazine of foreign policy prints every week."""
    script = file.removesuffix(".woff2").split("-", 1)[1]
    missing = set(map(ord, LETTERS[script])) - characters(file)
    assert not missing, "".join(map(chr, sorted(missing)))


def test_the_roman_keeps_its_optical_sizes_and_weights() -> None:
    """Headlines are cut finer than body text, and both can be bold."""
    for file in FACES["normal"]:
        axes = {axis.axisTag: axis for axis in TTFont(FONTS / file)["fvar"].axes}
        assert set(axes) == {"opsz", "wght"}
        assert (axes["opsz"].minValue, axes["opsz"].maxValue) == (20, 60)
        assert (axes["wght"].minValue, axes["wght"].maxValue) == (400, 700)


@pytest.mark.parametrize("file", FILES)
def test_kerning_is_kept_and_the_reserved_name_is_not(file: str) -> None:
    """The licence reserves the name "Source" for the unchanged fonts."""
    font = TTFont(FONTS / file)
    features = {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord}
    assert "kern" in features
    assert font["name"].getDebugName(1) == "Magazine Serif"


def test_the_licence_lies_beside_the_fonts() -> None:
    """The Open Font License asks that it goes wherever the fonts go."""
    licence = (FONTS / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Adobe" in licence


def test_the_serif_never_moves_what_is_already_being_read() -> None:
    """Only font-display: optional keeps the layout still when the fonts come late."""
    css = (STATIC / "css/fonts.css").read_text()
    assert re.findall(r"font-display: (\w+);", css) == ["optional"] * len(FILES)


def test_the_newsroom_is_set_in_the_same_faces() -> None:
    """Readers and editors get one file of faces, each inside their one style sheet."""
    for sheet, line in (
        ("css/site.css", "fonts.css"),
        ("newsroom/newsroom.css", "../css/fonts.css"),
    ):
        assert f'@import "{line}";' in (STATIC / sheet).read_text()
