"""Text written as HTML, character by character as nh3 would write it."""


def in_text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\xa0", "&nbsp;")


def in_attribute(value: str) -> str:
    return in_text(value).replace('"', "&quot;")


def switched(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    """Return the tags between two words, each of which stands in elements with these opening
    tags."""
    kept = 0
    while kept < len(after) and before[: kept + 1] == after[: kept + 1]:
        kept += 1
    closing = [f"</{tag[1:].split()[0].rstrip('>')}>" for tag in reversed(before[kept:])]
    return [*closing, *after[kept:]]
