"""The only way from typed text to safe HTML: sanitize at the door, render on the way out.

Stored prose consists of few elements and says nothing of its looks (see `policy`): a picture is
`<figure data-image="42">` (with `data-alt` where it is described in other words here), a video
`<figure data-embed="youtube" data-id="…">`, a footnote `<small class="footnote">` where its mark
goes, a link within the magazine `<a href="/slug/" data-article="12">`. What readers see is made of
it on each rendering.
"""

import re

from .comparing import Passage, compare_bodies, compare_words, count_changed, counterparts
from .cutting import Cut, cut
from .embeds import FRAME_HOSTS, PROVIDERS, embed_from_address
from .linking import StoredLink, links, relinked
from .mailing import mail_text, render_mail, wrap
from .policy import POLICY_VERSION, address
from .rendering import Rendered, render_article, render_body, render_teaser
from .sanitizing import sanitize
from .tree import blocks_of

__all__ = [
    "FRAME_HOSTS",
    "POLICY_VERSION",
    "PROVIDERS",
    "Cut",
    "Passage",
    "Rendered",
    "StoredLink",
    "address",
    "blocks_of",
    "compare_bodies",
    "compare_words",
    "count_changed",
    "counterparts",
    "cut",
    "embed_from_address",
    "image_keys",
    "links",
    "mail_text",
    "relinked",
    "render_article",
    "render_body",
    "render_mail",
    "render_teaser",
    "sanitize",
    "wrap",
]


def image_keys(html: str) -> set[int]:
    """The keys of the pictures in stored prose (where no word can look like a tag)."""
    return {int(key) for key in re.findall(r'<figure data-image="(\d{1,18})"', html)}
