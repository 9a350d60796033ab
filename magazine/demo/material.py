"""The demo's files, read: front matter in TOML between two lines `+++`, then HTML."""

import re
import tomllib
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).parent
FRONT_MATTER = re.compile(r"\+\+\+\n(.*?)^\+\+\+\n(.*)", re.DOTALL | re.MULTILINE)
BODY_FIGURE = re.compile(r"<figure((?: data-\w+=\"[^\"]*\")+)></figure>")
ATTRIBUTE = re.compile(r"data-(\w+)=\"([^\"]*)\"")

Made = TypeVar("Made")


class MaterialFault(Exception):
    """A file of the demo is not as it should be; the message names it."""


@dataclass(frozen=True)
class Illustration:
    """What to draw, and the words of the picture."""

    art: str
    seed: int
    alt: str
    caption: str = ""
    credit: str = ""
    credit_label: str = ""


@dataclass(frozen=True)
class DemoArticle:
    headline: str
    slug: str
    tags: list[str]
    authors: list[str]
    days_ago: float
    body: str
    deck: str = ""
    section: str = ""
    also_in: list[str] = field(default_factory=list)
    format: str = ""
    series: str = ""
    front_rank: int | None = None
    correction: str = ""
    lead_image: Illustration | None = None

    @property
    def illustrations(self) -> list[Illustration]:
        leads = [self.lead_image] if self.lead_image else []
        return leads + [illustration(found[1]) for found in BODY_FIGURE.finditer(self.body)]

    def body_with(self, figure_of: dict[Illustration, str]) -> str:
        """Return the body with real figures in the places of those that are to be drawn."""
        return BODY_FIGURE.sub(lambda found: figure_of[illustration(found[1])], self.body)


@dataclass(frozen=True)
class DemoPage:
    title: str
    slug: str
    summary: str
    in_footer: bool
    position: int
    body: str


@dataclass(frozen=True)
class DemoAuthor:
    slug: str
    name: str
    kind: str
    role: str
    affiliation: str
    bio: str
    links: list[list[str]]
    art: int | None = None
    own_name: str = ""
    own_name_language: str = ""


@dataclass(frozen=True)
class DemoSeries:
    slug: str
    title: str
    description: str


@dataclass(frozen=True)
class DemoPublication:
    """The words of the site settings, and by slug the sections' descriptions."""

    name: str
    tagline: str
    description: str
    links: list[list[str]]
    donation_url: str
    newsletter_blurb: str
    footer_text: str
    sections: dict[str, str]


def articles() -> list[DemoArticle]:
    """Read the articles, newest first. Every function here raises MaterialFault for a file that is
    not right."""
    found = []
    for path in sorted((FOLDER / "articles").glob("*.html")):
        front, body = front_matter(path)
        if lead := front.get("lead_image"):
            front["lead_image"] = made(Illustration, lead, path)
        found.append(made(DemoArticle, {**front, "body": body}, path))
    return sorted(found, key=lambda article: article.days_ago)


def pages() -> list[DemoPage]:
    found = []
    for path in sorted((FOLDER / "pages").glob("*.html")):
        front, body = front_matter(path)
        found.append(made(DemoPage, {**front, "body": body}, path))
    return found


def authors() -> list[DemoAuthor]:
    path = FOLDER / "authors.toml"
    return [made(DemoAuthor, fields, path) for fields in toml(path)["author"]]


def series() -> list[DemoSeries]:
    path = FOLDER / "taxonomy.toml"
    return [made(DemoSeries, fields, path) for fields in toml(path)["series"]]


def publication() -> DemoPublication:
    path = FOLDER / "publication.toml"
    return made(DemoPublication, toml(path), path)


def front_matter(path: Path) -> tuple[dict[str, Any], str]:
    parts = FRONT_MATTER.fullmatch(path.read_text(encoding="utf-8"))
    if parts is None:
        raise MaterialFault(f"{path}: no front matter between two lines +++")
    # A fault is told with its line in the file, which has one line before the front matter.
    front = parsed("\n" + parts[1], path)
    if front.get("slug") != path.stem:
        raise MaterialFault(f"{path}: the slug is not the name of the file")
    return front, parts[2]


def toml(path: Path) -> dict[str, Any]:
    return parsed(path.read_text(encoding="utf-8"), path)


def parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MaterialFault(f"{path}: {error}") from None


def made(kind: type[Made], fields: dict[str, Any], path: Path) -> Made:
    """Make a dataclass of the data. Raises MaterialFault for unknown and missing keys."""
    try:
        return kind(**fields)
    except TypeError as error:
        raise MaterialFault(f"{path}: {str(error).replace('__init__() ', '')}") from None


def illustration(attributes: str) -> Illustration:
    """Read the attributes of `<figure data-art="…" data-seed="…" data-alt="…" …>`."""
    words = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    return Illustration(
        art=words["art"],
        seed=int(words["seed"]),
        alt=words["alt"],
        caption=words.get("caption", ""),
        credit=words.get("credit", ""),
    )
