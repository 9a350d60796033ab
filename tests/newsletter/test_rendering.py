"""An issue as a mail: HTML for old programs, and text."""

import re
from urllib.parse import urlsplit

import html5lib
import pytest

from articles.models import Section
from newsletter.approval import approve
from newsletter.models import Letterhead
from newsletter.models.subscribers import EXAMPLE_KEY
from newsletter.rendering import IN_THE_DARK, LARGE, TOO_LARGE, example_of, render
from tests import make
from tests.newsletter.issues import issue, ready
from tests.newsroom import person, picture

pytestmark = pytest.mark.django_db

ODD = "Ports 🚢 & “ports” <b>مرحبا</b>"
HOSTILE = (
    '<p onclick="x()">Hi<script>alert(1)</script><a href="javascript:alert(1)">there</a></p>'
    '<p style="position:fixed"><img src=x onerror=alert(1)></p><style>*{display:none}</style>'
)


def mail_of(made):
    return render(made, made.items.for_mail())


def tree(mail):
    return html5lib.parse(mail.html, treebuilder="lxml", namespaceHTMLElements=False).getroot()


def words(node) -> str:
    return " ".join("".join(node.itertext()).split())


def test_styles_stand_on_the_elements_and_dark_ones_in_the_head():
    """Old programs read the first, newer ones the second; no class is needed by the first."""
    mail = mail_of(issue(make.article("Ports")))
    page = tree(mail)
    assert page.find(".//h3").get("style")
    assert "background-color" in page.find(".//body").get("style")
    (style,) = page.findall(".//style")
    assert IN_THE_DARK in style.text
    assert ".headline" in style.text
    assert page.xpath('//meta[@name="color-scheme"]/@content') == ["light dark"]
    assert page.get("lang") == "en"
    assert {table.get("role") for table in page.iter("table")} == {"presentation"}


def test_headline_summary_byline_and_heading_stand_there_in_order():
    """By the issue's order and in its words where it has some, in both versions."""
    ada, bo = make.author("Ada Quill"), make.author("Bo Quill")
    first = make.article("First", deck="Own deck", authors=[bo, ada])
    second = make.article("Second", deck="Other deck")
    made = issue(first, second)
    item = made.items.get(article=second)
    item.headline, item.summary, item.heading = "Sharper", "For the mail", "Asia"
    item.save()
    mail = mail_of(made)
    page = tree(mail)
    assert [words(one) for one in page.iter("h2")] == ["Europe", "Asia"]
    assert [words(one) for one in page.iter("h3")] == ["First", "Sharper"]
    for version in (words(page), " ".join(mail.text.split())):
        assert "By Bo Quill and Ada Quill" in version
        assert "Own deck" in version
        assert "For the mail" in version
        assert "Other deck" not in version


def test_a_subject_of_any_script_stands_as_it_is_and_harms_nothing():
    """Emoji, right to left, an ampersand, markup."""
    article = make.article(ODD, deck=ODD)
    made = issue(article, subject=ODD, preheader=ODD, heading=ODD)
    mail = mail_of(made)
    page = tree(mail)
    assert mail.subject == ODD
    assert page.find(".//title").text == ODD
    assert words(page.find(".//h3")) == ODD
    assert not list(page.iter("b"))
    assert ODD in mail.text
    assert page.find(".//h3").get("dir") == "auto"


def test_hostile_html_in_the_opening_is_only_words():
    """What was typed past the form too."""
    made = issue(opening=HOSTILE)
    type(made).objects.filter(pk=made.pk).update(opening=HOSTILE)
    made.refresh_from_db()
    html = mail_of(made).html
    for bad in ("alert(1)", "onclick", "onerror", "javascript:", "position:fixed", "<script"):
        assert bad not in html
    assert "Hi" in html


def test_nothing_is_loaded_or_followed_but_our_own(settings):
    """No pixel, no redirect, no font: the pictures are our JPEGs, with sizes and words."""
    settings.SITE_URL = "https://magazine.example"
    article = make.article("Ports", lead_image=picture())
    mail = mail_of(issue(article, opening='<p><a href="/about/">Us</a></p>'))
    page = tree(mail)
    (image,) = page.iter("img")
    assert image.get("src").startswith("https://magazine.example/")
    assert image.get("src").endswith(".jpg")
    assert (image.get("width"), image.get("height")) == ("120", "80")
    assert image.get("alt") == "A teal surface"
    assert not page.xpath("//link | //script | //iframe | //form | //video")
    hrefs = page.xpath("//a/@href")
    assert len(hrefs) == 7  # the article twice: by its headline and by its picture
    assert {urlsplit(href).netloc for href in hrefs} == {"magazine.example"}
    assert all(href.startswith("https://") for href in hrefs)
    assert f"https://magazine.example/{article.slug}/" in hrefs
    assert "https://magazine.example/about/" in hrefs
    assert "url(" not in mail.html


def test_without_pictures_it_works_as_well():
    """None, or one whose licence has ended."""
    bare = make.article("Bare")
    ended = make.article("Ended", lead_image=picture(licence_expires="2020-01-01"))
    page = tree(mail_of(issue(bare, ended)))
    assert not list(page.iter("img"))
    assert len(list(page.iter("h3"))) == 2


def test_the_footer_says_why_whence_and_how_to_leave():
    """With the marker, which gives way to each recipient's key, and is as long."""
    Letterhead.objects.current()
    Letterhead.objects.update(postal_address="3 Signal Quay\nPort <Merrow>", reason="You asked.")
    made = issue(make.article())
    made.slug = "week-1"
    mail = mail_of(made)
    page = tree(mail)
    hrefs = page.xpath("//a/@href")
    assert len(made.marker) == 32
    for name in ("leave", "preferences"):
        address = f"http://localhost:8000/newsletter/{name}/{made.marker}/"
        assert address in hrefs
        assert f"\n{address}\n" in mail.text
    assert "http://localhost:8000/newsletter/issues/week-1/" in hrefs
    for version in (words(page), mail.text):
        assert "You asked." in version
        assert "Port <Merrow>" in version
    made.is_in_archive = False
    assert "/newsletter/issues/" not in mail_of(made).html


def test_links_of_an_example_do_nothing_for_anybody(client):
    """Neither in a draft nor in what was frozen is the marker left."""
    made = ready()
    for pages in (["issues", "leave", "preferences"], ["leave", "preferences"]):
        mail = example_of(made)
        assert made.marker not in mail.html + mail.text
        links = re.findall(rf'href="[^"]*(/newsletter/(\w+)/{EXAMPLE_KEY}/)"', mail.html)
        assert sorted(page for _, page in links) == pages
        for path, page in links:
            assert f"{path}\n" in mail.text
            answer = client.get(path)
            assert "nothing has changed" in answer.content.decode()
            if page != "issues":
                assert client.post(path, {"act": "leave"}).status_code == 200
        if made.is_open:
            approve(made, person("Chief"))
    assert made.marker in made.html


def test_no_line_of_the_text_is_longer_than_mail_allows():
    """But for an address, which must stay whole."""
    long = "Sentences of some length about ports and straits. " * 20
    article = make.article(long[:200], deck=long[:380])
    opening = (
        f"<p>{long}</p><blockquote><p>{long}</p></blockquote><ul><li>{long}<ul><li>{long}</li></ul>"
        f'</li></ul><p><a href="https://example.org/{"x" * 100}">There</a></p>'
    )
    text = mail_of(issue(article, opening=opening, heading=long[:80])).text
    lines = [line for line in text.splitlines() if "://" not in line]
    assert len(lines) > 60
    assert max(map(len, lines)) <= 78
    assert "x" * 100 in text


@pytest.mark.parametrize(("number", "least", "most"), [(0, 3_000, 8_000), (1, 3_000, 9_000)])
def test_a_small_issue_is_a_small_mail(number, least, most):
    """What stands around the articles costs little."""
    mail = mail_of(issue(*(make.article(deck="d" * 160) for _ in range(number))))
    assert least < mail.size < most
    assert mail.size == len(mail.html.encode())


def test_sixty_articles_fit(django_assert_num_queries):
    """With deck, byline and picture, in a number of queries that does not depend on theirs."""
    image, ada = picture(), make.author("Ada Quill")
    europe = Section.objects.get(slug="europe")
    articles = [
        make.article(
            f"Headline number {number} of a usual length, about fifty",
            deck="d" * 160,
            lead_image=image,
            section=europe,
            authors=[ada],
        )
        for number in range(60)
    ]
    made = issue(*articles)
    with django_assert_num_queries(5):
        mail = mail_of(made)
    assert len(list(tree(mail).iter("h3"))) == 60
    assert LARGE < mail.size < TOO_LARGE


def test_a_picture_leads_to_its_article():
    """As its headline does, and by the picture's words."""
    article = make.article("Ports", lead_image=picture())
    page = tree(mail_of(issue(article)))
    (image,) = page.iter("img")
    assert image.getparent().get("href") == page.find(".//h3/a").get("href")
    assert image.get("alt") == article.alt


def test_a_mail_is_shown_in_either_scheme_whatever_the_browser_prefers():
    """The rules for the dark always hold, or never; the mail itself leaves it to the program."""
    mail = mail_of(issue(make.article()))
    assert mail.html.count(IN_THE_DARK) == 1
    assert "@media all" in mail.in_scheme("dark")
    assert "@media not all" in mail.in_scheme("light")
    assert mail.in_scheme("") == mail.html


def test_the_preheader_is_read_by_the_inbox_and_not_seen():
    """It stands first, hidden; without one nothing stands there."""
    mail = mail_of(issue(preheader="What is in it", opening="<p>Hello</p>"))
    body = re.sub(r"\s+", " ", words(tree(mail).find(".//body")))
    assert body.startswith("What is in it")
    assert "display:none" in mail.html
    assert "display:none" not in mail_of(issue(preheader="", subject="Another")).html
