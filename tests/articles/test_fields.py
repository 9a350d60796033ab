"""An address that an editor can type is http, https or mailto in the model, not only in a form."""

import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from articles import prose
from articles.importing import import_entries, read
from articles.models import Redirect
from articles.models.fields import LinksField, ProseField, WebURLField
from tests import make

OURS = ("articles", "newsletter")
NAMED = re.compile(r"(^|_)(url|link|href|website|path|page)s?$")
# Written by the magazine itself, and what of it.
MADE = {
    "articles.Link.path": "of a link in a body that was sanitized",
    "articles.LinkFinding.url": "a link of a body that was sanitized, which may be a path",
    "newsletter.Consent.page": "the path of our page before",
    "newsletter.SignUp.page": "the path of our page before",
    "newsletter.IssueItem.frozen_url": "SITE_URL and the path of an article",
}
# A path of our own, to which nothing leads.
PATHS = {"articles.Redirect.old_path"}
TYPED = {"articles.Publication.donation_url", "articles.Redirect.external_url"}
LISTS = {"articles.Author.links", "articles.Publication.links"}
PROSE = {
    *("articles.Article.body", "articles.Article.teaser"),
    *("articles.Page.body", "newsletter.Issue.opening"),
}

REFUSED = [
    "javascript:alert(1)",
    "JavaScript:alert(1)//https://x.example/",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    " https://x.example/",
    "h ttps://x.example/",
    "https ://x.example/",
    "ht\u200btps://x.example/",
    "https://x.example/\n",
    "https://x.example/\x00",
    "https://x.example/a b",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://x.example/",
    "ftps://x.example/",
    "blob:https://x.example/1",
    "view-source:https://x.example/",
    "intent://x.example/",
    "tel:+1",
    "http://[",
    "http://[::1",
    "http://]/",
    "http://exa\u2100mple.example/",
    "https://",
    "https:",
    "https:x.example",
    "http:///x.example/",
    "https://user:pass@x.example/",
    "https://x.example\\@y.example/",
    "//x.example/",
    "\\\\x.example",
    "/path/",
    "#here",
    "x.example",
    "mailto:",
    "mailto:nobody",
    "mailto:nobody@-x.example",
    "mailto://x@y.example",
    "mailto:a@b.example\r\nbcc:c@d.example",
]
TAKEN = ["https://x.example/", "http://x.example:8080/a?b=c&d=%20#e", "HTTPS://X.EXAMPLE/é"]
MAIL = ["mailto:desk@x.example", "mailto:desk@x.example?subject=Tip"]


def fields() -> dict[str, models.Field]:
    """Every field of our models that by its type or name may hold an address."""
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": field
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, (models.URLField, LinksField, ProseField))
        or (isinstance(field, (models.CharField, models.TextField)) and NAMED.search(field.name))
    }


def refuses(field: models.Field, value: object) -> bool:
    """Whether `full_clean()` refuses this value of the field."""
    row = field.model(**{field.name: value})
    others = {one.name for one in field.model._meta.concrete_fields} - {field.name}
    try:
        row.full_clean(exclude=others, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return field.name in error.message_dict
    return False


def test_every_field_that_may_hold_an_address_is_known():
    found = fields()
    assert len(found) == 14
    assert {*found} == {*MADE, *PATHS, *TYPED, *LISTS, *PROSE}
    assert {name for name, one in found.items() if isinstance(one, models.URLField)} == TYPED
    assert all(isinstance(found[name], WebURLField) for name in TYPED)
    assert all(isinstance(found[name], LinksField) for name in LISTS)
    assert all(isinstance(found[name], ProseField) for name in PROSE)


@pytest.mark.parametrize("url", REFUSED)
def test_no_model_takes_what_is_not_an_address(url):
    found = fields()
    for name in TYPED:
        assert refuses(found[name], url), name
    for name in LISTS:
        assert refuses(found[name], [["Here", "https://x.example/"], ["There", url]]), name


@pytest.mark.parametrize("url", [*TAKEN, *MAIL])
def test_models_take_addresses(url):
    """A redirect and the button for donations lead to the web; a link may lead to a mailbox."""
    found = fields()
    for name in TYPED:
        assert refuses(found[name], url) == (url in MAIL), name
    for name in LISTS:
        assert not refuses(found[name], [["Here", url]]), name


@pytest.mark.parametrize(
    "links",
    [
        "https://x.example/",
        {"a": "https://x.example/"},
        [["", "https://x.example/"]],
        [["a", 1]],
        [["a"]],
        [["a", "https://x.example/", "b"]],
        ["https://x.example/"],
    ],
)
def test_links_are_pairs_of_a_label_and_an_address(links):
    assert all(refuses(fields()[name], links) for name in LISTS)


@pytest.mark.parametrize("url", REFUSED)
def test_prose_holds_no_such_link(url):
    """A path, a place of the same page and what Django's stricter form refuses may stand in it."""
    [*hrefs] = [one.href for one in prose.links(prose.sanitize(f'<p><a href="{url}">x</a></p>'))]
    assert all(re.match(r"https?://[^\[\]]+$|mailto:[^/]+$|/(?!/)|#", href) for href in hrefs), (
        hrefs
    )


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["http://[", "http://]/", "http://exa\u2100mple.example/"])
def test_a_text_with_a_link_that_is_none_is_saved(url):
    article = make.article(body=f'<p>See <a href="{url}">this</a>.</p>')
    article.refresh_from_db()
    assert article.body == "<p>See this.</p>"


@pytest.mark.django_db
def test_an_old_path_stays_a_path_of_our_own():
    for typed in (
        "//x.example/",
        "javascript:alert(1)",
        "https://x.example/a",
        "\\\\x",
        "http://[",
    ):
        redirect = Redirect(old_path=typed, external_url="https://x.example/")
        redirect.full_clean()
        assert re.match(r"/[^/]", redirect.old_path), typed


@pytest.mark.django_db
def test_an_address_in_a_file_of_articles_is_refused_with_its_line(tmp_path):
    file = tmp_path / "articles.json"
    file.write_text(
        '{"articles": [\n'
        '{"headline": "H", "slug": "h", "paragraphs": ["x"], "published_at": null,'
        ' "url": "javascript:alert(1)"}]}',
        encoding="utf-8",
    )
    [result] = import_entries(read(file))
    assert str(result).startswith("line 2: refused h: “url” is not known")
