"""Text written as HTML, character by character as the guard's parser would write it."""


def in_text(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\xa0", "&nbsp;")


def in_attribute(value: str) -> str:
    return in_text(value).replace('"', "&quot;")
