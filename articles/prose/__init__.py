"""The only way from typed text to safe HTML: sanitize on save, render on the way out.

Stored prose consists of few elements and says nothing of its looks (see `policy`): a picture is
`<figure data-image="42">` (with `data-alt` where it is described in other words here), a video
`<figure data-embed="youtube" data-id="…">`, a footnote `<small class="footnote">` where its mark
goes, a link within the magazine `<a href="/slug/" data-article="12">`. What readers see is made of
it on each rendering.
"""

import re

from .comparing import compare_bodies, compare_words, counterparts
from .linking import StoredLink, links, replace_links, without_links
from .mailing import mail_text, render_mail, wrap
from .policy import POLICY_VERSION, stored_url
from .rendering import render_article, render_body, render_teaser
from .sanitizing import excess, sanitize
from .teaser import split_teaser
from .tree import blocks_of

__all__ = [
    "POLICY_VERSION",
    "StoredLink",
    "blocks_of",
    "compare_bodies",
    "compare_words",
    "counterparts",
    "excess",
    "image_keys",
    "links",
    "mail_text",
    "render_article",
    "render_body",
    "render_mail",
    "render_teaser",
    "replace_links",
    "sanitize",
    "split_teaser",
    "stored_url",
    "without_links",
    "wrap",
]


def image_keys(html: str) -> set[int]:
    """Return the keys of the images in stored prose (where no word can look like a tag)."""
    return {int(key) for key in re.findall(r'<figure data-image="(\d{1,18})"', html)}
