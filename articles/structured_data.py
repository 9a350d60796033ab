"""Structured data of an article for search engines: schema.org's NewsArticle as JSON-LD."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from taggit.models import Tag

from .models import Article, Author, Correction, Image, Publication
from .models.images import shown
from .prose.tree import stored_blocks, text_of

SUMMARY_LENGTH = 200
# Search engines ask for at least this many pixels in a large preview.
WIDTH_FOR_SEARCH = 1200
FOOTNOTE = re.compile(r'<small class="footnote">.*?</small>', re.S)


def absolute(path: str) -> str:
    """Return the full URL of `path`, whatever host a request came through."""
    return urljoin(f"{settings.SITE_URL}/", path)


def summary(article: Article) -> str:
    """The deck, or the beginning of the text where there is none. Plain text."""
    if article.deck:
        return article.deck
    beginning = " ".join(map(text_of, stored_blocks(FOOTNOTE.sub("", article.teaser))))
    return Truncator(beginning).chars(SUMMARY_LENGTH)


def news_article(
    article: Article,
    publication: Publication,
    tags: Iterable[Tag] = (),
    corrections: Iterable[Correction] = (),
) -> dict[str, Any]:
    """Return a schema.org/NewsArticle; facts that the article does not have are left out."""
    url = absolute(article.get_absolute_url())
    lead = shown(article.lead_image)
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "description": summary(article),
        "inLanguage": article.language or publication.language,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": instant(article.published_at),
        "dateModified": instant(article.updated_at or article.published_at),
        "image": [image_facts(lead, article.alt)] if lead else [],
        "author": [signatory(author) for author in article.byline],
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": publication.name,
            "url": absolute("/"),
        },
        "articleSection": article.section.name if article.section else "",
        "genre": article.format.name if article.format else "",
        "keywords": [tag.name for tag in tags],
        "wordCount": article.word_count,
        "correction": [comment(correction) for correction in corrections],
        "isAccessibleForFree": True,
    }
    return {name: fact for name, fact in facts.items() if fact not in ("", [])}


def instant(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def signatory(author: Author) -> dict[str, str]:
    kind = "Organization" if author.kind == Author.Kind.ORGANISATION else "Person"
    own = {"alternateName": author.own_name} if author.own_name else {}
    url = absolute(author.get_absolute_url())
    return {"@type": kind, "name": author.name, **own, "url": url}


def comment(correction: Correction) -> dict[str, str]:
    """Return a schema.org/CorrectionComment, which knows no kinds: the name says which it is."""
    return {
        "@type": "CorrectionComment",
        "name": correction.get_kind_display(),
        "text": correction.text,
        "datePublished": instant(correction.made_at),
    }


def image_facts(image: Image, alt: str) -> dict[str, Any]:
    file = image.jpeg(WIDTH_FOR_SEARCH)
    return {
        "@type": "ImageObject",
        "url": file.url,
        "width": file.width,
        "height": file.height,
        "creditText": image.credit,
        "description": alt,
    }


@dataclass(frozen=True)
class Json:
    """JSON that may stand inside a <script> element: nothing in it can close the element."""

    facts: dict[str, Any]

    def __html__(self) -> str:
        text = json.dumps(self.facts, ensure_ascii=False)
        return text.translate({ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"})


def script(facts: dict[str, Any]) -> SafeString:
    return format_html('<script type="application/ld+json">{}</script>', Json(facts))
