"""Make the magazine's woff2 files from the Source Serif 4 variable fonts (README.md says how).

    python build.py SourceSerif4Variable-Roman.ttf SourceSerif4Variable-Italic.ttf

A Latin page may load 45 KB of type; the two sources weigh 757 KB as woff2. What closes the gap:
few characters per file, a narrow range of each axis, a grid of 500 units instead of 1000, and
two things left out that nobody sees: what a display size in a bold weight needs beyond the sum
of both axes, and how kerning changes with the weight.
"""

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib import instancer

FAMILY = "Magazine Serif"  # "Source" is a reserved name: a changed font may not carry it
UNITS_PER_EM = 500

AXES = {
    "roman": {"wght": (400, 700), "opsz": (20, 60)},
    "italic": {"wght": 400, "opsz": 20},
}
RANGES = {  # a character goes into the first file that names it
    # Basic Latin, the letters of Latin-1, typographic punctuation, and of Latin Extended-A what
    # stands in Turkish, Polish, South Slavic and Hungarian names.
    "latin": (
        "0020-007E 00A0-00A1 00A3 00A5 00A7 00A9 00AB 00AD 00B0 00B7 00BB 00BF-00FF 0106-0107"
        " 010C-010D 0110-0111 011E-011F 0130-0131 0141-0144 0150-0153 015A-015B 015E-0161 0171"
        " 017A-017E 2009-200A 2013-2014 2018-201A 201C-201E 2020 2022 2026 202F 2039-203A 20AC"
        " 2122 2190 2192 2212"
    ),
    # Latin Extended-A, -B and Additional (Vietnamese with it), and the rarer signs.
    "latin-ext": (
        "00A0-024F 0259 02BB-02DD 1E00-1EFF 2021-2033 2070-209C 20A0-20C0 2100-2115 2117-218F"
        " 2191-2193"
    ),
    "cyrillic": "0400-052F 1C80-1C88 2116",
}
FEATURES = {
    "latin": ["kern", "liga"],
    "latin-ext": ["kern", "liga", "locl"],
    "cyrillic": ["kern", "liga", "locl"],
}


def codepoints(ranges: str) -> set[int]:
    bounds = (part.partition("-") for part in ranges.split())
    return {
        code
        for first, _, last in bounds
        for code in range(int(first, 16), int(last or first, 16) + 1)
    }


def cut(font: TTFont, characters: set[int], features: list[str]) -> TTFont:
    """Only these characters and features, written out and read again."""
    options = subset.Options(
        layout_features=features, hinting=False, notdef_outline=True, glyph_names=False
    )
    options.drop_tables += ["BASE", "MVAR", "STAT"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    written = BytesIO()
    font.save(written)
    return TTFont(written, recalcTimestamp=False)


def keep_variations(store: Any, font: TTFont, kept: list[list[str]]) -> None:
    """Leave the variations along exactly these axes; ["wght", "opsz"] is that of both together."""
    axes = font["fvar"].axes
    regions = [
        [tag for tag, (_, peak, _) in region.get_support(axes).items() if peak]
        for region in store.VarRegionList.Region
    ]
    for data in store.VarData:
        columns = [c for c, r in enumerate(data.VarRegionIndex) if regions[r] in kept]
        data.Item = [[row[c] for c in columns] for row in data.Item]
        data.VarRegionIndex = [data.VarRegionIndex[c] for c in columns]
        data.VarRegionCount = len(columns)
        data.calculateNumShorts()
    store.prune_regions()


def leave_out_the_unseen(font: TTFont) -> None:
    outlines = font["gvar"].variations
    for glyph, variations in outlines.items():
        outlines[glyph] = [variation for variation in variations if len(variation.axes) == 1]
    keep_variations(font["HVAR"].table.VarStore, font, [["wght"], ["opsz"]])
    kerning = font["GDEF"].table.VarStore
    keep_variations(kerning, font, [["opsz"]])
    moved = kerning.optimize()
    for tag in ("GPOS", "GDEF"):
        font[tag].table.remap_device_varidxes(moved)


def rename(font: TTFont, style: str) -> None:
    names = font["name"]
    names.names = [name for name in names.names if name.nameID == 0]  # whose copyright it is
    variant = "Italic" if style == "italic" else "Regular"
    for name_id, text in ((1, FAMILY), (2, variant), (4, f"{FAMILY} {variant}")):
        names.setName(text, name_id, 3, 1, 0x409)


def prepare(source: str, style: str) -> TTFont:
    """The whole repertoire on the narrowed axes, from which each file is cut."""
    everything = set().union(*map(codepoints, RANGES.values()))
    font = cut(TTFont(source, recalcTimestamp=False), everything, ["kern", "liga", "locl"])
    font = instancer.instantiateVariableFont(font, AXES[style])
    if "fvar" in font:
        leave_out_the_unseen(font)
        font["fvar"].instances = []
    scale_upem(font, UNITS_PER_EM)
    rename(font, style)
    return font


def main(roman: str, italic: str) -> None:
    for style, source in (("roman", roman), ("italic", italic)):
        whole = BytesIO()
        prepare(source, style).save(whole)
        placed: set[int] = set()
        for name, ranges in RANGES.items():
            characters = codepoints(ranges) - placed
            placed |= characters
            face = cut(TTFont(whole, recalcTimestamp=False), characters, FEATURES[name])
            face.flavor = "woff2"
            path = Path(__file__).with_name(f"{style}-{name}.woff2")
            face.save(path)
            print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main(*sys.argv[1:])
