from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from articles import prose
from articles.prose.embeds import PROVIDERS, Embed

ADDRESSES = {
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ": ("youtube", "dQw4w9WgXcQ"),
    "https://www.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&t=42s": ("youtube", "dQw4w9WgXcQ"),
    "https://m.youtube.com/shorts/dQw4w9WgXcQ?feature=share": ("youtube", "dQw4w9WgXcQ"),
    "https://www.youtube.com/embed/dQw4w9WgXcQ": ("youtube", "dQw4w9WgXcQ"),
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ": ("youtube", "dQw4w9WgXcQ"),
    "https://www.youtube.com/live/dQw4w9WgXcQ": ("youtube", "dQw4w9WgXcQ"),
    " https://youtu.be/dQw4w9WgXcQ?t=3 ": ("youtube", "dQw4w9WgXcQ"),
    "https://vimeo.com/918264073": ("vimeo", "918264073"),
    "https://player.vimeo.com/video/918264073?h=1": ("vimeo", "918264073"),
    "https://vimeo.com/channels/staffpicks/918264073": ("vimeo", "918264073"),
    "https://x.com/somebody/status/1894412207365128193?s=20": ("x", "1894412207365128193"),
    "https://twitter.com/i/web/status/1894412207365128193": ("x", "1894412207365128193"),
    "https://mobile.twitter.com/somebody/status/1894412207365128193/photo/1": (
        "x",
        "1894412207365128193",
    ),
    "https://bsky.app/profile/bsky.app/post/3l6oveex3ii2l": ("bluesky", "bsky.app/3l6oveex3ii2l"),
    "https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur/post/3l6oveex3ii2l": (
        "bluesky",
        "did:plc:z72i7hdynmk6r22z27h6tvur/3l6oveex3ii2l",
    ),
    "https://www.documentcloud.org/documents/24817306-a-report/": (
        "documentcloud",
        "24817306-a-report",
    ),
    "https://embed.documentcloud.org/documents/24817306-a-report/?embed=1": (
        "documentcloud",
        "24817306-a-report",
    ),
    "https://www.documentcloud.org/documents/24817306-a-report.html": (
        "documentcloud",
        "24817306-a-report",
    ),
    "https://x.example/reports/2026/Report.PDF": (
        "pdf",
        "https://x.example/reports/2026/Report.PDF",
    ),
    "https://x.example/a.pdf?v=2#page=3": ("pdf", "https://x.example/a.pdf?v=2"),
}
UNKNOWN = [
    "",
    "words",
    "javascript:alert(1)//.pdf",
    "http://x.example/a.pdf",
    "https://x.example/a.html",
    "https://user@x.example/a.pdf",
    "https://x.example/\"onclick='x'.pdf",
    "https://www.youtube.com/watch?v=short",
    "https://www.youtube.com/watch?v=muchtoolongforone",
    "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
    "https://evil.example/?u=https://youtu.be/dQw4w9WgXcQ",
    "https://vimeo.com/about",
    "https://x.com/somebody",
    "https://bsky.app/profile/bsky.app",
    "https://bsky.app/profile/../post/3l6oveex3ii2l",
]


@pytest.mark.parametrize("pasted", ADDRESSES)
def test_a_pasted_address_is_recognised(pasted):
    """Every form in which the providers hand out their addresses; what is stored of it passes
    the door."""
    embed = Embed.from_url(pasted)
    assert embed
    assert (embed.name, embed.key) == ADDRESSES[pasted]
    stored = f'<figure data-embed="{embed.name}" data-id="{embed.key}"></figure>'
    assert prose.sanitize(stored) == stored


@pytest.mark.parametrize("pasted", UNKNOWN)
def test_any_other_address_is_no_embed(pasted):
    """Nothing is guessed."""
    assert Embed.from_url(pasted) is None


def test_every_provider_is_among_the_addresses():
    """A new provider needs its cases above."""
    assert {name for name, _ in ADDRESSES.values()} == set(PROVIDERS)
    assert len(PROVIDERS) == 6


def test_a_page_s_address_leads_back_to_its_embed():
    """What the link of an embed opens is the page that was pasted."""
    for name, key in ADDRESSES.values():
        embed = Embed.of(name, key)
        assert embed == Embed.from_url(embed.page)


def test_frames_come_from_the_hosts_that_the_policy_allows():
    """The Content-Security-Policy names the players' hosts, and no other."""
    frames = [Embed(name, key, "").frame for name, key in ADDRESSES.values() if name != "pdf"]
    hosts = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, frames)}
    assert sorted(settings.EMBED_HOSTS) == sorted(hosts)


def test_the_module_stays_out_of_everything_else():
    """Only prose makes HTML from text: nowhere else is text called safe."""
    root = Path(settings.BASE_DIR)
    sources = [
        path
        for app in ("articles", "magazine", "newsletter")
        for path in (root / app).rglob("*.py")
    ]
    assert len(sources) > 40
    users = {path.parent.name for path in sources if "mark_safe" in path.read_text()}
    assert users == {"prose"}
    # Mails in plain text are no HTML.
    templates = [path for path in (root / "templates").rglob("*.*") if path.suffix != ".txt"]
    assert len(templates) > 20
    assert [
        path
        for path in templates
        if "|safe" in path.read_text() or "autoescape off" in path.read_text()
    ] == []
