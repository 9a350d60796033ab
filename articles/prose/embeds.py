"""Whose videos, posts and documents can stand in an article, and how each is addressed.

Stored is only who and which; the addresses are made here, so that no address of a player is ever
taken from what was typed.
"""

import re
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Provider:
    """A service whose pages can be embedded. `form` is what an id looks like; `pasted` finds it
    (its groups, joined by a slash) in the URL of a page. `page` and `frame` are made of the id, or
    of its `{owner}` and `{item}` around the slash; without a frame the embed stays a link to the
    page."""

    label: str
    kind: str
    invitation: str
    form: re.Pattern[str]
    pasted: re.Pattern[str]
    page: str
    frame: str = ""
    allow: str = ""


PROVIDERS = {
    "youtube": Provider(
        label="YouTube",
        kind="video",
        invitation="Play the video on YouTube",
        form=re.compile(r"[\w-]{11}", re.A),
        pasted=re.compile(
            r"https?://(?:(?:www\.|m\.|music\.)?youtube(?:-nocookie)?\.com"
            r"/(?:watch/?\?(?:[^#]*&)?v=|shorts/|embed/|live/)|youtu\.be/)([\w-]{11})(?![\w-])",
            re.A | re.I,
        ),
        page="https://www.youtube.com/watch?v={id}",
        frame="https://www.youtube-nocookie.com/embed/{id}?autoplay=1",
        allow="autoplay; encrypted-media; fullscreen; picture-in-picture",
    ),
    "vimeo": Provider(
        label="Vimeo",
        kind="video",
        invitation="Play the video on Vimeo",
        form=re.compile(r"[0-9]{1,12}"),
        pasted=re.compile(
            r"https?://(?:www\.|player\.)?vimeo\.com"
            r"/(?:video/|channels/[\w-]+/|groups/[\w-]+/videos/)?([0-9]{1,12})(?![\w-])",
            re.A | re.I,
        ),
        page="https://vimeo.com/{id}",
        frame="https://player.vimeo.com/video/{id}?autoplay=1&dnt=1",
        allow="autoplay; fullscreen; picture-in-picture",
    ),
    "x": Provider(
        label="X",
        kind="post",
        invitation="Show the post on X",
        form=re.compile(r"[0-9]{1,20}"),
        pasted=re.compile(
            r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/(?:\w+|i/web)/status(?:es)?/"
            r"([0-9]{1,20})(?!\w)",
            re.A | re.I,
        ),
        page="https://x.com/i/status/{id}",
        frame="https://platform.twitter.com/embed/Tweet.html?id={id}&dnt=true",
    ),
    "bluesky": Provider(
        label="Bluesky",
        kind="post",
        invitation="Show the post on Bluesky",
        form=re.compile(
            r"(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|did:(?:plc|web):[\w.%-]+)/[a-z0-9]{1,40}", re.A
        ),
        pasted=re.compile(
            r"https?://bsky\.app/profile/([a-z0-9:._%-]+)/post/([a-z0-9]{1,40})(?!\w)", re.A
        ),
        page="https://bsky.app/profile/{owner}/post/{item}",
        frame="https://embed.bsky.app/embed/{owner}/app.bsky.feed.post/{item}",
    ),
    "documentcloud": Provider(
        label="DocumentCloud",
        kind="document",
        invitation="Open the document on DocumentCloud",
        form=re.compile(r"[0-9]{1,12}(?:-[\w-]{1,200})?", re.A),
        pasted=re.compile(
            r"https?://(?:www\.|beta\.|embed\.)?documentcloud\.org/documents/"
            r"([0-9]{1,12}(?:-[\w-]{1,200})?)(?:[./?#]|$)",
            re.A | re.I,
        ),
        page="https://www.documentcloud.org/documents/{id}/",
        frame="https://embed.documentcloud.org/documents/{id}/?embed=1",
        allow="fullscreen",
    ),
    # Browsers show a PDF only in a frame of the host it lies on, which may be any; so it is a link.
    "pdf": Provider(
        label="PDF",
        kind="document",
        invitation="Open the document (PDF)",
        form=re.compile(
            r"https://[a-z0-9.-]+(?::[0-9]{1,5})?/[\w.~%!$&()*+,;=:@/-]*\.[Pp][Dd][Ff]"
            r"(?:\?[\w.~%!$&()*+,;=:@/?-]*)?",
            re.A,
        ),
        pasted=re.compile(r"(https://[^#]+?\.pdf(?:\?[^#]*)?)(?:#.*)?$", re.I),
        page="{id}",
    ),
}


@dataclass(frozen=True)
class Embed:
    """One embed, as its template needs it."""

    name: str
    key: str
    title: str

    @classmethod
    def of(cls, name: str, key: str, title: str = "") -> Self | None:
        """Return the embed if there is such a provider, and its ids look like `key`."""
        if name not in PROVIDERS or not PROVIDERS[name].form.fullmatch(key):
            return None
        return cls(name, key, title or PROVIDERS[name].label)

    @classmethod
    def from_url(cls, pasted: str) -> Self | None:
        for name, provider in PROVIDERS.items():
            found = provider.pasted.match(pasted.strip())
            if found and (embed := cls.of(name, "/".join(found.groups()))):
                return embed
        return None

    @property
    def provider(self) -> Provider:
        return PROVIDERS[self.name]

    @property
    def page(self) -> str:
        return self._filled(self.provider.page)

    @property
    def frame(self) -> str:
        return self._filled(self.provider.frame)

    def _filled(self, template: str) -> str:
        owner, _, item = self.key.partition("/")
        return template.format(id=self.key, owner=owner, item=item)
