"""The studio's inks: a handful of quiet printed-matter palettes, one per picture."""

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Six inks by the part that they play, so that every kind of picture prints in any set.

    `paper` is the bare sheet, `ink` the darkest line, `cold` and `warm` the two large masses,
    `pale` a quiet tint between them, `accent` the one colour that the eye should find first.
    """

    paper: Colour
    ink: Colour
    cold: Colour
    warm: Colour
    pale: Colour
    accent: Colour


def colour(code: str) -> Colour:
    """Read six hexadecimal digits, as in `b5432e`."""
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Blend two inks; `share` is the part of the second, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _palette(codes: str) -> Palette:
    return Palette(*(colour(code) for code in codes.split()))


PALETTES = (
    # paper  ink    cold   warm   pale   accent
    _palette("f1e9d8 1b2838 2f5878 d8b878 bccbc8 b8432c"),  # admiralty
    _palette("f0e5d2 2b211d 567a7c c48a4e dac8a6 97301f"),  # oxide
    _palette("ece7da 0e2036 123f69 c8b48c a6bdca dc8f2c"),  # prussian
    _palette("f2ecdc 15302e 2b6c66 e2c285 b4cfc1 c5502d"),  # sea green
    _palette("f5e9cb 2d2415 466a74 d09c38 e3cf9f 8d2b27"),  # ochre
    _palette("f0e4db 2a2334 575c88 d79e86 cdc2cd b43648"),  # rose fog
    _palette("e9e7df 1b2125 4a5f6d b8a280 c2c9c8 d65c2b"),  # slate
    _palette("efead6 252919 5a6e4b c8a552 cacda9 a93f29"),  # olive
    _palette("f3e6dc 2a1a22 64475c dfae74 d8c5bd b9472c"),  # plum
    _palette("e8ebe4 13262f 1f5f78 d9c9a0 a9c6c6 c23b3b"),  # glacier
)


def palette_of(seed: int, shift: int) -> Palette:
    """The palette of a seed; neighbouring seeds never share one, and `shift` keeps kinds apart."""
    return PALETTES[(seed * 3 + shift) % len(PALETTES)]
