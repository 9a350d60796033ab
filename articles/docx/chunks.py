"""Parts of a manuscript that another program put in whole: web pages, mail, RTF, plain text."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html import escape

from articles import prose
from articles.prose.gateways import unwrapped

from .pages import WebPage
from .report import Report
from .rtf import Rtf

# In bytes. An article is far shorter.
LARGEST_CHUNK = 1_000_000
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
IS_MAIL = re.compile(rb"(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*)*?content-type:", re.I)
IS_HTML = re.compile(
    r"<(!doctype|html|head|body|style|p|div|table|h[1-6]|ul|ol|dl|span|br|b|i|u|a|strong|em|font|"
    r"blockquote|pre|section|article|details|center|img|sup|sub)\b",
    re.I,
)
IS_RTF = b"{\\rtf"
NOT_TEXT = (b"PK", b"%PDF", b"\xd0\xcf\x11\xe0")


def html_of(data: bytes, report: Report, *, is_flagging: bool) -> str | None:
    """Return the words of a part as prose, and report what is left out of it; None if it is of a
    kind that cannot be read."""
    if len(data) > LARGEST_CHUNK or data.lstrip().startswith(NOT_TEXT):
        return None
    pictures = 0
    if data.lstrip().startswith(IS_RTF):
        rtf = Rtf(data.lstrip(), report)
        html, pictures = rtf.html(), rtf.pictures
    elif (text := text_of(data)) is None:
        return None
    elif IS_HTML.search(text):
        page = WebPage(body_of(text), report, sheets_of(text), is_flagging=is_flagging)
        html, pictures = page.cleaned(), page.pictures
    else:
        lines = (line for line in text.splitlines() if line.strip())
        html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    report.counts["embedded pictures"] += pictures
    return prose.replace_links(prose.sanitize(html), lambda link: straight(link, report))


def text_of(data: bytes) -> str | None:
    if not IS_MAIL.match(data[:4_000]):
        return decoded(data)
    body = message_from_bytes(data, policy=default).get_body(("html", "plain"))
    payload = body.get_payload(decode=True) if body is not None else None
    if body is None or not isinstance(payload, bytes):
        return None
    return decoded(payload, body.get_content_charset())


def decoded(data: bytes, charset: str | None = None) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if zeros := data[:200].count(0):
        # In UTF-16 without its mark, every other byte of Latin letters is zero.
        is_little = data[1:200:2].count(0) * 2 > zeros
        return data.decode("utf-16-le" if is_little else "utf-16-be", "replace")
    named = CHARSET.search(data[:2_000])
    for encoding in (charset or "utf-8-sig", named[1].decode() if named else "cp1252"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def body_of(page: str) -> str:
    """Return what a browser shows of a page: a title stands above it, and is none of it."""
    lower = page.lower()
    start = lower.find("<body")
    if start < 0 and (title := lower.find("<title")) >= 0:
        end = lower.find("</title", title)
        return page[:title] + page[end if end >= 0 else title :]
    return page[max(start, 0) :]


def sheets_of(page: str) -> list[str]:
    found = []
    lower = page.lower()
    at = lower.find("<style")
    while at >= 0 and (end := lower.find("</style", at)) >= 0:
        found.append(page[lower.find(">", at) + 1 : end])
        at = lower.find("<style", end)
    return found


def straight(link: prose.StoredLink, report: Report) -> prose.StoredLink:
    if url := unwrapped(link.href):
        report.leave("gateways", url)
    return replace(link, href=url or link.href)
