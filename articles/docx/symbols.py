"""Letters that Word writes as the number of a sign in a font."""

import re

# Fonts whose letters are pictures.
PRIVATE_USE = range(0xE000, 0xF900)
# The font Symbol, in which Word has set Greek and the signs of arithmetic since its beginning.
SYMBOL = {
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **dict(zip(range(0x30, 0x3A), "0123456789", strict=True)),
    0x2B: "+", 0x2D: "−", 0x3C: "<", 0x3D: "=", 0x3E: ">", 0xA0: "€", 0xA2: "′", 0xA3: "≤",
    0xA5: "∞", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″",
    0xB3: "≥", 0xB4: "×", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈",
    0xBC: "…", 0xC5: "⊕", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xD6: "√", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip


def letter_of(font: str, code: str) -> str:
    """Return the letter of a sign, by its number in the font; "" if it is a picture."""
    number = int(code, 16) if re.fullmatch(r"[0-9a-fA-F]{1,5}", code) else PRIVATE_USE.start
    if font.casefold() == "symbol" and number & 0xFF in SYMBOL:
        return SYMBOL[number & 0xFF]
    is_picture = number in PRIVATE_USE or number < 32 or 0xD800 <= number < 0xE000
    return "" if is_picture else chr(number)
